"""The gauge: what a measured process tells of itself, and what it is told to do.

It speaks JSON lines with the bench over standard input and output, in a thread that
sleeps while nothing is asked, so that the measured code runs undisturbed.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any


class Gauge:
    """Counts the calls of one process, and how long each took.

    Attributes:
        running: Whether another call is to be made for each that was answered.
    """

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self.running = False
        self.begin: Callable[[int, int], None] = lambda size, outstanding: None
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

    def fail(self, what: object) -> None:
        """End this process, because a call did not give what it should."""
        print(what, file=sys.stderr, flush=True)
        os._exit(1)

    def ready(self, port: int | None) -> None:
        """Say that this process is ready, and obey until the bench has no more to ask."""
        _say({"port": port})
        threading.Thread(target=self._obey, daemon=True).start()

    def _obey(self) -> None:
        for line in sys.stdin:
            order = json.loads(line)
            if order["do"] == "begin":
                self._start(order["size"], order["outstanding"])
            elif order["do"] == "end":
                self.running = False
                self._drained.wait()
                self._took.clear()
                _say({})
            else:
                self._report()
        self._reactor.callFromThread(self._reactor.stop)

    def _start(self, size: int, outstanding: int) -> None:
        self.running = True
        self._left = outstanding
        self._drained.clear()
        self._reactor.callFromThread(self.begin, size, outstanding)
        _say({})

    def _report(self) -> None:
        """Tell the processor time so far, and the calls since the last report."""
        used, now = time.process_time(), time.perf_counter()
        took, self._took = self._took, []
        took.sort()
        _say({"used": used, "now": now, "calls": len(took), "p50": _share(took, 0.5), "p99": _share(took, 0.99)})


def _share(ordered: list[float], share: float) -> float:
    return ordered[int(share * (len(ordered) - 1))] if ordered else 0.0


def _say(words: dict[str, Any]) -> None:
    print(json.dumps(words), flush=True)
