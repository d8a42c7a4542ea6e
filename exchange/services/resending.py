"""Calls that are sent again because it is certain that they were not delivered (R13).

The way to a service was gone when the call came there, or our hub was leaving or lost:
in a moment there is another way, as a rule. Only the caller's own exchange sends a call
again, as a new one, and only if it was made by name: then another instance is as good.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

from exchange.errors import CallError, LinkLost, ServiceUnavailable, ServiceWithdrawn, WayGone
from exchange.services.calls import Calls, with_time_left
from exchange.services.waiting import FOR_EVER, Waiting

BACK_OFF = (0.25, 1.0, 4.0)
"""Seconds before a call is sent again, for the first time, the second, the third and last."""


class Resending:
    """Decides which calls are sent again, and sends them.

    Args:
        misses_hub: Whether a call that fails now for want of a link had one a moment ago.
    """

    def __init__(self, calls: Calls, misses_hub: Callable[[], bool], reactor: Any) -> None:
        self._calls = calls
        self._misses_hub = misses_hub
        self._reactor = reactor
        self._resting: dict[Deferred[bool], None] = {}

    def consider(self, waiting: Waiting, error: CallError) -> Deferred[Any] | None:
        """Return what will come of a call that failed with ``error``; ``None`` if it is not to be sent again."""
        terms, now = waiting.terms, self._reactor.seconds()
        if error.delivered is not False or not isinstance(waiting.to, str) or now < terms.held_until:
            return None
        if terms.resent >= len(BACK_OFF) or now + BACK_OFF[terms.resent] >= waiting.deadline:
            return None
        if not self._may_find_a_way(error):
            return None
        return Deferred.fromCoroutine(self._send_again(waiting, error))

    def stop(self) -> None:
        """Send nothing again: those calls that wait for it fail as they did."""
        for resting in list(self._resting):
            resting.callback(False)

    def _may_find_a_way(self, error: CallError) -> bool:
        """Whether there may be a way in a moment to what could not be reached now."""
        if isinstance(error, WayGone | LinkLost | ServiceWithdrawn):
            return True
        return isinstance(error, ServiceUnavailable) and self._misses_hub()

    async def _send_again(self, waiting: Waiting, error: CallError) -> Any:
        if not await self._have_rested(BACK_OFF[waiting.terms.resent]):
            raise error
        timeout = None if waiting.deadline == FOR_EVER else max(0.0, waiting.deadline - self._reactor.seconds())
        terms = waiting.terms._replace(timeout=timeout, resent=waiting.terms.resent + 1)
        body = with_time_left(waiting.body, timeout)
        return await self._calls.send_body(waiting.to, waiting.method, body, terms)

    async def _have_rested(self, seconds: float) -> bool:
        """Wait; return whether nobody has called it off."""
        rested: Deferred[bool] = Deferred()
        timer = self._reactor.callLater(seconds, rested.callback, True)
        self._resting[rested] = None
        try:
            return await rested
        finally:
            del self._resting[rested]
            if timer.active():
                timer.cancel()
