"""A result or a fault to the body of an XML-RPC answer.

XML-RPC has fewer types than we: what has none of its own travels as the nearest that
loses nothing, and what cannot be expressed is refused with the path to it. The table
is in ``docs/howto/xmlrpc-gateway.md``.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape
from xmlrpc.client import Fault

from exchange.errors import CallError
from exchange.gateways.inexpressible import Inexpressible

INT = range(-(2**31), 2**31)
I8 = range(-(2**63), 2**63)
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document can hold."""

HEAD = "<?xml version='1.0'?>\n<methodResponse>\n"
FOOT = "</methodResponse>\n"


def write_result(result: Any) -> bytes:
    """Return the body of the answer that brings ``result``.

    Raises:
        UnsuitableValue: 52; XML-RPC cannot express it.
    """
    try:
        value = _value(result)
    except Inexpressible as error:
        raise error.of_result() from None
    return f"{HEAD}<params><param>{value}</param></params>\n{FOOT}".encode()


def write_fault(fault: Fault) -> bytes:
    """Return the body of the answer that brings ``fault``; characters that XML cannot hold are replaced."""
    code = fault.faultCode if fault.faultCode in I8 else CallError.usual_number
    text = NOT_XML.sub("\ufffd", fault.faultString)
    return f"{HEAD}<fault>{_value({'faultCode': code, 'faultString': text})}</fault>\n{FOOT}".encode()


def _value(value: Any) -> str:
    write = WRITERS.get(type(value))
    if write is None:
        raise Inexpressible(f"XML-RPC cannot express a value of type '{type(value).__qualname__}'")
    return f"<value>{write(value)}</value>"


def _whole(value: int) -> str:
    if value not in I8:
        raise Inexpressible("XML-RPC cannot express a whole number beyond 64 bits")
    tag = "int" if value in INT else "i8"
    return f"<{tag}>{value}</{tag}>"


def _double(value: float) -> str:
    if not isfinite(value):
        raise Inexpressible(f"XML-RPC cannot express {value}")
    digits = repr(value)
    if "e" in digits:  # the specification knows no exponents
        digits = format(Decimal(digits), "f")
    return f"<double>{digits}</double>"


def _text(value: str) -> str:
    return f"<string>{_escaped(value)}</string>"


def _escaped(value: str) -> str:
    wrong = NOT_XML.search(value)
    if wrong:
        raise Inexpressible(f"XML cannot hold the character U+{ord(wrong[0]):04X}")
    return escape(value, {"\r": "&#13;"})


def _moment(value: datetime) -> str:
    try:
        in_utc = value.astimezone(UTC) if value.tzinfo else value
    except OverflowError:
        raise Inexpressible(f"{value} is no time in UTC") from None
    digits = in_utc.replace(tzinfo=None).isoformat(timespec="seconds").replace("-", "")
    return f"<dateTime.iso8601>{digits}</dateTime.iso8601>"


def _day(value: date) -> str:
    return _moment(datetime.combine(value, time()))


def _array(value: Any) -> str:
    items = []
    for place, item in enumerate(value):
        try:
            items.append(_value(item))
        except Inexpressible as error:
            raise error.within(place) from None
    return f"<array><data>{''.join(items)}</data></array>"


def _struct(value: dict[Any, Any]) -> str:
    members = []
    for name, item in value.items():
        try:
            members.append(f"<member><name>{_name(name)}</name>{_value(item)}</member>")
        except Inexpressible as error:
            raise error.within(name) from None
    return f"<struct>{''.join(members)}</struct>"


def _name(name: Any) -> str:
    if type(name) is not str:
        raise Inexpressible("XML-RPC has only text for the name of a member")
    return _escaped(name)


WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "<nil/>",
    bool: lambda value: f"<boolean>{value:d}</boolean>",
    int: _whole,
    float: _double,
    str: _text,
    bytes: lambda value: f"<base64>{b64encode(value).decode()}</base64>",
    datetime: _moment,
    date: _day,
    time: lambda value: _text(value.isoformat()),
    timedelta: lambda value: _double(value.total_seconds()),
    list: _array,
    tuple: _array,
    set: _array,
    frozenset: _array,
    dict: _struct,
    Decimal: lambda value: _text(str(value)),
    UUID: lambda value: _text(str(value)),
    complex: lambda value: _text(str(value)),
}
"""How each type of a value is written."""
