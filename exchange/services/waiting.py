"""A call that waits for its answer, and what is needed to make it again."""

from __future__ import annotations

from typing import Any, NamedTuple

from twisted.internet.defer import Deferred

from exchange.wire.identities import readable

FOR_EVER = float("inf")


class Terms(NamedTuple):
    """How a call is to be made.

    Attributes:
        timeout: Seconds to wait for the answer; ``None`` as long as the service lives.
        retry: Whether to make it again when it is unknown whether it was delivered:
            ``True``, ``False``, or ``None`` for what the method's author declared.
        context: What the callee is told besides the arguments.
    """

    timeout: float | None = None
    retry: bool | None = None
    context: dict[str, Any] | None = None


class Waiting(NamedTuple):
    """A call that has no answer yet."""

    answer: Deferred[Any]
    deadline: float
    to: str | bytes
    method: str
    body: bytes
    terms: Terms

    def describe(self) -> str:
        """Return how people call it."""
        return f"'{self.method}' of '{self.to if isinstance(self.to, str) else readable(self.to)}'"
