"""Values that Python did not have of its own when netsvc was written.

All but `Opaque` are kinds of what Python has now, and travel as that: a `DateTime`
that is sent arrives as a `datetime`, in old programs and new ones alike.
"""

from __future__ import annotations

import re
import time as clock
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from exchange import register_type

Moment = str | float | tuple[int, ...] | None
"""Text in the form of XML Schema; seconds since 1970; the fields of a ``struct_time``; or nothing for now."""

DATE = re.compile(r"\s*(\d{4})-(\d\d)-(\d\d)\s*")
DATE_AND_TIME = re.compile(r"\s*(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\s*")
TIME = re.compile(r"\s*(\d\d):(\d\d):(\d\d)\s*")
DURATION = re.compile(r"\s*(-?)P(?:0+Y)?(?:0+M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?\s*")


class Binary(bytes):
    """Bytes."""

    def __new__(cls, data: bytes = b"") -> Self:
        return super().__new__(cls, data)

    @property
    def data(self) -> bytes:
        """The bytes."""
        return bytes(self)


class Date(date):
    """A day in the local calendar: ``YYYY-MM-DD``."""

    def __new__(cls, value: Moment = None, *rest: int) -> Self:
        return super().__new__(cls, *_fields(value, rest, DATE, slice(0, 3), "YYYY-MM-DD"))


class DateTime(datetime):
    """A local time, without zone or fraction: ``YYYY-MM-DDThh:mm:ss``."""

    def __new__(cls, value: Moment = None, *rest: Any, **more: Any) -> Self:
        return super().__new__(cls, *_fields(value, rest, DATE_AND_TIME, slice(0, 6), "YYYY-MM-DDThh:mm:ss"), **more)

    def __str__(self) -> str:
        return self.strftime("%Y-%m-%dT%H:%M:%S")


class Time(time):
    """A time of day: ``hh:mm:ss``."""

    def __new__(cls, value: Moment = None, *rest: Any, **more: Any) -> Self:
        return super().__new__(cls, *_fields(value, rest, TIME, slice(3, 6), "hh:mm:ss"), **more)


class Duration(timedelta):
    """A length of time, in seconds or as ``P1DT2H3M4.5S``; years and months, which have no length, must be 0."""

    def __new__(cls, value: str | float = 0, *rest: Any, **more: Any) -> Self:
        if not isinstance(value, str):
            return (
                super().__new__(cls, 0, value) if not rest and not more else super().__new__(cls, value, *rest, **more)
            )
        found = DURATION.fullmatch(value)
        if found is None:
            raise ValueError(f"'{value}' is no duration; write it as in P1DT2H3M4.5S, without years and months")
        sign, *parts = found.groups()
        days, hours, minutes, seconds = (float(part or 0) * (-1 if sign else 1) for part in parts)
        return super().__new__(cls, days, seconds, 0, 0, minutes, hours)

    def __str__(self) -> str:
        sign, length = ("-", -self) if self < timedelta() else ("", self)
        minutes, seconds = divmod(length.seconds, 60)
        return f"{sign}P{length.days}DT{minutes // 60}H{minutes % 60}M{seconds + length.microseconds / 1e6:g}S"


class Opaque:
    """A value of a type that is not known here: the name of the type, and the value as text."""

    def __init__(self, type: str, data: str) -> None:
        self.type = type
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Opaque) and (other.type, other.data) == (self.type, self.data)

    def __hash__(self) -> int:
        return hash((self.type, self.data))

    def __repr__(self) -> str:
        return f"Opaque({self.type!r}, {self.data!r})"


register_type(Opaque, "netsvc.Opaque", lambda value: [value.type, value.data], lambda parts: Opaque(*parts))


def _fields(value: Any, rest: tuple[Any, ...], form: re.Pattern[str], which: slice, written: str) -> tuple[Any, ...]:
    """Return the fields of a moment; those that `datetime` itself makes come one by one."""
    if rest or isinstance(value, bytes):
        return (value, *rest)
    if isinstance(value, str):
        found = form.fullmatch(value)
        if found is None:
            raise ValueError(f"'{value}' must be written as {written}")
        return tuple(map(int, found.groups()))
    if value is None or isinstance(value, int | float):
        value = clock.localtime(value)
    return tuple(value[which])
