"""A time that is over only if we could have heard what we waited for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.task import Clock

from exchange.net.patience import after


class Link:
    """Waits by a clock; notes when it was told that the time is over."""

    def __init__(self, clock: Clock) -> None:
        self.told: list[float] = []
        self._clock = clock

    @property
    def now(self) -> float:
        return self._clock.seconds()

    def later(self, seconds: float, do: Callable[..., None], *args: Any) -> None:
        self._clock.callLater(seconds, do, *args)

    def over(self, what: str) -> None:
        assert what == "the time"
        self.told.append(self.now)


def test_the_time_is_over_when_it_is(clock: Clock) -> None:
    link = Link(clock)
    after(link, 1, link.over, "the time")
    clock.pump([0.5, 0.4])
    assert link.told == []
    clock.advance(0.2)
    assert link.told == [1.1]
    clock.advance(5)
    assert link.told == [1.1]


def test_who_was_held_up_has_the_time_once_more_as_often_as_it_happens(clock: Clock) -> None:
    link = Link(clock)
    after(link, 1, link.over, "the time")
    clock.advance(10)  # at once: nothing could be read meanwhile
    assert link.told == []
    clock.advance(3)
    assert link.told == []
    clock.pump([0.5, 0.5])
    assert link.told == [14]
