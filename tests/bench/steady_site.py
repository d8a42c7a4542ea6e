"""The caller of steady calls: it makes so many in a second, whether those before are answered or not.

A call counts from the time at which it was due, so that one that is made late, because this
process had something else to do, is late too. What is due is looked at every millisecond,
which is as often as the reactor can.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

from exchange import Exchange
from tests.bench.exchange_site import linked
from tests.bench.stopwatch import Stopwatch

COUNTS_WITH = Stopwatch
TICK = 0.001


class Calling:
    """Makes calls when they are due."""

    def __init__(self, reactor: Any, exchange: Exchange, stopwatch: Stopwatch) -> None:
        self._reactor, self._exchange, self._stopwatch = reactor, exchange, stopwatch
        self._under_way = 0
        self._ended: Callable[[], None] | None = None

    def begin(self, amount: int, done: Callable[[], None]) -> None:
        """Make so many in a second from now on."""
        self._apart, self._due = 1 / amount, time.perf_counter()
        self._ended = None
        self._tick()
        done()

    def end(self, amount: int, done: Callable[[], None]) -> None:
        """Make no more; all are answered when this is done."""
        self._ended = done
        self._look()

    def _tick(self) -> None:
        if not self._stopwatch.running:
            return
        self._reactor.callLater(TICK, self._tick)
        now = time.perf_counter()
        while self._due <= now:
            self._under_way += 1
            answer = self._exchange.call("arithmetic", "multiply", 6, 7)
            answer.addCallbacks(self._answered, self._stopwatch.fail, callbackArgs=(self._due,))
            self._due += self._apart

    def _answered(self, result: Any, due: float) -> None:
        self._stopwatch.took.append(time.perf_counter() - due)
        self._stopwatch.count += 1
        self._under_way -= 1
        self._look()

    def _look(self) -> None:
        if self._ended and not self._under_way:
            ended, self._ended = self._ended, None
            ended()


def caller(reactor: Any, stopwatch: Stopwatch, port: int) -> Deferred[None]:
    """Run the caller; it is ready when a call was answered."""
    exchange = Exchange(reactor)
    calling = Calling(reactor, exchange, stopwatch)
    stopwatch.begin, stopwatch.end = calling.begin, calling.end
    ready = linked(exchange, port)
    ready.addCallback(lambda _: exchange.call("arithmetic", "multiply", 6, 7, wait=10))
    return ready.addCallback(lambda _: None)
