"""Calls as fast as they are answered, and what came of them."""

from __future__ import annotations

from array import array
from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock, deferLater

from exchange.app.cli.benching import Load, Results
from exchange.errors import CallTimeout


def finished(load: Load, clock: Clock, outstanding: int) -> Results:
    running = Deferred.fromCoroutine(load.run(outstanding))
    for _ in range(100):
        if running.called:
            break
        clock.advance(1)
    found: list[Any] = []
    running.addCallback(found.append)
    assert isinstance(found[0], Results)
    return found[0]


def test_so_many_calls_are_made_so_many_at_a_time(clock: Clock) -> None:
    waiting: list[int] = [0, 0]

    def make() -> Deferred[None]:
        waiting[0] += 1
        waiting[1] = max(waiting)

        def end(_: object) -> None:
            waiting[0] -= 1

        return deferLater(clock, 2).addCallback(end)

    row = finished(Load(make, clock.seconds, 10, None), clock, 3).as_row()

    assert waiting == [0, 3]
    assert (row["calls"], row["failed"], row["seconds"], row["p50"], row["max"]) == (10, 0, 8.0, 2.0, 2.0)
    assert row["rate"] == 10 / 8


def test_it_ends_when_the_time_is_up(clock: Clock) -> None:
    row = finished(Load(lambda: deferLater(clock, 1), clock.seconds, None, 5.0), clock, 2).as_row()

    assert (row["calls"], row["seconds"]) == (10, 5.0)


def test_failures_are_counted_by_kind_and_are_no_latencies(clock: Clock) -> None:
    answers = iter([succeed(1), fail(CallTimeout("late")), fail(CallTimeout("late")), succeed(2)])

    results = finished(Load(lambda: next(answers), clock.seconds, 4, None), clock, 1)

    assert results.failures == {"CallTimeout": 2}
    row = results.as_row()
    assert (row["calls"], row["failed"], row["rate"], row["p999"]) == (4, 2, None, 0.0)


def test_quantiles_are_the_smallest_that_so_many_do_not_exceed() -> None:
    row = Results(array("d", range(1000, 0, -1)), {}, 1.0).as_row()

    assert (row["min"], row["p50"], row["p99"], row["p999"], row["max"]) == (1, 500, 990, 999, 1000)
    assert row["mean"] == pytest.approx(500.5)


def test_without_any_result_there_are_no_latencies() -> None:
    row = Results(seconds=1.0).as_row()

    assert (row["p50"], row["mean"], row["max"], row["rate"]) == (None, None, None, 0.0)
