"""The flow of reports from one publisher: so many are under way, and never more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.bench.tally import Tally

STEP = 32
"""After so many reports a hearer says how far it is."""


class Flow:
    """Publishes as long as the tally is running.

    Args:
        publish: Makes so many reports.
    """

    def __init__(self, tally: Tally, publish: Callable[[int], Any]) -> None:
        self._tally = tally
        self._publish = publish
        self._under_way = 0
        self._heard: dict[int, int] = {}
        self._done: Callable[[], None] | None = None

    def begin(self, amount: int, done: Callable[[], None]) -> None:
        """Publish the first reports: as many as are to be under way."""
        self._heard.clear()
        self._under_way = amount
        self._go_on()
        done()

    def end(self, amount: int, done: Callable[[], None]) -> None:
        """Have ``done`` called when all that was published has been heard."""
        self._done = done
        self._go_on()

    def heard(self, process: int, reports: int) -> None:
        """A process has heard so many reports."""
        self._heard[process] = reports
        self._go_on()

    def _go_on(self) -> None:
        """Publish a step of reports for each that all have heard."""
        heard = min(self._heard.values()) if len(self._heard) == self._tally.hearers else 0
        while self._tally.running and self._tally.count - heard < self._under_way:
            self._publish(STEP)
            self._tally.count += STEP
        if self._done and heard == self._tally.count:
            done, self._done = self._done, None
            done()
