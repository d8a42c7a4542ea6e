from __future__ import annotations

import signal

import pytest

from exchange import netsvc
from exchange.netsvc.listening import PortRefused
from exchange.netsvc.process import Process
from tests.logbook import Logbook
from tests.netsvc.site import Site
from tests.netsvc.stories import Told


def test_it_runs_until_it_is_stopped_and_what_is_due_then_is_not_done(
    site: Site, here: Process, caller: netsvc.Service, told: Told
) -> None:
    def stop() -> None:
        here.loop.jobs.schedule(lambda: told.one("after"))
        here.loop.stop()
        here.loop.stop()

    caller.startTimer(told.one, 100, "late")
    caller.startTimer(stop, 5)
    here.loop.run()
    assert site.clock.seconds() == pytest.approx(5)
    assert told.lines == []
    caller.cancelAllTimers()


def test_it_ends_by_itself_when_nothing_can_happen_any_more(
    site: Site, here: Process, caller: netsvc.Service, told: Told
) -> None:
    caller.startTimer(told.one, 3, "only")
    here.loop.run()
    assert told.lines == [("only",)]
    assert site.clock.seconds() == pytest.approx(3)


def test_it_does_not_end_while_a_signal_may_come(site: Site, here: Process, caller: netsvc.Service, told: Told) -> None:
    def raise_and_forget() -> None:
        signal.raise_signal(signal.SIGUSR1)

    def heard() -> None:
        told.nothing()
        caller.unsubscribeAllSignals()

    caller.subscribeSignal(heard, signal.SIGUSR1)
    caller.startTimer(raise_and_forget, 2)
    here.loop.run()
    assert told.lines == [()]


def test_it_does_not_begin_when_it_was_stopped_before(here: Process, caller: netsvc.Service, told: Told) -> None:
    caller.startTimer(told.one, 1)
    here.loop.stop()
    here.loop.run()
    assert told.lines == []
    caller.cancelAllTimers()


def test_system_exit_in_a_callback_ends_it_and_comes_out(here: Process, caller: netsvc.Service) -> None:
    def leave() -> None:
        raise SystemExit(3)

    caller.startTimer(leave, 1)
    with pytest.raises(SystemExit) as leaving:
        here.loop.run()
    assert leaving.value.code == 3


def test_a_port_that_cannot_be_had_is_an_error_like_any_other_in_a_callback(
    site: Site, here: Process, told: Told, logbook: Logbook
) -> None:
    def listen() -> None:
        raise PortRefused("no port")

    here.loop.jobs.schedule(listen)
    here.loop.jobs.schedule(told.nothing)
    site.settle()
    assert told.lines == [()]
    assert logbook.failures() == ["PortRefused: no port"]


def test_system_exit_in_what_is_done_about_errors_comes_out_too(here: Process) -> None:
    class Strict(netsvc.Agent):
        def unexpectedException(self) -> None:
            raise SystemExit("no errors allowed")

    Strict().startTimer(lambda: 1 // 0, 1)
    with pytest.raises(SystemExit, match="no errors allowed"):
        here.loop.run()


def test_an_error_in_a_job_is_logged_and_the_next_job_is_done(
    site: Site, here: Process, told: Told, logbook: Logbook
) -> None:
    here.loop.jobs.schedule(lambda: 1 // 0)
    here.loop.jobs.schedule(told.nothing)
    site.settle()
    assert told.lines == [()]
    assert logbook.failures() == ["ZeroDivisionError: integer division or modulo by zero"]


@pytest.mark.parametrize(("text", "seconds"), [("", 1.0), ("250", 0.25), ("0", 1.0), ("soon", 1.0)])
def test_a_signal_to_end_lets_a_second_pass_or_what_the_environment_says(
    site: Site, here: Process, logbook: Logbook, monkeypatch: pytest.MonkeyPatch, text: str, seconds: float
) -> None:
    monkeypatch.setenv("OTCLIB_SHUTDOWNDELAY", text)
    here.loop.signals.end_on(signal.SIGUSR1)
    signal.raise_signal(signal.SIGUSR1)
    here.loop.run()
    assert site.clock.seconds() == pytest.approx(seconds)
    assert logbook.lines("SIGUSR1 received")
    assert logbook.lines(f"stopping in {seconds:g} second{'' if seconds == 1 else 's'}")
    assert signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL


def test_everything_is_closed_when_it_returns(site: Site, here: Process, told: Told) -> None:
    netsvc.Exchange(netsvc.EXCHANGE_SERVER).listen(11111, "127.0.0.1")
    daemon = netsvc.HttpDaemon(8000, "127.0.0.1")
    daemon.start()
    netsvc.Agent().startTimer(here.loop.stop, 1)
    here.loop.run()
    assert site.ports[11111].factory is None
    assert here.daemons == {}
