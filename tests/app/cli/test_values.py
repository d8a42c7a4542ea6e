"""What words on the command line mean, and how results are shown."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from exchange.app.cli.values import argument, named_argument, printed


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("6", 6),
        ("-6", -6),
        ("1.5", 1.5),
        ("true", True),
        ("null", None),
        ('"6"', "6"),
        ('[1, {"a": "b"}]', [1, {"a": "b"}]),
        ("six", "six"),
        ("", ""),
        ("007", "007"),
        ("two words", "two words"),
        ("{broken", "{broken"),
        ("NaN", "NaN"),
        ("Infinity", "Infinity"),
        ("[" * 100_000, "[" * 100_000),
        (str(2**70), 2**70),
    ],
)
def test_a_word_is_json_where_it_is_json_and_else_text(word: str, value: Any) -> None:
    assert argument(word) == value


def test_a_named_argument_has_a_name_and_a_value() -> None:
    assert named_argument("digits=2") == ("digits", 2)
    assert named_argument("text=a=b") == ("text", "a=b")
    assert named_argument("empty=") == ("empty", "")


@pytest.mark.parametrize("word", ["digits", "=2", ""])
def test_a_named_argument_without_name_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="is not NAME=VALUE"):
        named_argument(word)


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (42, "42"),
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        (2**70, str(2**70)),
        ("Grüße", "Grüße"),
        (["Grüße", None], '["Grüße", null]'),
        ((1, 2), "[1, 2]"),
        ({1, 3, 2}, "[1, 2, 3]"),
        ({1: "a", None: {"b": b"\x00\xff"}}, '{"1": "a", "null": {"b": "AP8="}}'),
        (b"abc", "YWJj"),
        (datetime(2026, 11, 24, 5, 30, tzinfo=UTC), "2026-11-24T05:30:00+00:00"),
        (date(2026, 11, 24), "2026-11-24"),
        (time(5, 30), "05:30:00"),
        (timedelta(minutes=1, milliseconds=500), "60.5"),
        (Decimal("1.10"), "1.10"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (1 + 2j, "[1.0, 2.0]"),
        ([float("nan"), float("-inf")], '["nan", "-inf"]'),
    ],
)
def test_a_result_is_one_line_that_people_and_programs_can_read(result: Any, line: str) -> None:
    assert printed(result) == line


@pytest.mark.parametrize("result", ["text", '"', "two\nlines", date(2026, 11, 24), b"x", {"a": {1, 2}}])
def test_every_result_is_json_when_that_is_asked_for(result: Any) -> None:
    line = printed(result, as_json=True)

    assert "\n" not in line
    json.loads(line)
