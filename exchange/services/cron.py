"""A cron line names the minutes at which something is due, as in a crontab: ``*/5 * * * *``.

It speaks of what a clock on the wall shows, and such a clock is put forward and back.
One rule covers both: a minute is due when the clock *first shows it, or a later one*.
So a minute that is left out is due when the clock jumps over it, and one that is shown
twice is due the first time only.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from datetime import MAXYEAR, date, datetime, timedelta, tzinfo
from math import floor
from typing import NamedTuple

MINUTE = timedelta(minutes=1)
LEAP_YEAR = 2000
MOST_DIGITS = 4
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

SHORTHANDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
}


class Field(NamedTuple):
    """One of the five fields of a cron line.

    Attributes:
        first: The lowest number.
        last: The highest number.
        names: What the numbers are called, from ``first`` on.
        is_round: Whether one more than the highest is the lowest again: Sunday is 0 and 7.
    """

    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()
    is_round: bool = False

    @property
    def highest(self) -> int:
        """The highest number that may be written."""
        return self.last + self.is_round

    def read(self, text: str) -> frozenset[int]:
        """Return the numbers that a list such as ``1,3-5,*/10`` names; raises `ValueError` if it cannot."""
        numbers = {number for part in text.split(",") for number in self._part(part)}
        return frozenset(self.first if number > self.last else number for number in numbers)

    def _part(self, part: str) -> range:
        span, has_step, step = part.partition("/")
        first, last = self._span(span)
        if not has_step:
            return range(first, last + 1)
        if span != "*" and "-" not in span:
            raise ValueError(f"{self.name} '{part}' has a step but no range; write '{span}-{self.last}/{step}'")
        return range(first, last + 1, self._step(step))

    def _span(self, span: str) -> tuple[int, int]:
        if span == "*":
            return self.first, self.last
        start, is_range, end = span.partition("-")
        first = self._number(start)
        last = self._number(end) if is_range else first
        if self.is_round and last == self.first < first:
            last = self.highest
        if last < first:
            mend = f"{start}-{self.last},{self.first}-{end}"
            raise ValueError(f"{self.name} '{span}' runs backwards; write '{mend}'")
        return first, last

    def _number(self, text: str) -> int:
        name = text.lower()
        if name in self.names:
            return self.first + self.names.index(name)
        if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
            number = int(text)
            if self.first <= number <= self.highest:
                return number
        names = f", or a name from '{self.names[0]}' to '{self.names[-1]}'" if self.names else ""
        numbers = f"a number from {self.first} to {self.highest}"
        raise ValueError(f"{self.name} '{text}' cannot be one; write {numbers}{names}, or '*'")

    def _step(self, text: str) -> int:
        most = self.last - self.first + 1
        if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and 1 <= int(text) <= most:
            return int(text)
        raise ValueError(f"{self.name} has the step '{text}'; write a number from 1 to {most}")


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of month", 1, 31),
    Field("month", 1, 12, MONTHS),
    Field("day of week", 0, 6, WEEKDAYS, is_round=True),
)


class Cron:
    """What a cron line says.

    Five fields: minute, hour, day of month, month, day of week; or a shorthand such as
    ``@daily``. If neither field for days begins with ``*``, a day that fits one of them
    is enough; else it must fit both.

    Raises:
        ValueError: The line cannot be understood, or names days that never come.
    """

    def __init__(self, line: str) -> None:
        try:
            texts = _fields_of(line)
            values = [field.read(text) for field, text in zip(FIELDS, texts, strict=True)]
            self._minutes, self._hours, _, self._months, _ = map(sorted, values)
            self._days, self._weekdays = values[2], values[4]
            self._one_is_enough = not (texts[2].startswith("*") or texts[4].startswith("*"))
            self._check_dates()
        except ValueError as error:
            raise ValueError(f"the cron line '{line}' cannot be understood: {error}") from None

    def next_after(self, moment: float, zone: tzinfo | None = None) -> float:
        """Return when it is due next, strictly after a moment; both in seconds since 1970, UTC.

        Args:
            zone: Where the clock hangs; left out, here, in the local time zone of the process.

        Raises:
            OverflowError: That would be beyond the last year of the calendar.
        """
        for minute in self._minutes_from(_shown_at(floor(moment), zone).replace(second=0) + MINUTE):
            due = _first_shown(minute, zone)
            if due > moment:
                return due
        raise OverflowError(f"nothing is due before the year {MAXYEAR} is over")

    def _minutes_from(self, start: datetime) -> Iterator[datetime]:
        for day in self._dates_from(start.date()):
            for hour in self._hours:
                for minute in self._minutes:
                    due = datetime(day.year, day.month, day.day, hour, minute)
                    if due >= start:
                        yield due

    def _dates_from(self, start: date) -> Iterator[date]:
        for year in range(start.year, MAXYEAR + 1):
            for month in self._months:
                if (year, month) >= (start.year, start.month):
                    yield from (day for day in self._dates_of(year, month) if day >= start)

    def _dates_of(self, year: int, month: int) -> Iterator[date]:
        before, length = monthrange(year, month)  # ``before`` is the first day's weekday here, the day before's in cron
        for day in range(1, length + 1):
            fits, fits_week = day in self._days, (before + day) % 7 in self._weekdays
            if (fits or fits_week) if self._one_is_enough else (fits and fits_week):
                yield date(year, month, day)

    def _check_dates(self) -> None:
        longest = max(monthrange(LEAP_YEAR, month)[1] for month in self._months)
        if min(self._days) > longest and not self._one_is_enough:
            months = ",".join(map(str, self._months))
            raise ValueError(f"day of month '{min(self._days)}' never comes in month '{months}'; write 1 to {longest}")


def _fields_of(line: str) -> list[str]:
    words = line.split()
    if len(words) == 1 and words[0].startswith("@"):
        if words[0] not in SHORTHANDS:
            raise ValueError(f"there is no such shorthand; write one of {', '.join(SHORTHANDS)}, or five fields")
        words = SHORTHANDS[words[0]].split()
    if len(words) != len(FIELDS):
        names = ", ".join(field.name for field in FIELDS)
        raise ValueError(f"it has {len(words)} fields; write five: {names}")
    return words


def _shown_at(moment: float, zone: tzinfo | None) -> datetime:
    """Return what a clock shows; with no zone of its own, for it is compared as people read it."""
    return datetime.fromtimestamp(moment, zone).replace(tzinfo=None, fold=0)


def _first_shown(time: datetime, zone: tzinfo | None) -> float:
    """Return when a clock first shows ``time``, or a later one because it was put forward over it."""
    first = time.replace(tzinfo=zone).timestamp()
    if _shown_at(first, zone) == time:
        return first
    # It is left out. The two readings of PEP 495 lie on either side of the jump.
    seconds = range(int(time.replace(tzinfo=zone, fold=1).timestamp()), int(first))
    return float(seconds.start + bisect_left(seconds, True, key=lambda second: _shown_at(second, zone) >= time))
