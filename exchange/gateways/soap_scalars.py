"""Values without parts as the text of XML, by the types of XML Schema, and back.

What XML Schema has no type for travels as a text of a type of our own: ``x:uuid`` and
``x:complex``. Spellings are those of XML Schema; capitals of ``NaN`` and ``INF`` do not
count, because some programs get them wrong.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import unhexlify
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from math import isfinite, isnan
from typing import Any, NamedTuple
from uuid import UUID

from exchange.gateways.inexpressible import Inexpressible
from exchange.gateways.soap_names import TYPES, XSD, qualified

LONGEST_NUMBER = 400
"""In digits; a double that is written out has fewer."""

EXACT_FLOATS = range(-(2**53), 2**53 + 1)
"""Whole numbers that a float keeps."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_FRACTION = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_NUMBER = re.compile(_FRACTION.pattern + r"([eE][+-]?[0-9]{1,6})?")
_ZONE = r"(Z|[+-][0-9]{2}:[0-9]{2})?"
_DAY = r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
_CLOCK = r"([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?"
_DATE = re.compile(_DAY + _ZONE)
_TIME = re.compile(_CLOCK + _ZONE)
_MOMENT = re.compile(f"{_DAY}T{_CLOCK}{_ZONE}")
_DURATION = re.compile(
    r"(-?)P(?=[0-9T])(?:([0-9]{1,9})D)?(?:T(?=[0-9])(?:([0-9]{1,12})H)?(?:([0-9]{1,12})M)?"
    r"(?:([0-9]{1,15})(?:\.([0-9]+))?S)?)?"
)
_MIDNIGHT = "24:00:00"


class Scalar(NamedTuple):
    """How values of one type travel.

    Attributes:
        tag: The name of their type in XML.
        write: Makes the text of a value; raises `Inexpressible`.
        read: Makes the value of a text; raises `ValueError`.
        words: What such a text is called when it is none.
    """

    tag: str
    write: Callable[[Any], str]
    read: Callable[[str], Any]
    words: str


def checked(text: str) -> str:
    """Return a text, if XML can hold it.

    Raises:
        Inexpressible: It holds a character that XML has no words for.
    """
    wrong = _NOT_XML.search(text)
    if wrong:
        raise Inexpressible(f"XML cannot hold the character U+{ord(wrong[0]):04X}")
    return text


def is_legible(text: str) -> bool:
    """Whether XML can hold a text."""
    return _NOT_XML.search(text) is None


