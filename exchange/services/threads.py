"""What runs in the thread pool of the reactor, for methods that block."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from threading import Lock
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from exchange.services.throttle import Stay


class ThreadAnswer(Deferred[Any]):
    """What a function gives that runs in a thread.

    Cancelled while all threads are busy, it never runs. A thread that has begun goes on
    to its end, whoever waits: so long goes the stay of its call.

    Attributes:
        has_begun: Whether a thread has taken the function up.
    """

    log = Logger()

    def __init__(self, reactor: Any, stay: Stay | None) -> None:
        super().__init__(lambda _: self._stop())
        self.has_begun = False
        self._is_stopped = False
        self._reactor = reactor
        self._stay = stay
        self._lock = Lock()

    def work(self, function: Callable[[], Any]) -> None:
        """Run ``function``, in a thread, unless nobody wants that any more."""
        with self._lock:
            if self._is_stopped:
                return
            self.has_begun = True
        try:
            result = function()
            if isinstance(result, Deferred):
                raise TypeError("a method that runs in a thread must return its result, not a Deferred")
        except BaseException:
            result = Failure()
        self._reactor.callFromThread(self._end, result)

    def _stop(self) -> None:
        with self._lock:
            self._is_stopped = not self.has_begun
        if self._is_stopped and self._stay:
            self._stay.end()

    def _end(self, result: Any) -> None:
        if self._stay:
            self._stay.end()
        if not self.called:
            self.callback(result)
        elif isinstance(result, Failure):
            self.log.failure("a method raised in its thread after its call had ended", result)


def in_thread(
    reactor: Any, stay: Stay | None, function: Callable[..., Any], /, *args: Any, **kwargs: Any
) -> ThreadAnswer:
    """Run a function in the thread pool, in the context that is here.

    Args:
        stay: Of the call in the throttle of its method; it goes on until the thread has ended.
    """
    answer = ThreadAnswer(reactor, stay)
    context = copy_context()
    reactor.getThreadPool().callInThread(answer.work, lambda: context.run(function, *args, **kwargs))
    if stay:
        stay.begin()  # only now: whoever could not ask the pool has begun nothing
    return answer


def has_begun(running: Deferred[Any]) -> bool:
    """Whether the method whose answer will be ``running`` has begun."""
    return not isinstance(running, ThreadAnswer) or running.has_begun
