"""Texts that stand for what JSON has not."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.gateways.json_texts import KEYS, NEVER_ALIKE, TEXTS, Text
from exchange.gateways.jsonrpc_writer import plain

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "bytes": st.binary(max_size=9),
    "complex": st.complex_numbers(allow_nan=False),
    "date": st.dates(),
    "datetime": st.datetimes(timezones=st.none() | st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])),
    "Decimal": st.decimals(allow_nan=False),
    "time": st.times(timezones=st.none() | st.just(UTC)),
    "UUID": st.uuids(),
}


def is_read(form: Text, text: str) -> bool:
    """Whether a text is taken for a value."""
    try:
        form.value_of(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("kind", TEXTS)
def test_what_is_written_of_a_value_is_read_as_the_same(kind: str) -> None:
    @given(VALUES[kind])
    def read_again(value: Any) -> None:
        read = TEXTS[kind].value_of(plain(value))
        assert (type(read), read) == (type(value), value)

    read_again()


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("datetime", "2026-01-31T23:59:59Z", datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)),
        ("datetime", "2026-01-31 23:59", datetime(2026, 1, 31, 23, 59)),
        ("datetime", "2026-01-31T23:59:59.123456789Z", datetime(2026, 1, 31, 23, 59, 59, 123456, UTC)),
        ("date", "2024-02-29", date(2024, 2, 29)),
        ("time", "23:59Z", time(23, 59, tzinfo=UTC)),
        ("Decimal", "1e-7", Decimal("1e-7")),
        ("Decimal", "-Infinity", Decimal("-Infinity")),
        ("UUID", "ABCDEF00-0000-0000-0000-000000000001", UUID("abcdef00-0000-0000-0000-000000000001")),
        ("complex", "2", 2 + 0j),
        ("bytes", "", b""),
    ],
)
def test_what_others_write_is_read_too(kind: str, text: str, value: Any) -> None:
    assert TEXTS[kind].value_of(text) == value


def test_what_is_no_number_is_read_where_it_may_be_one() -> None:
    assert TEXTS["Decimal"].value_of("NaN").is_nan()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("bytes", "AP8"),
        ("bytes", "AP8 ="),
        ("bytes", "AP8-"),
        ("bytes", "\u00e9A=="),
        ("complex", "1_0"),
        ("complex", " 1"),
        ("complex", "i"),
        ("complex", ""),
        ("date", "20260131"),
        ("date", "2026-02-30"),
        ("date", "2026-01-31T00:00:00"),
        ("date", "2026-W05-6"),
        ("datetime", "2026-01-31"),
        ("datetime", "2026-01-31T24:00:00"),
        ("datetime", "2026-01-31T23:59:59 "),
        ("datetime", "yesterday"),
        ("datetime", "\u0662\u0660\u0662\u0666-01-31T23:59:59"),
        ("Decimal", "1_000"),
        ("Decimal", "1,5"),
        ("Decimal", "1e99999999999999999999"),
        ("Decimal", "e5"),
        ("Decimal", ""),
        ("time", "25:00"),
        ("time", "2359"),
        ("UUID", "{00000000-0000-0000-0000-000000000001}"),
        ("UUID", "00000000000000000000000000000001"),
        ("UUID", "0_000000-0000-0000-0000-000000000001"),
    ],
)
def test_what_python_would_read_and_nobody_writes_is_refused(kind: str, text: str) -> None:
    assert not is_read(TEXTS[kind], text)


@pytest.mark.parametrize(
    ("kind", "text", "value"), [("int", "-42", -42), ("int", "0", 0), ("float", "1e3", 1000.0), ("float", "7", 7.0)]
)
def test_names_may_be_numbers(kind: str, text: str, value: Any) -> None:
    assert KEYS[kind].value_of(text) == value


@pytest.mark.parametrize(
    ("kind", "text"), [("int", "007"), ("int", "+1"), ("int", "1.0"), ("int", "9" * 401), ("float", "1e999")]
)
def test_not_every_text_is_a_number(kind: str, text: str) -> None:
    assert not is_read(KEYS[kind], text)


ALIKE = sorted(NEVER_ALIKE & set(TEXTS))


@given(st.sampled_from(ALIKE).flatmap(lambda kind: st.tuples(st.just(kind), VALUES[kind])))
def test_a_text_of_one_type_is_none_of_another(written: tuple[str, Any]) -> None:
    kind, value = written
    assert [other for other in ALIKE if is_read(TEXTS[other], plain(value))] == [kind]
