"""An inbox holds what was told until it is read: by threads, or by tasks of a loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Queue(Protocol[T_co]):
    """What waits to be read, and how much is kept of it."""

    @property
    def put(self) -> Callable[..., None]:
        """Adds the newest."""

    def pop(self) -> T_co:
        """Take the oldest."""

    def clear(self) -> None:
        """Forget all."""

    def __len__(self) -> int: ...


class Cancellable(Protocol):
    """What feeds an inbox until it is cancelled."""

    def cancel(self) -> None:
        """Feed it no more."""


class Over(RuntimeError):
    """Nothing more will come."""

    def __init__(self) -> None:
        super().__init__("nothing more comes: it was cancelled, or its exchange was closed")


class ThreadInbox(Generic[T]):
    """What was told and is not read yet; many threads may read, and each gets something else."""

    def __init__(self, queue: Queue[T]) -> None:
        self._queue = queue
        self._changed = threading.Condition()
        self._is_over = False

    def put(self, *told: Any) -> None:
        """Add what was told."""
        with self._changed:
            if not self._is_over:
                self._queue.put(*told)
                self._changed.notify()

    def get(self, timeout: float | None = None) -> T:
        """Take the next, or wait for it.

        Raises:
            TimeoutError: Nothing came in ``timeout`` seconds.
            Over: Nothing more comes.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._is_over or len(self._queue), timeout):
                raise TimeoutError(f"nothing came in {timeout:g} seconds")
            if self._is_over:
                raise Over
            return self._queue.pop()

    def end(self) -> None:
        """Give no more; whoever waits is told."""
        with self._changed:
            self._is_over = True
            self._queue.clear()
            self._changed.notify_all()


class LoopInbox(Generic[T]):
    """What was told and is not read yet, all on one loop; many tasks may read, and each gets something else."""

    def __init__(self, queue: Queue[T]) -> None:
        self._queue = queue
        self._changed = asyncio.Event()
        self._is_over = False

    def put(self, *told: Any) -> None:
        """Add what was told."""
        if not self._is_over:
            self._queue.put(*told)
            self._changed.set()

    async def get(self) -> T:
        """Take the next, or wait for it.

        Raises:
            Over: Nothing more comes.
        """
        while not self._is_over and not len(self._queue):
            self._changed.clear()
            await self._changed.wait()
        if self._is_over:
            raise Over
        return self._queue.pop()

    def end(self) -> None:
        """Give no more; whoever waits is told."""
        self._is_over = True
        self._queue.clear()
        self._changed.set()
