"""Values that come in XML-RPC, made what a type wants."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from exchange.gateways.json_turns import Misfit
from exchange.gateways.xmlrpc_types import XmlRpcTypes

NOON = datetime(2026, 1, 31, 12)
DAY = date(2026, 1, 31)


def turned(text: str, value: Any) -> Any:
    turn = XmlRpcTypes({}).turn(text)
    return value if turn is None else turn(value)


@pytest.mark.parametrize("text", ["int", "str", "bytes", "datetime", "any", "list[bytes]", "dict[str, datetime]"])
def test_what_xml_rpc_has_is_taken_as_it_comes(text: str) -> None:
    assert XmlRpcTypes({}).turn(text) is None


@pytest.mark.parametrize(
    ("text", "value", "made"),
    [
        ("date", NOON, DAY),
        ("date", "2026-01-31", DAY),
        ("Decimal", "1.10", Decimal("1.10")),
        ("Decimal", 6, Decimal(6)),
        ("UUID", str(UUID(int=5)), UUID(int=5)),
        ("timedelta", 1.5, timedelta(seconds=1.5)),
        ("set[bytes]", [b"a"], {b"a"}),
        ("tuple[date, bytes]", [NOON, b"a"], (DAY, b"a")),
        ("dict[date, Decimal]", {"2026-01-31": "1"}, {DAY: Decimal(1)}),
        ("date | None", None, None),
        ("date | None", NOON, DAY),
        ("Decimal | str", "1.10", "1.10"),
        ("date | bytes", b"2026", b"2026"),
        ("date | datetime", NOON, NOON),
        ("Literal[b'a'] | date", b"a", b"a"),
    ],
)
def test_what_it_has_not_is_made_where_the_type_leaves_no_doubt(text: str, value: Any, made: Any) -> None:
    result = turned(text, value)

    assert (type(result), result) == (type(made), made)


@pytest.mark.parametrize(
    ("text", "value", "why"),
    [
        ("date", "soon", "must be date, such as '2026-01-31', not 'soon'"),
        ("date", b"x", "must be date, such as '2026-01-31', not bytes"),
        ("Decimal", 1.5, "must be Decimal, such as '1.10', not a number"),
        ("Decimal", NOON, "must be Decimal, such as '1.10', not a date with a time"),
        ("date | None", "2026-01-31", "must be date | None, not '2026-01-31'"),
    ],
)
def test_what_cannot_be_made_is_refused(text: str, value: Any, why: str) -> None:
    with pytest.raises(Misfit) as refused:
        turned(text, value)

    assert str(refused.value) == why
