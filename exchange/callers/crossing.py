"""A crossing: work goes from any thread into the reactor's, and what came of it comes back."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextvars import copy_context
from functools import partial
from typing import Any, Protocol, TypeVar
from weakref import WeakSet

from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.python.failure import Failure
from twisted.python.threadable import isInIOThread

from exchange.callers.waits import bare

T = TypeVar("T")

CLOSED = "this exchange is closed; connect again"


class Ending(Protocol):
    """What must know that the crossing ended, lest somebody waits for ever."""

    def end(self) -> None:
        """Give no more."""


class Crossing:
    """One caller's way into the reactor's thread; may be used by many threads at once.

    Args:
        reactor: Runs, in a thread that is none of ours.
    """

    def __init__(self, reactor: Any) -> None:
        self.reactor = reactor
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._is_open = True
        self._waiting: set[Future[Any]] = set()
        self._endings: WeakSet[Ending] = WeakSet()
        self._triggers: list[Any] = []

    @property
    def is_open(self) -> bool:
        """Whether it can be crossed, in this process."""
        return self._is_open and self._process == os.getpid()

    def check_thread(self) -> None:
        """Make sure that this thread may wait for the reactor's.

        Raises:
            RuntimeError: It may not.
        """
        if self._process != os.getpid():
            raise RuntimeError("this process was forked after the exchange was connected: connect again in it")
        if self._is_open and isInIOThread():
            raise RuntimeError("the reactor's own thread must not wait: use exchange.Exchange there, or exchange.aio")

    def run(self, begin: Callable[[], Deferred[T]]) -> T:
        """Have ``begin`` called in the reactor's thread; return or raise what comes of its Deferred.

        It sees the context variables of this thread. If this thread is interrupted
        meanwhile, as by Ctrl-C, the Deferred is cancelled.

        Raises:
            RuntimeError: This thread may not cross, or the crossing ended meanwhile.
        """
        self.check_thread()
        outcome: Future[T] = Future()
        with self._lock:
            if not self._is_open:
                raise RuntimeError(CLOSED)
            self._waiting.add(outcome)
        try:
            self.reactor.callFromThread(self._begin, partial(copy_context().run, begin), outcome)
            error = outcome.exception()
        except BaseException:
            outcome.cancel()
            raise
        finally:
            self._waiting.discard(outcome)
        if error is not None:
            raise bare(error) from None
        return outcome.result()

    def do(self, work: Callable[[], T]) -> T:
        """Have ``work`` done in the reactor's thread, at once; return or raise what it does."""
        return self.run(lambda: succeed(work()))

    def post(self, work: Callable[[], object]) -> None:
        """Have ``work`` done in the reactor's thread, some time."""
        if self.is_open:
            self.reactor.callFromThread(work)

    def keep(self, ending: Ending) -> None:
        """Have something ended with this crossing."""
        with self._lock:
            is_open = self._is_open
            self._endings.add(ending)
        if not is_open:
            ending.end()

    def end_with_reactor(self, stop: Callable[[], Deferred[None]]) -> None:
        """Have the crossing ended when the reactor stops, and before that ``stop`` called; in the reactor's thread."""
        add = self.reactor.addSystemEventTrigger
        self._triggers = [add("before", "shutdown", stop), add("after", "shutdown", self.end)]

    def outlive_reactor(self) -> None:
        """Undo `end_with_reactor`; in the reactor's thread."""
        while self._triggers:
            self.reactor.removeSystemEventTrigger(self._triggers.pop())

    def end(self) -> None:
        """Take no more work; whoever waits is told."""
        with self._lock:
            self._is_open = False
            waiting, endings = list(self._waiting), list(self._endings)
        for outcome in waiting:
            _settle(outcome, Failure(RuntimeError(CLOSED)))
        for ending in endings:
            ending.end()

    def _begin(self, begin: Callable[[], Any], outcome: Future[Any]) -> None:
        if outcome.done():
            return
        running = maybeDeferred(begin)

        def give_up(outcome: Future[Any]) -> None:
            if outcome.cancelled():
                self.reactor.callFromThread(running.cancel)

        outcome.add_done_callback(give_up)
        running.addBoth(lambda result: _settle(outcome, result))


def _settle(outcome: Future[Any], result: object) -> None:
    """Hand over a result, unless nobody waits for one any more."""
    try:
        if isinstance(result, Failure):
            outcome.set_exception(result.value)
        else:
            outcome.set_result(result)
    except InvalidStateError:
        return
