"""Values as the page shows them."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.gateways.dashboard.told import in_json, told


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ({"a": [1, None, "ü"]}, "json", '{"a":[1,null,"ü"]}'),
        (float("inf"), "python", "inf"),
        ([{1: {2}}, {(1, 2): 3}], "python", "[{1: {2}}, {(1, 2): 3}]"),
        ("\ud800", "json", '"?"'),
    ],
)
def test_a_value_is_told_as_json_or_else_as_python_writes_it(value: Any, kind: str, text: str) -> None:
    assert told(value).as_dict() == {"kind": kind, "text": text, "cut": False}


def test_what_is_long_is_cut() -> None:
    assert told("x" * 100, longest=10).as_dict() == {"kind": "json", "text": '"xxxxxxxxx', "cut": True}


def test_ids_are_told_in_digits() -> None:
    assert in_json({"identity": b"\x01\xff", "rows": [(1, b"")], 5: None}) == {
        "identity": "01ff",
        "rows": [[1, ""]],
        "5": None,
    }
