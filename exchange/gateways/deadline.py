"""A deadline that is set anew again and again, and seldom passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IDelayedCall


class Deadline:
    """Calls something when a time is over; the timer of the reactor stays as it is when another time is set.

    Args:
        reactor: Knows the time.
        passed: Is called when the time that was set last is over.
    """

    def __init__(self, reactor: Any, passed: Callable[[], None]) -> None:
        self._reactor = reactor
        self._passed = passed
        self._at: float | None = None
        self._timer: IDelayedCall | None = None
        self._looks_at = 0.0

    def set(self, seconds: float | None) -> None:
        """Have it pass in so many seconds from now, or not at all."""
        if seconds is None:
            self._at = None
            return
        self._at = self._reactor.seconds() + seconds
        if self._timer is not None and self._looks_at > self._at:
            self.end_timer()
        if self._timer is None:
            self._begin_timer()

    def end_timer(self) -> None:
        """Leave nothing behind in the reactor; it passes no more until it is set again."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def _begin_timer(self) -> None:
        assert self._at is not None
        self._looks_at = self._at
        self._timer = self._reactor.callLater(max(0.0, self._at - self._reactor.seconds()), self._look)

    def _look(self) -> None:
        self._timer = None
        if self._at is None:
            return
        if self._at > self._reactor.seconds():
            self._begin_timer()
        else:
            self._at = None
            self._passed()
