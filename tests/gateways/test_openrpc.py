"""The OpenRPC document of a service: complete, and of the parts that its specification knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import pytest

from exchange import Service, method
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
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Crane())
    network.settle()
    made = openrpc_of(network.result(caller.describe("crane")))
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


KNOWN: dict[str, dict[str, type]] = {
    "document": {"openrpc": str, "info": dict, "methods": list, "components": dict},
    "info": {"title": str, "version": str, "description": str},
    "method": {
        "name": str,
        "summary": str,
        "description": str,
        "params": list,
        "result": dict,
        "paramStructure": str,
    },
    "parameter": {"name": str, "summary": str, "description": str, "required": bool, "schema": dict},
}
"""What the specification of OpenRPC knows of each part, as far as we write it."""


def parts(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "document", document
    yield "info", document["info"]
    for each in document["methods"]:
        yield "method", each
        for parameter in [*each["params"], each["result"]]:
            yield "parameter", parameter


def test_it_holds_only_what_its_specification_knows(document: dict[str, Any]) -> None:
    for kind, part in parts(document):
        for key, value in part.items():
            assert key.startswith("x-") or isinstance(value, KNOWN[kind][key]), (kind, key)
        assert {"name", "schema"} <= set(part) or kind != "parameter"
    names = [each["name"] for each in document["methods"]]
    assert len(set(names)) == len(names)
