from __future__ import annotations

from typing import Any

import pytest

from exchange import netsvc
from exchange.netsvc.process import Process
from tests.logbook import Logbook
from tests.netsvc.site import Site
from tests.netsvc.stories import Told

PENDING, ARRIVED = netsvc.SHUTDOWN_PENDING, netsvc.SHUTDOWN_ARRIVED


@pytest.mark.parametrize(
    ("callback", "expected"),
    [("one", [(PENDING,), (ARRIVED,)]), ("two", [(PENDING, "shutdown"), (ARRIVED, "shutdown")])],
)
def test_agents_are_told_when_the_end_is_asked_for_and_when_it_comes(
    site: Site, here: Process, caller: netsvc.Service, told: Told, callback: str, expected: list[Any]
) -> None:
    caller.subscribeShutdown(getattr(told, callback))
    caller.startTimer(lambda: caller.scheduleShutdown(3), 1)
    here.loop.run()
    assert told.lines == expected
    assert site.clock.seconds() == pytest.approx(4)


def test_the_end_is_a_second_after_it_was_asked_for_unless_told_otherwise(
    site: Site, here: Process, caller: netsvc.Service
) -> None:
    caller.scheduleShutdown()
    here.loop.run()
    assert site.clock.seconds() == pytest.approx(1)


def test_of_several_ends_the_nearest_counts_and_all_is_told_once(
    site: Site, here: Process, caller: netsvc.Service, told: Told
) -> None:
    caller.subscribeShutdown(told.one)
    for delay in (100, 2, 2, 50):
        caller.scheduleShutdown(delay)
    here.loop.run()
    assert site.clock.seconds() == pytest.approx(2)
    assert told.lines == [(PENDING,), (ARRIVED,)]


def test_an_agent_holds_the_end_up_until_all_that_held_it_up_is_resumed(
    site: Site, here: Process, caller: netsvc.Service, told: Told
) -> None:
    def pending(category: int) -> None:
        told.one((category, site.clock.seconds()))
        if category == PENDING:
            for delay in (5, 7):
                caller.suspendShutdown()
                caller.startTimer(caller.resumeShutdown, delay)

    caller.subscribeShutdown(pending)
    caller.scheduleShutdown(2)
    here.loop.run()
    assert told.lines == [((PENDING, 0),), ((ARRIVED, 7),)]


def test_what_is_resumed_early_or_too_often_does_not_hasten_the_end(
    site: Site, here: Process, caller: netsvc.Service
) -> None:
    caller.resumeShutdown()
    caller.suspendShutdown()
    caller.scheduleShutdown(2)
    caller.resumeShutdown()
    here.loop.run()
    assert site.clock.seconds() == pytest.approx(2)


def test_who_wants_to_know_no_more_or_is_destroyed_is_not_told(
    site: Site, here: Process, caller: netsvc.Service, told: Told
) -> None:
    agents = [netsvc.Agent(), netsvc.Agent(), netsvc.Agent()]
    for agent in agents:
        agent.subscribeShutdown(told.one)
    agents[0].unsubscribeShutdown()
    agents[1].destroyAgent()
    caller.scheduleShutdown()
    agents[2].destroyAgent()
    here.loop.run()
    assert told.lines == []


def test_an_error_of_one_keeps_the_end_from_nobody(
    site: Site, here: Process, caller: netsvc.Service, told: Told, logbook: Logbook
) -> None:
    def raising(category: int) -> None:
        raise ValueError("oh")

    caller.subscribeShutdown(raising)
    netsvc.Agent().subscribeShutdown(told.one)
    caller.scheduleShutdown()
    here.loop.run()
    assert told.lines == [(PENDING,), (ARRIVED,)]
    assert logbook.failures() == ["ValueError: oh"] * 2
