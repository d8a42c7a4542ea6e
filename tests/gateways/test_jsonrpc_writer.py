"""Results as JSON: each type of ours, and what has no words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from exchange.errors import UnsuitableValue
from exchange.gateways.jsonrpc_request import Asked, Form
from exchange.gateways.jsonrpc_writer import write_answer

ASKED = Asked("multiply", [], {}, 1, Form.TWO)
HEAD, FOOT = '{"jsonrpc":"2.0","result":', ',"id":1}'


def written(result: Any) -> str:
    """Return how a result is written."""
    answer = write_answer(ASKED, result).decode()
    assert answer.startswith(HEAD)
    assert answer.endswith(FOOT)
    return answer[len(HEAD) : -len(FOOT)]


def test_the_older_form_says_that_there_was_no_error() -> None:
    assert write_answer(ASKED._replace(form=Form.ONE), 42) == b'{"result":42,"error":null,"id":1}'


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (None, "null"),
        (True, "true"),
        (2**70, "1180591620717411303424"),
        (1.5, "1.5"),
        ("größe\n\u2028", '"größe\\n\u2028"'),
        (b"\x00\xff", '"AP8="'),
        (datetime(2026, 1, 31, 23, 59, 59, 5, UTC), '"2026-01-31T23:59:59.000005+00:00"'),
        (datetime(2026, 1, 31), '"2026-01-31T00:00:00"'),
        (date(2026, 1, 31), '"2026-01-31"'),
        (time(23, 59), '"23:59:00"'),
        (timedelta(minutes=1.5), "90.0"),
        (Decimal("1.10"), '"1.10"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (1 + 2j, '"(1+2j)"'),
        ([1, (2, [])], "[1,[2,[]]]"),
        ({7}, "[7]"),
        (frozenset(["a"]), '["a"]'),
        ({"a": {"b": None}}, '{"a":{"b":null}}'),
        ({1: "one", date(2026, 1, 31): 2, 1.5: b"", b"x": 3}, '{"1":"one","2026-01-31":2,"1.5":"","eA==":3}'),
    ],
)
def test_each_type_has_its_form(result: Any, text: str) -> None:
    assert written(result) == text


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (float("nan"), "result: JSON cannot express nan"),
        ([1, {"a": float("inf")}], "result[1]['a']: JSON cannot express inf"),
        ({(1,): "one"}, "result[(1,)]: JSON has only text for the name of a member"),
        ([{True: 1}], "result[0][True]: JSON has only text for the name of a member"),
        ({"a": {1: "one", "1": "eins"}}, "result['a']: two keys are the same text in JSON"),
        (10**400, "result: a whole number has more than 400 digits"),
        ([object()], "result[0]: JSON cannot express a value of type 'object'"),
    ],
)
def test_what_json_cannot_express_is_52_with_the_path_to_it(result: Any, text: str) -> None:
    with pytest.raises(UnsuitableValue) as caught:
        written(result)

    assert (caught.value.number, str(caught.value)) == (52, text)
