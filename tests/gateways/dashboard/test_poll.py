"""The poll: once a second for all who look, and not at all if nobody does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from exchange.gateways.dashboard.poll import Poll, Section
from tests.logbook import Logbook


class Told:
    """What a hub tells: a number, one more each time."""

    def __init__(self) -> None:
        self.asked = 0
        self.late: Deferred[Any] | None = None

    async def read(self) -> dict[str, Any]:
        """Tell it."""
        self.asked += 1
        if self.late is not None:
            await self.late
        return {"number": self.asked}


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def poll(told: Told, clock: Clock) -> Poll:
    return Poll(told.read, clock)


def listening() -> tuple[list[str], Callable[[list[Section]], object]]:
    heard: list[str] = []

    def hear(sections: list[Section]) -> None:
        heard.extend(text for _, text in sections)

    return heard, hear


def test_nobody_is_asked_while_nobody_looks(told: Told, poll: Poll, clock: Clock) -> None:
    clock.advance(10)
    assert told.asked == 0


def test_the_hubs_are_asked_once_a_second_however_many_look(told: Told, poll: Poll, clock: Clock) -> None:
    (one, see_one), (other, see_other) = listening(), listening()
    poll.look(see_one)
    clock.advance(0.5)
    poll.look(see_other)
    for _ in range(4):
        clock.advance(0.5)

    assert told.asked == 3
    assert one == ["1", "2", "3"]
    assert other == ["1", "2", "3"], "what was told just now is shown to whoever comes"


def test_when_the_last_looks_away_nobody_is_asked_any_more(told: Told, poll: Poll, clock: Clock) -> None:
    _, see = listening()
    poll.look(see)
    poll.look_away(see)
    clock.advance(10)

    assert told.asked == 1
    assert not clock.getDelayedCalls()


def test_a_hub_that_is_slow_is_not_asked_again_before_it_has_answered(told: Told, poll: Poll, clock: Clock) -> None:
    told.late = Deferred()
    heard, see = listening()
    poll.look(see)
    clock.advance(10)
    assert told.asked == 1

    told.late.callback(None)
    assert heard == ["1"]
    clock.advance(1)
    assert told.asked == 2


def test_where_there_is_much_to_tell_it_is_asked_for_less_often(clock: Clock) -> None:
    asked = []

    async def read() -> dict[str, Any]:
        asked.append(clock.seconds())
        return {"rows": "x" * 1_000_000}

    poll = Poll(read, clock)
    _, see = listening()
    poll.look(see)
    for _ in range(10):
        clock.advance(1)

    assert asked == [0, 5, 10]
    poll.look_away(see)


def test_it_can_be_asked_once(told: Told, poll: Poll, clock: Clock) -> None:
    answers: list[Any] = []
    poll.once().addCallback(answers.append)
    poll.once().addCallback(answers.append)
    assert answers == [[("number", "1")]] * 2
    clock.advance(5)
    assert told.asked == 1

    told.late = Deferred()
    gone = poll.once()
    gone.addErrback(lambda _: None)
    gone.cancel()
    told.late.callback(None)
    assert told.asked == 2


def test_what_cannot_be_told_is_logged_and_asked_again(clock: Clock, logbook: Logbook) -> None:
    tries = []

    async def read() -> dict[str, Any]:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("once")
        return {"number": 2}

    poll = Poll(read, clock)
    heard, see = listening()
    poll.look(see)
    clock.advance(1)

    assert heard == ["2"]
    assert logbook.failures() == ["RuntimeError: once"]
    poll.look_away(see)
