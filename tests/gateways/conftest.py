"""Fixtures of the tests of gateways: a service, a gateway that shows it, a site in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from exchange import CallError, Exchange, Hub, Service, method
from exchange.gateways.jsonrpc import JsonRpcGateway
from exchange.gateways.site import GatewaySite
from exchange.gateways.xmlrpc import XmlRpcGateway
from exchange.testing import Network
from tests.gateways.web import AT, Web, mounted

Gateway = Callable[..., Web]


class Math(Service):
    """Does what a test of a gateway needs."""

    name = "math"
    groups: Sequence[str] = ("web-services",)

    def __init__(self, name: str = "math", mark: str = "") -> None:
        self.name = name
        self.mark = mark
        self.begun = 0
        self.cancelled = 0
        self.owed: list[Deferred[Any]] = []

    @method
    def multiply(self, x: Any, y: Any) -> Any:
        """Return the product."""
        return x * y

    @method
    def echo(self, *values: Any) -> Any:
        """Return the first argument."""
        return values[0]

    @method
    def kind(self, value: Any) -> str:
        """Return the type of what came."""
        return type(value).__name__

    @method
    def who(self) -> str:
        """Return which of several this is."""
        return self.mark

    @method(name="plant.line.speed")
    def speed(self) -> int:
        """Return a number, under a name with dots."""
        return 90

    @method
    def slow(self) -> Deferred[Any]:
        """Answer when the test says so."""
        self.begun += 1
        answer: Deferred[Any] = Deferred(self._cancel)
        self.owed.append(answer)
        return answer

    @method
    def refuse(self, number: int, description: str, origin: str, details: str) -> None:
        """Fail, as the caller asks."""
        raise CallError(description, number=number, origin=origin, details=details)

    @method
    def divide(self, x: float, y: float) -> float:
        """Return the quotient, or fail as Python does."""
        return x / y

    def _cancel(self, answer: Deferred[Any]) -> None:
        self.cancelled += 1


@pytest.fixture
def hub(network: Network) -> Hub:
    """The hub, before anything else is there."""
    return network.hub()


@pytest.fixture
def math(network: Network, hub: Hub) -> Math:
    """A service at a peer of its own."""
    service = Math()
    offering(network, service)
    return service


@pytest.fixture
def gateway(network: Network, hub: Hub) -> Iterator[Gateway]:
    """Make a site with an XML-RPC gateway: ``gateway(choice="sticky", patience=5)``."""
    made: list[Web] = []

    def make(max_body: int = 2**20, patience: float = 30.0, **settings: Any) -> Web:
        peer = network.peer()
        resource = XmlRpcGateway(peer, max_body=max_body, **settings)
        site = GatewaySite(mounted(AT, resource), network.clock, max_body=max_body, patience=patience, idle=patience)
        network.settle()
        made.append(Web(network, site))
        return made[-1]

    yield make
    for web in made:
        web.close()


@pytest.fixture
def json_gateway(network: Network, hub: Hub) -> Iterator[Gateway]:
    """Make a site with a JSON-RPC gateway: ``json_gateway(choice="sticky", patience=5)``."""
    made: list[Web] = []

    def make(max_body: int = 2**20, patience: float = 30.0, **settings: Any) -> Web:
        resource = JsonRpcGateway(network.peer(), max_body=max_body, **settings)
        site = GatewaySite(mounted(AT, resource), network.clock, max_body=max_body, patience=patience, idle=patience)
        network.settle()
        made.append(Web(network, site))
        return made[-1]

    yield make
    for web in made:
        web.close()


@pytest.fixture
def web(math: Math, gateway: Gateway) -> Web:
    """A site with a gateway that shows `math`."""
    return gateway()


def offering(network: Network, *services: Service) -> Exchange:
    """Return a new peer that offers ``services``."""
    peer = network.peer()
    for service in services:
        peer.add(service)
    network.settle()
    return peer
