"""Runs the reactor for as long as one thing takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

T = TypeVar("T")


class Run(Generic[T]):
    """One run of a reactor, from the beginning of something to its end.

    Args:
        begin: Begins it; its Deferred fires at the end, and when it is cancelled cleans up first.
    """

    def __init__(self, reactor: Any, begin: Callable[[], Deferred[T]]) -> None:
        self._reactor = reactor
        self._begin = begin
        self._is_stopping = False
        self._outcome: list[T | Failure] = []
        self._ended: Deferred[None] = Deferred()

    def to_end(self) -> T:
        """Run the reactor to the end; return or raise what came of it.

        Raises:
            CancelledError: The reactor was stopped before, as by Ctrl-C.
        """
        self._reactor.callWhenRunning(self._start)
        self._reactor.run()
        if not self._outcome:
            raise CancelledError
        outcome = self._outcome[0]
        if isinstance(outcome, Failure):
            outcome.raiseException()
        return outcome

    def _start(self) -> None:
        running = self._begin()
        self._reactor.addSystemEventTrigger("before", "shutdown", self._stop, running)
        running.addBoth(self._end)

    def _stop(self, running: Deferred[Any]) -> Deferred[None]:
        self._is_stopping = True
        running.cancel()
        return self._ended

    def _end(self, outcome: T | Failure) -> None:
        self._outcome.append(outcome)
        self._ended.callback(None)
        if not self._is_stopping:
            self._reactor.stop()
