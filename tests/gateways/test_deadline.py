"""A deadline passes once, however often it was set before."""

from __future__ import annotations

import pytest
from twisted.internet.task import Clock

from exchange.gateways.deadline import Deadline


class Case:
    """A deadline, and how often it has passed."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.passed = 0
        self.deadline = Deadline(self.clock, self._note)

    def _note(self) -> None:
        self.passed += 1


@pytest.fixture
def case() -> Case:
    """A deadline that is not set."""
    return Case()


def test_it_passes_when_its_time_is_over(case: Case) -> None:
    case.deadline.set(10)

    case.clock.advance(9.9)
    assert case.passed == 0
    case.clock.pump([0.1, 100])

    assert case.passed == 1
    assert not case.clock.getDelayedCalls()


def test_set_anew_it_passes_later(case: Case) -> None:
    for _ in range(5):
        case.deadline.set(10)
        case.clock.advance(9)
        assert len(case.clock.getDelayedCalls()) == 1

    case.clock.advance(1)

    assert case.passed == 1


def test_set_anew_it_may_pass_sooner(case: Case) -> None:
    case.deadline.set(10)
    case.deadline.set(1)

    case.clock.advance(1)

    assert case.passed == 1
    assert not case.clock.getDelayedCalls()


def test_without_a_time_it_does_not_pass(case: Case) -> None:
    case.deadline.set(10)
    case.deadline.set(None)

    case.clock.advance(20)

    assert case.passed == 0
    assert not case.clock.getDelayedCalls()


def test_it_may_be_set_again_after_it_has_passed(case: Case) -> None:
    case.deadline.set(1)
    case.clock.advance(1)

    case.deadline.set(1)
    case.clock.advance(1)

    assert case.passed == 2


def test_ended_it_leaves_nothing_behind(case: Case) -> None:
    case.deadline.set(10)

    case.deadline.end_timer()

    assert not case.clock.getDelayedCalls()
    case.deadline.end_timer()
