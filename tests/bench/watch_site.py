"""The measured site of a watch: hub, a process with many services, and one that watches them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

from exchange import Exchange, Service, method
from tests.bench import exchange_site
from tests.bench.tally import Tally

COUNTS_WITH = Tally


class Machine(Service):
    """One of many, each with a name of its own."""

    groups = ["machines"]

    def __init__(self, number: int) -> None:
        super().__init__()
        self.name = f"machine-{number}"

    @method
    def state(self) -> str:
        """Return how it is."""
        return "running"


def hub(reactor: Any, tally: Tally) -> Deferred[int]:
    """Run the hub; give its port."""
    return exchange_site.hub(reactor, tally)


def holder(reactor: Any, tally: Tally, port: int) -> Deferred[None]:
    """Run the process with the services."""
    exchange = Exchange(reactor)

    def begin(amount: int, done: Callable[[], None]) -> None:
        for number in range(amount):
            exchange.add(Machine(number))
        # A link keeps its order: when the hub has answered, it has heard of all these.
        exchange.watch(name="nobody").complete.addCallback(lambda _: done())

    tally.begin = begin
    return exchange_site.linked(exchange, port)


def watcher(reactor: Any, tally: Tally, port: int) -> Deferred[None]:
    """Run the process that watches."""
    exchange = Exchange(reactor)

    def begin(amount: int, done: Callable[[], None]) -> None:
        watch = exchange.watch(group="machines")

        def whole(_: None) -> None:
            tally.count = len(watch.instances)
            done()

        watch.complete.addCallback(whole)

    tally.begin = begin
    return exchange_site.linked(exchange, port)
