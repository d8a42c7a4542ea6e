"""After which delay a link is made anew."""

from __future__ import annotations

import pytest

from exchange.net.retry import back_off, constant


def test_delays_double_from_the_base_to_the_longest() -> None:
    delay = back_off(chance=lambda: 0.0)
    assert [delay(failures) for failures in range(8)] == [1, 1, 2, 4, 8, 16, 30, 30]


def test_each_delay_is_shortened_by_a_half_at_most() -> None:
    longest, shortest = back_off(chance=lambda: 0.0), back_off(chance=lambda: 1.0)
    assert [shortest(failures) for failures in range(8)] == [longest(failures) / 2 for failures in range(8)]


def test_those_who_lost_one_hub_do_not_come_back_in_one_moment() -> None:
    delay = back_off()
    assert len({delay(1) for _ in range(100)}) > 90


def test_a_hub_that_is_away_for_years_does_not_overflow_the_delay() -> None:
    assert back_off(chance=lambda: 0.0)(10**9) == 30


def test_base_and_longest_can_be_chosen() -> None:
    delay = back_off(base=0.5, longest=3, chance=lambda: 0.0)
    assert [delay(failures) for failures in range(1, 5)] == [0.5, 1, 2, 3]


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_a_constant_delay_varies_by_a_tenth_in_all(chance: float) -> None:
    delay = constant(5, chance=lambda: chance)
    assert 4.75 <= delay(0) <= 5.25
    assert delay(0) == delay(100)
