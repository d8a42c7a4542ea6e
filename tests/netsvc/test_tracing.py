"""Programs of netsvc belong to traces too: what comes to their methods goes on with the calls that these make."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from exchange import netsvc
from exchange.netsvc.process import Process, standing_in
from exchange.tracing import trace
from tests.netsvc.site import Site
from tests.netsvc.stories import Math, Told
from tests.spans.collected import Collected


class Till(netsvc.Service):
    """Asks another service, and answers when that does."""

    def __init__(self) -> None:
        netsvc.Service.__init__(self, "till")
        self.exportMethod(self.total)

    def total(self, x: int, y: int) -> Any:
        """Return what the other one does."""
        answer: Deferred[Any] = Deferred()
        self.monitorResponse(answer.callback, self.serviceEndPoint("math").multiply(x, y))
        return answer


def traced(mode: int, spans: Collected | None) -> netsvc.Exchange:
    exchange = netsvc.Exchange(mode)
    if spans:
        trace(exchange, spans.provider)
    return exchange


def ask(site: Site, told: Told, spans: Collected, at_till: Collected | None) -> None:
    """Have a caller ask the till, which asks a service of a third process; all but the till are traced."""
    with standing_in(site.process()):
        traced(netsvc.EXCHANGE_SERVER, spans).listen(11111, "127.0.0.1")
        Math()
    with standing_in(site.process()):
        traced(netsvc.EXCHANGE_CLIENT, at_till).connect("localhost", 11111)
        Till()
    with standing_in(site.process()):
        traced(netsvc.EXCHANGE_CLIENT, spans).connect("localhost", 11111)
        caller = netsvc.Service()
    site.settle()
    caller.monitorResponse(told.one, caller.serviceEndPoint("till").total(6, 7))
    site.settle()
    assert told.lines == [(42,)]


def test_all_calls_that_one_causes_are_one_trace(site: Site, told: Told) -> None:
    spans = Collected()
    ask(site, told, spans, spans)
    within: Any = {"CLIENT math/multiply": {"SERVER math/multiply": {}}}
    assert spans.tree() == {"CLIENT till/total": {"SERVER till/total": within}}


def test_a_process_that_does_not_trace_passes_it_on(site: Site, told: Told) -> None:
    spans = Collected()
    ask(site, told, spans, None)
    assert spans.tree() == {"CLIENT till/total": {"SERVER math/multiply": {}}}


def test_calls_within_the_process_are_traced_too(site: Site, here: Process, told: Told) -> None:
    spans = Collected()
    traced(netsvc.EXCHANGE_CLIENT, spans)
    Math()
    caller = netsvc.Service()
    caller.monitorResponse(told.one, caller.serviceEndPoint("math").multiply(6, 7))
    site.settle()
    assert spans.tree() == {"CLIENT math/multiply": {"SERVER math/multiply": {}}}
