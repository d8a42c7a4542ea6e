"""Proxies: calls written like those of an object."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred, succeed

from exchange.services.proxy import Proxy
from exchange.testing import Network
from tests.services.offered import Math


def recorded(method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Deferred[Any]:
    return succeed((method, args, kwargs))


def test_an_attribute_is_a_method_and_all_arguments_are_its_own(network: Network) -> None:
    proxy = Proxy(recorded, "math")
    answer = proxy.multiply(6, 7, timeout="mine", to="mine", method="mine", wait="mine", self="mine")
    names = dict.fromkeys(["timeout", "to", "method", "wait", "self"], "mine")
    assert network.result(answer) == ("multiply", (6, 7), names)


def test_an_attribute_of_an_attribute_has_a_dotted_name(network: Network) -> None:
    assert network.result(Proxy(recorded, "math").statistics.mean(1)) == ("statistics.mean", (1,), {})


def test_a_service_is_no_method() -> None:
    with pytest.raises(TypeError, match=r"<service math> is a service, not a method: write .name_of_method"):
        Proxy(recorded, "math")()


def test_names_with_an_underscore_are_not_turned_into_calls() -> None:
    proxy = Proxy(recorded, "math")
    with pytest.raises(AttributeError, match="<service math> has no attribute '_secret'"):
        _ = proxy._secret
    assert not hasattr(proxy, "__len__")


def test_a_method_of_any_name_is_called_through_brackets(network: Network) -> None:
    proxy = Proxy(recorded, "math")
    assert network.result(proxy["__init__"](1, x=2)) == ("__init__", (1,), {"x": 2})
    assert network.result(proxy["a method"]()) == ("a method", (), {})
    assert network.result(proxy.statistics["mean"]()) == ("mean", (), {})


def test_people_see_what_it_stands_for(network: Network) -> None:
    proxy = Proxy(recorded, "math")
    assert repr(proxy) == "<service math>"
    assert repr(proxy.multiply) == "<method math.multiply>"
    peer, math = network.peer(), Math()
    peer.add(math)
    assert repr(peer.service(peer.id_of(math)).multiply).endswith(".16.multiply>")


def test_a_proxy_of_an_exchange_calls(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Math())
    math = caller.service("math", timeout=2, wait=5)
    assert network.result(math.multiply(6, 7)) == 42
    by_id = caller.service(callee.instances()[0].id)
    assert network.result(by_id.multiply(6, 7)) == 42
