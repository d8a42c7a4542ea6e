"""How late the reactor is, is looked at twice a second."""

from __future__ import annotations

from twisted.internet.task import Clock

from exchange.app.lag import BOUNDS, Lag


def test_a_reactor_that_is_in_time_is_late_by_nothing(clock: Clock) -> None:
    lag = Lag(clock, clock.seconds)
    lag.startService()

    clock.pump([0.5] * 4)

    assert lag.told() == {"bounds": BOUNDS, "buckets": [4] + [0] * len(BOUNDS), "seconds": 0.0}
    lag.stopService()


def test_a_reactor_that_did_something_else_is_late_by_as_long_as_that_took(clock: Clock) -> None:
    lag = Lag(clock, clock.seconds)
    lag.startService()

    clock.advance(0.5 + 0.3)
    clock.advance(0.5 + 60)

    told = lag.told()
    assert told["buckets"][BOUNDS.index(0.5)] == 1
    assert told["buckets"][-1] == 1
    assert sum(told["buckets"]) == 2
    assert abs(told["seconds"] - 60.3) < 1e-6
    lag.stopService()


def test_it_looks_no_more_when_it_is_stopped(clock: Clock) -> None:
    lag = Lag(clock, clock.seconds)
    lag.startService()

    lag.stopService()

    assert clock.getDelayedCalls() == []
    lag.startService()
    clock.advance(0.5)
    assert sum(lag.told()["buckets"]) == 1
    lag.stopService()
