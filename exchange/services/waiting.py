"""A call that waits for its answer, and what is needed to make it again."""

from __future__ import annotations

from typing import Any, NamedTuple

from twisted.internet.defer import Deferred

from exchange.services.spans import CallSpan
from exchange.wire.identities import readable

FOR_EVER = float("inf")


class Terms(NamedTuple):
    """How a call is to be made.

    Attributes:
        timeout: Seconds to wait for the answer; ``None`` as long as the service lives.
        retry: Whether to make it again when it is unknown whether it was delivered:
            ``True``, ``False``, or ``None`` for what the method's author declared.
        context: What the callee is told besides the arguments.
        resent: How often it was sent again, because it had not been delivered.
        held_until: Before this time whoever holds the call makes it again, as `Holding` does.
        span: Of which span it is a part, if it is traced.
    """

    timeout: float | None = None
    retry: bool | None = None
    context: dict[str, Any] | None = None
    resent: int = 0
    held_until: float = 0.0
    span: CallSpan | None = None


class Waiting(NamedTuple):
    """A call that has no answer yet. `Calls` keeps it as a plain tuple, which is made in a third of the time."""

    answer: Deferred[Any]
    deadline: float
    to: str | bytes
    method: str
    body: bytes
    terms: Terms

    def describe(self) -> str:
        """Return how people call it."""
        return f"'{self.method}' of '{self.to if isinstance(self.to, str) else readable(self.to)}'"
