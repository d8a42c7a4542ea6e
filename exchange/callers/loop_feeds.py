"""Feeds for asyncio: subscriptions and watches that one reads with ``async for``."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, TypeVar

from twisted.internet.defer import Deferred

import exchange
from exchange import Presence, PresenceChange, Report
from exchange.callers.inbox import Cancellable, LoopInbox, Over
from exchange.callers.landing import Landing
from exchange.callers.waits import wait_for

T = TypeVar("T")
Source = TypeVar("Source", bound=Cancellable)
Self = TypeVar("Self", bound="Feed[Any, Any]")


class Feed(Generic[T, Source]):
    """An asynchronous iterator; it ends when it is cancelled, or its exchange closed.

    One that nobody refers to any more is cancelled by itself.

    Args:
        inbox: What is read.
        begin: Begins to feed it.
    """

    def __init__(self, landing: Landing, inbox: LoopInbox[T], begin: Callable[[], Source]) -> None:
        self._landing = landing
        self._inbox = inbox
        self._source: Source = landing.do(begin)
        landing.keep(inbox)
        self._stop = weakref.finalize(self, landing.cancel, self._source)
        self._stop.atexit = False

    async def get(self) -> T:
        """Return the next, once it is there.

        Raises:
            RuntimeError: Nothing more comes.
        """
        return await self._inbox.get()

    def cancel(self) -> None:
        """End it; to cancel twice does nothing."""
        self._inbox.end()
        self._stop()

    def __aiter__(self: Self) -> Self:
        return self

    async def __anext__(self) -> T:
        try:
            return await self.get()
        except Over:
            raise StopAsyncIteration from None

    async def __aenter__(self: Self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cancel()

    async def _wait(self, awaited: Deferred[None]) -> None:
        await self._landing.run(lambda: Deferred.fromCoroutine(wait_for(awaited, None, None, "")))


class Subscription(Feed[tuple[Any, Report], exchange.Subscription]):
    """The reports of a service: ``async for content, report in exchange.subscribe("feed", "nyse.*")``."""

    async def ready(self) -> None:
        """Return when every publisher that is there has taken the subscription, and shown what it keeps."""
        await self._wait(self._source.ready)


class Watch(Feed[PresenceChange, exchange.Watch]):
    """The comings and goings of instances: ``async for change in exchange.watch(group="web")``."""

    @property
    def instances(self) -> list[Presence]:
        """Those that are there now, whether they were read of or not."""
        return self._source.instances

    async def complete(self) -> None:
        """Return when the first picture is whole."""
        await self._wait(self._source.complete)
