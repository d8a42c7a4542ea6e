"""To which trace the calls of a request belong, at gateways of all kinds; here nobody traces."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from exchange import Hub, Service, current_call, method
from exchange.gateways.face import Face
from exchange.gateways.jsonrpc import JsonRpcGateway
from exchange.gateways.site import GatewaySite
from exchange.gateways.soap import SoapGateway
from exchange.gateways.xmlrpc import XmlRpcGateway
from exchange.testing import Network
from tests.gateways.conftest import offering
from tests.gateways.soap_web import enveloped
from tests.gateways.web import AT, Web, called, mounted

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Seeing(Service):
    """Keeps what its callers told of their trace."""

    name = "seeing"
    groups = ("web-services",)

    def __init__(self) -> None:
        self.seen: list[dict[str, str]] = []

    @method
    def see(self) -> int:
        """Keep it."""
        self.seen.append(current_call().trace)
        return len(self.seen)


Ask = Callable[..., dict[str, str]]
KINDS: dict[str, tuple[type[Face], bytes, str]] = {
    "xmlrpc": (XmlRpcGateway, called("see"), "text/xml"),
    "jsonrpc": (JsonRpcGateway, json.dumps({"jsonrpc": "2.0", "method": "see", "id": 1}).encode(), "application/json"),
    "soap": (SoapGateway, enveloped("<see/>"), "text/xml"),
}


@pytest.fixture
def ask(network: Network, hub: Hub) -> Ask:
    """Ask a gateway of a kind, with further headers; return what the service was told, twice."""
    service = Seeing()
    offering(network, service)

    def ask(kind: str, *headers: str) -> dict[str, str]:
        face, body, media = KINDS[kind]
        settings: dict[str, Any] = {}
        web = Web(network, GatewaySite(mounted(AT, face(network.peer(), **settings)), network.clock))
        network.settle()
        for _ in range(2):  # of the first, it is not known yet what the service offers
            assert web.post("seeing", body, f"Content-Type: {media}", *headers).status == 200
        first, second = service.seen[-2:]
        assert first == second
        return first

    return ask


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_headers_tell_reaches_the_method(ask: Ask, kind: str) -> None:
    told = ask(kind, f"traceparent: {PARENT}", "tracestate: plant=1", "tracestate: other=2")
    assert told == {"traceparent": PARENT, "tracestate": "plant=1,other=2"}


@pytest.mark.parametrize("kind", KINDS)
def test_without_them_it_is_told_nothing(ask: Ask, kind: str) -> None:
    assert ask(kind) == {}


@pytest.mark.parametrize(
    "headers",
    [
        ("traceparent: yes",),
        ("tracestate: plant=1",),
        (f"traceparent: {PARENT}", f"traceparent: {PARENT}"),
        (f"traceparent: {PARENT}{'0' * 2000}",),
        ("traceparent: \xff\xfe",),
        ("traceparent:",),
    ],
)
def test_what_is_malformed_is_as_if_it_were_not_there(ask: Ask, headers: tuple[str, ...]) -> None:
    assert ask("jsonrpc", *headers) == {}


def test_a_state_that_is_too_long_costs_the_state_alone(ask: Ask) -> None:
    assert ask("jsonrpc", f"traceparent: {PARENT}", f"tracestate: plant={'x' * 600}") == {"traceparent": PARENT}
