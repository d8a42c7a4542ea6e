"""What every service can be asked over XML-RPC: introspection, several calls at once, capabilities."""

from __future__ import annotations

from typing import Any
from xmlrpc.client import Fault, MultiCallIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange import CallError, Service, method
from exchange.gateways.xmlrpc_system import CAPABILITIES, MAX_RESULTS, SYSTEM_METHODS
from exchange.testing import Network
from tests.gateways.conftest import Gateway, Math, offering
from tests.gateways.web import AT, Web, called, posted
from tests.logbook import Logbook

OWN = sorted(SYSTEM_METHODS)


class Crane(Service):
    """Moves things."""

    name = "crane"
    groups = ("web-services",)

    @method
    def move(self, to: float, load: str = "") -> bool:
        """Move to a place.

        Slowly.
        """
        return to > 0

    @method(name="plain\ufffename")
    def plain(self):  # type: ignore[no-untyped-def]
        pass

    @method(name="system.status")
    def status(self) -> str:
        """Tell how it is."""
        return "well"

    @method(name="system.methodHelp")
    def own_help(self, name: str) -> str:
        """Stand under a name that is taken."""
        return "never said"


@pytest.fixture
def web(network: Network, math: Math, gateway: Gateway) -> Web:
    """A site that shows `math` and a crane."""
    offering(network, Crane())
    return gateway()


def entry(name: str, *params: Any) -> dict[str, Any]:
    return {"methodName": name, "params": list(params)}


def several(web: Web, *entries: Any) -> list[Any]:
    result: list[Any] = web.call("math", "system.multicall", list(entries))
    return result


# Introspection


def test_the_methods_of_a_service_are_listed_with_those_that_every_service_has(web: Web) -> None:
    assert web.call("crane", "system.listMethods") == ["move", "plain\ufffdname", *OWN, "system.status"]
    assert set(web.call("math", "system.listMethods")) > {"multiply", "plant.line.speed", *OWN}


def test_a_signature_is_a_list_of_lists_of_types_or_undef(web: Web) -> None:
    assert web.call("crane", "system.methodSignature", "move") == [
        ["boolean", "double"],
        ["boolean", "double", "string"],
    ]
    assert web.call("math", "system.methodSignature", "multiply") == "undef"


def test_the_help_of_a_method_is_its_documentation(web: Web) -> None:
    assert web.call("crane", "system.methodHelp", "move") == "Move to a place.\n\nSlowly."


def test_documentation_that_there_is_not_is_empty(network: Network, web: Web) -> None:
    class Bare(Service):
        name = "bare"
        groups = ("web-services",)

        @method
        def f(self) -> None:
            pass

        @method
        def g(self) -> None:
            "A bell: \x07"

    offering(network, Bare())

    assert web.call("bare", "system.methodHelp", "f") == ""
    assert web.call("bare", "system.methodHelp", "g") == "A bell: \ufffd"


@pytest.mark.parametrize("name", OWN)
def test_the_methods_that_every_service_has_are_described_too(web: Web, name: str) -> None:
    signatures = web.call("math", "system.methodSignature", name)

    assert all(isinstance(kind, str) for signature in signatures for kind in signature)
    assert web.call("math", "system.methodHelp", name).endswith(".")


@pytest.mark.parametrize("asked", ["system.methodSignature", "system.methodHelp"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("vanish", "service 'math' exports no method 'vanish'"),
        ("", "service 'math' exports no method ''"),
        ("x" * 1000, f"service 'math' exports no method '{'x' * 40}'"),
        (6, "service 'math' exports no method 'int'"),
        (["multiply"], "service 'math' exports no method 'list'"),
        (None, "service 'math' exports no method 'NoneType'"),
    ],
)
def test_a_method_that_there_is_not_is_fault_55(web: Web, asked: str, name: Any, text: str) -> None:
    fault = web.post("math", called(asked, name)).fault

    assert (fault.faultCode, fault.faultString) == (55, text)


@pytest.mark.parametrize(
    ("name", "args", "text"),
    [
        ("system.listMethods", (1,), "system.listMethods takes 0 arguments, not 1"),
        ("system.getCapabilities", ({},), "system.getCapabilities takes 0 arguments, not 1"),
        ("system.methodHelp", (), "system.methodHelp takes 1 argument, not 0"),
        ("system.methodSignature", ("a", "b"), "system.methodSignature takes 1 argument, not 2"),
        ("system.multicall", (), "system.multicall takes 1 argument, not 0"),
        ("system.multicall", ("all",), "system.multicall takes an array of structs"),
        ("system.multicall", (entry("multiply", 6, 7),), "system.multicall takes an array of structs"),
    ],
)
def test_wrong_arguments_are_fault_56(web: Web, name: str, args: tuple[Any, ...], text: str) -> None:
    fault = web.post("math", called(name, *args)).fault

    assert (fault.faultCode, fault.faultString) == (56, text)


