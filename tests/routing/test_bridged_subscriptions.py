"""The subscriptions that one end of a bridge makes, also when one has effects at once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from exchange.routing.bridged_subscriptions import BridgedSubscriptions
from exchange.wire.frames import Frame
from exchange.wire.layouts import Kind
from tests.routing.recorder import Recorder

WANTED, OTHER = Recorder("subscriber").make(1), Recorder("subscriber").make(2)
THING, SECOND = Recorder("publisher").make(1), Recorder("publisher").make(2)
ARRAY = ("log", "*", "latest", 3)


class Site:
    """What is offered at the other end, and the frames that were sent.

    Attributes:
        names: The name of each instance.
        answers: What each frame causes at once.
    """

    def __init__(self) -> None:
        self.names: dict[bytes, str] = {}
        self.answers: Callable[[], None] = lambda: None
        self.frames: list[Frame] = []
        numbers = count(1)
        self.made = BridgedSubscriptions(lambda: Recorder("bridge").make(next(numbers)), self.send, self.offered)

    def offered(self, service: str | bytes) -> list[bytes]:
        return [thing for thing, name in self.names.items() if service in (thing, name)]

    def send(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.answers()

    def offer(self, thing: bytes, name: str = "log") -> None:
        self.names[thing] = name
        self.made.add(thing, name)

    def kinds(self) -> list[str]:
        return [Kind(frame[0]).name for frame in self.frames]


def test_each_is_made_once_and_says_for_whom_it_is() -> None:
    site = Site()
    site.offer(THING)
    site.made.begin(WANTED, ARRAY)
    site.made.add(THING, "log")

    (frame,) = site.frames
    assert frame[2] == (THING, "*", "latest", 0)
    assert site.made.origin(frame[1]) == WANTED
    assert site.made.origin(WANTED) is None


def test_two_may_want_one_instance_and_each_ends_alone() -> None:
    site = Site()
    site.offer(THING)
    site.made.begin(WANTED, ARRAY)
    site.made.begin(OTHER, ARRAY)
    first = site.frames[0][1]
    site.made.end(WANTED)
    assert [frame[1] for frame in site.frames[2:]] == [first]

    site.made.end(OTHER)
    assert len(site.made) == 0


def test_what_nobody_wants_any_more_cannot_end_again() -> None:
    site = Site()
    site.made.end(WANTED)
    assert site.frames == []


def test_what_went_was_wanted_by_those_only_for_whom_it_was_made() -> None:
    site = Site()
    site.offer(THING)
    site.made.begin(WANTED, ARRAY)
    site.names[SECOND] = "log"
    site.made.remove(SECOND, "log")

    assert site.kinds() == ["SUBSCRIBE"]


def test_who_is_answered_at_once_may_end_its_subscription_at_once() -> None:
    site = Site()
    site.names = {THING: "log", SECOND: "log"}
    site.answers = lambda: site.made.end(WANTED)
    site.made.begin(WANTED, ARRAY)

    assert site.kinds() == ["SUBSCRIBE", "UNSUBSCRIBE"], "for the second instance nothing is made"
    assert len(site.made) == 0


def test_an_instance_that_went_meanwhile_is_not_subscribed_to() -> None:
    site = Site()
    site.made.begin(WANTED, ARRAY)
    site.made.add(THING, "log")

    assert site.frames == []
