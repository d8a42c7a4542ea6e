"""Types of descriptions as schemas."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.gateways.json_schema import NAMES, SCALARS, reference_to, schema_of

INT, STR = {"type": "integer"}, {"type": "string"}


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        *SCALARS.items(),
        ("int | None", {"anyOf": [INT, {"type": "null"}]}),
        ("list[int]", {"type": "array", "items": INT}),
        ("set[int | str]", {"type": "array", "items": {"anyOf": [INT, STR]}, "uniqueItems": True}),
        ("frozenset[any]", {"type": "array", "items": {}, "uniqueItems": True}),
        ("dict[str, list[int]]", {"type": "object", "additionalProperties": {"type": "array", "items": INT}}),
        ("tuple[int, str]", {"type": "array", "items": [INT, STR], "minItems": 2, "maxItems": 2}),
        ("tuple[int, ...]", {"type": "array", "items": INT}),
        ("tuple[()]", {"type": "array", "maxItems": 0}),
        ("literal['dry', 4, None, True]", {"enum": ["dry", 4, None, True]}),
        ("""literal['a]', "b'", 'c\\'d'] | int""", {"anyOf": [{"enum": ["a]", "b'", "c'd"]}, INT]}),
        ("literal[b'x', 'y', 'y', 'eA==', '\\ud800']", {"enum": ["eA==", "y"]}),
        ("literal['\\ud800']", {}),
        ("dict[int, str]", {"type": "object", "additionalProperties": STR, "propertyNames": NAMES["int"]}),
        ("dict[UUID, str]", {"type": "object", "additionalProperties": STR, "propertyNames": NAMES["UUID"]}),
        ("dict[any, any]", {"type": "object", "additionalProperties": {}}),
        ("list[plant.Point]", {"type": "array", "items": {"$ref": "#/components/schemas/plant.Point"}}),
        ("plant.make.<locals>.P", {"$ref": "#/components/schemas/plant.make.%3Clocals%3E.P"}),
        ("plant.Unknown", {}),
        ("list[plant.Unknown]", {"type": "array", "items": {}}),
    ],
)
def test_each_type_has_its_schema(text: str, schema: dict[str, Any]) -> None:
    assert schema_of(text, ["plant.Point", "plant.make.<locals>.P"]) == schema


@pytest.mark.parametrize(
    "text", ["", "list[", "list[int", "int |", "dict[str]]", "literal[", "literal[x]", "list[" * 5000]
)
def test_what_cannot_be_read_is_any_value(text: str) -> None:
    assert schema_of(text) == {}


def test_a_name_with_characters_of_a_pointer_is_escaped() -> None:
    assert reference_to("a/b~c") == {"$ref": "#/components/schemas/a~1b~0c"}


PIECES = st.sampled_from(
    [*SCALARS, "list[", "dict[", "tuple[", "()]", "]", ", ", " | ", "literal[", "'a'", "x.Y", "..."]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_no_text_is_too_odd(text: str) -> None:
    assert isinstance(schema_of(text, ["x.Y"]), dict)
