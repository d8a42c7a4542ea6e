"""Services: what is exported, and the groups that are joined."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest

from exchange import Exchange, MethodUnavailable, Service, method
from exchange.testing import Network
from tests.services.offered import Math


def test_a_method_is_exported_under_its_own_name_or_another() -> None:
    assert sorted(Math().exports) == ["add up", "divide", "echo", "multiply", "refuse", "unsuitable"]


def test_what_is_not_marked_is_not_exported(network: Network) -> None:
    assert not {"total", "join", "exports", "export"} & set(Math().exports)


def test_methods_of_a_base_are_exported_too() -> None:
    class Better(Math):
        @method
        def square(self, x: int) -> int:
            return x * x

    assert {"multiply", "square"} <= set(Better().exports)
    assert "square" not in Math().exports


def test_a_static_method_and_a_class_method_can_be_exported_with_the_marks_in_either_order(network: Network) -> None:
    class Mixed(Service):
        name = "mixed"

        @method
        @staticmethod
        def inner() -> str:
            return "inner"

        @staticmethod
        @method
        def outer() -> str:
            return "outer"

        @method
        @classmethod
        def of_class(cls) -> str:
            return cls.name

    peer = network.peer()
    peer.add(Mixed())
    assert [network.result(peer.call("mixed", name)) for name in ("inner", "outer", "of_class")] == [
        "inner",
        "outer",
        "mixed",
    ]


def test_a_function_can_be_exported_while_the_service_runs(network: Network) -> None:
    peer, math = network.peer(), Math()
    peer.add(math)
    math.export(len)
    math.export(lambda text: text.upper(), name="loud")
    assert network.result(peer.call("math", "len", "four")) == 4
    assert network.result(peer.call("math", "loud", "four")) == "FOUR"


def test_of_two_exports_with_one_name_the_last_counts(network: Network) -> None:
    peer, math = network.peer(), Math()
    peer.add(math)
    math.export(lambda x, y: 0, name="multiply")
    assert network.result(peer.call("math", "multiply", 6, 7)) == 0


class Anonymous:
    """Can be called, and has no name."""

    def __call__(self) -> int:
        return 1


@pytest.mark.parametrize(("what", "name"), [(5, "five"), (Anonymous(), None), (print, 7)])
def test_what_cannot_be_called_or_has_no_name_cannot_be_exported(what: Any, name: Any) -> None:
    with pytest.raises(TypeError, match="cannot be exported: it must be callable and have a name"):
        Math().export(what, name)


def test_what_has_no_name_of_its_own_can_be_given_one() -> None:
    math = Math()
    math.export(Anonymous(), "one")
    assert "one" in math.exports


def test_two_instances_of_one_class_have_exports_of_their_own() -> None:
    one, other = Math(), Math()
    one.export(len)
    assert "len" not in other.exports


# The exchange that it is at


def test_a_service_knows_its_exchange_from_being_added_on(network: Network) -> None:
    peer, math = network.peer(), Math()
    with pytest.raises(RuntimeError, match=r"service 'math' was not added to an exchange; call exchange.add"):
        _ = math.exchange
    peer.add(math)
    assert math.exchange is peer
    peer.remove(math)
    with pytest.raises(RuntimeError):
        _ = math.exchange


def test_of_two_exchanges_a_service_knows_the_first(network: Network) -> None:
    first, second, math = network.peer(), network.peer(), Math()
    first.add(math)
    second.add(math)
    assert math.exchange is first
    first.remove(math)
    assert math.exchange is second


# Groups


def groups_at(exchange: Exchange) -> list[tuple[str, ...]]:
    return [presence.groups for presence in exchange.instances(name="math")]


def test_a_service_is_in_the_groups_of_its_class_when_it_is_added(network: Network) -> None:
    hub = network.hub()
    network.peer().add(Math())
    network.settle()
    assert groups_at(hub) == [("web-services",)]


def test_joining_and_leaving_groups_is_announced(network: Network) -> None:
    hub, math = network.hub(), Math()
    network.peer().add(math)
    math.join("tools")
    network.settle()
    assert groups_at(hub) == [("web-services", "tools")]
    math.leave("web-services")
    network.settle()
    assert groups_at(hub) == [("tools",)]


def test_to_join_twice_or_leave_what_was_not_joined_is_nothing_new(network: Network) -> None:
    hub, math = network.hub(), Math()
    network.peer().add(math)
    network.settle()
    told: list[object] = []
    hub.watch(changed=told.append)
    told.clear()
    math.join("web-services")
    math.leave("tools")
    network.settle()
    assert told == []


def test_groups_joined_before_it_is_added_count_when_it_is(network: Network) -> None:
    hub, math = network.hub(), Math()
    math.join("tools")
    network.peer().add(math)
    network.settle()
    assert groups_at(hub) == [("web-services", "tools")]
    assert Math.groups == ["web-services"], "and those of the class are as before"


def test_a_group_that_cannot_be_one_is_refused_and_nothing_changes(network: Network) -> None:
    hub, math = network.hub(), Math()
    network.peer().add(math)
    for group in ("two\nlines", "", "$own", None, 5):
        text = f"no service group can be named {group!r}: it must be text"
        with pytest.raises(ValueError, match=re.escape(text)):
            math.join(group)  # type: ignore[arg-type]
    math.leave("")
    network.settle()
    assert groups_at(hub) == [("web-services",)]
    assert tuple(math.groups) == ("web-services",)


def test_a_method_that_a_subclass_writes_anew_stays_exported(network: Network) -> None:
    class Base(Service):
        name = "base"

        @method(name="times")
        def multiply(self, x: int, y: int) -> int:
            return x * y

        @method
        def add(self, x: int, y: int) -> int:
            return x + y

    class Loud(Base):
        add = None  # type: ignore[assignment]

        def multiply(self, x: int, y: int) -> int:
            return 100 * super().multiply(x, y)

    peer = network.peer()
    peer.add(Loud())

    assert network.result(peer.call("base", "times", 6, 7)) == 4200
    with pytest.raises(MethodUnavailable):
        network.result(peer.call("base", "add", 6, 7))


def test_a_method_that_would_hide_what_every_service_has_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match=r"Trade.exports would hide .*@method\(name='exports'\)"):

        class Trade(Service):
            @method
            def exports(self) -> list[str]:  # type: ignore[override]
                return []


def test_a_class_in_place_of_its_instance_is_refused_with_the_mend(network: Network) -> None:
    with pytest.raises(TypeError, match=r"add an instance of it: Math\(\)"):
        network.peer().add(Math)  # type: ignore[arg-type]


def test_two_methods_under_one_name_are_refused_when_the_service_is_added(network: Network) -> None:
    class Double(Service):
        name = "double"

        @method
        def multiply(self, x: int, y: int) -> int:
            return x * y

        @method(name="multiply")
        def times(self, x: int, y: int) -> int:
            return x * y

    peer, double = network.peer(), Double()

    text = "service 'double' has two methods under the name 'multiply': 'multiply' and 'times'"
    with pytest.raises(ValueError, match=text):
        peer.add(double)
    assert peer.instances() == [], "and nothing is offered"


def test_one_method_that_a_class_has_under_two_names_is_exported_once(network: Network) -> None:
    class Alias(Service):
        name = "alias"

        @method
        def multiply(self, x: int, y: int) -> int:
            return x * y

        times = multiply

    peer = network.peer()
    peer.add(Alias())

    assert network.result(peer.call("alias", "multiply", 6, 7)) == 42
    with pytest.raises(MethodUnavailable):
        network.result(peer.call("alias", "times", 6, 7))


def test_a_group_that_cannot_be_one_is_refused_before_the_service_is_added_too() -> None:
    math = Math()
    with pytest.raises(ValueError, match="no service group can be named ''"):
        math.join("")
    assert math.groups == ["web-services"]


async def works(*_: Any) -> None: ...


async def counts() -> Any:
    yield 1


@pytest.mark.parametrize("function", [works, counts, staticmethod(works), classmethod(works), partial(works)])
def test_a_coroutine_function_does_not_run_in_a_thread_and_the_mend_is_told(function: Any) -> None:
    with pytest.raises(
        TypeError, match=r"method 'busy' is a coroutine function.*write it with 'def'.*leave out thread"
    ):
        method(name="busy", thread=True)(function)
    service = Math()
    with pytest.raises(TypeError, match="method 'busy' is a coroutine function"):
        service.export(getattr(function, "__func__", function), "busy", thread=True)
    assert "busy" not in service.exports
    method(name="busy")(works)
