"""The measured site of reports: hub, publisher and two processes that subscribe, all settings as usual.

The publisher has a number of reports under way, and makes more as each subscribing
process says, after every so many, that it has heard them. So the links are busy and
nothing piles up.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, DeferredList

from exchange import Exchange, Service, Subscription, method
from tests.bench import exchange_site
from tests.bench.flow import STEP, Flow
from tests.bench.tally import Tally

COUNTS_WITH = Tally
SUBJECT = "nyse.ibm"
CONTENT = {"price": 101.25, "size": 300}


def hub(reactor: Any, tally: Tally) -> Deferred[int]:
    """Run the hub; give its port."""
    return exchange_site.hub(reactor, tally)


class Feed(Service):
    """What publishes, and hears how far the others are."""

    name = "feed"

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self.flow = Flow(tally, self._publish)

    @method
    def heard(self, process: int, reports: int) -> None:
        """A process has heard so many reports."""
        self.flow.heard(process, reports)

    def _publish(self, reports: int) -> None:
        for _ in range(reports):
            self.publish(SUBJECT, CONTENT)


class Hearing:
    """Subscribes, counts what it hears, and tells the publisher."""

    def __init__(self, exchange: Exchange, tally: Tally) -> None:
        self._exchange = exchange
        self._tally = tally
        self._reports = 0
        self._subscriptions: list[Subscription] = []

    def begin(self, amount: int, done: Callable[[], None]) -> None:
        """Subscribe so many times."""
        self._reports = 0
        callbacks = [self._hear] * (amount - 1) + [self._hear_last]
        self._subscriptions = [self._exchange.subscribe("feed", "nyse.*", seen) for seen in callbacks]
        DeferredList([each.ready for each in self._subscriptions]).addCallback(lambda _: done())

    def end(self, amount: int, done: Callable[[], None]) -> None:
        """Subscribe no more."""
        for each in self._subscriptions:
            each.cancel()
        done()

    def _hear(self, content: Any) -> None:
        self._tally.count += 1

    def _hear_last(self, content: Any) -> None:
        self._tally.count += 1
        self._reports += 1
        if content != CONTENT:
            self._tally.fail(content)
        if self._reports % STEP == 0:
            self._exchange.call("feed", "heard", os.getpid(), self._reports).addErrback(self._tally.fail)


def publisher(reactor: Any, tally: Tally, port: int) -> Deferred[None]:
    """Run the publisher."""
    exchange, feed = Exchange(reactor), Feed(tally)
    exchange.add(feed)
    tally.begin, tally.end = feed.flow.begin, feed.flow.end
    return exchange_site.linked(exchange, port)


def hearer(reactor: Any, tally: Tally, port: int) -> Deferred[None]:
    """Run one of the processes that subscribe."""
    exchange = Exchange(reactor)
    hearing = Hearing(exchange, tally)
    tally.begin, tally.end = hearing.begin, hearing.end
    return exchange_site.linked(exchange, port)
