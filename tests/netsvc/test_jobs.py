from __future__ import annotations

import pytest
from twisted.internet.task import Clock

from exchange.netsvc.jobs import IDLE_JOB, PRIORITY_JOB, STANDARD_JOB, JobQueue, Work


class Queue:
    """A queue, and what its jobs have written."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.done: list[str] = []
        self.emptied = 0
        self.jobs = JobQueue(self.clock, lambda work: work(), self._count)

    def writes(self, text: str) -> Work:
        """Return a job that writes ``text``."""
        return lambda: self.done.append(text)

    def _count(self) -> None:
        self.emptied += 1


def test_a_job_is_never_done_in_the_turn_that_scheduled_it() -> None:
    queue = Queue()
    queue.jobs.schedule(queue.writes("a"))
    assert queue.done == []

    queue.clock.advance(0)
    assert queue.done == ["a"]


def test_jobs_of_a_higher_class_go_first_and_those_of_one_class_in_their_order() -> None:
    queue = Queue()
    for text, kind in (("i", IDLE_JOB), ("s1", STANDARD_JOB), ("p1", PRIORITY_JOB), ("s2", 1), ("p2", 2)):
        queue.jobs.schedule(queue.writes(text), kind)

    queue.clock.advance(0)
    assert queue.done == ["p1", "p2", "s1", "s2", "i"]


def test_a_job_that_schedules_itself_lets_the_reactor_have_its_turn() -> None:
    queue = Queue()

    def again() -> None:
        queue.done.append("again")
        if len(queue.done) < 4:
            queue.jobs.schedule(again)

    queue.jobs.schedule(again)
    queue.clock.callLater(0, queue.done.append, "reactor")
    queue.clock.advance(0)
    assert queue.done == ["again", "reactor", "again", "again"]
    assert queue.emptied == 1


def test_it_is_told_when_no_job_is_left() -> None:
    queue = Queue()
    queue.jobs.schedule(queue.writes("a"))
    queue.jobs.schedule(queue.writes("b"))
    queue.clock.advance(0)
    assert queue.emptied == 1


def test_a_closed_queue_does_nothing_more() -> None:
    queue = Queue()
    queue.jobs.schedule(queue.writes("before"))
    queue.jobs.close()
    queue.jobs.schedule(queue.writes("after"))
    queue.clock.advance(0)
    assert queue.done == []
    assert len(queue.jobs) == 0


def test_the_rest_is_not_done_when_a_job_closes_the_queue() -> None:
    queue = Queue()
    queue.jobs.schedule(queue.jobs.close)
    queue.jobs.schedule(queue.writes("after"))
    queue.clock.advance(0)
    assert queue.done == []


def test_a_class_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="IDLE_JOB, STANDARD_JOB or PRIORITY_JOB, not 7"):
        Queue().jobs.schedule(lambda: None, 7)
