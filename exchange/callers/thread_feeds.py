"""Feeds for threads: subscriptions and watches that one reads, as one reads the lines of a file."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, TypeVar

from twisted.internet.defer import Deferred

import exchange
from exchange import Presence, PresenceChange, Report
from exchange.callers.crossing import Crossing
from exchange.callers.inbox import Cancellable, Over, ThreadInbox
from exchange.callers.waits import check_timeout, wait_for

T = TypeVar("T")
Source = TypeVar("Source", bound=Cancellable)
Self = TypeVar("Self", bound="Feed[Any, Any]")


class Feed(Generic[T, Source]):
    """An iterator that waits for the next; it ends when it is cancelled, or its exchange closed.

    One that nobody refers to any more is cancelled by itself.

    Args:
        inbox: What is read.
        begin: Begins to feed it; is called in the reactor's thread.
    """

    def __init__(self, crossing: Crossing, inbox: ThreadInbox[T], begin: Callable[[], Source]) -> None:
        self._crossing = crossing
        self._inbox = inbox
        self._source: Source = crossing.do(begin)
        crossing.keep(inbox)
        self._stop = weakref.finalize(self, crossing.post, self._source.cancel)
        self._stop.atexit = False

    def get(self, timeout: float | None = None) -> T:
        """Return the next; wait for it if need be.

        Raises:
            TimeoutError: Nothing came in ``timeout`` seconds.
            RuntimeError: Nothing more comes, or this is the reactor's own thread.
            TypeError: ``timeout`` is no number.
            ValueError: It is none that can be waited for.
        """
        check_timeout(timeout)
        self._crossing.check_thread()
        return self._inbox.get(timeout)

    def cancel(self) -> None:
        """End it, from any thread; to cancel twice does nothing."""
        self._inbox.end()
        self._stop()

    def __iter__(self: Self) -> Self:
        return self

    def __next__(self) -> T:
        try:
            return self.get()
        except Over:
            raise StopIteration from None

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cancel()

    def _wait(self, awaited: Deferred[None], timeout: float | None, missing: str) -> None:
        clock = self._crossing.reactor
        self._crossing.run(lambda: Deferred.fromCoroutine(wait_for(awaited, timeout, clock, missing)))


class Subscription(Feed[tuple[Any, Report], exchange.Subscription]):
    """The reports of a service: ``for content, report in exchange.subscribe("feed", "nyse.*")``."""

    def ready(self, timeout: float | None = None) -> None:
        """Return when every publisher that is there has taken the subscription, and shown what it keeps.

        Raises:
            TimeoutError: That was not so in ``timeout`` seconds.
        """
        self._wait(self._source.ready, timeout, "the subscription did not stand at its publishers")


class Watch(Feed[PresenceChange, exchange.Watch]):
    """The comings and goings of instances: ``for change in exchange.watch(group="web")``."""

    @property
    def instances(self) -> list[Presence]:
        """Those that are there now, whether they were read of or not."""
        return self._crossing.do(lambda: self._source.instances)

    def complete(self, timeout: float | None = None) -> None:
        """Return when the first picture is whole.

        Raises:
            TimeoutError: It was not in ``timeout`` seconds.
        """
        self._wait(self._source.complete, timeout, "no hub told who is there")
