"""The span of a request at a gateway: what is written on it, and that its calls are within it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from twisted.internet.defer import Deferred, succeed
from twisted.web.server import Request

from exchange import CallError, Exchange, Service, method
from exchange.gateways.jsonrpc import JsonRpcGateway
from exchange.gateways.refusals import Refusal
from exchange.gateways.site import GatewaySite
from exchange.gateways.xmlrpc import XmlRpcGateway
from exchange.testing import Network
from exchange.tracing import trace
from tests.gateways.web import Web, called, posted
from tests.gateways.web import mounted as mounted_at
from tests.logbook import Logbook
from tests.spans.collected import Collected, id_of, parent_of, trace_of, written_on

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
XML = "Content-Type: text/xml"
JSON = "Content-Type: application/json"


class Math(Service):
    """Does what a test needs."""

    name = "math"
    groups = ("web-services",)

    def __init__(self) -> None:
        self.begun = 0

    @method
    def multiply(self, x: int, y: int) -> int:
        """Return the product."""
        return x * y

    @method
    def refuse(self) -> None:
        """Fail."""
        raise CallError("not today")

    @method
    def never(self) -> Deferred[None]:
        """Give no answer."""
        self.begun += 1
        return Deferred()


class Later:
    """Finds out later who asks."""

    def __init__(self) -> None:
        self.asked: list[Deferred[Any]] = []

    def identify(self, request: Request) -> Deferred[Any]:
        """Return a Deferred of who asks."""
        self.asked.append(Deferred())
        return self.asked[-1]


class Nobody:
    """Lets nobody in."""

    def identify(self, request: Request) -> Refusal:
        """Return why not."""
        return Refusal(401, "say who you are")


@pytest.fixture
def spans() -> Collected:
    return Collected()


@pytest.fixture
def peer(network: Network, spans: Collected, logbook: Logbook) -> Iterator[Exchange]:
    """The peer of a gateway; it is traced, and so is the service."""
    network.hub()
    gateway, callee = network.peer(), network.peer()
    callee.add(Math())
    for exchange in (gateway, callee):
        trace(exchange, spans.provider)
    yield gateway
    tracing: Any = gateway.tracing
    assert tracing._visits == {}


def web_of(network: Network, peer: Exchange, face: Any = XmlRpcGateway, **terms: Any) -> Web:
    web = Web(network, GatewaySite(mounted_at("/rpc", face(peer, **terms)), network.clock))
    network.settle()
    return web


def ask(web: Web, *headers: str, method: str = "multiply", args: Any = (6, 7), name: str = "math") -> Any:
    return web.ask(posted(called(method, *args), XML, *headers, path=f"/rpc/{name}"))


def test_calls_of_a_request_are_within_its_span(network: Network, peer: Exchange, spans: Collected) -> None:
    assert ask(web_of(network, peer)).result == 42
    within: Any = {"CLIENT math/multiply": {"SERVER math/multiply": {}}}
    assert spans.tree() == {"SERVER POST /rpc/{service}": within}
    assert len({trace_of(span) for span in spans.all()}) == 1


def test_it_says_what_was_asked_for_and_what_became_of_it(network: Network, peer: Exchange, spans: Collected) -> None:
    ask(web_of(network, peer))
    span = spans.named("POST /rpc/{service}")
    assert written_on(span) == {
        "http.request.method": "POST",
        "http.route": "/rpc/{service}",
        "http.response.status_code": 200,
        "url.path": "/rpc/math",
        "url.scheme": "http",
        "network.protocol.version": "1.1",
        "network.peer.address": "192.168.1.1",
        "network.peer.port": 54321,
    }
    assert span.status.is_ok


def test_whoever_asks_may_tell_a_trace(network: Network, peer: Exchange, spans: Collected) -> None:
    ask(web_of(network, peer), f"traceparent: {PARENT}", "tracestate: plant=1")
    span = spans.named("POST /rpc/{service}")
    assert (f"{trace_of(span):032x}", f"{parent_of(span):016x}") == (PARENT[3:35], PARENT[36:52])
    assert span.context is not None
    assert span.context.trace_state.to_header() == "plant=1"


@pytest.mark.parametrize("headers", [["traceparent: yes"], [f"traceparent: {PARENT}"] * 2])
def test_what_is_malformed_begins_a_trace(network: Network, peer: Exchange, spans: Collected, headers: Any) -> None:
    ask(web_of(network, peer), *headers)
    span = spans.named("POST /rpc/{service}")
    assert parent_of(span) is None
    assert f"{trace_of(span):032x}" != PARENT[3:35]


def test_a_request_is_in_no_trace_that_its_far_end_does_not_want(
    network: Network, peer: Exchange, spans: Collected
) -> None:
    ask(web_of(network, peer), f"traceparent: {PARENT[:-1]}0")
    assert spans.all() == []


def test_all_calls_of_a_batch_are_within_it(network: Network, peer: Exchange, spans: Collected) -> None:
    asked = [{"jsonrpc": "2.0", "method": "multiply", "params": [6, number], "id": number} for number in range(3)]
    web = web_of(network, peer, JsonRpcGateway)
    web.ask(posted(json.dumps(asked).encode(), JSON, path="/rpc/math"))
    visit = spans.named("POST /rpc/{service}")
    calls = [span for span in spans.all() if span.kind.name == "CLIENT"]
    assert [parent_of(call) for call in calls] == [id_of(visit)] * 3


def test_a_call_that_fails_is_no_fault_of_the_request(network: Network, peer: Exchange, spans: Collected) -> None:
    ask(web_of(network, peer), method="refuse", args=())
    assert spans.named("POST /rpc/{service}").status.is_ok
    assert not spans.named("math/refuse", "CLIENT").status.is_ok


def test_a_request_that_is_refused_has_a_span_of_its_own(network: Network, peer: Exchange, spans: Collected) -> None:
    ask(web_of(network, peer), name="nobody")
    span = spans.named("POST /rpc/{service}")
    assert written_on(span)["http.response.status_code"] == 404
    assert span.status.is_ok


def test_so_has_one_of_somebody_who_is_not_let_in(network: Network, peer: Exchange, spans: Collected) -> None:
    ask(web_of(network, peer, guard=Nobody()))
    assert written_on(spans.named("POST /rpc/{service}"))["http.response.status_code"] == 401


def test_it_begins_before_it_is_known_who_asks(network: Network, peer: Exchange, spans: Collected) -> None:
    later = Later()
    line = web_of(network, peer, guard=later).line()
    line.send(posted(called("multiply", 6, 7), XML, path="/rpc/math"))
    later.asked[0].callback("ann")
    network.settle()
    assert line.answer().result == 42
    line.hang_up()
    assert spans.tree() == {"SERVER POST /rpc/{service}": {"CLIENT math/multiply": {"SERVER math/multiply": {}}}}


def test_a_fault_of_the_gateway_is_an_error(
    network: Network, peer: Exchange, spans: Collected, logbook: Logbook
) -> None:
    class Broken:
        def identify(self, request: Request) -> Any:
            return succeed(None).addCallback(lambda _: 1 / 0)

    ask(web_of(network, peer, guard=Broken()))
    span = spans.named("POST /rpc/{service}")
    assert written_on(span)["error.type"] == "500"
    assert not span.status.is_ok
    assert logbook.failures() == ["ZeroDivisionError: division by zero"]


def test_whoever_hangs_up_is_seen(network: Network, peer: Exchange, spans: Collected) -> None:
    line = web_of(network, peer).line()
    line.send(posted(called("never"), XML, path="/rpc/math"))
    line.hang_up()
    span = spans.named("POST /rpc/{service}")
    assert written_on(span)["exchange.cancelled"] is True
    assert written_on(span)["error.type"] == "ConnectionDone"
    assert written_on(spans.named("math/never", "SERVER"))["exchange.cancelled"] is True


def test_methods_of_http_that_somebody_made_up_are_all_one(network: Network, peer: Exchange, spans: Collected) -> None:
    web_of(network, peer).ask(b"BREW /rpc/math HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n")
    assert written_on(spans.named("_OTHER /rpc/{service}"))["http.request.method"] == "_OTHER"
