"""Values without parts as text of XML Schema."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from math import isnan
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.gateways.inexpressible import Inexpressible
from exchange.gateways.soap_names import XSD
from exchange.gateways.soap_scalars import NAMES, SCALARS, TOLD, legible, read_scalar

INDIA = timezone(timedelta(hours=5, minutes=30))
ODD_ZONE = timezone(timedelta(minutes=53, seconds=28))

SAME_BOTH_WAYS = [
    ("bool", True, "true"),
    ("bool", False, "false"),
    ("int", -(10**30), "-1" + "0" * 30),
    ("float", 0.1, "0.1"),
    ("float", 1e300, "1e+300"),
    ("float", float("inf"), "INF"),
    ("float", float("-inf"), "-INF"),
    ("str", " a\tb\r\nc ", " a\tb\r\nc "),
    ("str", "", ""),
    ("bytes", b"\x00\xff", "AP8="),
    ("bytes", b"", ""),
    ("datetime", datetime(2026, 1, 31, 23, 59, 59), "2026-01-31T23:59:59"),
    ("datetime", datetime(2026, 1, 31, 23, 59, 59, 500, tzinfo=INDIA), "2026-01-31T23:59:59.000500+05:30"),
    ("date", date(1, 1, 1), "0001-01-01"),
    ("time", time(23, 59, 59, 1), "23:59:59.000001"),
    ("time", time(1, 2, tzinfo=INDIA), "01:02:00+05:30"),
    ("timedelta", timedelta(days=1, hours=2, minutes=3, seconds=4, microseconds=5), "P1DT2H3M4.000005S"),
    ("timedelta", timedelta(microseconds=-1), "-P0DT0H0M0.000001S"),
    ("timedelta", timedelta(), "P0DT0H0M0S"),
    ("timedelta", timedelta.max, "P999999999DT23H59M59.999999S"),
    ("timedelta", timedelta.min, "-P999999999DT0H0M0S"),
    ("Decimal", Decimal("1.50"), "1.50"),
    ("UUID", UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ("complex", 1 + 2j, "(1+2j)"),
    ("complex", complex("nan-infj"), "(nan-infj)"),
]


@pytest.mark.parametrize(("kind", "value", "text"), SAME_BOTH_WAYS)
def test_a_value_is_written_and_read_again(kind: str, value: Any, text: str) -> None:
    assert NAMES[type(value)] == kind
    assert SCALARS[kind].write(value) == text
    assert repr(read_scalar(SCALARS[kind], text)) == repr(value)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("bool", " 1\n", True),
        ("bool", "0", False),
        ("int", " +007 ", 7),
        ("float", ".5", 0.5),
        ("float", "5.", 5.0),
        ("float", "-1E3", -1000.0),
        ("float", "inf", float("inf")),
        ("bytes", " AP\n8= ", b"\x00\xff"),
        ("datetime", "2026-01-31T23:59:59Z", datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)),
        ("datetime", "2026-01-31T24:00:00", datetime(2026, 2, 1)),
        ("datetime", "2026-01-31T23:59:59.1234567", datetime(2026, 1, 31, 23, 59, 59, 123456)),
        (
            "datetime",
            "2026-01-31T23:59:59-14:00",
            datetime(2026, 1, 31, 23, 59, 59, tzinfo=timezone(-timedelta(hours=14))),
        ),
        ("date", "2026-01-31Z", date(2026, 1, 31)),
        ("date", "2026-01-31+01:00", date(2026, 1, 31)),
        ("time", "24:00:00.0", time()),
        ("time", "01:02:03Z", time(1, 2, 3, tzinfo=UTC)),
        ("timedelta", "PT36H", timedelta(hours=36)),
        ("timedelta", "-P1D", timedelta(days=-1)),
        ("timedelta", "PT00.50S", timedelta(seconds=0.5)),
        ("Decimal", "-.5", Decimal("-0.5")),
        ("UUID", "00000000000000000000000000000001", UUID(int=1)),
    ],
)
def test_other_spellings_are_taken(kind: str, text: str, value: Any) -> None:
    assert read_scalar(SCALARS[kind], text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((kind, text) for kind in SCALARS if kind not in ("str", "bytes") for text in ("", "x", "٣")),
        ("bool", "True"),
        ("bool", "2"),
        ("int", "NaN"),
        ("int", "1.0"),
        ("int", "1_0"),
        ("int", "1" * 401),
        ("float", "1e400"),
        ("float", "0x1p3"),
        ("float", "1_0.0"),
        ("float", "nano"),
        ("bytes", "A"),
        ("bytes", "?AP8="),
        ("datetime", "2026-01-31"),
        ("datetime", "2026-01-31 23:59:59"),
        ("datetime", "2026-02-30T00:00:00"),
        ("datetime", "2026-01-31T23:59:60"),
        ("datetime", "2026-01-31T23:59:59+01:60"),
        ("datetime", "2026-01-31T23:59:59+24:00"),
        ("datetime", "9999-12-31T24:00:00"),
        ("datetime", "0000-01-01T00:00:00"),
        ("datetime", "12026-01-01T00:00:00"),
        ("date", "20260131"),
        ("time", "24:00:01"),
        ("time", "24:00:00.5"),
        ("timedelta", "P"),
        ("timedelta", "P1DT"),
        ("timedelta", "PT.5S"),
        ("timedelta", "P1Y"),
        ("timedelta", "P1M"),
        ("timedelta", "P9999999999D"),
        ("timedelta", "PT999999999999H"),
        ("timedelta", "PT1M1H"),
        ("Decimal", "NaN"),
        ("Decimal", "1e5"),
        ("UUID", "1"),
        ("complex", "1+2" + "j" * 2),
    ],
)
def test_what_is_no_such_value_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match="^is not "):
        read_scalar(SCALARS[kind], text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (10**400, "a whole number has more than 400 digits"),
        (-(10**400), "a whole number has more than 400 digits"),
        (Decimal("Infinity"), "XML Schema has no decimal Infinity"),
        (Decimal("1E+500"), "a decimal has more than 400 digits"),
        (Decimal("1E-500"), "a decimal has more than 400 digits"),
        (Decimal("1" * 401), "a decimal has more than 400 digits"),
        ("a\x00", "XML cannot hold the character U+0000"),
        ("\ufffe", "XML cannot hold the character U+FFFE"),
        ("\ud800", "XML cannot hold the character U+D800"),
        (
            datetime.max.replace(tzinfo=timezone(-timedelta(hours=15))),
            "9999-12-31 23:59:59.999999-15:00 is no time in UTC",
        ),
        (time(1, tzinfo=ODD_ZONE), "XML Schema has no time of the zone UTC+00:53:28"),
    ],
)
def test_what_xml_has_no_words_for_is_refused(value: Any, text: str) -> None:
    with pytest.raises(Inexpressible) as caught:
        SCALARS[NAMES[type(value)]].write(value)
    assert str(caught.value) == text


def test_a_moment_of_a_zone_that_xml_schema_has_not_is_the_same_moment_in_utc() -> None:
    odd = datetime(2026, 1, 31, tzinfo=ODD_ZONE)
    text = SCALARS["datetime"].write(odd)

    assert text == "2026-01-30T23:06:32+00:00"
    assert read_scalar(SCALARS["datetime"], text) == odd


def test_nan_is_spelled_as_xml_schema_does() -> None:
    assert SCALARS["float"].write(float("nan")) == "NaN"
    assert isnan(read_scalar(SCALARS["float"], "NaN"))
    assert isnan(read_scalar(SCALARS["float"], "nan"))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("int", "5", 5),
        ("unsignedByte", "5", 5),
        ("float", "0.5", 0.5),
        ("token", " a ", " a "),
        ("gYear", "2026", "2026"),
        ("hexBinary", "00fF", b"\x00\xff"),
        ("dayTimeDuration", "PT1S", timedelta(seconds=1)),
    ],
)
def test_other_types_of_xml_schema_are_read_too(name: str, text: str, value: Any) -> None:
    assert read_scalar(TOLD[f"{{{XSD}}}{name}"], text) == value


def test_text_for_people_keeps_what_xml_can_hold() -> None:
    assert legible("a\x1b[1m\n") == "a\ufffd[1m\n"


@given(st.sampled_from(sorted(SCALARS)), st.text(st.characters(codec="utf-8"), max_size=20))
def test_any_text_is_read_or_refused(kind: str, text: str) -> None:
    try:
        value = read_scalar(SCALARS[kind], text)
    except ValueError:
        return
    assert NAMES[type(value)] == kind


ZONES = st.none() | st.timezones() | st.integers(-86399, 86399).map(lambda s: timezone(timedelta(seconds=s)))


@given(
    st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"))
    | st.binary()
    | st.datetimes(timezones=ZONES)
    | st.dates()
    | st.times()
    | st.timedeltas()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.uuids()
    | st.complex_numbers(allow_nan=False)
)
def test_whatever_can_be_written_is_read_as_what_it_was(value: Any) -> None:
    scalar = SCALARS[NAMES[type(value)]]
    try:
        text = scalar.write(value)
    except Inexpressible:
        return

    again = read_scalar(scalar, text)
    assert again == value
    assert type(again) is type(value)
