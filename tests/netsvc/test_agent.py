from __future__ import annotations

import signal
import sys

from exchange import netsvc
from exchange.netsvc.process import Process
from tests.logbook import Logbook
from tests.netsvc.site import Site
from tests.netsvc.stories import Told


def raising() -> None:
    raise ValueError("oh")


def test_an_error_in_a_callback_is_logged_and_stops_nothing(
    site: Site, here: Process, told: Told, logbook: Logbook
) -> None:
    agent = netsvc.Agent()
    agent.startTimer(raising, 1)
    agent.startTimer(told.one, 2, "next")
    site.clock.advance(2)
    assert logbook.failures() == ["ValueError: oh"]
    assert told.lines == [("next",)]


def test_a_program_may_do_something_else_about_errors(site: Site, here: Process, told: Told) -> None:
    class Careful(netsvc.Agent):
        def unexpectedException(self) -> None:
            told.one(str(sys.exc_info()[1]))

    Careful().startTimer(raising, 1)
    site.clock.advance(1)
    assert told.lines == [("oh",)]


def test_an_error_in_what_is_done_about_errors_is_logged(site: Site, here: Process, logbook: Logbook) -> None:
    class Careless(netsvc.Agent):
        def unexpectedException(self) -> None:
            raise KeyError("again")

    Careless().startTimer(raising, 1)
    site.clock.advance(1)
    assert logbook.failures() == ["KeyError: 'again'"]


def test_a_destroyed_agent_is_called_back_no_more(site: Site, here: Process, told: Told) -> None:
    agent = netsvc.Agent()
    agent.startTimer(told.one, 1)
    agent.subscribeSignal(told.one, signal.SIGUSR1)
    agent.destroyAgent()
    agent.destroyReferences()
    site.clock.advance(1)
    assert told.lines == []
    assert len(here.loop.signals) == 0


def test_a_signal_is_told_with_its_number_in_a_later_turn(site: Site, here: Process, told: Told) -> None:
    agent, other = netsvc.Agent(), netsvc.Agent()
    agent.subscribeSignal(told.one, signal.SIGUSR1)
    other.subscribeSignal(told.nothing, signal.SIGUSR1)

    signal.raise_signal(signal.SIGUSR1)
    assert told.lines == []
    site.settle()
    assert told.lines == [(signal.SIGUSR1,), ()]
    agent.unsubscribeSignal(signal.SIGUSR1)
    other.unsubscribeAllSignals()


def test_of_two_callbacks_for_one_signal_the_last_counts(site: Site, here: Process, told: Told) -> None:
    agent = netsvc.Agent()
    agent.subscribeSignal(told.one, signal.SIGUSR1)
    agent.subscribeSignal(told.nothing, signal.SIGUSR1)
    signal.raise_signal(signal.SIGUSR1)
    site.settle()
    assert told.lines == [()]
    agent.unsubscribeAllSignals()


def test_the_startup_is_told_once_when_it_was_scheduled(site: Site, here: Process, told: Told) -> None:
    agent = netsvc.Agent()
    agent.subscribeStartup(told.nothing)
    site.settle()
    assert told.lines == []
    for _ in range(2):
        agent.scheduleStartup()
        site.settle()
    assert told.lines == [()]

    agent.subscribeStartup(told.nothing)
    agent.scheduleStartup()
    agent.unsubscribeStartup()
    site.settle()
    assert told.lines == [()]


def test_a_destroyed_agent_is_told_nothing_of_anything(site: Site, here: Process, told: Told) -> None:
    agent = netsvc.Agent()
    agent.setAlarm(told.one, site.clock.seconds() + 1)
    agent.scheduleAction(told.one)
    agent.scheduleAction(told.one, "* * * * *")
    agent.subscribeStartup(told.nothing)
    agent.scheduleStartup()
    agent.destroyAgent()
    site.clock.advance(120)
    assert told.lines == []
