"""Jobs: what is to be done in a later turn, by class, and within one class in the order of scheduling.

A job never runs in the turn that scheduled it. So nobody is called back before he
has registered for it, and a program that schedules jobs from jobs does not keep the
reactor from its sockets.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

IDLE_JOB = 0
STANDARD_JOB = 1
PRIORITY_JOB = 2

Work = Callable[[], object]


class JobQueue:
    """Runs jobs, of the highest class first.

    Args:
        run: Runs one, and lets nothing out.
        emptied: Is called when none is left.
    """

    def __init__(self, reactor: Any, run: Callable[[Work], object], emptied: Callable[[], object]) -> None:
        self._reactor = reactor
        self._run = run
        self._emptied = emptied
        self._queues: tuple[deque[Work], ...] = (deque(), deque(), deque())
        self._is_closed = False
        self._is_due = False

    def __len__(self) -> int:
        return sum(map(len, self._queues))

    def schedule(self, work: Work, kind: int = STANDARD_JOB) -> None:
        """Have ``work`` done in a later turn; not at all once the queue is closed.

        Raises:
            ValueError: There is no such class of job.
        """
        if kind not in (IDLE_JOB, STANDARD_JOB, PRIORITY_JOB):
            raise ValueError(f"a job is IDLE_JOB, STANDARD_JOB or PRIORITY_JOB, not {kind!r}")
        if not self._is_closed:
            self._queues[kind].append(work)
            self._call_later()

    def close(self) -> None:
        """Forget what is left, and take nothing more."""
        self._is_closed = True
        for queue in self._queues:
            queue.clear()

    def _call_later(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._reactor.callLater(0, self._turn)

    def _turn(self) -> None:
        self._is_due = False
        for _ in range(len(self)):
            if self:
                self._run(self._next())
        if self:
            self._call_later()
        else:
            self._emptied()

    def _next(self) -> Work:
        for kind in (PRIORITY_JOB, STANDARD_JOB):
            if self._queues[kind]:
                return self._queues[kind].popleft()
        return self._queues[IDLE_JOB].popleft()
