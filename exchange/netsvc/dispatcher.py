"""The dispatcher: runs the program, until it is told to stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exchange.netsvc.arity import Callback
from exchange.netsvc.jobs import STANDARD_JOB
from exchange.netsvc.log import begin_log
from exchange.netsvc.loop import Loop
from exchange.netsvc.process import current


class Job:
    """Something to be done once, in a later turn.

    It is true until it is done or cancelled.
    """

    def __init__(self, callback: Callback, params: Sequence[Any] = ()) -> None:
        self._callback = callback
        self._params = tuple(params)
        self._is_due = True

    def execute(self, params: Sequence[Any] | None = None) -> None:
        """Do it now, unless it was done or cancelled.

        Args:
            params: Arguments, in place of its own.
        """
        if self._is_due:
            self._is_due = False
            self._callback(*(self._params if params is None else params))

    def schedule(self, type: int = STANDARD_JOB, params: Sequence[Any] | None = None) -> None:
        """Have it done in a later turn, as a job of a class."""
        current().loop.jobs.schedule(lambda: self.execute(params), type)

    def cancel(self) -> None:
        """Do not do it."""
        self._is_due = False

    def reset(self) -> None:
        """Have it done, or cancelled, once more."""
        self._is_due = True

    def __bool__(self) -> bool:
        return self._is_due


class Dispatcher:
    """The loop of this process; there is one, and to make another returns the same."""

    _loop: Loop

    def __new__(cls) -> Dispatcher:
        process = current()
        if not isinstance(process.dispatcher, Dispatcher):
            process.dispatcher = super().__new__(cls)
            process.dispatcher._loop = process.loop
        return process.dispatcher

    def run(self) -> None:
        """Call back whoever is due, until `stop`, a monitored signal, or the end of all that could happen.

        When it returns, all links and ports are closed. It can run once in a process.

        Raises:
            SystemExit: A callback raised it.
        """
        begin_log()
        self._loop.run()

    def stop(self) -> None:
        """Let `run` return; callbacks that are due are not called any more."""
        self._loop.stop()

    def isRunning(self) -> bool:
        """Tell whether it is in `run`."""
        return self._loop.runs

    def isStopped(self) -> bool:
        """Tell whether it was stopped, or has run."""
        return self._loop.is_stopped

    def shutdown(self, delay: float = 0.0) -> None:
        """Let `run` return in good order after ``delay`` seconds; 0 is the usual delay, see `monitor`.

        Those who asked for it by `Agent.subscribeShutdown` are told, and may hold it up.
        """
        self._loop.shut_down(delay)

    def monitor(self, signum: int) -> None:
        """End the program in good order at a signal, such as ``signal.SIGINT``.

        It stops a second after the first one, or after the milliseconds that the environment
        variable ``OTCLIB_SHUTDOWNDELAY`` says. A second one ends it at once, with status 1.
        """
        self._loop.signals.end_on(signum)

    def schedule(self, job: Job, type: int = STANDARD_JOB) -> None:
        """Have a job done in a later turn: ``PRIORITY_JOB`` before ``STANDARD_JOB`` before ``IDLE_JOB``."""
        self._loop.jobs.schedule(job.execute, type)
