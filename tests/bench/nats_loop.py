"""What a measured process of NATS has in common with others: a loop to be called in, and tasks that may fail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from tests.bench.obeying import Obeying


class Loop:
    """What an obeying process runs on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.stopped = asyncio.Event()

    def callFromThread(self, do: Callable[..., None], *args: Any) -> None:
        """Call something in the loop."""
        self._loop.call_soon_threadsafe(do, *args)

    def stop(self) -> None:
        """End the process."""
        self.stopped.set()


class Tasks:
    """Runs coroutines, and fails when one does."""

    def __init__(self, obeying: Obeying) -> None:
        self._obeying = obeying
        self._running: set[asyncio.Task[None]] = set()

    def run(self, coroutine: Coroutine[Any, Any, None], done: Callable[[], None] = lambda: None) -> None:
        """Run one; call ``done`` when it is over."""

        def ended(task: asyncio.Task[None]) -> None:
            self._running.discard(task)
            if task.exception():
                self._obeying.fail(repr(task.exception()))
            done()

        task = asyncio.get_running_loop().create_task(coroutine)
        self._running.add(task)
        task.add_done_callback(ended)
