"""A caller is what an exchange is for programs of other worlds: what `exchange.blocking` and `exchange.aio` have alike.

What is begun in the reactor's world goes there by a *way*, on which each world waits
for what comes of it in its own manner.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from twisted.internet.defer import Deferred

import exchange
from exchange import PresenceChange, Report
from exchange.callers.changes import Changes
from exchange.callers.inbox import Queue
from exchange.callers.knowing import Knowing
from exchange.callers.proxy import ForeignProxy
from exchange.callers.reports import MOST_REPORTS, Reports

DEFAULT_TIMEOUT = 30.0

T = TypeVar("T")
Answer = TypeVar("Answer")
Answer_co = TypeVar("Answer_co", covariant=True)
SubscriptionFeed = TypeVar("SubscriptionFeed")
WatchFeed = TypeVar("WatchFeed")

Put = Callable[..., None]
"""Takes what a feed is told."""


class Way(Protocol[Answer_co]):
    """The way of a caller into the reactor's world: a crossing, or a landing."""

    def run(self, begin: Callable[[], Deferred[Any]]) -> Answer_co:
        """Call ``begin`` there, and give what comes of its Deferred, as one has it in this world."""

    def do(self, work: Callable[[], T]) -> T:
        """Do ``work`` there at once, and return what it does."""


class Caller(ABC, Generic[Answer, SubscriptionFeed, WatchFeed]):
    """Calls, subscribes and watches by way of an exchange of Twisted's world.

    ``Answer`` is what a call gives: its result, or what must be awaited for it.
    """

    def __init__(self, inner: exchange.Exchange, way: Way[Answer]) -> None:
        self._inner = inner
        self._way = way
        self._knowing = Knowing(inner)

    def call(
        self,
        to: str | bytes,
        method: str,
        /,
        *args: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        wait: float = 0,
        retry: bool | None = None,
        **kwargs: Any,
    ) -> Answer:
        """Call a method of a service, wherever it runs, and return its result; on asyncio it must be awaited.

        To interrupt the waiting cancels the call, down to the method: by Ctrl-C or any
        other exception in the thread that waits, or by cancelling the task.

        Args:
            to: A service name, or the id of one instance.
            timeout: Seconds to wait for the answer; ``None`` waits as long as the service lives.
            wait: Seconds to hold the call if the service is not there yet, before ``timeout`` begins.
            retry: Whether to make the call again when it is unknown whether it was delivered.

        Raises:
            CallError: There is no result; which kind it is says why, as for `exchange.Exchange.call`.
            RuntimeError: The exchange is closed, or must not be used here: in the reactor's
                own thread, or on another loop than its own.
        """
        terms: dict[str, Any] = {"timeout": timeout, "wait": wait, "retry": retry}
        return self._way.run(lambda: self._inner.call(to, method, *args, **terms, **kwargs))

    def service(
        self,
        name: str | bytes,
        timeout: float | None = DEFAULT_TIMEOUT,
        wait: float = 0,
        retry: bool | None = None,
        *,
        sticky: bool = False,
        user: str | None = None,
        properties: dict[str, str] | None = None,
    ) -> Any:
        """Return a proxy: ``exchange.service("math").multiply(6, 7)`` is a call; every argument is the method's.

        Args:
            sticky: Whether to call the same instance as long as it is there.
            user: On whose behalf the calls are made, for the method to see.
            properties: What else the method may know of the caller.
        """
        given: dict[str, Any] = {"sticky": sticky, "user": user, "properties": properties}
        inner = self._way.do(lambda: self._inner.service(name, timeout, wait, retry, **given))
        return ForeignProxy(inner, self._way.run)

    def subscribe(
        self,
        service: str | bytes,
        pattern: str,
        limit: int = MOST_REPORTS,
        *,
        overflow: str = "drop-oldest",
        publishers: Callable[[PresenceChange], Any] | None = None,
        skipped: Callable[[int], Any] | None = None,
    ) -> SubscriptionFeed:
        """Return an iterator of ``(content, report)``: the reports of a service on subjects that fit a pattern.

        Args:
            limit: How many wait here to be read; then the oldest are lost, and ``report.skipped`` tells how many.
            overflow: What to do without when they cannot reach this process fast enough:
                ``"latest"``, ``"drop-oldest"``, ``"drop-newest"`` or ``"disconnect"``.
            publishers: Is told when a publisher comes, goes, or is suspected or no more, as by
                `exchange.Exchange.subscribe`; in the reactor's thread, where nothing may wait.
            skipped: Is told how many reports a link that could not keep up has left out; in that thread likewise.

        Raises:
            ValueError: The service, the pattern, the limit or the overflow cannot be one.
            TypeError: ``publishers`` or ``skipped`` cannot be called.
        """
        hooks = (overflow, publishers, skipped)
        return self._subscribed(Reports(limit), lambda put: self._inner.subscribe(service, pattern, put, *hooks))

    def watch(self, name: str | None = None, group: str | None = None, pattern: str | None = None) -> WatchFeed:
        """Return an iterator of changes: instances that come, go or change, first those that are there.

        Of those that are not read for long, only what they come to is told.

        Raises:
            ValueError: The name, the group or the pattern cannot be one.
        """
        return self._watched(Changes(), lambda put: self._inner.watch(name, group, pattern, put))

    def use_tracing(self, tracing: Any) -> None:
        """Have spans made of the calls; for `exchange.tracing`.

        Raises:
            RuntimeError: They are already.
        """
        self._way.do(lambda: self._inner.use_tracing(tracing))

    @abstractmethod
    def _subscribed(
        self, queue: Queue[tuple[Any, Report]], begin: Callable[[Put], exchange.Subscription]
    ) -> SubscriptionFeed:
        """Return a feed that is read from ``queue``; ``begin`` begins to fill it."""

    @abstractmethod
    def _watched(self, queue: Queue[PresenceChange], begin: Callable[[Put], exchange.Watch]) -> WatchFeed:
        """Return a feed that is read from ``queue``; ``begin`` begins to fill it."""