def test_other_names_that_begin_with_system_are_those_of_the_service(web: Web) -> None:
    assert web.call("crane", "system.status") == "well"
    assert web.post("math", called("system.status")).fault.faultCode == 55


def test_a_method_under_a_name_that_is_taken_is_hidden(web: Web) -> None:
    assert web.call("crane", "system.methodHelp", "system.methodHelp") == "Return the documentation of a method."
    assert web.call("crane", "system.listMethods").count("system.methodHelp") == 1


def test_what_is_exported_later_is_listed_at_once(network: Network, math: Math, web: Web) -> None:
    assert "late" not in web.call("math", "system.listMethods")

    math.export(lambda: 1, "late")
    network.settle()

    assert "late" in web.call("math", "system.listMethods")


def test_a_service_that_is_not_shown_is_not_described_either(web: Web) -> None:
    assert web.post("nobody", called("system.listMethods")).status == 404


# Capabilities


def test_the_capabilities_are_what_is_kept(web: Web) -> None:
    told = web.call("math", "system.getCapabilities")

    assert sorted(told) == ["introspection", "nil", "system.multicall", "xmlrpc"]
    assert told["xmlrpc"] == {"specUrl": "http://www.xmlrpc.com/spec", "specVersion": 1}
    assert {name: (each["specUrl"], each["specVersion"]) for name, each in told.items()} == CAPABILITIES


@pytest.mark.parametrize("none", ["refuse", "empty"])
def test_nil_is_no_capability_of_a_gateway_that_does_not_write_it(math: Math, gateway: Gateway, none: str) -> None:
    told = gateway(none=none).call("math", "system.getCapabilities")

    assert sorted(told) == ["introspection", "system.multicall", "xmlrpc"]


# Several calls at once


def test_several_calls_are_answered_in_their_order_each_by_an_array_of_one(web: Web) -> None:
    assert several(web, *[entry("multiply", 6, number) for number in range(4)]) == [[0], [6], [12], [18]]


def test_no_calls_have_no_answers(web: Web) -> None:
    assert several(web) == []


def test_what_fails_stands_as_the_struct_of_a_fault_in_its_place(web: Web, logbook: Logbook) -> None:
    answers = several(web, entry("multiply", 6, 7), entry("divide", 1, 0), entry("vanish"), entry("who"))

    assert answers[0] == [42]
    assert answers[1]["faultCode"] == 57
    assert answers[2] == {"faultCode": 55, "faultString": "service 'math' exports no method 'vanish'"}
    assert answers[3] == [""]
    assert logbook.failures() == ["ZeroDivisionError: division by zero"]


def test_the_standard_library_understands_the_answers(web: Web) -> None:
    results: Any = MultiCallIterator(several(web, entry("multiply", 6, 7), entry("refuse", 1001, "Bad", "app", "")))

    assert results[0] == 42
    with pytest.raises(Fault) as caught:
        results[1]
    assert (caught.value.faultCode, caught.value.faultString) == (1001, "app -- Bad")


def test_a_result_that_cannot_be_expressed_spoils_no_other(network: Network, web: Web) -> None:
    class Odd(Service):
        name = "odd"
        groups = ("web-services",)

        @method
        def thing(self) -> object:
            return {"a": float("nan")}

    offering(network, Odd())

    answers = web.call("odd", "system.multicall", [entry("thing"), entry("system.listMethods")])

    assert answers[0] == {"faultCode": 52, "faultString": "result['a']: XML-RPC cannot express nan"}
    assert answers[1] == [[*OWN[:5], "thing"]]


def test_the_methods_of_introspection_may_stand_among_several(web: Web) -> None:
    assert several(web, entry("system.methodHelp", "multiply"), entry("system.methodHelp")) == [
        ["Return the product."],
        {"faultCode": 56, "faultString": "system.methodHelp takes 1 argument, not 0"},
    ]


SHAPE = "a call of system.multicall is a struct of methodName, which is a string, and params, which is an array"


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (entry("system.multicall", [entry("multiply", 6, 7)]), "system.multicall must not call itself"),
        (entry("system.multicall"), "system.multicall must not call itself"),
        ("multiply", SHAPE),
        (["multiply", [6, 7]], SHAPE),
        (None, SHAPE),
        ({}, SHAPE),
        ({"params": []}, SHAPE),
        ({"methodName": 6, "params": []}, SHAPE),
        ({"methodName": "multiply", "params": {"x": 6, "y": 7}}, SHAPE),
        ({"methodName": "multiply", "params": None}, SHAPE),
    ],
)
def test_a_call_that_is_none_is_a_fault_in_its_place(web: Web, wrong: Any, text: str) -> None:
    assert several(web, wrong, entry("multiply", 6, 7)) == [{"faultCode": 56, "faultString": text}, [42]]


def test_a_call_without_arguments_needs_no_params(web: Web) -> None:
    assert several(web, {"methodName": "who"}) == [[""]]


