"""Patience: a time within which a far end must show a sign of life is over only if we could have heard it.

A process that was held up, by the system or by itself, is told of the time before it
reads what came meanwhile. So then the time begins anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

LATE = 0.25
"""Seconds; who is called so much later than it was due was held up."""


class Waiting(Protocol):
    """Whoever waits: a link."""

    @property
    def now(self) -> float:
        """The time, in seconds."""

    def later(self, seconds: float, do: Callable[..., None], *args: Any) -> None:
        """Do something after so many seconds."""


def after(waiting: Waiting, seconds: float, do: Callable[..., None], *args: Any) -> None:
    """Call ``do`` after so many seconds in which we were not held up."""
    due = waiting.now + seconds

    def over() -> None:
        if waiting.now > due + LATE:
            after(waiting, seconds, do, *args)
        else:
            do(*args)

    waiting.later(seconds, over)
