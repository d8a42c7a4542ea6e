"""How people read times and numbers."""

from __future__ import annotations

from exchange.app.cli.units import grouped, milliseconds, span


def test_times_and_numbers_are_short() -> None:
    assert [milliseconds(each) for each in (0.0001234, 0.0123, 2.5, None)] == ["0.123 ms", "12.3 ms", "2.5 s", "-"]
    told = [span(each) for each in (-1, 0.4, 119, 120, 7200, 200_000, None)]
    assert told == ["0 s", "0 s", "119 s", "2 min", "2 h", "2 d", "-"]
    assert [grouped(each) for each in (1234567, None)] == ["1,234,567", "-"]