def test_all_calls_are_made_at_once(network: Network, math: Math, web: Web) -> None:
    line = web.line()
    line.send(posted(called("system.multicall", [entry("slow")] * 3)))
    assert math.begun == 3

    for place in (2, 0, 1):
        assert line.unread == b""
        math.owed[place].callback(place)
        network.settle()

    assert line.answer().result == [[0], [1], [2]]


def test_more_calls_than_the_gateway_takes_are_fault_56_and_none_is_made(math: Math, gateway: Gateway) -> None:
    web = gateway(max_batch=3)
    assert several(web, *[entry("who")] * 3) == [[""]] * 3

    fault = web.post("math", called("system.multicall", [entry("slow")] * 4)).fault

    assert (fault.faultCode, fault.faultString) == (56, "system.multicall takes 3 calls at most, not 4")
    assert math.begun == 0


def test_a_hundred_calls_may_be_made_at_once_unless_told_otherwise(web: Web) -> None:
    assert several(web, *[entry("who")] * 100) == [[""]] * 100
    assert web.post("math", called("system.multicall", [entry("who")] * 101)).fault.faultCode == 56


def test_a_caller_who_hangs_up_ends_all_calls(math: Math, web: Web, logbook: Logbook) -> None:
    line = web.line()
    line.send(posted(called("system.multicall", [entry("slow")] * 3)))

    line.hang_up()

    assert (math.begun, math.cancelled) == (3, 3)
    assert logbook.failures() == []


def test_a_service_lost_while_it_owes_several_answers_is_a_fault_for_each(network: Network, web: Web) -> None:
    peer = offering(network, Math("frail"))
    line = web.line()
    line.send(posted(called("system.multicall", [entry("slow"), entry("multiply", 6, 7)]), path=f"{AT}/frail"))

    network.cut(peer)

    lost, product = line.answer().result
    assert lost["faultCode"] == 57
    assert product == [42]


def test_no_more_calls_are_under_way_than_the_connection_may_have(
    network: Network, math: Math, gateway: Gateway
) -> None:
    line = gateway(max_calls=2).line()
    line.send(posted(called("system.multicall", [entry("slow")] * 5)))

    for place in range(5):
        assert math.begun == min(place + 2, 5)
        math.owed[place].callback(place)
        network.settle()

    assert line.answer().result == [[0], [1], [2], [3], [4]]


def test_a_caller_who_hangs_up_ends_calls_that_have_begun_and_the_others_never_do(
    network: Network, math: Math, gateway: Gateway, logbook: Logbook
) -> None:
    line = gateway(max_calls=2).line()
    line.send(posted(called("system.multicall", [entry("slow")] * 5)))

    line.hang_up()
    network.clock.advance(60)

    assert (math.begun, math.cancelled) == (2, 2)
    assert logbook.failures() == []


def test_results_that_are_too_large_together_are_faults_but_for_those_that_have_room(web: Web) -> None:
    text = "x" * (MAX_RESULTS // 20)

    class Large(Math):
        def __init__(self) -> None:
            super().__init__("large")
            self.export(lambda: text, "text")

    offering(web.network, Large())
    calls = [entry("text")] * 22 + [entry("who")]

    answers = web.call("large", "system.multicall", calls)

    assert answers[:19] == [[text]] * 19
    assert (
        answers[19:22]
        == [
            {
                "faultCode": 52,
                "faultString": "the results of this system.multicall have more than 16777216 characters; "
                "ask for fewer at once",
            }
        ]
        * 3
    )
    assert answers[22] == [""]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["multiply", "system.multicall", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["methodName", "params", "x"]), inner, max_size=3)
        | st.fixed_dictionaries({"methodName": st.sampled_from(["who", *OWN])}, optional={"params": inner})
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=ANYTHING)
def test_whatever_the_calls_are_each_has_an_answer(web: Web, logbook: Logbook, calls: Any) -> None:
    answer = web.post("math", called("system.multicall", calls))

    if isinstance(calls, list):
        assert len(answer.result) == len(calls)
        assert all(
            set(each) == {"faultCode", "faultString"} if isinstance(each, dict) else len(each) == 1
            for each in answer.result
        )
    else:
        assert answer.fault.faultCode == 56
    assert logbook.failures() == []


def test_a_gateway_tells_of_each_failure_in_its_own_way(math: Math, gateway: Gateway) -> None:
    def told(error: CallError) -> Fault:
        return Fault(error.number + 1000, "it did not work")

    assert several(gateway(faults=told), entry("vanish")) == [{"faultCode": 1055, "faultString": "it did not work"}]


def test_a_failure_of_the_gateway_itself_is_one_fault_for_all_and_goes_to_the_log(
    math: Math, gateway: Gateway, logbook: Logbook
) -> None:
    def told(error: CallError) -> Fault:
        raise RuntimeError("a secret of ours")

    fault = gateway(faults=told).post("math", called("system.multicall", [entry("vanish")] * 2)).fault

    assert (fault.faultCode, fault.faultString) == (50, "the gateway failed; its log says why")
    assert len(logbook.failures()) == 1
