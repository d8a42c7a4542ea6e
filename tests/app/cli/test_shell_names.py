"""The names that a shell has ready."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import Exchange, Service, method
from exchange.app.cli.shell_names import Completer, Services, names_of
from exchange.testing import Network


class Math(Service):
    name = "math"
    groups = ("plant",)

    @method
    def multiply(self, x: int, timeout: int = 1) -> int:
        return x * timeout


class Press(Service):
    name = "plant.press"


@pytest.fixture
def caller(network: Network) -> Exchange:
    """A peer that may call two services."""
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Math())
    callee.add(Press())
    return caller


@pytest.fixture
def services(network: Network, caller: Exchange) -> Services:
    watch = caller.watch()
    network.settle()
    return Services(caller, watch, 5)


def test_services_are_called_by_attributes_and_items(network: Network, services: Services) -> None:
    assert network.result(services.math.multiply(3, timeout=4)) == 12
    assert repr(services["plant.press"]) == "<service plant.press>"
    with pytest.raises(AttributeError, match=r"write services\['_x'\]"):
        _ = services._x


def test_services_can_be_looked_at(network: Network, services: Services) -> None:
    assert list(services) == ["math", "plant.press"]
    assert ("math" in services, "maths" in services, len(services)) == (True, False, 2)
    assert repr(services).splitlines() == [
        "SERVICE      INSTANCES  GROUPS",
        "math                 1  plant",
        "plant.press          1  -",
    ]
    assert network.result(services()) == ["math", "plant.press"]
    assert network.result(services("m*")) == ["math"]


def test_call_takes_the_service_and_its_method_in_one(network: Network, caller: Exchange, services: Services) -> None:
    names = names_of(caller, services, 5)

    assert names["exchange"] is caller
    assert network.result(names["call"]("math.multiply", 3, timeout=4)) == 12


def test_tab_completes_services_methods_and_python(caller: Exchange, services: Services) -> None:
    names: dict[str, Any] = names_of(caller, services, 5)
    completer = Completer(names, lambda name: ["multiply", "divide"] if name == "math" else [])

    assert completer.attr_matches("services.m") == ["services.math"]
    assert completer.attr_matches("services.math.mu") == ["services.math.multiply("]
    assert completer.attr_matches("math.") == ["math.multiply", "math.divide"]
    assert completer.attr_matches("exchange.descri") == ["exchange.describe("]
    assert completer.complete("serv", 0) == "services"
