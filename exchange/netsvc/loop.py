"""The loop: the reactor as a program of netsvc sees it. It runs until it is stopped, or nothing can happen any more."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import ReactorNotRunning
from twisted.logger import Logger

from exchange.netsvc.guarded import Guarded
from exchange.netsvc.jobs import JobQueue, Work
from exchange.netsvc.shutdown import Shutdown
from exchange.netsvc.signals import Signals

USUAL_DELAY = 1.0
"""Seconds from a signal to end until the loop stops."""

DELAY_VARIABLE = "OTCLIB_SHUTDOWNDELAY"
"""The environment variable that has another delay, in milliseconds."""


class Loop:
    """Turns of the reactor, and the jobs and signals that are dealt with in them.

    Args:
        reactor: The reactor, or a clock in tests.
        has_work: Whether anything is open from which work may come.
        close: Closes all that is open; is called when the loop ends.
    """

    log = Logger()

    def __init__(self, reactor: Any, has_work: Callable[[], bool], close: Callable[[], Deferred[None]]) -> None:
        self.reactor = reactor
        self._has_work = has_work
        self._close = close
        self.jobs = JobQueue(reactor, self._run_job, self._emptied)
        self.shutdown = Shutdown(reactor, self.jobs, self.stop)
        self.signals = Signals(reactor, self._asked_to_end)
        self._own = Guarded()
        self._is_stopped = False
        self._runs = False
        self._leaving: SystemExit | None = None

    def run(self) -> None:
        """Run until `stop` is called or nothing can happen any more, and close everything.

        Raises:
            SystemExit: A callback raised it.
        """
        if not self._is_stopped:
            self.reactor.callWhenRunning(self._begun)
            self.reactor.addSystemEventTrigger("before", "shutdown", self._ended)
            self.reactor.run()
        self.signals.give_back()
        if self._leaving is not None:
            raise self._leaving

    def stop(self) -> None:
        """Let the loop end; callbacks that are due are not called any more."""
        if not self._is_stopped:
            self._is_stopped = True
            self.jobs.close()
            if self._runs:
                with suppress(ReactorNotRunning):  # something else may have stopped it in this turn
                    self.reactor.stop()

    @property
    def runs(self) -> bool:
        """Whether it is in `run`."""
        return self._runs

    @property
    def is_stopped(self) -> bool:
        """Whether it was told to end, or has ended."""
        return self._is_stopped

    def shut_down(self, delay: float = 0.0, why: str = "shutdown") -> None:
        """Let the loop end in good order after ``delay`` seconds; 0 is the usual delay."""
        seconds = delay or _usual_delay()
        unit = "second" if seconds == 1 else "seconds"
        self.log.info("stopping in {seconds:g} {unit}", seconds=seconds, unit=unit)
        self.shutdown.begin(seconds, why)

    def leave(self, error: SystemExit) -> None:
        """Let the loop end, and raise ``error`` out of `run`."""
        self._leaving = self._leaving or error
        self.stop()

    def guard(self, owner: Guarded, function: Callable[..., Any], *args: Any) -> Any:
        """Return what code of the user returns, or ``None`` if it raised; then ``owner`` is told."""
        try:
            return function(*args)
        except Exception:  # before the other: a port that cannot be had is both
            try:
                owner.unexpectedException()
            except Exception:
                self.log.failure("unexpectedException of {owner} raised", owner=type(owner).__name__)
            except SystemExit as error:
                self.leave(error)
        except SystemExit as error:
            self.leave(error)
        return None

    def _run_job(self, work: Work) -> None:
        self.guard(self._own, work)

    def _begun(self) -> None:
        self._runs = True
        self.signals.take_again()
        self.jobs.schedule(lambda: None)

    def _ended(self) -> Deferred[None]:
        self._runs = False
        self._is_stopped = True
        self.jobs.close()
        return self._close()

    def _emptied(self) -> None:
        waits = bool(self.reactor.getDelayedCalls() or _sockets_of(self.reactor))
        if self._runs and not waits and not len(self.signals) and not self._has_work():
            self.stop()

    def _asked_to_end(self, number: int) -> None:
        name = signal.Signals(number).name
        self.log.info("{name} received", name=name)
        self.shut_down(why=f"{name} received")


def _usual_delay() -> float:
    text = os.environ.get(DELAY_VARIABLE, "")
    return int(text) / 1000 or USUAL_DELAY if text.isdecimal() else USUAL_DELAY


def _sockets_of(reactor: Any) -> set[Any]:
    """Return what the reactor watches, but for what it wakes itself with."""
    return set(reactor.getReaders() + reactor.getWriters()) - getattr(reactor, "_internalReaders", set())
