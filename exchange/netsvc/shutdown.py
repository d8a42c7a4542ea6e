"""The shutdown: an orderly end, of which agents are told, and which they may hold up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from exchange.netsvc.jobs import PRIORITY_JOB, JobQueue

SHUTDOWN_PENDING = 0
SHUTDOWN_ARRIVED = 1

Told = Callable[[int, str], object]
"""Takes what stands, and why."""


class Shutdown:
    """The end of one process: pending for a while, then arrived, then done.

    Args:
        stop: Ends it, after all who want to know were told that it has arrived.
    """

    def __init__(self, reactor: Any, jobs: JobQueue, stop: Callable[[], object]) -> None:
        self._reactor = reactor
        self._jobs = jobs
        self._stop = stop
        self._told: dict[object, Told] = {}
        self._suspensions = 0
        self._description: str | None = None
        self._is_due = False
        self._has_arrived = False

    def subscribe(self, owner: object, told: Told) -> None:
        """Have ``told`` called when the end is pending, and when it has arrived; the last of one owner counts."""
        self._told[owner] = told

    def unsubscribe(self, owner: object) -> None:
        """Tell ``owner`` no more."""
        self._told.pop(owner, None)

    def begin(self, seconds: float, description: str) -> None:
        """Let the end arrive after some seconds; of several, the nearest counts."""
        if self._description is None:
            self._description = description
            self._tell(SHUTDOWN_PENDING)
        self._reactor.callLater(seconds, self._ran_out)

    def suspend(self) -> None:
        """Hold the end up until `resume` was called as often."""
        self._suspensions += 1

    def resume(self) -> None:
        """Take back one `suspend`; what was not held up is not resumed."""
        self._suspensions = max(0, self._suspensions - 1)
        self._arrive_if_due()

    def _ran_out(self) -> None:
        self._is_due = True
        self._arrive_if_due()

    def _arrive_if_due(self) -> None:
        if self._is_due and not self._suspensions and not self._has_arrived:
            self._has_arrived = True
            self._tell(SHUTDOWN_ARRIVED)
            self._jobs.schedule(self._stop, PRIORITY_JOB)

    def _tell(self, category: int) -> None:
        for owner in list(self._told):
            self._jobs.schedule(partial(self._tell_one, owner, category), PRIORITY_JOB)

    def _tell_one(self, owner: object, category: int) -> None:
        told = self._told.get(owner)
        if told is not None:
            told(category, self._description or "")
