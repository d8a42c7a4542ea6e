"""Calls that are made again because it is unknown whether they were delivered.

That is right for methods whose author declared them idempotent, and for callers who
say so. It goes to another instance, or the same when it is back, within the time of
the call, and once: a call that kills whoever runs it must not kill them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

from exchange.errors import CallError, LinkLost, ServiceWithdrawn
from exchange.services.calls import Calls, with_time_left
from exchange.services.description import Description
from exchange.services.holding import Holding
from exchange.services.waiting import FOR_EVER, Waiting

Describe = Callable[[str, float], Deferred[Description]]
"""Asks whoever offers a name now what it offers; takes the name, and the seconds to find out."""

LONGEST_WAIT = 30.0
"""Seconds to wait for another instance when the call itself has no time-out."""

PATIENCE = 1.0
"""Seconds to find out what a method's author declared, before the call fails as it did."""

FRESH = 5.0
"""Seconds for which a description is believed, so that calls which fail together ask once."""

MOST_KNOWN = 1_024


class Repeating:
    """Decides which calls are made again, and makes them.

    What was declared is asked of those instances that are there when a call fails. If
    nobody can tell, the call fails at once.
    """

    def __init__(self, calls: Calls, holding: Holding, describe: Describe, clock: Callable[[], float]) -> None:
        self._calls = calls
        self._holding = holding
        self._describe = describe
        self._clock = clock
        self._known: dict[str, tuple[float, Description]] = {}

    def consider(self, waiting: Waiting, error: CallError) -> Deferred[Any] | None:
        """Return what will come of a call that failed with ``error``; ``None`` if it is not to be made again."""
        is_unknown = error.delivered is None and isinstance(error, ServiceWithdrawn | LinkLost)
        if not is_unknown or waiting.terms.retry is False or not isinstance(waiting.to, str):
            return None
        if waiting.method.startswith("$") or self._left(waiting) <= 0:
            return None
        return Deferred.fromCoroutine(self._repeat(waiting, waiting.to, error))

    async def _repeat(self, waiting: Waiting, name: str, error: CallError) -> Any:
        if waiting.terms.retry is None and not await self._is_declared(waiting, name):
            raise error
        left = self._left(waiting)
        if left <= 0:
            raise error

        def make() -> Deferred[Any]:
            timeout = None if waiting.deadline == FOR_EVER else self._left(waiting)
            body = with_time_left(waiting.body, timeout)
            return self._calls.send_body(
                name, waiting.method, body, waiting.terms._replace(timeout=timeout, retry=False)
            )

        try:
            return await self._holding.hold(make, name, left)
        except CallError as later:
            if later.delivered is False:
                raise error from later  # of the first time it is still unknown
            raise

    async def _is_declared(self, waiting: Waiting, name: str) -> bool:
        try:
            description = await self._description(name, min(PATIENCE, self._left(waiting)))
        except CallError:
            return False
        method = description.methods.get(waiting.method)
        return method is not None and method.idempotent

    async def _description(self, name: str, seconds: float) -> Description:
        learnt, known = self._known.get(name, (-FOR_EVER, None))
        if known is not None and self._clock() - learnt < FRESH:
            return known
        description = await self._describe(name, seconds)
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[name] = (self._clock(), description)
        return description

    def _left(self, waiting: Waiting) -> float:
        return LONGEST_WAIT if waiting.deadline == FOR_EVER else waiting.deadline - self._clock()
