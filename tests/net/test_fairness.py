"""Whoever sends without pause is read less, and the others keep their turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from exchange import Hub
from exchange.net.fairness import CALM, CROWD, FLOOD, FULL_READ, SMALL_READ, USUAL_READ, Fairness
from exchange.testing import Network
from exchange.wire.frames import encode
from exchange.wire.layouts import Kind
from tests.net.stranger import Stranger

READ = 65_536
MANY = 1000


class Reading:
    """Notes for how long nothing was to be read."""

    def __init__(self) -> None:
        self.stops: list[float] = []

    def stop_for(self, seconds: float, reason: str) -> None:
        assert reason == "flood"
        self.stops.append(seconds)


class Link:
    """A link of a peer."""

    is_attached = True

    def __init__(self, is_hub: bool = False) -> None:
        self.is_hub = is_hub
        self.reading = Reading()
        self.most = USUAL_READ

    def read_at_most(self, size: int) -> None:
        self.most = size


class Hall:
    """Some links of one hub, and a clock."""

    def __init__(self, crowd: int = CROWD) -> None:
        self.now = 0.0
        self.fairness = Fairness(lambda: self.now, lambda: crowd)

    def read(self, link: Link, size: int = READ, frames: int = MANY, times: int = 1) -> None:
        for _ in range(times):
            self.now += 0.01
            self.fairness.note(cast(Any, link), size, frames)


def test_who_sends_without_pause_is_read_less() -> None:
    hall, link = Hall(), Link()
    hall.read(link, times=FLOOD // READ - 1)
    assert link.most == USUAL_READ
    hall.read(link)
    assert link.most == SMALL_READ
    hall.read(link, SMALL_READ, 60)
    assert link.reading.stops == [pytest.approx(60 * 10e-6)]


def test_those_that_flood_share_half_of_the_time() -> None:
    hall, links = Hall(), [Link(), Link(), Link()]
    for link in links:
        hall.read(link, times=FLOOD // READ)
    for link in links:
        hall.read(link, SMALL_READ, 60)
    assert [link.reading.stops for link in links] == [[pytest.approx(3 * 60 * 10e-6)]] * 3


def test_it_is_over_a_second_after_the_last_full_read() -> None:
    hall, link = Hall(), Link()
    hall.read(link, times=FLOOD // READ)
    hall.fairness.tick(hall.now + CALM / 2)
    assert link.most == SMALL_READ
    hall.fairness.tick(hall.now + CALM + 0.1)
    assert link.most == USUAL_READ
    assert len(hall.fairness) == 0


def test_one_large_read_now_and_then_is_no_flood() -> None:
    hall, link = Hall(), Link()
    for _ in range(20):
        hall.read(link, times=2)
        hall.now += 0.1
        hall.fairness.tick(hall.now)
    assert link.most == USUAL_READ
    assert not hall.fairness._came


@pytest.mark.parametrize(
    ("link", "size", "frames", "crowd"),
    [(Link(is_hub=True), READ, MANY, 9), (Link(), READ, 3, 9), (Link(), READ, MANY, CROWD - 1)],
    ids=["a hub, behind which are many", "few large frames", "nobody else is there"],
)
def test_who_is_not_read_less(link: Link, size: int, frames: int, crowd: int) -> None:
    hall = Hall(crowd)
    hall.read(link, size, frames, times=50)
    assert (link.most, link.reading.stops) == (USUAL_READ, [])


def test_of_a_link_that_is_gone_nothing_is_kept() -> None:
    hall, flooding, beginning = Hall(), Link(), Link()
    hall.read(flooding, times=FLOOD // READ)
    hall.read(beginning)
    for link in (flooding, beginning):
        hall.fairness.forget(cast(Any, link))
    assert len(hall.fairness) == 0
    assert not hall.fairness._came


def test_a_hub_reads_a_flooding_peer_less_while_others_are_there(
    network: Network, hub: Hub, stranger: Callable[..., Stranger]
) -> None:
    strangers = [stranger(name) for name in ("mallory", "ann", "bob")]
    for each in strangers:
        each.greet()
    mallory, ann, _ = strangers
    calls = [encode(Kind.REQUEST, mallory.make(number), ("nobody", "m", None))[3] for number in range(1, 1200)]
    for _ in range(1 + FLOOD // FULL_READ):
        mallory.say(b"".join(calls))
    assert len(hub._links.fairness) == 1
    assert mallory.transport.producerState == "paused"
    assert ann.transport.producerState == "producing"
    network.clock.advance(1)
    assert mallory.transport.producerState == "producing"
    network.clock.advance(10)
    assert len(hub._links.fairness) == 0
