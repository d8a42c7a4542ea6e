"""Strikes: after some failures one has to wait, and longer after each further one."""

from __future__ import annotations

import pytest
from twisted.internet.task import Clock

from exchange.strikes import FORGIVEN, FREE, LONGEST_WAIT, Strikes


def struck(clock: Clock, times: int) -> Strikes:
    strikes = Strikes(clock.seconds)
    for _ in range(times):
        strikes.add(b"ann")
    return strikes


@pytest.mark.parametrize(
    ("times", "seconds"),
    [(0, 0), (FREE, 0), (FREE + 1, 1), (FREE + 2, 2), (FREE + 3, 4), (FREE + 7, 60), (FREE + 5000, LONGEST_WAIT)],
)
def test_the_wait_doubles_with_each_failure_up_to_a_minute(times: int, seconds: float) -> None:
    assert struck(Clock(), times).wait(b"ann") == seconds


def test_a_wait_is_over_when_it_is_over() -> None:
    clock = Clock()
    strikes = struck(clock, FREE + 3)

    clock.advance(3)
    assert strikes.wait(b"ann") == 1
    clock.advance(1)
    assert strikes.wait(b"ann") == 0


def test_others_need_not_wait() -> None:
    assert struck(Clock(), 100).wait(b"bob") == 0


def test_whoever_failed_often_may_try_one_thing_at_a_time() -> None:
    assert not struck(Clock(), FREE - 1).are_many(b"ann")
    assert struck(Clock(), FREE).are_many(b"ann")


def test_failures_are_forgotten_some_time_after_the_last() -> None:
    clock = Clock()
    strikes = struck(clock, FREE + 1)
    clock.advance(FORGIVEN - 1)
    assert strikes.are_many(b"ann")

    clock.advance(1)

    assert not strikes.are_many(b"ann")


def test_only_so_many_are_known_at_once() -> None:
    strikes = Strikes(Clock().seconds, most=3)
    for number in range(1000):
        strikes.add(b"%d" % number)

    assert len(strikes) == 3


def test_whoever_logs_in_begins_anew() -> None:
    strikes = Strikes(lambda: 0.0)
    for _ in range(50):
        strikes.add(b"ann")
    strikes.forgive(b"ann")
    assert not strikes.are_many(b"ann")
