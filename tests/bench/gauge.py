"""The gauge: counts the calls of a process, and how long each took."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from tests.bench.obeying import Obeying

PATIENCE = 60.0
"""Seconds in which connections are there, or the process has failed."""


class Gauge(Obeying):
    """Counts the calls of one process, and how long each took.

    Attributes:
        running: Whether another call is to be made for each that was answered.
        begin: Makes the first calls: of how many bytes, and how many.
        connect: Holds so many connections from now on; calls what it is given when they are there.
    """

    def __init__(self, reactor: Any) -> None:
        super().__init__(reactor)
        self.running = False
        self.begin: Callable[[int, int], None] = lambda size, outstanding: None
        self.connect: Callable[[int, Callable[[], None]], None] = lambda connections, done: done()
        self._took: list[float] = []
        self._left = 0
        self._drained = threading.Event()

    def note(self, begun: float) -> bool:
        """Note a call that was begun at this time and is answered; return whether to make another."""
        self._took.append(time.perf_counter() - begun)
        if self.running:
            return True
        self._left -= 1
        if not self._left:
            self._drained.set()
        return False

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        """Connect, begin, end or report."""
        if order["do"] == "connect":
            return self._connect(order["connections"])
        if order["do"] == "begin":
            return self._start(order["size"], order["outstanding"])
        return self._end() if order["do"] == "end" else self._report()

    def _start(self, size: int, outstanding: int) -> dict[str, Any]:
        self.running = True
        self._left = outstanding
        self._drained.clear()
        self._reactor.callFromThread(self.begin, size, outstanding)
        return {}

    def _connect(self, connections: int) -> dict[str, Any]:
        done = threading.Event()
        self._reactor.callFromThread(self.connect, connections, done.set)
        if not done.wait(PATIENCE):
            raise TimeoutError(f"{connections} connections were not there in {PATIENCE:g} seconds")
        return {}

    def _end(self) -> dict[str, Any]:
        self.running = False
        self._drained.wait()
        self._took.clear()
        return {}

    def _report(self) -> dict[str, Any]:
        """Return the processor time so far, and the calls since the last report."""
        used, now = time.process_time(), time.perf_counter()
        took, self._took = self._took, []
        took.sort()
        return {"used": used, "now": now, "calls": len(took), "p50": _share(took, 0.5), "p99": _share(took, 0.99)}


def _share(ordered: list[float], share: float) -> float:
    return ordered[int(share * (len(ordered) - 1))] if ordered else 0.0
