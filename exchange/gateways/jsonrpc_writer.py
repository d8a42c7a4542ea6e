"""A result to JSON.

JSON has fewer types than we: what has none of its own travels as the nearest that
loses nothing, and what cannot be expressed is refused with the path to it. The table
is in ``docs/howto/json-rpc.md``.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from json import JSONEncoder
from math import isfinite
from typing import Any
from uuid import UUID

import msgspec

from exchange.gateways.inexpressible import Inexpressible
from exchange.gateways.jsonrpc_reader import LONGEST_NUMBER
from exchange.gateways.jsonrpc_request import Asked, Form

ENOUGH = 10**LONGEST_NUMBER

write_json = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
"""Returns plain data as JSON, in text."""

encoded = msgspec.json.Encoder().encode
"""Returns plain data as JSON, in bytes. It must hold no infinity, which would become null."""


def write_answer(asked: Asked, result: Any) -> bytes:
    """Return the answer to a request that brings its result.

    Raises:
        UnsuitableValue: 52; JSON cannot express it.
    """
    try:
        told = plain(result)
    except Inexpressible as error:
        raise error.of_result() from None
    if asked.form is Form.ONE:
        return encoded({"result": told, "error": None, "id": asked.id})
    return encoded({"jsonrpc": "2.0", "result": told, "id": asked.id})


def plain(value: Any) -> Any:
    """Return what JSON has for a value.

    Raises:
        Inexpressible: It has nothing.
    """
    write = WRITERS.get(type(value))
    if write is None:
        raise Inexpressible(f"JSON cannot express a value of type '{type(value).__qualname__}'")
    return write(value)


def _same(value: Any) -> Any:
    return value


def _whole(value: int) -> int:
    if abs(value) >= ENOUGH:
        raise Inexpressible(f"a whole number has more than {LONGEST_NUMBER} digits")
    return value


def _finite(value: float) -> float:
    if not isfinite(value):
        raise Inexpressible(f"JSON cannot express {value}")
    return value


def _array(values: Any) -> list[Any]:
    items = []
    for place, item in enumerate(values):
        try:
            items.append(plain(item))
        except Inexpressible as error:
            raise error.within(place) from None
    return items


def _object(value: dict[Any, Any]) -> dict[str, Any]:
    members = {}
    for name, item in value.items():
        try:
            members[name if type(name) is str else _name(name)] = plain(item)
        except Inexpressible as error:
            raise error.within(name) from None
    if len(members) != len(value):
        raise Inexpressible("two keys are the same text in JSON")
    return members


def _name(name: Any) -> str:
    """Return the text of a key that is none, but has one that no key of another value of its type has."""
    if type(name) not in NAMED:
        raise Inexpressible("JSON has only text for the name of a member")
    written = plain(name)
    return written if type(written) is str else write_json(written)


WRITERS: dict[type, Callable[[Any], Any]] = {
    **dict.fromkeys([type(None), bool, str], _same),
    int: _whole,
    float: _finite,
    bytes: lambda value: b64encode(value).decode(),
    **dict.fromkeys([datetime, date, time], lambda value: value.isoformat()),
    timedelta: lambda value: value.total_seconds(),
    **dict.fromkeys([list, tuple, set, frozenset], _array),
    dict: _object,
    **dict.fromkeys([Decimal, UUID, complex], str),
}
"""How each type of a value is written."""

NAMED = frozenset({int, float, bytes, datetime, date, time, Decimal, UUID, complex})
"""Types of keys that are written as text."""
