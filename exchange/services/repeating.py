"""Calls that are made again because it is unknown whether they were delivered.

That is right for methods whose author declared them idempotent, and for callers who
say so. It goes to another instance, or the same when it is back, within the time of
the call, and once: a call that kills whoever runs it must not kill them all.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, TimeoutError

from exchange.errors import CallError, LinkLost, ServiceWithdrawn
from exchange.services.calls import Calls, with_time_left
from exchange.services.declarations import Declarations
from exchange.services.holding import Holding
from exchange.services.waiting import FOR_EVER, Waiting

LONGEST_WAIT = 30.0
"""Seconds to wait for another instance when the call itself has no time-out."""


class Repeating:
    """Decides which calls are made again, and makes them.

    A method must be declared idempotent by the instance that it may have run on, of which
    the failure tells the digest, and by all that are there now. If that cannot be found
    out, the call fails as it did; so it does when our own link was lost, for then nobody
    can tell which instance it was.
    """

    def __init__(self, calls: Calls, holding: Holding, declarations: Declarations, reactor: Any) -> None:
        self._calls = calls
        self._holding = holding
        self._declarations = declarations
        self._reactor = reactor

    def consider(self, waiting: Waiting, error: CallError) -> Deferred[Any] | None:
        """Return what will come of a call that failed with ``error``; ``None`` if it is not to be made again."""
        is_unknown = error.delivered is None and isinstance(error, ServiceWithdrawn | LinkLost)
        if not is_unknown or waiting.terms.retry is False or not isinstance(waiting.to, str):
            return None
        if waiting.method.startswith("$") or self._left(waiting) <= 0:
            return None
        if waiting.terms.retry is None and not error.offered:
            return None
        return Deferred.fromCoroutine(self._repeat(waiting, waiting.to, error))

    async def _repeat(self, waiting: Waiting, name: str, error: CallError) -> Any:
        is_allowed = waiting.terms.retry or await self._is_allowed(waiting, name, error.offered)
        left = self._left(waiting)
        if not is_allowed or left <= 0:
            raise error

        until = self._reactor.seconds() + left

        def make() -> Deferred[Any]:
            timeout = None if waiting.deadline == FOR_EVER else self._left(waiting)
            body = with_time_left(waiting.body, timeout)
            terms = waiting.terms._replace(timeout=timeout, retry=False, held_until=until)
            return self._calls.send_body(name, waiting.method, body, terms)

        try:
            return await self._holding.hold(make, name, left)
        except CallError as later:
            if later.delivered is False:
                raise error from later  # of the first time it is still unknown
            raise

    async def _is_allowed(self, waiting: Waiting, name: str, offered: bytes) -> bool:
        allowed = self._declarations.allow(name, waiting.method, offered)
        try:
            return await allowed.addTimeout(self._left(waiting), self._reactor)
        except TimeoutError:
            return False

    def _left(self, waiting: Waiting) -> float:
        """Return the seconds that are left; never below 0, which reactors refuse and callees take for ever."""
        return LONGEST_WAIT if waiting.deadline == FOR_EVER else max(0.0, waiting.deadline - self._reactor.seconds())
