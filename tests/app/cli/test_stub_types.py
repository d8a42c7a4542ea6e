"""The types of a description, as annotations."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.app.cli.stub_names import StubNames
from exchange.app.cli.stub_types import StubTypes
from exchange.services.description import ParameterDescription, TypeDescription


@pytest.fixture
def types() -> StubTypes:
    """Types of a service with two records that have one name."""
    records = (TypeDescription(name, "", ()) for name in ("plant.Point", "shop.Point"))
    return StubTypes({record.name: record for record in records}, StubNames([]))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("any", "Any"),
        ("plant.Unknown", "Any"),
        ("not [a] type", "Any"),
        ("plant.Point | None", "Point | None"),
        ("list[shop.Point]", "list[ShopPoint]"),
        ("dict[str, tuple[int, ...]]", "dict[str, tuple[int, ...]]"),
        ("tuple[()] | tuple[int, bytes]", "tuple[()] | tuple[int, bytes]"),
        ("frozenset[Decimal] | set[UUID]", "frozenset[Decimal] | set[UUID]"),
        ("literal['dry', 4, None]", "Literal['dry', 4, None]"),
        ("literal[1.5, None]", "float | None"),
        ("literal[(1, 2)]", "Any"),
    ],
)
def test_a_type_is_written_as_an_annotation(types: StubTypes, text: str, written: str) -> None:
    assert types.written(text) == written


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        ("int", 2, "2"),
        ("float", 2, "2"),
        ("str", "a\x1b", r"'a\x1b'"),
        ("bool | None", None, "None"),
        ("literal['dry', 'wet']", "dry", "'dry'"),
        ("int", None, "..."),
        ("float", float("inf"), "..."),
        ("any", [1], "..."),
        ("str", "a" * 80, "..."),
    ],
)
def test_a_default_is_shown_if_it_is_short_and_fits(types: StubTypes, kind: str, value: Any, written: str) -> None:
    assert types.default(ParameterDescription("x", "either", kind, False, value)) == written


def test_a_default_that_cannot_be_sent_is_not_shown(types: StubTypes) -> None:
    assert types.default(ParameterDescription("x", "either", "any", False, None, "<object>")) == "..."
