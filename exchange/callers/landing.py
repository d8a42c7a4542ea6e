"""A landing: what a Deferred fires with lands in the task that awaits it, on one loop of asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakSet

from twisted.internet.defer import CancelledError, Deferred

from exchange.callers.inbox import Cancellable, LoopInbox
from exchange.callers.waits import bare

T = TypeVar("T")

CLOSED = "this exchange is closed; connect again"


class Landing:
    """One caller's way from asyncio to Deferreds and back.

    Args:
        loop: The loop that the reactor runs on.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.is_open = True
        self._waiting: set[Deferred[Any]] = set()
        self._inboxes: WeakSet[LoopInbox[Any]] = WeakSet()

    def check(self) -> None:
        """Make sure that this is the right loop, and all is open.

        Raises:
            RuntimeError: It is not.
        """
        if asyncio.get_running_loop() is not self.loop:
            raise RuntimeError("this exchange was connected on another event loop: connect on this one, too")
        if not self.is_open:
            raise RuntimeError(CLOSED)

    def do(self, work: Callable[[], T]) -> T:
        """Do ``work``, and return what it does.

        Raises:
            RuntimeError: This is another loop, or all was closed.
        """
        self.check()
        return work()

    async def run(self, begin: Callable[[], Deferred[T]]) -> T:
        """Call ``begin``, and return or raise what comes of it; the Deferred is cancelled with this task.

        Raises:
            RuntimeError: This is another loop, or all was closed meanwhile.
        """
        self.check()
        answer = begin()
        self._waiting.add(answer)
        try:
            return await answer.asFuture(self.loop)
        except CancelledError:
            raise RuntimeError(CLOSED) from None
        except Exception as error:
            raise bare(error) from None
        finally:
            self._waiting.discard(answer)

    def keep(self, inbox: LoopInbox[Any]) -> None:
        """Have an inbox ended with this landing."""
        self._inboxes.add(inbox)

    def cancel(self, source: Cancellable) -> None:
        """Have a subscription or a watch cancelled, from any thread, while the loop can."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(source.cancel)

    def end(self) -> None:
        """Take no more; whoever waits is told."""
        self.is_open = False
        for answer in list(self._waiting):
            answer.cancel()
        for inbox in list(self._inboxes):
            inbox.end()
