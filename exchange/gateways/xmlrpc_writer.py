"""A result or a fault to the body of an XML-RPC answer.

XML-RPC has fewer types than we: what has none of its own travels as the nearest that
loses nothing, and what cannot be expressed is refused with the path to it. The table
is in ``docs/howto/xmlrpc-gateway.md``. ``nil`` and ``i8`` are extensions, which some
callers cannot read; so a writer may be told to do without them.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from types import NoneType
from typing import Any, Literal, get_args
from uuid import UUID
from xml.sax.saxutils import escape
from xmlrpc.client import Fault

from exchange.errors import CallError, ConfigurationError
from exchange.gateways.inexpressible import Inexpressible

NoneAs = Literal["nil", "refuse", "empty"]
"""How ``None`` travels: as ``nil``, not at all, or as the empty string, which netsvc sent."""

BigIntegers = Literal["i8", "refuse", "text"]
"""How whole numbers beyond 32 bits travel: as ``i8``, not at all, or as their digits in a string."""

INT = range(-(2**31), 2**31)
I8 = range(-(2**63), 2**63)
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document can hold."""

HEAD = "<?xml version='1.0'?>\n<methodResponse>\n"
FOOT = "</methodResponse>\n"


class Written(str):
    """A value that was written already; an answer takes it as it is."""


class AnswerWriter:
    """Writes answers in the words that callers of a gateway know.

    Args:
        none: How ``None`` travels.
        big_integers: How whole numbers beyond 32 bits travel.

    Attributes:
        has_nil: Whether ``nil`` is written.

    Raises:
        ConfigurationError: There is no such way.
    """

    def __init__(self, none: NoneAs = "nil", big_integers: BigIntegers = "i8") -> None:
        for name, said, kinds in (("none", none, NoneAs), ("big_integers", big_integers, BigIntegers)):
            if said not in get_args(kinds):
                raise ConfigurationError(f"{name} must be one of {', '.join(get_args(kinds))}, not {said!r}")
        self.has_nil = none == "nil"
        self._codes = I8 if big_integers == "i8" else INT
        self._writers = WRITERS | {NoneType: NOTHING[none], int: WHOLE[big_integers], dict: self._struct}
        self._writers |= dict.fromkeys((list, tuple, set, frozenset), self._array)

    def result(self, result: Any) -> bytes:
        """Return the body of the answer that brings ``result``.

        Raises:
            UnsuitableValue: 52; XML-RPC cannot express it.
        """
        return f"{HEAD}<params><param>{self.value(result)}</param></params>\n{FOOT}".encode()

    def fault(self, fault: Fault) -> bytes:
        """Return the body of the answer that brings ``fault``."""
        return f"{HEAD}<fault>{self.fault_value(fault)}</fault>\n{FOOT}".encode()

    def value(self, value: Any) -> Written:
        """Return a value as it stands in an answer.

        Raises:
            UnsuitableValue: 52; XML-RPC cannot express it.
        """
        try:
            return Written(self._value(value))
        except Inexpressible as error:
            raise error.of_result() from None

    def fault_value(self, fault: Fault) -> Written:
        """Return the struct that a fault is; characters that XML cannot hold are replaced."""
        code = fault.faultCode if fault.faultCode in self._codes else CallError.usual_number
        return Written(self._value({"faultCode": code, "faultString": expressible(fault.faultString)}))

    def _value(self, value: Any) -> str:
        write = self._writers.get(type(value))
        if write is None:
            raise Inexpressible(f"XML-RPC cannot express a value of type '{type(value).__qualname__}'")
        return value if write is str else f"<value>{write(value)}</value>"

    def _array(self, value: Any) -> str:
        items = []
        for place, item in enumerate(value):
            try:
                items.append(self._value(item))
            except Inexpressible as error:
                raise error.within(place) from None
        return f"<array><data>{''.join(items)}</data></array>"

    def _struct(self, value: dict[Any, Any]) -> str:
        members = []
        for name, item in value.items():
            try:
                members.append(f"<member><name>{_name(name)}</name>{self._value(item)}</member>")
            except Inexpressible as error:
                raise error.within(name) from None
        return f"<struct>{''.join(members)}</struct>"


def expressible(text: str) -> str:
    """Return text with a mark in place of each character that XML cannot hold."""
    return NOT_XML.sub("\ufffd", text)


def _no_nil(value: None) -> str:
    raise Inexpressible("None cannot be expressed; this gateway was told to refuse it")


def _i8(value: int) -> str:
    if value in INT:
        return f"<int>{value}</int>"
    if value not in I8:
        raise Inexpressible("XML-RPC cannot express a whole number beyond 64 bits")
    return f"<i8>{value}</i8>"


def _i4(value: int) -> str:
    if value not in INT:
        raise Inexpressible("a whole number beyond 32 bits cannot be expressed; this gateway was told to refuse it")
    return f"<int>{value}</int>"


def _int_or_text(value: int) -> str:
    try:
        return f"<int>{value}</int>" if value in INT else f"<string>{value}</string>"
    except ValueError:  # as Python says of thousands of digits
        raise Inexpressible("a whole number has too many digits") from None


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


def _name(name: Any) -> str:
    if type(name) is not str:
        raise Inexpressible("XML-RPC has only text for the name of a member")
    return _escaped(name)


NOTHING: dict[str, Callable[[Any], str]] = {
    "nil": lambda _: "<nil/>",
    "refuse": _no_nil,
    "empty": lambda _: "<string></string>",
}
WHOLE: dict[str, Callable[[Any], str]] = {"i8": _i8, "refuse": _i4, "text": _int_or_text}

WRITERS: dict[type, Callable[[Any], str]] = {
    bool: lambda value: f"<boolean>{value:d}</boolean>",
    float: _double,
    str: _text,
    bytes: lambda value: f"<base64>{b64encode(value).decode()}</base64>",
    datetime: _moment,
    date: _day,
    time: lambda value: _text(value.isoformat()),
    timedelta: lambda value: _double(value.total_seconds()),
    Decimal: lambda value: _text(str(value)),
    UUID: lambda value: _text(str(value)),
    complex: lambda value: _text(str(value)),
    Written: str,
}
"""How each type of a value is written, but for those of which a writer decides itself."""
