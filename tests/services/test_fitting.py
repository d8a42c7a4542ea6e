"""Stories of methods that check their arguments: what fits, what is refused, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, NewType, TypeVar

import pytest

from exchange import BadArguments, Exchange, Service, method
from exchange.testing import Network
from tests.services.orders import Line, Orders

Number = NewType("Number", int)
T = TypeVar("T", int, str)


@pytest.fixture
def peer(network: Network) -> Exchange:
    """An exchange with a service that checks."""
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Orders())
    network.settle()
    return caller


def test_an_argument_that_does_not_fit_is_refused_before_the_method_starts(network: Network) -> None:
    started = []

    class Math(Service):
        name = "math"

        @method(check=True)
        def multiply(self, x: float, y: float) -> float:
            started.append((x, y))
            return x * y

    peer = network.peer()
    peer.add(Math())

    with pytest.raises(BadArguments) as caught:
        network.result(peer.call("math", "multiply", 6, "7"))

    assert str(caught.value) == "math.multiply: y must be float, not str"
    assert (caught.value.number, caught.value.delivered) == (56, False)
    assert started == []
    assert network.result(peer.call("math", "multiply", 6, y=7)) == 42.0
    assert [type(each) for each in started[0]] == [float, float]


def test_a_method_that_does_not_ask_for_it_takes_whatever_comes(network: Network, peer: Exchange) -> None:
    assert network.result(peer.call("orders", "free", {1: 2}, None, None)) == 1


def test_a_dataclass_is_built_from_a_dict_in_any_sequence(network: Network, peer: Exchange) -> None:
    order = {"article": "screw", "extras": [{"article": "nut", "count": 2}]}

    answer = network.result(peer.call("orders", "order", [order, {"article": "saw"}], date(2024, 2, 29)))

    assert answer == "['Line', 'Line'] by 2024-02-29 for 0.10"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"count": 1}, "lines[0].article is missing; it must be str"),
        ({"article": 4}, "lines[0].article must be str, not int"),
        ({"article": "a", "total": 4.0}, "lines[0].total is no field of tests.services.orders.Line; there is article,"),
        ({"article": "a", "extras": [{"article": None}]}, "lines[0].extras[0].article must be str, not None"),
        ({"article": "a", "count": 0}, "lines[0] cannot be tests.services.orders.Line: there is nothing to order"),
        ("screw", "lines[0] must be tests.services.orders.Line, not str"),
    ],
)
def test_what_is_wrong_inside_a_dataclass_is_said_with_the_way_to_it(
    network: Network, peer: Exchange, line: Any, said: str
) -> None:
    with pytest.raises(BadArguments) as caught:
        network.result(peer.call("orders", "order", [line]))

    assert str(caught.value).startswith(f"orders.order: {said}")


def test_each_of_the_rest_is_checked_by_position_and_by_name(network: Network, peer: Exchange) -> None:
    assert network.result(peer.call("orders", "add", 1, 2.5, big=3)) == [(1.0, 2.5), {"big": 3}]
    with pytest.raises(BadArguments, match=r"orders.add: numbers\[1\] must be float, not str"):
        network.result(peer.call("orders", "add", 1, "2"))
    with pytest.raises(BadArguments, match=r"orders.add: big must be int, not bool"):
        network.result(peer.call("orders", "add", big=True))


def test_named_tuples_enums_literals_and_typed_dicts_are_made_from_what_can_be_sent(
    network: Network, peer: Exchange
) -> None:
    answer = network.result(peer.call("orders", "store", [3, "b"], "low", 4, {"city": "Rome"}))

    assert answer == "Place(row=3, shelf='b') Urgency.LOW 4 {'city': 'Rome'}"
    with pytest.raises(BadArguments, match=r"urgency must be literal\['low', 2\], not 'high'"):
        network.result(peer.call("orders", "store", [3, "b"], "high", 4, {}))
    with pytest.raises(BadArguments, match=r"how must be literal\['dry', 4\], not list"):
        network.result(peer.call("orders", "store", [3, "b"], 2, [], {}))
    with pytest.raises(BadArguments, match=r"where\.town is no field"):
        network.result(peer.call("orders", "store", [3, "b"], 2, 4, {"town": "Rome"}))
    with pytest.raises(BadArguments, match=r"place must be tuple\[int, str\], not 1 item"):
        network.result(peer.call("orders", "store", [3], 2, 4, {}))


@pytest.mark.parametrize("value", [b"raw", "text", (1, 2), {"a": {1}}, True])
def test_a_union_takes_what_fits_one_of_its_members_as_it_is(network: Network, peer: Exchange, value: Any) -> None:
    assert network.result(peer.call("orders", "mixed", value, value)) == [value, value]


def test_too_few_arguments_are_refused_as_everywhere(network: Network, peer: Exchange) -> None:
    with pytest.raises(BadArguments, match="takes 4 arguments, 1 came"):
        network.result(peer.call("orders", "store", 1))
    with pytest.raises(BadArguments, match="unexpected keyword argument 'colour'"):
        network.result(peer.call("orders", "order", [], colour="red"))


def test_a_service_with_such_an_annotation_cannot_be_added(network: Network) -> None:
    class Odd(Service):
        name = "odd"

        @method(check=True)
        def run(self, function: Callable[[], None]) -> None:
            function()

    peer = network.peer()
    for _ in range(2):
        with pytest.raises(ValueError, match=r"odd\.run cannot be checked: .*, the annotation of 'function'"):
            peer.add(Odd())

    assert peer.instances() == []


def test_a_function_of_which_python_cannot_tell_what_it_takes_cannot_be_checked() -> None:
    with pytest.raises(ValueError, match="Python cannot tell what it takes"):
        Service().export(dict.pop, "pop", check=True)


def test_partials_callable_objects_and_classes_are_checked_too() -> None:
    class Adder:
        count: str = "of the object, not of its call"

        def __call__(self, count: int) -> int:
            return count + 1

    def add(amount: int, count: int) -> int:
        return amount + count

    for function in (Adder(), partial(add, 1)):
        service = Service()
        service.export(function, "run", check=True)
        with pytest.raises(BadArguments, match="count must be int, not str"):
            service.exports["run"].fit([], {"count": "x"})

    service = Service()
    service.export(Line, "run", check=True)
    with pytest.raises(BadArguments, match="count must be int, not str"):
        service.exports["run"].fit(["screw", "x"], {})


def test_a_checked_call_that_is_forwarded_goes_on_as_it_came(network: Network) -> None:
    class Counter(Service):
        name = "counter"

        @method(check=True)
        def order(self, lines: list[Line]) -> Any:
            assert isinstance(lines[0], Line)
            return self.forward("orders")

    peer = network.peer()
    peer.add(Orders())
    peer.add(Counter())

    assert network.result(peer.call("counter", "order", [{"article": "saw"}])) == "['Line'] by None for 0.10"
