"""Timers and alarms: callbacks that are due once, after a delay or at a time, each under a name."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import partial
from itertools import count

from twisted.internet.interfaces import IDelayedCall

from exchange.netsvc.jobs import STANDARD_JOB
from exchange.netsvc.loop import Loop

Due = Callable[[str], object]

LONGEST_SLEEP = 60.0
"""Seconds after which those who wait for a time look again: the clock may have been put forward."""


class Timers:
    """The timers of one agent.

    Args:
        loop: Gives the time and the turns.
        kind: What a name of their own begins with.
    """

    def __init__(self, loop: Loop, kind: str = "$TIMER") -> None:
        self._loop = loop
        self._kind = kind
        self._pending: dict[str, IDelayedCall] = {}
        self._numbers = count(1)

    def start(self, due: Due, delay: float, name: str | None = None) -> str:
        """Have ``due`` called with the name of the timer after ``delay`` seconds, and return the name.

        A timer of that name which is pending is replaced; without a name it gets one of its own.
        """
        name = self._free(name)
        self._pending[name] = self._loop.reactor.callLater(max(0.0, delay), self._ran_out, name, due)
        return name

    def start_at(self, due: Due, moment: float, name: str | None = None) -> str:
        """Have ``due`` called at a time, in seconds since 1970; else as `start`."""
        name = self._free(name)
        self._sleep(name, due, moment)
        return name

    def cancel(self, name: str) -> None:
        """Forget a timer, if it is pending."""
        call = self._pending.pop(name, None)
        if call is not None and call.active():
            call.cancel()

    def cancel_all(self, pattern: str | None = None) -> None:
        """Forget all timers, or those whose names fit a glob."""
        for name in list(self._pending):
            if pattern is None or fnmatchcase(name, pattern):
                self.cancel(name)

    def __contains__(self, name: str) -> bool:
        return name in self._pending

    def _free(self, name: str | None) -> str:
        name = f"{self._kind}:{next(self._numbers)}" if name is None else name
        self.cancel(name)
        return name

    def _sleep(self, name: str, due: Due, moment: float) -> None:
        left = max(0.0, moment - self._loop.reactor.seconds())
        if left <= LONGEST_SLEEP:
            self._pending[name] = self._loop.reactor.callLater(left, self._ran_out, name, due)
        else:
            self._pending[name] = self._loop.reactor.callLater(LONGEST_SLEEP, self._sleep, name, due, moment)

    def _ran_out(self, name: str, due: Due) -> None:
        call = self._pending[name]
        self._loop.jobs.schedule(partial(self._fire, name, call, due), STANDARD_JOB)

    def _fire(self, name: str, call: IDelayedCall, due: Due) -> None:
        """Call back, unless the timer was cancelled or replaced in this turn."""
        if self._pending.get(name) is call:
            del self._pending[name]
            due(name)
