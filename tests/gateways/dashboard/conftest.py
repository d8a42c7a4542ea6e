"""Fixtures of the tests of the page: a hub, a service at a peer of it, and the site of the hub in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Literal

import pytest
from twisted.internet.defer import Deferred
from twisted.web.resource import Resource

from exchange import CallError, Exchange, Hub, Service, current_call, method
from exchange.gateways.dashboard.api import Api
from exchange.gateways.dashboard.door import Door, permits_all
from exchange.gateways.dashboard.hosts import Hosts
from exchange.gateways.site import GatewaySite
from exchange.testing import Network
from tests.gateways.web import Web

Site = Callable[..., Web]


class Plant(Service):
    """Does what a test of the page needs."""

    name = "plant"

    def __init__(self) -> None:
        self.owed: list[Deferred[Any]] = []
        self.cancelled = 0

    @method
    def multiply(self, x: float, y: float = 2, *more: float, label: str | None = None) -> Any:
        """Return the product."""
        return x * y

    @method(idempotent=True)
    def colour(self, which: Literal["red", "green"], on: date) -> list[Any]:
        """Return what came, as Python has it."""
        return [which, type(on).__name__]

    @method
    def who(self) -> str:
        """Return in whose name the call is made."""
        return f"{current_call().user} from {sorted(current_call().properties or {})}"

    @method
    def number(self) -> complex:
        """Return what JSON has no words for, in a set that it has none for either."""
        return float("inf")

    @method
    def refuse(self) -> None:
        """Fail."""
        raise CallError("out of order", number=120, origin="plant", details="the belt is off")

    @method
    def slow(self) -> Deferred[Any]:
        """Answer when the test says so."""

        def cancel(answer: Deferred[Any]) -> None:
            self.cancelled += 1

        self.owed.append(Deferred(cancel))
        return self.owed[-1]


@pytest.fixture
def hub(network: Network) -> Hub:
    return network.hub("rome")


@pytest.fixture
def plant() -> Plant:
    return Plant()


@pytest.fixture
def peer(network: Network, hub: Hub, plant: Plant) -> Exchange:
    """The peer at which the service is."""
    peer = network.peer(hub)
    peer.add(plant)
    network.settle()
    return peer


@pytest.fixture
def site(network: Network, hub: Hub, peer: Exchange) -> Iterator[Site]:
    """Make the site of the hub, with what the page asks at /api: ``site(guard=..., permits=...)``."""
    made: list[Web] = []

    def make(guard: Any = None, permits: Any = permits_all) -> Web:
        root = Resource()
        root.putChild(b"api", Api(Door(guard, permits, Hosts()), hub, network.clock))
        made.append(Web(network, GatewaySite(root, network.clock)))
        network.settle()
        return made[-1]

    yield make
    for web in made:
        web.close()
    network.clock.advance(2)
