"""The measured site of paced reports: so many in a second, and how long each takes to each callback.

All processes are on one machine, whose clock (`time.perf_counter`, monotonic since its start)
is the same for all of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.task import LoopingCall

from exchange import Exchange, Service
from tests.bench import exchange_site
from tests.bench.stopwatch import Stopwatch

COUNTS_WITH = Stopwatch


class Feed(Service):
    """What publishes."""

    name = "feed"


def hub(reactor: Any, stopwatch: Stopwatch) -> Deferred[int]:
    """Run the hub; give its port."""
    return exchange_site.hub(reactor, stopwatch)


def publisher(reactor: Any, stopwatch: Stopwatch, port: int) -> Deferred[None]:
    """Run the publisher."""
    exchange, feed = Exchange(reactor), Feed()
    exchange.add(feed)

    def publish() -> None:
        stopwatch.count += 1
        feed.publish("nyse.ibm", {"price": 101.25, "at": time.perf_counter()})

    pace = LoopingCall(publish)
    pace.clock = reactor

    def begin(amount: int, done: Callable[[], None]) -> None:
        pace.start(1 / amount).addErrback(stopwatch.fail)
        done()

    def end(amount: int, done: Callable[[], None]) -> None:
        pace.stop()
        done()

    stopwatch.begin, stopwatch.end = begin, end
    return exchange_site.linked(exchange, port)


def hearer(reactor: Any, stopwatch: Stopwatch, port: int) -> Deferred[None]:
    """Run one of the processes that subscribe."""
    exchange = Exchange(reactor)

    def hear(content: Any) -> None:
        stopwatch.took.append(time.perf_counter() - content["at"])

    def begin(amount: int, done: Callable[[], None]) -> None:
        subscriptions = [exchange.subscribe("feed", "nyse.*", hear) for _ in range(amount)]
        DeferredList([each.ready for each in subscriptions]).addCallback(lambda _: done())

    stopwatch.begin = begin
    return exchange_site.linked(exchange, port)
