"""Cron lines: what they name, what is refused, and what happens when clocks are put forward and back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exchange.services.cron import FIELDS, SHORTHANDS, Cron, Field

CENTRAL_EUROPE = "CET-1CEST,M3.5.0,M10.5.0/3"
RULES = [
    CENTRAL_EUROPE,
    "EST5EDT,M3.2.0,M11.1.0",
    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",  # half an hour
    "<-01>1<+00>,M3.5.0/0,M10.5.0/1",  # put forward at midnight
    "EET-2EEST,M4.5.5/0,M10.5.4/24",  # put back at midnight
    "IST-1GMT0,M10.5.0,M3.5.0/1",  # winter is the exception
    "<+05>-5<+09>-9,M5.1.0/22,M9.1.0/2",  # four hours
]
LONGEST_CHANGE = 4


def zone_of(rule: str) -> ZoneInfo:
    """Return the time zone of a POSIX rule, whatever zones this machine knows."""
    header = b"TZif2" + bytes(15) + b"".join(count.to_bytes(4, "big") for count in (0, 0, 0, 0, 1, 4))
    block = header + bytes(6) + b"XXX\0"
    return ZoneInfo.from_file(BytesIO(block + block + f"\n{rule}\n".encode()), key=rule)


EUROPE = zone_of(CENTRAL_EUROPE)


def following(line: str, start: str, count: int = 3, zone: ZoneInfo | None = EUROPE) -> list[str]:
    """Return when a line is due after a time, with the offset of the zone."""
    moment = datetime.fromisoformat(start).replace(tzinfo=zone).timestamp()
    found = []
    for _ in range(count):
        moment = Cron(line).next_after(moment, zone)
        found.append(datetime.fromtimestamp(moment, zone).astimezone(zone).isoformat(" ", "minutes"))
    return found


@pytest.fixture
def _in_central_europe(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", CENTRAL_EUROPE)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("line", "start", "due"),
    [
        ("* * * * *", "2025-06-30 23:59", "2025-07-01 00:00"),
        ("*/5 * * * *", "2025-06-15 12:00", "2025-06-15 12:05"),
        ("*/5 * * * *", "2025-06-15 12:04:59.999999", "2025-06-15 12:05"),
        ("0 9-17/4 * * *", "2025-06-15 13:00", "2025-06-15 17:00"),
        ("15,45 8 * * *", "2025-06-15 08:20", "2025-06-15 08:45"),
        ("0 0 1 JAN *", "2025-06-15 00:00", "2026-01-01 00:00"),
        ("0 0 * nov-dec *", "2025-06-15 00:00", "2025-11-01 00:00"),
        ("0 12 * * Mon-Fri", "2025-06-13 12:00", "2025-06-16 12:00"),
        ("0 12 * * 0", "2025-06-13 12:00", "2025-06-15 12:00"),
        ("0 12 * * 7", "2025-06-13 12:00", "2025-06-15 12:00"),
        ("0 12 * * sat-sun", "2025-06-14 12:00", "2025-06-15 12:00"),
        ("0 12 * * 5-7", "2025-06-14 12:00", "2025-06-15 12:00"),
        ("0 0 29 2 *", "2025-06-15 00:00", "2028-02-29 00:00"),
        ("0 0 29 2 *", "2096-06-15 00:00", "2104-02-29 00:00"),
        ("0 0 29 2 */7", "2032-03-01 00:00", "2060-02-29 00:00"),
        ("0 0 31 * *", "2025-08-31 00:00", "2025-10-31 00:00"),
    ],
)
def test_a_line_is_next_due_when_its_fields_say(line: str, start: str, due: str) -> None:
    moment = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert Cron(line).next_after(moment.timestamp(), UTC) == datetime.fromisoformat(due).replace(tzinfo=UTC).timestamp()


def test_a_day_of_the_month_or_of_the_week_is_enough_if_both_are_restricted() -> None:
    assert following("0 0 13 6 fri", "2025-06-05", 4) == [
        "2025-06-06 00:00+02:00",
        "2025-06-13 00:00+02:00",
        "2025-06-20 00:00+02:00",
        "2025-06-27 00:00+02:00",
    ]


def test_a_field_for_days_that_begins_with_a_star_does_not_widen_the_other() -> None:
    assert following("0 0 */2 * mon", "2025-06-01", 2) == ["2025-06-09 00:00+02:00", "2025-06-23 00:00+02:00"]
    assert following("0 0 13 * *", "2025-06-01", 2) == ["2025-06-13 00:00+02:00", "2025-07-13 00:00+02:00"]


@pytest.mark.parametrize("shorthand", sorted(SHORTHANDS))
def test_a_shorthand_is_the_line_that_it_stands_for(shorthand: str) -> None:
    start = "2025-02-11 10:30"
    assert following(f" {shorthand} ", start) == following(SHORTHANDS[shorthand], start)


def test_what_is_due_weekly_is_due_on_sundays() -> None:
    assert following("@weekly", "2025-06-11", 2) == ["2025-06-15 00:00+02:00", "2025-06-22 00:00+02:00"]


# What cannot be understood


@pytest.mark.parametrize(
    ("line", "field", "mend"),
    [
        ("60 * * * *", "minute '60'", "a number from 0 to 59"),
        ("-5 * * * *", "minute ''", "a number from 0 to 59"),
        ("1,,2 * * * *", "minute ''", "a number from 0 to 59"),
        ("1- * * * *", "minute ''", "a number from 0 to 59"),
        ("٣ * * * *", "minute '٣'", "a number from 0 to 59"),
        ("1" * 5000 + " * * * *", "minute '1", "a number from 0 to 59"),
        ("5/10 * * * *", "minute '5/10'", "write '5-59/10'"),
        ("*/0 * * * *", "minute has the step '0'", "a number from 1 to 60"),
        ("*/90 * * * *", "minute has the step '90'", "a number from 1 to 60"),
        ("*/ * * * *", "minute has the step ''", "a number from 1 to 60"),
        ("* 24 * * *", "hour '24'", "a number from 0 to 23"),
        ("* 22-6 * * *", "hour '22-6' runs backwards", "write '22-23,0-6'"),
        ("* 5-0 * * *", "hour '5-0' runs backwards", "write '5-23,0-0'"),
        ("* * 0 * *", "day of month '0'", "a number from 1 to 31"),
        ("* * L * *", "day of month 'L'", "a number from 1 to 31"),
        ("* * * 13 *", "month '13'", "a number from 1 to 12, or a name from 'jan' to 'dec'"),
        ("* * * june *", "month 'june'", "a name from 'jan' to 'dec'"),
        ("* * * * 8", "day of week '8'", "a number from 0 to 7, or a name from 'sun' to 'sat'"),
        ("* * * * sat-tue", "day of week 'sat-tue' runs backwards", "write 'sat-6,0-tue'"),
        ("* * 30 2 *", "day of month '30' never comes in month '2'", "1 to 29"),
        ("* * 31 apr,2 *", "day of month '31' never comes in month '2,4'", "1 to 30"),
        ("* * * *", "it has 4 fields", "minute, hour, day of month, month, day of week"),
        ("* * * * * *", "it has 6 fields", "minute, hour, day of month, month, day of week"),
        ("", "it has 0 fields", "minute, hour, day of month, month, day of week"),
        ("@reboot", "no such shorthand", "@hourly, @daily, @weekly, @monthly, @yearly, or five fields"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_the_field_and_the_mend(line: str, field: str, mend: str) -> None:
    with pytest.raises(ValueError, match="cannot be understood") as refused:
        Cron(line)
    assert f"the cron line '{line}'" in str(refused.value)
    assert field in str(refused.value)
    assert mend in str(refused.value)


@pytest.mark.parametrize("line", ["* 22-23,0-6 * * *", "5-59/10 * * * *", "* * * * sat-6,0-tue", "0 */24 * * *"])
def test_what_a_mend_proposes_can_be_understood(line: str) -> None:
    assert following(line, "2025-06-01", 1)


def test_an_impossible_date_does_no_harm_if_a_day_of_the_week_is_enough() -> None:
    assert following("0 0 30 2 mon", "2025-02-11", 2) == ["2025-02-17 00:00+01:00", "2025-02-24 00:00+01:00"]


@given(st.text(alphabet="0123456789*/,-@ funmoctjan", max_size=30))
def test_any_text_is_a_line_or_is_refused(text: str) -> None:
    try:
        cron = Cron(text)
    except ValueError:
        return
    assert cron.next_after(0.0, UTC) > 0


def test_beyond_the_last_year_nothing_is_due() -> None:
    with pytest.raises(OverflowError, match="9999"):
        Cron("0 0 1 1 *").next_after(datetime(9999, 6, 15, tzinfo=UTC).timestamp(), UTC)


# Clocks that are put forward and back: in Central Europe on 30 March at 02:00, and on 26 October at 03:00


def test_a_time_that_the_clock_leaves_out_is_due_at_the_next_minute_that_it_shows() -> None:
    assert following("30 2 * * *", "2025-03-29 12:00", 2) == ["2025-03-30 03:00+02:00", "2025-03-31 02:30+02:00"]


def test_many_times_that_the_clock_leaves_out_are_due_once() -> None:
    assert following("*/20 * * * *", "2025-03-30 01:20") == [
        "2025-03-30 01:40+01:00",
        "2025-03-30 03:00+02:00",
        "2025-03-30 03:20+02:00",
    ]


def test_a_time_that_the_clock_shows_twice_is_due_the_first_time() -> None:
    assert following("30 2 * * *", "2025-10-25 12:00", 2) == ["2025-10-26 02:30+02:00", "2025-10-27 02:30+01:00"]


def test_while_the_clock_shows_again_what_it_showed_before_nothing_is_due() -> None:
    assert following("*/30 * * * *", "2025-10-26 02:00", 2) == ["2025-10-26 02:30+02:00", "2025-10-26 03:00+01:00"]
    second_time = datetime(2025, 10, 26, 2, 10, tzinfo=EUROPE, fold=1)
    due = Cron("*/30 * * * *").next_after(second_time.timestamp(), EUROPE)
    assert datetime.fromtimestamp(due, EUROPE) == datetime(2025, 10, 26, 3, 0, tzinfo=EUROPE)


@pytest.mark.usefixtures("_in_central_europe")
@pytest.mark.parametrize(
    ("line", "start"),
    [("30 2 * * *", "2025-03-29 12:00"), ("30 2 * * *", "2025-10-25 12:00"), ("*/20 * * * *", "2025-10-26 01:50")],
)
def test_without_a_zone_the_local_one_counts_with_its_changes(line: str, start: str) -> None:
    local = datetime.fromisoformat(start).timestamp()
    assert datetime.fromisoformat(start).replace(tzinfo=EUROPE).timestamp() == local
    for _ in range(5):
        due = Cron(line).next_after(local)
        assert due == Cron(line).next_after(local, EUROPE)
        local = due


# Properties


class Drawn(NamedTuple):
    """A field of a line, as text and as what it must mean."""

    text: str
    values: frozenset[int]


@st.composite
def parts(draw: st.DrawFn, field: Field) -> Drawn:
    """Draw an item of a list."""
    first = draw(st.integers(field.first, field.highest))
    last = draw(st.integers(first, field.highest))
    step = draw(st.integers(1, field.last - field.first + 1))
    every = range(field.first, field.last + 1)
    choice = draw(st.integers(0, 5 if field.names else 4))
    if choice == 0:
        return Drawn("*", frozenset(every))
    if choice == 1:
        return Drawn(f"*/{step}", frozenset(every[::step]))
    if choice == 2:
        return Drawn(f"{first}-{last}", frozenset(range(first, last + 1)))
    if choice == 3:
        return Drawn(f"{first}-{last}/{step}", frozenset(range(first, last + 1, step)))
    if choice == 5 and first <= field.last:
        return Drawn(field.names[first - field.first].upper(), frozenset({first}))
    return Drawn(f"{first:02}", frozenset({first}))


@st.composite
def fields(draw: st.DrawFn, field: Field) -> Drawn:
    """Draw a field, with Sunday as 0 in what it means."""
    items = draw(st.lists(parts(field), min_size=1, max_size=3))
    values = frozenset().union(*(item.values for item in items))
    if field is FIELDS[4]:
        values = frozenset(value % 7 for value in values)
    return Drawn(",".join(item.text for item in items), values)


ANY = Drawn("*", frozenset(range(60)))
lines = st.tuples(*(fields(field) for field in FIELDS))
lines_of_the_day = st.tuples(
    fields(FIELDS[0]), st.one_of(st.just(ANY), fields(FIELDS[1])), st.just(ANY), st.just(ANY), st.just(ANY)
)


@cache
def changes(rule: str) -> list[datetime]:
    """Return when the clocks of a rule are changed in 2025, to the hour before."""
    hours = [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(365 * 24)]
    zone = zone_of(rule)
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    return [hour for hour, before, after in zip(hours, offsets, offsets[1:], strict=False) if before != after]


@st.composite
def near_a_change(draw: st.DrawFn) -> tuple[str, datetime]:
    """Draw a rule, and a moment at which the next change of its clocks is near."""
    rule = draw(st.sampled_from(RULES))
    minutes = draw(st.integers(-2 * 60, 5 * 60))
    seconds = draw(st.sampled_from([0.0, 0.000001, 30.5, 59.999999]))
    return rule, draw(st.sampled_from(changes(rule))) + timedelta(minutes=minutes, seconds=seconds)


def fits_day(drawn: tuple[Drawn, ...], day: date) -> bool:
    _, _, days, months, weekdays = drawn
    both = (day.day in days.values, day.isoweekday() % 7 in weekdays.values)
    starred = days.text.startswith("*") or weekdays.text.startswith("*")
    return day.month in months.values and (all(both) if starred else any(both))


def fits(drawn: tuple[Drawn, ...], shown: datetime) -> bool:
    return shown.minute in drawn[0].values and shown.hour in drawn[1].values and fits_day(drawn, shown.date())


def shown_minutes(start: datetime, zone: ZoneInfo, minutes: int) -> Iterator[tuple[float, datetime]]:
    """Yield what a clock shows, minute by minute, with when it is."""
    for minute in range(minutes):
        moment = start + timedelta(minutes=minute)
        yield moment.timestamp(), moment.astimezone(zone).replace(tzinfo=None, fold=0)


def slowly(drawn: tuple[Drawn, ...], after: datetime, zone: ZoneInfo, hours: int) -> float | None:
    """Return the next time by watching a clock: what it comes to show or passes over is due, if it was not before."""
    earlier = after.replace(second=0, microsecond=0) - timedelta(hours=LONGEST_CHANGE)
    latest: datetime | None = None
    for moment, shown in shown_minutes(earlier, zone, 60 * (LONGEST_CHANGE + hours)):
        passed = 0 if latest is None else max(0, int((shown - latest) / timedelta(minutes=1)))
        newly = [shown - timedelta(minutes=minute) for minute in range(passed)]
        if moment > after.timestamp() and any(fits(drawn, minute) for minute in newly):
            return moment
        latest = shown if latest is None else max(latest, shown)
    return None


@pytest.mark.heavy
@settings(max_examples=300)
@given(drawn=st.one_of(lines_of_the_day, lines), near=near_a_change())
@example(  # put forward at midnight: the day begins at 01:00
    drawn=(Drawn("0", frozenset({0})), Drawn("0", frozenset({0})), ANY, ANY, ANY),
    near=("<-01>1<+00>,M3.5.0/0,M10.5.0/1", datetime(2025, 3, 29, 12, tzinfo=UTC)),
)
def test_the_next_time_is_the_one_found_by_watching_a_clock(
    drawn: tuple[Drawn, ...], near: tuple[str, datetime]
) -> None:
    rule, after = near
    zone = zone_of(rule)
    try:
        found = Cron(" ".join(field.text for field in drawn)).next_after(after.timestamp(), zone)
    except ValueError:
        assert not any(fits_day(drawn, date(2024, 1, 1) + timedelta(days=day)) for day in range(366))
        return
    assert found > after.timestamp()
    expected = slowly(drawn, after, zone, hours=8)
    if expected is None:
        assert found >= (after + timedelta(hours=8)).timestamp() - 60
    else:
        assert found == expected


@given(drawn=lines, start=st.dates(date(1970, 1, 2), date(2200, 1, 1)))
def test_the_next_day_is_the_one_found_in_a_calendar(drawn: tuple[Drawn, ...], start: date) -> None:
    after = datetime(start.year, start.month, start.day, 23, 59, tzinfo=UTC)
    days = (start + timedelta(days=day) for day in range(1, 366 * 41))
    expected = next((day for day in days if fits_day(drawn, day)), None)
    try:
        found = Cron(" ".join(field.text for field in drawn)).next_after(after.timestamp(), UTC)
    except ValueError:
        assert expected is None
        return
    due = datetime.fromtimestamp(found, UTC)
    assert due.date() == expected
    assert (due.hour, due.minute) == (min(drawn[1].values), min(drawn[0].values))
