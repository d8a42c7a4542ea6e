"""An outcome is what has become of a Deferred so far, for stories that look more than once."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure


class Outcome:
    """Takes what a Deferred fires with.

    Attributes:
        count: How often it fired.
        value: The result, if it was one.
        error: The exception, if it was one.
    """

    def __init__(self, deferred: Deferred[Any]) -> None:
        self.count = 0
        self.value: Any = None
        self.error: Any = None
        self._deferred = deferred
        deferred.addCallbacks(self._take, self._fail)

    @property
    def is_open(self) -> bool:
        """Whether nothing came yet."""
        return not self.count

    def cancel(self) -> None:
        """Cancel the Deferred."""
        self._deferred.cancel()

    def _take(self, value: Any) -> None:
        self.count += 1
        self.value = value

    def _fail(self, failure: Failure) -> None:
        self.count += 1
        self.error = failure.value
