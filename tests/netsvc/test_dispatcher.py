from __future__ import annotations

import signal

import pytest

from exchange import netsvc
from exchange.netsvc.process import Process, standing_in
from tests.netsvc.site import Site
from tests.netsvc.stories import Told


@pytest.fixture(autouse=True)
def no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of the test stays as it is."""
    monkeypatch.setattr("exchange.netsvc.dispatcher.begin_log", lambda: None)
    monkeypatch.setattr("exchange.netsvc.log.begin_log", lambda: None)


def test_there_is_one_dispatcher_in_a_process(site: Site, here: Process) -> None:
    assert netsvc.Dispatcher() is netsvc.Dispatcher()
    with standing_in(site.process()):
        another = netsvc.Dispatcher()
    assert another is not netsvc.Dispatcher()


def test_it_runs_until_a_callback_stops_it(site: Site, here: Process, caller: netsvc.Service) -> None:
    caller.startTimer(netsvc.Dispatcher().stop, 2)
    netsvc.Dispatcher().run()
    assert site.clock.seconds() == pytest.approx(2)


def test_a_monitored_signal_ends_it_after_a_second(site: Site, here: Process, caller: netsvc.Service) -> None:
    netsvc.Dispatcher().monitor(signal.SIGUSR1)
    caller.startTimer(lambda: signal.raise_signal(signal.SIGUSR1), 1)
    netsvc.Dispatcher().run()
    assert site.clock.seconds() == pytest.approx(2)


def test_it_can_be_shut_down_after_a_time(site: Site, here: Process) -> None:
    netsvc.Dispatcher().shutdown(4)
    netsvc.Dispatcher().run()
    assert site.clock.seconds() == pytest.approx(4)


def test_jobs_are_done_by_class(here: Process, told: Told) -> None:
    dispatcher = netsvc.Dispatcher()
    dispatcher.schedule(netsvc.Job(told.one, ("idle",)), netsvc.IDLE_JOB)
    dispatcher.schedule(netsvc.Job(told.one, ("standard",)))
    dispatcher.schedule(netsvc.Job(told.one, ("priority",)), netsvc.PRIORITY_JOB)
    dispatcher.run()
    assert told.lines == [("priority",), ("standard",), ("idle",)]


def test_a_job_schedules_itself_with_other_arguments(here: Process, told: Told) -> None:
    netsvc.Job(told.one, ("own",)).schedule(netsvc.STANDARD_JOB, ("other",))
    netsvc.Dispatcher().run()
    assert told.lines == [("other",)]


def test_a_job_is_done_once_until_it_is_reset(told: Told) -> None:
    job = netsvc.Job(told.one, ("a",))
    assert job
    job.execute()
    assert not job
    job.execute()
    assert told.lines == [("a",)]

    job.reset()
    job.execute(("b",))
    assert told.lines == [("a",), ("b",)]


def test_a_cancelled_job_does_nothing(here: Process, told: Told) -> None:
    job = netsvc.Job(told.nothing)
    job.schedule()
    job.cancel()
    netsvc.Dispatcher().run()
    assert told.lines == []
    assert not job


def test_it_says_whether_it_runs_and_whether_it_was_stopped(here: Process, caller: netsvc.Service) -> None:
    dispatcher = netsvc.Dispatcher()
    seen = [(dispatcher.isRunning(), dispatcher.isStopped())]
    caller.startTimer(lambda: seen.append((dispatcher.isRunning(), dispatcher.isStopped())), 1)
    dispatcher.run()
    assert [*seen, (dispatcher.isRunning(), dispatcher.isStopped())] == [(False, False), (True, False), (False, True)]


@pytest.mark.parametrize("how", ["timer", "alarm", "action", "report", "registry", "shutdown", "channel"])
def test_system_exit_in_any_callback_ends_the_program(here: Process, caller: netsvc.Service, how: str) -> None:
    def leave(*told: object) -> None:
        raise SystemExit(3)

    def register(name: str) -> None:
        {
            "timer": lambda: caller.startTimer(leave, 1),
            "alarm": lambda: caller.setAlarm(leave, 1),
            "action": lambda: caller.scheduleAction(leave),
            "report": lambda: caller.monitorReports(leave, "SEED", "*"),
            "registry": lambda: caller.subscribeServiceName(leave, "SEED"),
            "shutdown": lambda: caller.subscribeShutdown(leave),
            "channel": lambda: netsvc.Logger().monitorChannel("", leave),
        }[name]()

    register(how)
    netsvc.Service("SEED").publishReport("next", 1, -1)
    if how == "channel":
        netsvc.Logger().notify(netsvc.LOG_INFO, "a line")
    caller.scheduleShutdown(60)
    with pytest.raises(SystemExit) as left:
        netsvc.Dispatcher().run()
    assert left.value.code == 3
