"""What runs in the thread pool, and what can be stopped of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from exchange import CallError, Exchange, RemoteError, Service, ServiceWithdrawn, current_call, method
from exchange.services.threads import has_begun, in_thread
from exchange.services.throttle import Stay, Throttle
from tests.logbook import Logbook
from tests.outcomes import Outcome


class Busy(Clock):
    """A reactor whose threads are all busy until `free` is called, and whose pool may take nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: list[Callable[[], Any]] = []
        self.takes = True

    def getThreadPool(self) -> Busy:
        return self

    def callInThread(self, work: Callable[..., Any], *args: Any) -> None:
        if not self.takes:
            raise RuntimeError("the pool takes nothing")
        self.queue.append(lambda: work(*args))

    def callFromThread(self, function: Callable[..., Any], *args: Any) -> None:
        self.callLater(0, function, *args)

    def free(self) -> None:
        queue, self.queue = self.queue, []
        for work in queue:
            work()
        self.advance(0)


class Blocking(Service):
    """Blocks."""

    name = "blocking"

    def __init__(self) -> None:
        self.ran: list[int] = []

    @method(thread=True, limit=1)
    def block(self, number: int) -> Any:
        self.ran.append(number)
        return [number, current_call().method]

    @method(thread=True)
    def later(self) -> Any:
        return Deferred()


@pytest.fixture
def reactor() -> Busy:
    return Busy()


@pytest.fixture
def blocking(reactor: Busy) -> Blocking:
    exchange = Exchange(reactor)
    exchange.startService()
    exchange.add(service := Blocking())
    return service


def test_a_function_runs_in_a_thread_and_knows_its_call(reactor: Busy, blocking: Blocking) -> None:
    answer = Outcome(blocking.exchange.call("blocking", "block", 1))
    assert blocking.ran == []
    reactor.free()
    assert answer.value == [1, "block"]


def test_a_call_that_is_cancelled_while_all_threads_are_busy_never_runs(reactor: Busy, blocking: Blocking) -> None:
    first, second = (blocking.exchange.call("blocking", "block", number) for number in (1, 2))
    first.addErrback(lambda failure: failure.trap(CancelledError))
    first.cancel()
    answer = Outcome(second)
    reactor.free()
    reactor.free()
    assert blocking.ran == [2]
    assert answer.value == [2, "block"]
    assert blocking.exchange.outstanding().running == 0


@pytest.mark.parametrize("begun", [False, True])
def test_whoever_is_withdrawn_says_whether_a_thread_had_begun(
    reactor: Busy, blocking: Blocking, begun: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = blocking.exchange
    answer = Outcome(exchange.call("blocking", "block", 1, retry=False))
    if begun:
        monkeypatch.setattr(reactor, "callFromThread", lambda *_: None)
        reactor.free()
    exchange.remove(blocking)
    reactor.advance(10)
    assert isinstance(answer.error, ServiceWithdrawn if begun else CallError)
    assert answer.error.delivered is begun
    reactor.free()
    assert blocking.ran == ([1] if begun else [])


def test_a_pool_that_takes_nothing_costs_no_place(reactor: Busy, blocking: Blocking, logbook: Logbook) -> None:
    reactor.takes = False
    refused = Outcome(blocking.exchange.call("blocking", "block", 1))
    reactor.takes = True
    answer = Outcome(blocking.exchange.call("blocking", "block", 2))
    reactor.free()
    assert isinstance(refused.error, RemoteError)
    assert answer.value == [2, "block"]
    assert logbook.failures() == ["RuntimeError: the pool takes nothing"]


def test_a_thread_must_return_its_result(reactor: Busy, blocking: Blocking, logbook: Logbook) -> None:
    answer = Outcome(blocking.exchange.call("blocking", "later"))
    reactor.free()
    assert isinstance(answer.error, RemoteError)
    text = "TypeError: a method that runs in a thread must return its result, not a Deferred"
    assert (answer.error.description, logbook.failures()) == (text, [text])


def test_what_a_thread_raises_when_nobody_waits_is_logged(reactor: Busy, logbook: Logbook) -> None:
    stay: list[Stay] = []
    Throttle(1).enter(b"call", stay.append)
    answer = in_thread(reactor, stay[0], divmod, 1, 0)
    reactor.queue.pop()()
    assert has_begun(answer)
    answer.addErrback(lambda failure: failure.trap(CancelledError))
    answer.cancel()
    reactor.advance(0)
    assert logbook.failures() == ["ZeroDivisionError: integer division or modulo by zero"]
