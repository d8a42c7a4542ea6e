"""What may be used in a second, and what is owed if it was more."""

from __future__ import annotations

import pytest

from exchange.routing.rate import Bucket


def test_what_it_holds_may_be_taken_at_once_and_more_is_owed() -> None:
    bucket = Bucket(rate=10, most=10)
    assert bucket.take(10, now=100) == 0
    assert bucket.take(5, now=100) == pytest.approx(0.5)
    assert bucket.take(0, now=100.25) == pytest.approx(0.25)
    assert bucket.take(0, now=100.5) == 0


def test_the_rate_holds_however_much_comes_at_once() -> None:
    bucket, now = Bucket(rate=10, most=10), 0.0
    taken = 0
    while now < 100:
        taken += 70
        now += bucket.take(70, now)
    assert taken == pytest.approx(10 * now + 10)


def test_it_holds_no_more_than_it_can_however_long_nothing_is_taken() -> None:
    bucket = Bucket(rate=10, most=20)
    bucket.take(1, now=1)
    assert not bucket.is_full(1)
    assert bucket.is_full(1.1)
    assert bucket.take(21, now=1_000_000) == pytest.approx(0.1)
