"""How late the reactor is: whatever it should do next waits so long, because it does something else.

Twice a second it is to do nothing, and it is looked how much later than it should it does.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from twisted.application.service import Service
from twisted.internet.interfaces import IDelayedCall

EVERY = 0.5
"""Seconds."""

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds, below which so many were; the last bucket has what is above all of them."""


class Lag(Service):
    """Measures the reactor while it runs.

    Args:
        seconds: The time, which nobody sets.

    Attributes:
        buckets: How often it was late by how much, by `BOUNDS`; one more than these.
        seconds: How late it was in all.
    """

    def __init__(self, reactor: Any, seconds: Callable[[], float] = time.monotonic) -> None:
        self._reactor = reactor
        self._seconds = seconds
        self._call: IDelayedCall | None = None
        self._due = 0.0
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def startService(self) -> None:
        """Begin to look."""
        super().startService()
        self._look_later()

    def stopService(self) -> None:
        """Look no more."""
        super().stopService()
        call, self._call = self._call, None
        if call is not None and call.active():
            call.cancel()

    def told(self) -> dict[str, Any]:
        """Return what was found, as a histogram."""
        return {"bounds": BOUNDS, "buckets": list(self.buckets), "seconds": self.seconds}

    def _look_later(self) -> None:
        self._due = self._seconds() + EVERY
        self._call = self._reactor.callLater(EVERY, self._look)

    def _look(self) -> None:
        late = max(0.0, self._seconds() - self._due)
        self.buckets[bisect_left(BOUNDS, late)] += 1
        self.seconds += late
        self._look_later()
