"""Signatures in XML-RPC's names of types, made from descriptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Literal
from uuid import UUID

import pytest

from exchange import MethodDescription, ParameterDescription, Service, method
from exchange.gateways.xmlrpc_signatures import MOST, UNDEFINED, Signatures, signatures_of
from exchange.testing import Network
from tests.gateways.conftest import offering


@dataclass
class Point:
    x: float
    y: float


class Colour(Enum):
    RED = "red"
    NONE = 0


class Unknown:
    pass


class Crane(Service):
    name = "crane"

    @method
    def multiply(self, x: int, y: int) -> int:
        return x * y

    @method
    def move(self, to: Point, speed: float = 1.0, why: str = "") -> None:
        pass

    @method
    def named(self, x: int, *, loud: bool = False, **others: int) -> list[int]:
        return [x]

    @method
    def either(self, x: int | str, y: bool | None) -> dict[str, Any]:
        return {}

    @method
    def literals(self, x: Literal["a | b", "]"], y: Colour) -> bytes:
        return b""

    @method
    def times(self, a: datetime, b: date, c: time, d: timedelta) -> tuple[int, ...]:
        return ()

    @method
    def others(self, a: Decimal, b: UUID, c: complex, d: set[int], e: frozenset[int], f: tuple[int, str]) -> str:
        return ""

    @method
    def unannotated(self, x, y):  # type: ignore[no-untyped-def]
        return x

    @method
    def no_result(self, x: int):  # type: ignore[no-untyped-def]
        return x

    @method
    def any_number(self, *values: int) -> int:
        return 0

    @method
    def must_be_named(self, *, x: int) -> int:
        return x

    @method
    def strange(self, x: Unknown) -> int:
        return 0


@pytest.fixture
def signatures(network: Network) -> dict[str, Signatures]:
    """Those of all methods of a crane."""
    network.hub()
    offering(network, Crane())
    described = network.result(network.peer().describe("crane"))
    return {name: signatures_of(each, described.types) for name, each in described.methods.items()}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("multiply", [["int", "int", "int"]]),
        ("named", [["array", "int"]]),
        ("move", [["nil", "struct"], ["nil", "struct", "double"], ["nil", "struct", "double", "string"]]),
        (
            "either",
            [
                ["struct", "int", "boolean"],
                ["struct", "int", "nil"],
                ["struct", "string", "boolean"],
                ["struct", "string", "nil"],
            ],
        ),
        ("literals", [["base64", "string", "string"], ["base64", "string", "int"]]),
        ("times", [["array", "dateTime.iso8601", "dateTime.iso8601", "string", "double"]]),
        ("others", [["string", "string", "string", "string", "array", "array", "array"]]),
    ],
)
def test_the_signatures_are_told_in_the_types_of_xml_rpc(
    signatures: dict[str, Signatures], name: str, expected: Signatures
) -> None:
    assert signatures[name] == expected


@pytest.mark.parametrize("name", ["unannotated", "no_result", "any_number", "must_be_named", "strange"])
def test_what_xml_rpc_has_no_names_for_has_no_signature(signatures: dict[str, Signatures], name: str) -> None:
    assert signatures[name] == UNDEFINED == "undef"


def described(returns: str, *types: str) -> MethodDescription:
    parameters = tuple(ParameterDescription(f"x{place}", "either", each, True) for place, each in enumerate(types))
    return MethodDescription("f", "", parameters, returns)


def test_a_method_with_too_many_signatures_is_told_of_as_one_that_has_none() -> None:
    assert MOST == 2**5
    assert len(signatures_of(described("None", *["int | str"] * 5), ())) == MOST
    assert signatures_of(described("None", *["int | str"] * 6), ()) == UNDEFINED
    assert signatures_of(described("None", *["int | str"] * 1000), ()) == UNDEFINED


@pytest.mark.parametrize("text", ["", "int |", "list[int", "literal[", "literal[(]", "a.b.C", "any", "int | any"])
def test_a_type_that_cannot_be_read_has_no_name(text: str) -> None:
    assert signatures_of(described(text), ()) == UNDEFINED
