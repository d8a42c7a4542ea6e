"""The OpenRPC document of a service: complete, and of the parts that its specification knows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT7

from exchange import Description, Service, method
from exchange.gateways.openrpc import openrpc_of
from exchange.testing import Network


class Weather(Enum):
    DRY = "dry"
    WET = 4


@dataclass
class Point:
    """A place on the floor of the plant."""

    x: float
    y: float = 0.0
    then: Point | None = None


class Crane(Service):
    """Moves things."""

    name = "crane"

    @method(idempotent=True)
    def move(self, to: Point, weather: Weather = Weather.DRY, *, load: str = "", speed: int) -> float:
        """Move to a place.

        Slowly.
        """
        return 0.0

    @method
    def either(self, x: int, y: int = 5, at: datetime = datetime(2026, 1, 1)) -> None:
        """Take arguments in either way."""

    @method
    def placed(self, x: int, /, *more: int) -> list[Point]:
        return []

    @method
    def loose(self, **more: bytes) -> Any:
        return None


@pytest.fixture
def document(network: Network) -> dict[str, Any]:
    """The document of the crane."""
    return described(network, Crane())


def described(network: Network, service: Service) -> dict[str, Any]:
    """Return the document of a service."""
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(service)
    network.settle()
    made = openrpc_of(network.result(caller.describe(service.name)))
    assert json.loads(json.dumps(made)) == made
    return made


def method_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [each for each in document["methods"] if each["name"] == name]
    return dict(found)


def test_it_says_what_the_service_is(document: dict[str, Any]) -> None:
    assert document["openrpc"] == "1.3.2"
    assert document["info"]["title"] == "crane"
    assert document["info"]["description"] == "Moves things."
    assert len(document["info"]["version"]) == 32


def test_a_method_has_its_parameters_the_required_ones_first(document: dict[str, Any]) -> None:
    move = method_of(document, "move")

    assert [(each["name"], each["required"]) for each in move["params"]] == [
        ("to", True),
        ("speed", True),
        ("weather", False),
        ("load", False),
    ]
    assert move["paramStructure"] == "by-name"
    assert move["summary"] == "Move to a place."
    assert move["description"] == "Move to a place.\n\nSlowly."
    assert move["result"] == {"name": "result", "schema": {"type": "number"}}
    assert move["x-idempotent"] is True
    assert move["params"][2]["schema"]["enum"] == ["dry", 4]


def test_a_default_is_told_as_json_has_it(document: dict[str, Any]) -> None:
    x, y, at = method_of(document, "either")["params"]

    assert x["schema"] == {"type": "integer"}
    assert y["schema"] == {"type": "integer", "default": 5}
    assert at["schema"]["default"] == "2026-01-01T00:00:00"


def test_how_arguments_may_be_given_is_told(document: dict[str, Any]) -> None:
    structures = {each["name"]: each["paramStructure"] for each in document["methods"]}

    assert structures == {"move": "by-name", "either": "either", "placed": "by-position", "loose": "by-name"}
    assert [each.get("x-repeats") for each in method_of(document, "placed")["params"]] == [None, True]


def test_types_stand_among_the_components_and_may_hold_themselves(document: dict[str, Any]) -> None:
    ((name, point),) = document["components"]["schemas"].items()

    assert point["required"] == ["x"]
    assert point["additionalProperties"] is False
    assert point["description"] == "A place on the floor of the plant."
    assert point["properties"]["y"] == {"type": "number", "default": 0.0}
    assert point["properties"]["then"]["anyOf"][0] == {"$ref": f"#/components/schemas/{name}"}
    assert method_of(document, "placed")["result"]["schema"]["items"] == {"$ref": f"#/components/schemas/{name}"}


def test_methods_that_cannot_be_called_by_their_names_are_left_out(network: Network) -> None:
    class Odd(Service):
        name = "odd"

        @method(name="rpc.own")
        def own(self) -> None:
            """Have a name that JSON-RPC keeps for itself."""

        @method
        def usual(self, day: Literal["\ud800", "today"]) -> None:
            """Have half a character among the values of an argument."""

    document = described(network, Odd())

    assert [each["name"] for each in document["methods"]] == ["usual"]
    assert document["methods"][0]["params"][0]["schema"] == {"enum": ["today"]}


# What the specification of OpenRPC says, as its authors wrote it down


def schema(file: str) -> Any:
    return json.loads((Path(__file__).parent / "openrpc" / file).read_text())


JSON_SCHEMA = DRAFT7.create_resource(schema("json-schema.json"))
KNOWN = Registry().with_resources(
    [("https://meta.json-schema.tools", JSON_SCHEMA), ("https://meta.json-schema.tools/", JSON_SCHEMA)]
)
SPECIFIED = Draft7Validator(schema("openrpc.json"), registry=KNOWN, format_checker=FormatChecker())


MORE = {1: b"x"}


class Everything(Service):
    """Has a parameter of each kind and of each type."""

    name = "every/thing"

    @method
    def placed(self, a: bytes, b: complex = 1j, /, *rest: Decimal) -> UUID:
        return UUID(int=0)

    @method(name="plant.line.named")
    def named(self, *, day: date, at: time | None = None, **more: timedelta) -> dict[int, set[Point]]:
        return {}

    @method
    def either(
        self, pair: tuple[int, str], many: tuple[float, ...] = (), none: tuple[()] = (), weather: Weather = Weather.WET
    ) -> list[datetime | Point | None]:
        """Return something."""
        return []

    @method
    def loose(self, what, more=MORE):  # type: ignore[no-untyped-def]
        return what


@pytest.mark.parametrize("service", [Crane, Everything])
def test_it_is_what_the_meta_schema_of_openrpc_says(network: Network, service: type[Service]) -> None:
    document = described(network, service())

    assert [(error.message, error.json_path) for error in SPECIFIED.iter_errors(document)] == []
    names = [each["name"] for each in document["methods"]]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: document.update(more=1),
        lambda document: document.update(openrpc="9.9.9"),
        lambda document: document["info"].pop("version"),
        lambda document: document["methods"][0].update(paramStructure="by-luck"),
        lambda document: document["methods"][0].pop("name"),
        lambda document: document["methods"][0]["params"][0]["schema"].update(type="number of some kind"),
        lambda document: document["methods"][0]["result"].pop("schema"),
    ],
)
def test_the_meta_schema_finds_what_is_wrong(document: dict[str, Any], spoil: Callable[[dict[str, Any]], Any]) -> None:
    spoil(document)

    assert not SPECIFIED.is_valid(document)


TYPES = st.recursive(
    st.sampled_from(["any", "int", "datetime", "bytes", "plant.Point", "x/y~z", "literal['a', None]", "tuple[()]"]),
    lambda inner: (
        st.builds("list[{}]".format, inner)
        | st.builds("dict[{}, {}]".format, inner, inner)
        | st.builds("tuple[{}, {}]".format, inner, inner)
        | st.builds("{} | {}".format, inner, inner)
    ),
    max_leaves=6,
)
PARAMETERS = st.fixed_dictionaries(
    {
        "name": st.text("abc", min_size=1),
        "kind": st.sampled_from(["positional", "keyword", "either", "rest-positional", "rest-keyword"]),
        "type": TYPES,
        "required": st.booleans(),
    },
    optional={"default": st.none() | st.integers() | st.binary() | st.dates() | st.floats() | st.text()},
)


def different(most: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(PARAMETERS, max_size=most, unique_by=lambda parameter: str(parameter["name"]))


@settings(max_examples=25, deadline=None)
@given(different(3), TYPES, st.text(), different(2))
def test_whatever_a_service_offers_the_document_is_as_specified(
    parameters: list[Any], returns: str, documentation: str, fields: list[Any]
) -> None:
    methods = [{"name": "work", "documentation": documentation, "parameters": parameters, "returns": returns}]
    types = [{"name": "plant.Point", "documentation": documentation, "fields": fields}]
    plain = {"name": "plant", "documentation": documentation, "methods": methods, "types": types}

    document = json.loads(json.dumps(openrpc_of(Description(plain)), allow_nan=False))

    assert [(error.message, error.json_path) for error in SPECIFIED.iter_errors(document)] == []
