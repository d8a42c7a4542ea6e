from __future__ import annotations

from typing import Any

from exchange import netsvc
from tests.netsvc.site import Site
from tests.netsvc.stories import Told


def test_a_timer_is_due_once_and_tells_its_name(site: Site, caller: netsvc.Service, told: Told) -> None:
    caller.startTimer(told.one, 2.5, "poll")
    site.clock.advance(2.25)
    assert told.lines == []
    assert caller.timerPending("poll")

    site.clock.advance(0.25)
    assert told.lines == [("poll",)]
    assert not caller.timerPending("poll")
    site.clock.advance(60)
    assert told.lines == [("poll",)]


def test_a_callback_that_takes_nothing_is_told_nothing(site: Site, caller: netsvc.Service, told: Told) -> None:
    caller.startTimer(told.nothing, 1, "poll")
    site.clock.advance(1)
    assert told.lines == [()]


def test_a_callback_may_start_its_timer_again(site: Site, caller: netsvc.Service, told: Told) -> None:
    def call(name: str) -> None:
        told.one(name)
        caller.startTimer(call, 1, name)

    caller.startTimer(call, 1, "1")
    site.clock.advance(3)
    assert told.lines == [("1",)] * 3
    caller.cancelTimer("1")


def test_a_timer_of_a_name_that_is_pending_takes_its_place(site: Site, caller: netsvc.Service, told: Told) -> None:
    caller.startTimer(told.nothing, 1, "poll")
    caller.startTimer(told.one, 2, "poll")
    site.clock.advance(5)
    assert told.lines == [("poll",)]


def test_a_timer_without_a_name_gets_one_of_its_own(site: Site, caller: netsvc.Service, told: Told) -> None:
    names = [caller.startTimer(told.one, 1), caller.startTimer(told.one, 1)]
    site.clock.advance(1)
    assert sorted(told.lines) == sorted((name,) for name in set(names))
    assert len(told.lines) == 2


def test_a_cancelled_timer_is_not_due(site: Site, caller: netsvc.Service, told: Told) -> None:
    caller.startTimer(told.one, 1, "poll")
    caller.cancelTimer("poll")
    caller.cancelTimer("another")
    site.clock.advance(5)
    assert told.lines == []


def test_timers_are_cancelled_by_pattern(site: Site, caller: netsvc.Service, told: Told) -> None:
    for name in ("poll.a", "poll.b", "other", "POLL.c"):
        caller.startTimer(told.one, 1, name)
    caller.cancelAllTimers("poll.?")
    site.clock.advance(1)
    assert sorted(told.lines) == [("POLL.c",), ("other",)]


def test_all_timers_are_cancelled_without_a_pattern(site: Site, caller: netsvc.Service, told: Told) -> None:
    for name in ("a", "b"):
        caller.startTimer(told.one, 1, name)
    caller.cancelAllTimers()
    site.clock.advance(1)
    assert told.lines == []


def test_of_two_timers_that_run_out_together_the_first_can_cancel_the_second(
    site: Site, caller: netsvc.Service, told: Told
) -> None:
    def first(name: Any) -> None:
        caller.cancelTimer("second")

    caller.startTimer(first, 1, "first")
    caller.startTimer(told.one, 1, "second")
    site.clock.advance(1)
    assert told.lines == []


def test_a_delay_below_zero_is_none(site: Site, caller: netsvc.Service, told: Told) -> None:
    caller.startTimer(told.one, -3, "late")
    site.settle()
    assert told.lines == [("late",)]


def test_an_alarm_is_due_once_at_its_time_however_far(site: Site, caller: netsvc.Service, told: Told) -> None:
    caller.setAlarm(told.one, site.clock.seconds() + 3600.5, "noon")
    site.clock.advance(3600.25)
    assert (told.lines, caller.alarmPending("noon")) == ([], True)
    site.clock.advance(0.25)
    assert (told.lines, caller.alarmPending("noon")) == ([("noon",)], False)
    site.clock.advance(7200)
    assert told.lines == [("noon",)]


def test_an_alarm_whose_time_is_past_is_due_at_once(site: Site, caller: netsvc.Service, told: Told) -> None:
    name = caller.setAlarm(told.one, site.clock.seconds() - 10)
    assert told.lines == []
    site.settle()
    assert told.lines == [(name,)]


def test_alarms_and_timers_of_one_name_are_two(site: Site, caller: netsvc.Service, told: Told) -> None:
    caller.startTimer(told.nothing, 1, "a")
    caller.setAlarm(told.one, site.clock.seconds() + 100, "a")
    caller.setAlarm(told.two, site.clock.seconds() + 100, "b")
    caller.cancelAlarm("a")
    caller.cancelAlarm("a")
    caller.cancelAllAlarms()
    site.clock.advance(200)
    assert told.lines == [()]
