"""Types of descriptions: what becomes of a value that comes in JSON, and that its schema says the same."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker

from exchange import ParameterDescription, TypeDescription
from exchange.gateways.json_schema import schema_of
from exchange.gateways.json_turns import Misfit
from exchange.gateways.json_types import JsonTypes
from exchange.gateways.jsonrpc_writer import plain


def record(name: str, **fields: str) -> TypeDescription:
    made = [ParameterDescription(field, "keyword", text, True) for field, text in fields.items()]
    return TypeDescription(name, "", tuple(made))


RECORDS = {
    each.name: each
    for each in (
        record("plant.Plain", x="float", next="plant.Plain | None"),
        record("plant.Due", when="datetime", note="str", then="list[plant.Due]"),
        record("plant.Ring", far="plant.Far | None"),
        record("plant.Far", back="plant.Ring | None", at="bytes"),
        record("plant.Holds", plain="plant.Plain", due="dict[str, plant.Due]"),
    )
}
TYPES = JsonTypes(RECORDS)
NOW, DAY = datetime(2026, 1, 31, 23, 59, 59, 5, UTC), date(2026, 1, 31)


@pytest.mark.parametrize(
    "text",
    [
        *["any", "None", "bool", "int", "float", "str", "plant.Unknown", "plant.Plain"],
        "list[int]",
        "dict[str, list[plant.Plain]]",
        "dict[any, int]",
        "int | str | None",
        "literal['dry', 4, None]",
        "list[",
    ],
)
def test_what_json_has_needs_no_turn_at_all(text: str) -> None:
    assert TYPES.turn(text) is None


VALUES: list[tuple[str, Any]] = [
    ("bytes", b"\x00\xff"),
    ("complex", 1 + 2j),
    ("date", DAY),
    ("datetime", NOW),
    ("datetime", NOW.replace(tzinfo=None)),
    ("Decimal", Decimal("1.10")),
    ("time", time(23, 59)),
    ("timedelta", timedelta(minutes=1.5)),
    ("UUID", UUID(int=7)),
    ("set[int]", {1, 2}),
    ("frozenset[date]", frozenset([DAY])),
    ("tuple[int, date]", (1, DAY)),
    ("tuple[date, ...]", (DAY, DAY)),
    ("tuple[()]", ()),
    ("list[bytes]", [b"", b"x"]),
    ("list[tuple[int, ...]]", [(1,), ()]),
    ("dict[str, Decimal]", {"a": Decimal(1)}),
    ("dict[int, str]", {1: "one", -2: "two"}),
    ("dict[float, str]", {1.5: "x"}),
    ("dict[date, set[int]]", {DAY: {1}}),
    ("dict[UUID, datetime]", {UUID(int=7): NOW}),
    ("datetime | None", None),
    ("datetime | None", NOW),
    ("date | datetime | int", DAY),
    ("date | datetime | int", 5),
    ("bytes | int | None", b"x"),
    ("list[date] | str", "soon"),
    ("list[date] | str", [DAY]),
    ("literal[b'x', 'y', 5]", b"x"),
    ("literal[b'x', 'y', 5]", "y"),
    ("plant.Due", {"when": NOW, "note": "", "then": [{"when": NOW, "note": "x", "then": []}]}),
    ("plant.Ring", {"far": {"back": {"far": None}, "at": b"x"}}),
    ("plant.Ring", {"far": None}),
    ("plant.Holds", {"plain": {"x": 1.5, "next": None}, "due": {"a": {"when": NOW, "note": "", "then": []}}}),
    ("list[plant.Due | None]", [None, {"when": NOW, "note": "", "then": []}]),
]


def is_valid(text: str, value: Any) -> bool:
    """Whether the schema of a type takes a value of JSON."""
    components = {
        name: {"properties": {field.name: schema_of(field.type, RECORDS) for field in each.fields}}
        for name, each in RECORDS.items()
    }
    schema = {"allOf": [schema_of(text, RECORDS)], "components": {"schemas": components}}
    return bool(Draft7Validator(schema, format_checker=FormatChecker()).is_valid(value))


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_what_is_written_of_a_value_comes_back_as_the_same_and_is_what_the_schema_says(text: str, value: Any) -> None:
    turn = TYPES.turn(text)
    written = json.loads(json.dumps(plain(value)))

    assert is_valid(text, written)
    assert turn is not None
    assert repr(turn(written)) == repr(value)


WRONG: list[tuple[str, Any, str]] = [
    ("datetime", "soon", "must be datetime, such as '2026-01-31T23:59:59+00:00', not 'soon'"),
    ("dict[str, list[date]]", {"a": ["2026-01-31", 5]}, "['a'][1] must be date, such as '2026-01-31', not a number"),
    ("plant.Due", "x", "must be plant.Due, not 'x'"),
    ("plant.Due", {"when": NOW.isoformat(), "then": [{"when": 1}]}, ".then[0].when must be datetime, such as"),
    ("plant.Ring", {"far": {"at": "?"}}, ".far.at must be bytes, such as 'AP8=' in base64, not '?'"),
    ("plant.Ring", {"far": 5}, ".far must be plant.Far | None, not a number"),
    ("tuple[int, date]", [1], "must be an array of 2, not 1"),
    ("tuple[()]", [1], "must be an array of 0, not 1"),
]


@pytest.mark.parametrize(("text", "value", "problem"), WRONG)
def test_what_cannot_be_turned_is_refused_with_the_way_to_it(text: str, value: Any, problem: str) -> None:
    turn = TYPES.turn(text)
    assert turn is not None

    with pytest.raises(Misfit) as caught:
        turn(value)

    assert f"{caught.value.path} {caught.value}".strip().startswith(problem)


def test_a_set_of_records_stays_an_array_for_the_method_to_make_it() -> None:
    for text in ("set[plant.Plain]", "frozenset[tuple[int, plant.Plain]]"):
        turn = TYPES.turn(text)
        assert turn is not None
        assert turn([]) == []
    due = TYPES.turn("set[plant.Due]")
    assert due is not None
    assert due([{"when": "2026-01-31T00:00"}]) == [{"when": datetime(2026, 1, 31)}]


def test_what_a_record_lacks_or_has_too_many_of_the_method_judges() -> None:
    turn = TYPES.turn("plant.Due")
    assert turn is not None

    assert turn({"when": "2026-01-31T00:00", "more": 1}) == {"when": datetime(2026, 1, 31), "more": 1}


def test_many_records_that_hold_one_another_take_no_time() -> None:
    chain = [record(f"r{number}", next=f"r{number + 1} | None", other="r0 | None") for number in range(2000)]
    last = record("r2000", at="date")

    types = JsonTypes({each.name: each for each in [*chain, last]})

    assert types.turn("r0") is not None


NAMES = [
    "any",
    "None",
    "bool",
    "int",
    "float",
    "str",
    "bytes",
    "complex",
    "date",
    "datetime",
    "Decimal",
    "time",
    "UUID",
]
TEXTS = st.recursive(
    st.sampled_from([*NAMES, "timedelta", "tuple[()]", "literal[b'x', 'y', None, 5, (1, 2)]", *RECORDS]),
    lambda inner: (
        st.builds("{}[{}]".format, st.sampled_from(["list", "set", "frozenset"]), inner)
        | st.builds("dict[{}, {}]".format, inner, inner)
        | st.builds("tuple[{}, {}]".format, inner, inner)
        | st.builds("tuple[{}, ...]".format, inner)
        | st.builds("{} | {}".format, inner, inner)
    ),
    max_leaves=5,
)
WRITTEN = [
    "eA==",
    "y",
    "1",
    "1.5",
    "2026-01-31",
    "2026-01-31T23:59:59Z",
    "23:59",
    str(UUID(int=7)),
    "NaN",
    "sNaN",
    "-0",
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=3)
    | st.sampled_from(WRITTEN),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=3) | st.sampled_from([*WRITTEN, "when", "then", "far", "at"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@pytest.mark.heavy
@settings(max_examples=400)
@given(TEXTS, JSON)
def test_whatever_the_type_and_the_value_it_is_turned_or_does_not_fit(text: str, value: Any) -> None:
    turn = TYPES.turn(text)
    if turn is not None:
        with suppress(Misfit):  # and nothing else
            turn(value)