def legible(text: str) -> str:
    """Return a text with a mark in place of each character that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def _boolean(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text]


def _write_whole(value: int) -> str:
    if abs(value) >= 10**LONGEST_NUMBER:
        raise Inexpressible(f"a whole number has more than {LONGEST_NUMBER} digits")
    return str(value)


def _whole(text: str) -> int:
    return int(_matched(_WHOLE, text)[0])


def _write_double(value: float) -> str:
    if isfinite(value):
        return repr(value)
    return "NaN" if isnan(value) else "INF" if value > 0 else "-INF"


def _double(text: str) -> float:
    if text.upper() in ("NAN", "INF", "-INF", "+INF"):
        return float(text)
    number = float(_matched(_NUMBER, text)[0])
    if not isfinite(number):
        raise ValueError(text)
    return number


def _write_decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise Inexpressible(f"XML Schema has no decimal {value}")
    if abs(value.adjusted()) > LONGEST_NUMBER or len(value.as_tuple().digits) > LONGEST_NUMBER:
        raise Inexpressible(f"a decimal has more than {LONGEST_NUMBER} digits")
    return format(value, "f")


def _decimal(text: str) -> Decimal:
    return Decimal(_matched(_FRACTION, text)[0])


def _write_moment(value: datetime) -> str:
    offset = value.utcoffset()
    if offset is not None and not _is_zone(offset):
        try:
            value = value.astimezone(UTC)
        except OverflowError:
            raise Inexpressible(f"{value} is no time in UTC") from None
    return value.isoformat()


def _moment(text: str) -> datetime:
    day, clock, fraction, zone = _matched(_MOMENT, text).groups()
    later = timedelta(clock == _MIDNIGHT)
    begin = datetime.combine(date.fromisoformat(day), _clock(clock, fraction), _zone(zone))
    try:
        return begin + later
    except OverflowError:
        raise ValueError(text) from None


def _day(text: str) -> date:
    return date.fromisoformat(_matched(_DATE, text)[1])


def _write_time(value: time) -> str:
    offset = value.utcoffset()
    if offset is not None and not _is_zone(offset):
        raise Inexpressible(f"XML Schema has no time of the zone {value.tzinfo}")
    return value.isoformat()


def _time(text: str) -> time:
    clock, fraction, zone = _matched(_TIME, text).groups()
    return _clock(clock, fraction).replace(tzinfo=_zone(zone))


def _clock(clock: str, fraction: str | None) -> time:
    """Return a time of day; what is less than a microsecond is dropped."""
    if clock == _MIDNIGHT:
        if (fraction or "").strip("0"):
            raise ValueError(clock)
        return time()
    return time.fromisoformat(clock).replace(microsecond=_microseconds(fraction))


def _microseconds(fraction: str | None) -> int:
    return int((fraction or "")[:6].ljust(6, "0"))


def _zone(text: str | None) -> timezone | None:
    if not text or text == "Z":
        return UTC if text else None
    hours, minutes = int(text[1:3]), int(text[4:6])
    if minutes > 59:
        raise ValueError(text)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(offset if text[0] == "+" else -offset)


def _is_zone(offset: timedelta) -> bool:
    return offset.seconds % 60 == 0 and not offset.microseconds and abs(offset) <= timedelta(hours=14)


def _write_duration(value: timedelta) -> str:
    sign = "-" if value < timedelta() else ""
    value = abs(value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    part = f".{value.microseconds:06}" if value.microseconds else ""
    return f"{sign}P{value.days}DT{hours}H{minutes}M{seconds}{part}S"


def _duration(text: str) -> timedelta:
    sign, days, hours, minutes, seconds, fraction = _matched(_DURATION, text).groups()
    try:
        length = timedelta(
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=int(seconds or 0),
            microseconds=_microseconds(fraction),
        )
        return -length if sign else length
    except OverflowError:
        raise ValueError(text) from None


def _base64(text: str) -> bytes:
    return b64decode("".join(text.split()), validate=True)


def _matched(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if not found or len(text) > LONGEST_NUMBER:
        raise ValueError(text)
    return found


def _xsd(name: str) -> str:
    return qualified(XSD, name)


WHOLE = "a whole number"
SCALARS: dict[str, Scalar] = {
    "bool": Scalar(_xsd("boolean"), lambda value: "true" if value else "false", _boolean, "true, false, 1 or 0"),
    "int": Scalar(_xsd("integer"), _write_whole, _whole, WHOLE),
    "float": Scalar(_xsd("double"), _write_double, _double, "a number"),
    "str": Scalar(_xsd("string"), checked, str, "a text"),
    "bytes": Scalar(_xsd("base64Binary"), lambda value: b64encode(value).decode(), _base64, "base64"),
    "datetime": Scalar(_xsd("dateTime"), _write_moment, _moment, "a date and time such as 2026-01-31T23:59:59Z"),
    "date": Scalar(_xsd("date"), date.isoformat, _day, "a date such as 2026-01-31"),
    "time": Scalar(_xsd("time"), _write_time, _time, "a time such as 23:59:59"),
    "timedelta": Scalar(_xsd("duration"), _write_duration, _duration, "a duration such as P1DT2H or -PT0.5S"),
    "Decimal": Scalar(_xsd("decimal"), _write_decimal, _decimal, "a decimal number"),
    "UUID": Scalar(qualified(TYPES, "uuid"), str, UUID, "a UUID"),
    "complex": Scalar(qualified(TYPES, "complex"), str, complex, "a complex number such as (1+2j)"),
}
"""By the names of the types in descriptions."""

_KINDS: list[type] = [bool, int, float, str, bytes, datetime, date, time, timedelta, Decimal, UUID, complex]
NAMES: dict[type, str] = dict(zip(_KINDS, SCALARS, strict=True))
"""What the type of a value is called in descriptions."""

_WHOLES = (
    "int long short byte unsignedInt unsignedLong unsignedShort unsignedByte "
    "nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger"
)
_TEXTS = (
    "anySimpleType normalizedString token language Name NCName NMTOKEN anyURI ID IDREF QName "
    "gYear gYearMonth gMonth gMonthDay gDay"
)
TOLD: dict[str, Scalar] = {
    **{scalar.tag: scalar for scalar in SCALARS.values()},
    **{_xsd(name): SCALARS["int"] for name in _WHOLES.split()},
    **{_xsd(name): SCALARS["str"] for name in _TEXTS.split()},
    _xsd("float"): SCALARS["float"],
    _xsd("dayTimeDuration"): SCALARS["timedelta"],
    _xsd("hexBinary"): Scalar(_xsd("hexBinary"), bytes.hex, unhexlify, "hexadecimal digits"),
}
"""By the names of types that may be told of a value."""


def read_scalar(scalar: Scalar, text: str) -> Any:
    """Return the value of a text; only in a text does white space at the ends count.

    Raises:
        ValueError: It is none of that type.
    """
    if scalar.read is str:
        return text
    try:
        if not text.isascii():  # digits of other scripts are digits to Python
            raise ValueError(text)
        return scalar.read(text.strip(" \t\r\n"))
    except (ValueError, KeyError):
        raise ValueError(f"is not {scalar.words}") from None
