"""Two switches of different exchange groups, joined by a bridge, each with a link to a hub that records."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from exchange.routing.bridge_end import BridgeEnd
from exchange.routing.crossing import crossing
from exchange.routing.registry import About
from exchange.wire.frames import Frame
from exchange.wire.identities import Id, make_id
from exchange.wire.layouts import Kind
from tests.routing.recorder import Recorder, Story

FAR = Recorder("far away")
"""Where the instances are that are seen on one side."""


def about(name: str = "log", audience: str = "*", path: tuple[str, ...] = ()) -> About:
    """Return what is seen of an instance."""
    return About(name, (), audience, b"", None, path)


def ids(story: Story, first: int) -> Iterator[bytes]:
    """Give the ids of new things of an exchange."""
    return (bytes(make_id(story.local.identity, number)) for number in count(first))


class Side:
    """One side of a bridge: an exchange, and the end of the bridge there.

    Attributes:
        hub: A hub that it is linked with; unless it is a hub itself: then a peer of it.
    """

    def __init__(self, name: str, group: str, is_hub: bool = False) -> None:
        self.story = Story(name, is_hub, group)
        self.hub = self.story.attach(f"hub of {name}", is_hub=not is_hub)
        self.end = self.new_end()

    def new_end(self) -> BridgeEnd:
        """Return the end of one more bridge."""
        calls, subscriptions = ids(self.story, 1_000), ids(self.story, 2_000)
        return BridgeEnd(self.story.switch, lambda: next(calls), lambda: next(subscriptions))

    def receive(self, *frames: Frame) -> None:
        """Let frames come from the hub."""
        self.story.receive(self.hub, *frames)

    def taken(self, kind: Kind) -> list[Frame]:
        """Return the frames of one kind that the hub was told since the last time; the others are forgotten."""
        return [frame for frame in self.hub.taken() if frame[0] == kind]


class Pair:
    """A bridge between the groups ``db``, inside, and ``front``, outside."""

    def __init__(self, inner_hub: bool = False, outer_hub: bool = False) -> None:
        self.inner = Side("inner", "db", inner_hub)
        self.outer = Side("outer", "front", outer_hub)
        self.inner.end.join(self.outer.end)

    def offer(self, number: int = 1, name: str = "log", path: tuple[str, ...] = ()) -> Id:
        """Let an instance be seen inside, and so be offered outside; return its id."""
        thing = FAR.make(number)
        entering = crossing(about(name, path=path), "db", "front")
        assert entering is not None
        self.outer.end.offer(thing, entering)
        return thing
