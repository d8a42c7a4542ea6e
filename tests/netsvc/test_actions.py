from __future__ import annotations

import pytest

from exchange import netsvc
from tests.logbook import Logbook
from tests.netsvc.site import Site
from tests.netsvc.stories import Told

JOBS = [netsvc.IDLE_JOB, netsvc.STANDARD_JOB, netsvc.PRIORITY_JOB]


def test_an_action_is_done_once_as_a_job_of_its_class(site: Site, caller: netsvc.Service, told: Told) -> None:
    for mode in JOBS:
        caller.scheduleAction(told.one, mode, str(mode))
    assert told.lines == []
    site.settle()
    assert told.lines == [("2",), ("1",), ("0",)]


def test_an_action_without_a_name_gets_one_of_its_own(site: Site, caller: netsvc.Service, told: Told) -> None:
    names = [caller.scheduleAction(told.one), caller.scheduleAction(told.one)]
    caller.scheduleAction(told.nothing)
    site.settle()
    assert told.lines == [(names[0],), (names[1],), ()]
    assert names[0] != names[1]


def test_an_action_on_a_cron_line_is_done_at_those_minutes_until_it_is_cancelled(
    site: Site, caller: netsvc.Service, told: Told
) -> None:
    name = caller.scheduleAction(lambda name: told.one((name, site.clock.seconds() % 600)), "*/10 * * * *", "tick")
    site.clock.advance(1810)
    assert told.lines == [(("tick", 0),)] * 3
    caller.cancelAction(name)
    site.clock.advance(1800)
    assert len(told.lines) == 3


def test_a_line_or_class_that_cannot_be_one_changes_nothing(site: Site, caller: netsvc.Service, told: Told) -> None:
    caller.scheduleAction(told.one, netsvc.STANDARD_JOB, "a")
    for mode in ("61 * * * *", 7):
        with pytest.raises(ValueError, match=r"minute|a job is"):
            caller.scheduleAction(told.nothing, mode, "a")
    site.settle()
    assert told.lines == [("a",)]


@pytest.mark.parametrize(("mode", "times"), [(netsvc.CALLBACK_TRANSIENT, 1), (netsvc.CALLBACK_PERSISTENT, 2)])
def test_a_triggered_action_is_done_the_next_time_or_each_time(
    site: Site, caller: netsvc.Service, told: Told, mode: int, times: int
) -> None:
    name = caller.subscribeAction(told.one, mode)
    site.settle()
    assert told.lines == []
    for _ in range(2):
        caller.triggerAction(name, netsvc.STANDARD_JOB)
        site.settle()
    assert told.lines == [(name,)] * times


def test_what_is_cancelled_or_replaced_in_the_same_turn_is_not_done(
    site: Site, caller: netsvc.Service, told: Told
) -> None:
    caller.scheduleAction(told.one, netsvc.STANDARD_JOB, "cancelled")
    caller.cancelAction("cancelled")
    caller.cancelAction("cancelled")
    caller.scheduleAction(told.one, netsvc.STANDARD_JOB, "replaced")
    caller.subscribeAction(told.one, netsvc.CALLBACK_PERSISTENT, "replaced")
    caller.triggerAction("unknown", netsvc.STANDARD_JOB)
    site.settle()
    assert told.lines == []
    caller.scheduleAction(told.one)
    caller.scheduleAction(told.one, "* * * * *")
    caller.cancelAllActions()
    site.clock.advance(120)
    assert told.lines == []


def test_an_error_in_an_action_does_not_end_its_cron_line(site: Site, caller: netsvc.Service, logbook: Logbook) -> None:
    def raising() -> None:
        raise ValueError("oh")

    caller.scheduleAction(raising, "* * * * *")
    site.clock.advance(125)
    assert logbook.failures() == ["ValueError: oh"] * 2


def test_a_job_is_scheduled_by_an_agent_too(site: Site, caller: netsvc.Service, told: Told) -> None:
    caller.scheduleJob(netsvc.Job(told.one, ("done",)), netsvc.IDLE_JOB)
    site.settle()
    assert told.lines == [("done",)]
