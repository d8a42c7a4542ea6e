"""The measured site of idle links: a hub, and a process with many links, each with a service of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, gatherResults, succeed

from exchange import Exchange, Service, method
from tests.bench import exchange_site
from tests.bench.tally import Tally

COUNTS_WITH = Tally


class Machine(Service):
    """One of many, each with a name of its own."""

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
    """Run the process with the links."""
    exchanges: list[Exchange] = []

    def begin(amount: int, done: Callable[[], None]) -> None:
        step = min(amount, STEP)
        more = [Exchange(reactor) for _ in range(step)]
        for exchange in more:
            exchange.add(Machine(len(exchanges)))
            exchanges.append(exchange)
        linking = gatherResults([exchange_site.linked(each, port) for each in more])
        # A link keeps its order: when the hub has answered, it has heard of the service.
        linking.addCallback(lambda _: gatherResults([each.ping("$exchange") for each in more]))
        linking.addCallback(lambda _: begin(amount - step, done) if amount > step else done())
        linking.addErrback(tally.fail)

    tally.begin = begin
    return succeed(None)


STEP = 50
"""Links made at once."""
