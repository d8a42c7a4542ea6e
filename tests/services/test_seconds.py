"""Seconds as users give them: what is a number, and what is said of what is none."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from exchange.services.seconds import seconds_of
from exchange.wire.telling import shown


@pytest.mark.parametrize(("given", "seconds"), [(0, 0.0), (60, 60.0), (0.5, 0.5), (-1, -1.0), (Fraction(1, 4), 0.25)])
def test_a_number_is_seconds(given: Any, seconds: float) -> None:
    taken = seconds_of(given, "the delay")
    assert (taken, type(taken)) == (seconds, float)


@pytest.mark.parametrize("given", ["a", "60", None, Decimal(1), timedelta(1), [1], 1j, object()])
def test_what_is_no_number_is_refused_with_what_it_is_for(given: Any) -> None:
    with pytest.raises(
        TypeError, match=r"^the delay must be a number of seconds, as in 0\.5 or 60, not .*; try again$"
    ):
        seconds_of(given, "the delay", instead="try again")


@pytest.mark.parametrize(
    "given", [10**400, -(10**400), 10**10_000, float("nan"), float("inf"), float("-inf")], ids=shown
)
def test_a_number_that_no_clock_can_count_is_refused(given: Any) -> None:
    with pytest.raises(ValueError, match=r"^the delay .* clock can count"):
        seconds_of(given, "the delay")


def test_a_number_that_is_too_low_is_refused_with_the_lowest() -> None:
    with pytest.raises(ValueError, match=r"^the delay must be at least 0\.001 seconds, not 1e-320$"):
        seconds_of(1e-320, "the delay", 0.001)
    assert seconds_of(0.001, "the delay", 0.001) == 0.001
