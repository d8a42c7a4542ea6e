"""The tally: counts what a process has published, or heard, and what memory and time it took."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.obeying import Obeying

PATIENCE = 60.0
"""Seconds in which a process has begun, or ended, or has failed."""

HEARERS = 2
"""Processes that subscribe, unless there is but one subscription."""

Steps = Callable[[int, Callable[[], None]], None]
"""Begins or ends: with how many of something; calls what it is given when that is done."""


class Tally(Obeying):
    """Counts for one process.

    Attributes:
        count: Reports published, or deliveries made, or instances known.
        hearers: Processes that subscribe.
        running: Whether there is more to publish.
        begin: Subscribes, publishes, or watches.
        end: Ends that.
    """

    def __init__(self, reactor: Any) -> None:
        super().__init__(reactor)
        self.count = 0
        self.running = False
        self.hearers = HEARERS
        self.begin: Steps = lambda amount, done: done()
        self.end: Steps = lambda amount, done: done()

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        """Begin, end or report; each answer is a report."""
        if order["do"] == "begin":
            self.count, self.running = 0, True
            self.hearers = order.get("hearers", HEARERS)
            self._wait_for(self.begin, order["amount"])
        elif order["do"] == "end":
            self.running = False
            self._wait_for(self.end, 0)
        return {
            "used": time.process_time(),
            "now": time.perf_counter(),
            "count": self.count,
            "memory": memory_of("self"),
        }

    def _wait_for(self, step: Steps, amount: int) -> None:
        done = threading.Event()
        self._reactor.callFromThread(step, amount, done.set)
        if not done.wait(PATIENCE):
            raise TimeoutError("what was asked was not done in time")


def memory_of(process: int | str) -> int:
    """Return the bytes of memory that a process holds; 0 where the system does not tell."""
    pages = Path(f"/proc/{process}/statm")
    return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if pages.exists() else 0
