"""Single values of JSON, turned."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from exchange.gateways.json_texts import KEYS
from exchange.gateways.json_turns import (
    MOST_ALIKE,
    Member,
    Misfit,
    Turn,
    chosen,
    fixed,
    from_text,
    items_of,
    members_of,
    one_of,
    seconds,
)
from exchange.gateways.type_text import TypeNode

DATE = partial(from_text, "date")
SAME_HASH = [str(number * (2**61 - 1) + 1) for number in range(MOST_ALIKE + 2)]
"""Numbers, as the names of members, that are all alike to a hash table."""


def misfit(turn: Turn, value: Any) -> str:
    with pytest.raises(Misfit) as caught:
        turn(value)
    return f"{caught.value.path} {caught.value}".strip()


def test_a_text_becomes_a_value() -> None:
    assert DATE("2026-01-31") == date(2026, 1, 31)
    assert from_text("Decimal", 5) == Decimal(5)


def test_what_is_wrong_is_told_with_what_would_be_right() -> None:
    assert misfit(DATE, "soon") == "must be date, such as '2026-01-31', not 'soon'"
    assert misfit(DATE, 5) == "must be date, such as '2026-01-31', not a number"
    assert misfit(DATE, None) == "must be date, such as '2026-01-31', not null"
    assert misfit(partial(from_text, "Decimal"), 0.1) == "must be Decimal, such as '1.10', not a number"
    assert misfit(partial(from_text, "bytes"), [1]) == "must be bytes, such as 'AP8=' in base64, not an array"
    assert len(misfit(DATE, "x" * 10**6)) < 200


def test_a_number_is_seconds() -> None:
    assert seconds(1.5) == timedelta(seconds=1.5)
    assert misfit(seconds, "1.5") == "must be timedelta, a number of seconds, not '1.5'"
    assert misfit(seconds, True) == "must be timedelta, a number of seconds, not a boolean"
    assert "too many" in misfit(seconds, 1e300)
    assert "too many" in misfit(seconds, 10**300)


def test_a_text_may_stand_for_a_value_of_a_literal_and_all_else_is_left() -> None:
    assert [chosen({"eA==": b"x"}, value) for value in ("eA==", "y", 5, [1])] == [b"x", "y", 5, [1]]


@pytest.mark.parametrize(
    ("kind", "made"), [("set", {1, 2}), ("frozenset", frozenset({1, 2})), ("tuple", (1, 2)), ("list", [1, 2])]
)
def test_an_array_becomes_what_is_wanted(kind: str, made: Any) -> None:
    value = items_of(kind, None, [1, 2])

    assert (type(value), value) == (type(made), made)


def test_what_is_wrong_with_an_item_is_told_with_its_place() -> None:
    assert misfit(partial(items_of, "list", DATE), ["2026-01-31", "x"]).startswith("[1] must be date")
    assert misfit(partial(items_of, "set", None), "abc") == "must be set, not 'abc'"
    assert misfit(partial(items_of, "set", None), [[1]]) == "must be set, whose items are not arrays or objects"
    assert misfit(partial(items_of, "set", None), [1, 1]) == "must be set, and has an item twice"


def test_so_many_items_are_so_many() -> None:
    assert fixed([None, DATE], [1, "2026-01-31"]) == (1, date(2026, 1, 31))
    assert misfit(partial(fixed, [None, DATE]), [1]) == "must be an array of 2, not 1"
    assert misfit(partial(fixed, [None, DATE]), [1, 2]).startswith("[1] must be date")
    assert misfit(partial(fixed, []), {}) == "must be tuple, not an object"


def test_names_of_members_become_keys() -> None:
    assert members_of(KEYS["int"], None, {"1": "a", "-2": "b"}) == {1: "a", -2: "b"}
    assert members_of(None, DATE, {"a": "2026-01-31"}) == {"a": date(2026, 1, 31)}
    assert misfit(partial(members_of, KEYS["int"], None), {"x": 1}) == "must have names such as '42', not 'x'"
    assert misfit(partial(members_of, None, DATE), {"a": 1}).startswith("['a'] must be date")
    assert misfit(partial(members_of, None, None), []) == "must be dict, not an array"
    assert misfit(partial(members_of, KEYS["int"], None), {"0": 1, "-0": 2}) == "has two names that mean the same"
    assert "could be a key" in misfit(partial(members_of, KEYS["Decimal"], None), {"sNaN": 1})


def test_names_and_items_that_would_keep_a_hash_table_busy_are_refused() -> None:
    assert "alike" in misfit(partial(members_of, KEYS["int"], None), dict.fromkeys(SAME_HASH, 1))
    assert "alike" in misfit(partial(items_of, "set", None), list(map(int, SAME_HASH)))


def union(*kinds: str, **literals: Any) -> Turn:
    turns: dict[str, Turn | None] = {"str": None, "None": None, "int": None, "timedelta": seconds}
    members = [Member(TypeNode(kind), turns.get(kind, partial(from_text, kind))) for kind in kinds]
    members += [Member(TypeNode("literal", values=tuple(values)), None) for values in literals.values()]
    return partial(one_of, members)


@pytest.mark.parametrize(
    ("turn", "value", "turned"),
    [
        (union("datetime", "None"), None, None),
        (union("datetime", "None"), "2026-01-31T00:00", datetime(2026, 1, 31)),
        (union("datetime", "str"), "2026-01-31T00:00", "2026-01-31T00:00"),
        (union("date", "datetime"), "2026-01-31T00:00", datetime(2026, 1, 31)),
        (union("date", "datetime"), "2026-01-31", date(2026, 1, 31)),
        (union("Decimal", "bytes"), "1234", "1234"),
        (union("Decimal", "int"), 5, 5),
        (union("Decimal", "int"), "5", Decimal(5)),
        (union("Decimal", "timedelta"), 5, 5),
        (union("date", literal=["now", 3]), "now", "now"),
        (union("date", literal=["now", 3]), 3, 3),
        (union("date", literal=["now", 3]), "2026-01-31", date(2026, 1, 31)),
        (union("date", literal=["2026-01-31"]), "2026-01-31", "2026-01-31"),
    ],
)
def test_a_value_becomes_what_alone_can_be_meant(turn: Turn, value: Any, turned: Any) -> None:
    made = turn(value)

    assert (type(made), made) == (type(turned), turned)


def test_what_none_of_several_types_takes_is_refused() -> None:
    assert misfit(union("datetime", "None"), 5) == "must be datetime | None, not a number"
    assert misfit(union("date", "time"), "soon") == "must be date | time, not 'soon'"
    assert misfit(union("date", literal=["now", 1]), True) == "must be date | literal, not a boolean"
