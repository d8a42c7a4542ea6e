"""How a process ends, by which signal came."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from exchange.app.ending import ENDING_SIGNALS, Ending, Stage
from tests.logbook import Logbook
from tests.outcomes import Outcome


class Reactor(Clock):
    """A clock to which other threads may give something to do."""

    stops = 0

    def stop(self) -> None:
        self.stops += 1

    def callFromThread(self, do: Any) -> None:
        self.callLater(0, do)


class Story:
    """An ending of three parts that are drained when they are told to."""

    def __init__(self, seconds: float = 30) -> None:
        self.reactor = Reactor()
        self.ending = Ending(self.reactor, seconds)
        self.begun: list[tuple[str, float]] = []
        self.drains: list[Deferred[None]] = []
        self.stopped_by: list[int] = []
        for stage in (Stage.HUB, Stage.GATEWAYS, Stage.PEERS):
            self.ending.add(stage, self._drain(stage.name))
        for number in ENDING_SIGNALS:
            signal.signal(number, lambda number, frame: self.stopped_by.append(number))
        self.ending.heed_signals()

    def _drain(self, name: str) -> Any:
        def begin(seconds: float) -> Deferred[None]:
            self.begun.append((name, seconds))
            self.drains.append(Deferred())
            return self.drains[-1]

        return begin


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Whoever took signals before takes them again after the test."""
    before = {number: signal.getsignal(number) for number in ENDING_SIGNALS}
    yield
    for number, taker in before.items():
        signal.signal(number, taker)


def test_after_sigterm_all_parts_are_drained_and_those_first_that_ask_others(logbook: Logbook) -> None:
    story = Story()
    signal.raise_signal(signal.SIGTERM)
    assert story.stopped_by == [signal.SIGTERM]
    drained = Outcome(story.ending.drained())
    assert story.begun == [("GATEWAYS", 30)]
    story.reactor.advance(10)
    story.drains[0].callback(None)
    assert story.begun[1:] == [("PEERS", 20)]
    story.drains[1].callback(None)
    assert story.begun[2:] == [("HUB", 20)]
    assert drained.is_open
    story.drains[2].callback(None)
    assert drained.count == 1
    assert len(logbook.lines("leaving in good order, for 30 seconds at most")) == 1


def test_after_sigint_nothing_is_waited_for() -> None:
    story = Story()
    signal.raise_signal(signal.SIGINT)
    assert story.stopped_by == [signal.SIGINT]
    assert Outcome(story.ending.drained()).count == 1
    assert story.begun == []


@pytest.mark.parametrize("second", ENDING_SIGNALS)
def test_a_second_signal_ends_at_once(second: signal.Signals) -> None:
    story = Story()
    signal.raise_signal(signal.SIGTERM)
    drained = Outcome(story.ending.drained())
    signal.raise_signal(second)
    story.reactor.advance(0)
    assert (drained.count, drained.error) == (1, None)
    assert story.begun == [("GATEWAYS", 30)]
    assert story.stopped_by == [signal.SIGTERM], "the reactor stops once"


def test_a_second_signal_before_anything_is_drained_does_no_harm() -> None:
    story = Story()
    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)
    story.reactor.advance(0)
    assert story.stopped_by == [signal.SIGTERM]


def test_who_leaves_no_time_ends_at_once() -> None:
    story = Story(seconds=0)
    signal.raise_signal(signal.SIGTERM)
    assert Outcome(story.ending.drained()).count == 1
    assert story.begun == []


def test_a_part_that_cannot_be_drained_holds_up_nobody() -> None:
    story = Story()
    signal.raise_signal(signal.SIGTERM)
    drained = Outcome(story.ending.drained())
    story.drains[0].errback(ValueError("no"))
    for drain in (1, 2):
        story.drains[drain].callback(None)
    assert (drained.count, drained.error) == (1, None)


def test_whoever_stops_without_a_signal_ends_at_once() -> None:
    assert Outcome(Ending(Clock(), 30).drained()).count == 1


def test_a_signal_that_is_ignored_stays_so() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Ending(Clock(), 30).heed_signals()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_process_that_is_asked_to_leave_ends_as_after_sigterm_in_the_time_that_was_said(logbook: Logbook) -> None:
    story = Story(seconds=30)
    story.ending.leave(5.0)
    story.ending.leave(7.0)
    story.ending.drained()

    assert story.reactor.stops == 1
    assert story.begun == [("GATEWAYS", 5.0)]
