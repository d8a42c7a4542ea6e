"""Stories of descriptions: what a service says of itself, to whom, and when it changes."""

from __future__ import annotations

import re
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

from exchange import (
    CallError,
    Description,
    MethodUnavailable,
    PresenceChange,
    Service,
    ServiceUnavailable,
    method,
    register_type,
)
from exchange.services.description import LARGEST_DESCRIPTION
from exchange.testing import Network
from tests.services.offered import Math, Sleepy
from tests.services.orders import Orders


def described(network: Network, service: Service) -> Description:
    """Return what a caller elsewhere is told of a service."""
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(service)
    network.settle()
    description: Description = network.result(caller.describe(service.name))
    return description


def exporting(function: Any, **options: Any) -> Service:
    """Return a service with one method."""
    service = Service()
    service.name = "made"
    service.export(function, "run", **options)
    return service


def parameter(function: Any) -> dict[str, Any]:
    """Return how the one parameter of a function is described."""
    (only,) = exporting(function).description["methods"][0]["parameters"]
    assert isinstance(only, dict)
    return only


def test_the_program_of_the_reference_prints_what_the_reference_says(capsys: pytest.CaptureFixture[str]) -> None:
    text = (Path(__file__).parents[2] / "docs/reference/descriptions.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    said, _ = re.findall(r"```text\n(.*?)```", text, re.DOTALL)

    exec(compile(program, "descriptions.md", "exec"), vars(ModuleType("__main__")))

    assert capsys.readouterr().out == said


def test_a_service_describes_its_methods_to_a_caller_elsewhere(network: Network) -> None:
    description = described(network, Orders())

    assert (description.name, description.documentation) == ("orders", "Takes orders.")
    assert list(description.methods) == ["add", "free", "later", "mixed", "nothing", "order", "store"]
    order = description.methods["order"]
    assert order.documentation == "Order something.\n\nBy a day, if it is urgent."
    assert (order.returns, order.idempotent) == ("str", True)
    assert not description.methods["add"].idempotent


def test_parameters_have_kind_type_and_default(network: Network) -> None:
    methods = described(network, Orders()).methods

    told = {
        (each.name, each.parameters[0].name): [(p.kind, p.type, p.required) for p in each.parameters]
        for each in methods.values()
        if each.parameters
    }

    assert told["order", "lines"] == [
        ("positional", "list[tests.services.orders.Line]", True),
        ("positional", "date | None", False),
        ("keyword", "Decimal", False),
    ]
    assert told["add", "numbers"] == [("rest-positional", "float", False), ("rest-keyword", "int", False)]
    assert [kind for kind, _, _ in told["mixed", "value"]] == ["either", "either"]
    assert str(methods["order"].parameters[2].default) == "0.10"


def test_types_are_told_in_the_words_of_the_grammar(network: Network) -> None:
    methods = described(network, Orders()).methods

    def types(name: str) -> list[str]:
        return [parameter.type for parameter in methods[name].parameters] + [methods[name].returns]

    assert types("store") == [
        "tuple[int, str]",
        "literal['low', 2]",
        "literal['dry', 4]",
        "tests.services.orders.Address",
        "str",
    ]
    assert types("mixed") == ["bytes | str | tuple[int, ...] | dict[str, set[int]] | bool", "any", "any"]
    assert types("free") == ["dict[str, list[tuple[int, str]]]", "complex", "any", "int"]


def test_what_cannot_be_resolved_is_told_as_it_was_written_and_spoils_nothing_else(network: Network) -> None:
    later = described(network, Orders()).methods["later"]

    assert [parameter.type for parameter in later.parameters] == ["OnlyForTypeCheckers[str, int]", "any"]
    assert later.returns == "bytes | None"


def test_a_coroutine_function_is_described_by_what_it_returns(network: Network) -> None:
    assert described(network, Orders()).methods["nothing"].returns == "None"
    assert Sleepy().description["methods"][0]["returns"] == "str"


def test_a_dataclass_is_described_once_with_its_fields_even_if_it_contains_itself(network: Network) -> None:
    types = described(network, Orders()).types

    assert list(types) == ["tests.services.orders.Address", "tests.services.orders.Line"]
    line = types["tests.services.orders.Line"]
    assert line.documentation == "One thing that is ordered."
    assert [(each.name, each.type, each.required, each.default) for each in line.fields] == [
        ("article", "str", True, None),
        ("count", "int", False, 1),
        ("extras", "list[tests.services.orders.Line]", False, []),
        ("made", "any", False, None),
    ]


def test_a_default_that_cannot_be_sent_is_told_as_text_without_its_address_in_memory() -> None:
    class Clock:
        pass

    def run(clock=Clock()) -> None:  # type: ignore[no-untyped-def]  # noqa: B008
        pass

    assert "default" not in parameter(run)
    assert parameter(run)["default_text"].endswith("Clock object>")


def test_a_default_of_a_registered_type_is_told_as_text_for_not_everybody_registered_it() -> None:
    class Metre:
        def __repr__(self) -> str:
            return "Metre(1)"

    register_type(Metre, "tests.Metre", lambda metre: 1, lambda one: Metre())

    def run(length: Metre = Metre()) -> None:  # noqa: B008
        pass

    run.__annotations__["length"] = Metre
    assert parameter(run)["type"] == "tests.Metre"
    assert parameter(run)["default_text"] == "Metre(1)"


def test_a_default_that_can_be_sent_is_told_as_it_arrives() -> None:
    def run(table: Any = {"a": (1, {2})}) -> None:  # noqa: B006
        pass

    assert parameter(run)["default"] == {"a": (1, {2})}
    assert "default_text" not in parameter(run)


def test_a_default_whose_repr_raises_is_told_by_its_class() -> None:
    class Shy:
        def __repr__(self) -> str:
            raise ValueError("not now")

    def run(shy: Any = Shy()) -> None:  # noqa: B008
        pass

    assert "Shy" in parameter(run)["default_text"]


def test_equal_services_have_equal_digests_and_different_ones_do_not(network: Network) -> None:
    class Other(Math):
        @method
        def multiply(self, x: int, y: int, z: int = 1) -> int:
            return x * y * z

    assert Math().digest == Math().digest
    assert len(Math().digest) == 16
    assert Math().digest != Other().digest


def test_the_digest_that_is_announced_is_that_of_the_description(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Math())
    watch = caller.watch(name="math")
    network.settle()

    description = network.result(caller.describe("math"))

    assert watch.instances[0].digest == description.digest


def test_a_watch_sees_that_a_description_changed_while_the_service_runs(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    math = Math()
    callee.add(math)
    changes: list[PresenceChange] = []
    caller.watch(name="math", changed=changes.append)
    network.settle()

    math.export(lambda x: -x, "negate")
    network.settle()

    assert [change.kind for change in changes] == ["came", "changed"]
    assert changes[0].instance.digest != changes[1].instance.digest == math.digest
    assert "negate" in network.result(caller.describe("math")).methods
    assert network.result(caller.call("math", "negate", 3)) == -3


def test_of_several_instances_one_is_described_by_its_id(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    first, second = Math(), Math()
    second.export(abs, "absolute")
    callee.add(first)
    callee.add(second)
    network.settle()

    told = network.result(caller.describe(callee.id_of(second)))

    assert "absolute" in told.methods
    assert told != network.result(caller.describe(callee.id_of(first)))


def test_a_description_that_is_too_large_is_refused_when_the_service_is_added(network: Network) -> None:
    def run(text: str = "x" * LARGEST_DESCRIPTION) -> None:
        pass

    peer = network.peer()
    with pytest.raises(ValueError, match="at most 262144 can be"):
        peer.add(exporting(run))

    peer.add(exporting(len))
    assert len(peer.instances(name="made")) == 1


def test_a_method_exported_at_run_time_that_makes_it_too_large_is_refused_and_the_service_stays(
    network: Network,
) -> None:
    def run(text: str = "x" * LARGEST_DESCRIPTION) -> None:
        pass

    peer, math = network.peer(), Math()
    peer.add(math)
    digest = math.digest

    with pytest.raises(ValueError, match="at most"):
        math.export(run, "multiply")

    assert math.digest == digest
    assert network.result(peer.call("math", "multiply", 6, 7)) == 42


def test_a_default_as_deep_as_can_be_sent_alone_is_too_deep_in_a_description() -> None:
    deep: list[Any] = []
    for _ in range(62):
        deep = [deep]

    def run(nested: Any = deep) -> None:
        pass

    with pytest.raises(ValueError, match="the description of service 'made' cannot be sent"):
        assert exporting(run).digest


def test_a_thousand_classes_are_described_one_after_the_other_and_the_first_again_as_it_was() -> None:
    before = Math().digest
    for number in range(1000):
        function = FunctionType(Math.echo.__code__, {}, f"echo{number}")
        assert f"echo{number}" in str(type("Odd", (Service,), {"run": method(function)})().description)

    assert Math().digest == before


def test_text_that_no_encoding_has_does_not_prevent_a_description(network: Network) -> None:
    def run() -> None:
        pass

    run.__doc__ = "half a character: \ud83d"

    described_as = described(network, exporting(run)).methods["run"].documentation
    assert described_as == "half a character: \\ud83d"


def test_a_service_without_a_docstring_does_not_show_that_of_the_base_class() -> None:
    assert exporting(len).description["documentation"] == ""


def test_a_service_answers_a_ping_with_the_time_that_it_took(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Math())
    network.settle()

    assert network.result(caller.ping("math")) == 0
    assert network.result(caller.ping(callee.instances(name="math")[0].id)) == 0
    assert network.result(caller.call("math", "$ping")) is None


def test_a_ping_of_what_is_not_there_fails_as_a_call_does(network: Network) -> None:
    network.hub()
    caller = network.peer()

    with pytest.raises(ServiceUnavailable):
        network.result(caller.ping("math"))
    with pytest.raises(ServiceUnavailable):
        network.result(caller.describe("math"))


def test_the_hook_round_every_method_does_not_stand_round_ping_and_describe(network: Network) -> None:
    class Strict(Math):
        def intercept(self, name: str, function: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
            raise CallError("not today")

    peer = network.peer()
    peer.add(Strict())

    network.result(peer.ping("math"))
    assert network.result(peer.describe("math")).name == "math"
    with pytest.raises(CallError, match="not today"):
        network.result(peer.call("math", "multiply", 6, 7))


def test_there_is_no_other_method_with_a_dollar(network: Network) -> None:
    peer = network.peer()
    peer.add(Math())

    with pytest.raises(MethodUnavailable):
        network.result(peer.call("math", "$shutdown"))


@pytest.mark.parametrize("name", ["$ping", "$mine", "two\nlines", "x" * 256])
def test_a_name_that_cannot_be_one_is_not_exported(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a method"):
        Math().export(len, name)
    with pytest.raises(ValueError, match="cannot name a method"):
        method(name=name)(len)
