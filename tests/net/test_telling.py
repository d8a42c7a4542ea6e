"""What there is to tell a new link goes out as that drains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from exchange import Hub
from exchange.net.link import FRAMES_PER_WRITE, LinkProtocol
from exchange.net.telling import PORTION, Telling
from exchange.testing import Network
from tests.routing.recorder import Recorder, announce, withdraw

MANY = 5_000


class Crowd:
    """A port of a hub behind which there is very much, as another process would have announced it."""

    def __init__(self, hub: Hub, many: int = MANY, name: str = "crowd") -> None:
        self.port = Recorder(name, attachment=1)
        self._service = "service" if name == "crowd" else f"service of {name}"
        self._switch = hub._switch
        self._switch.attach(self.port)
        for number in range(1, many + 1):
            self.announce(number)

    def announce(self, number: int, *groups: str) -> None:
        self._switch.receive(self.port, announce(self.port.make(number), f"{self._service} {number}", groups=groups))

    def withdraw(self, number: int) -> None:
        self._switch.receive(self.port, withdraw(self.port.make(number)))

    def leave(self) -> None:
        self._switch.detach(self.port, "the story is over")


@pytest.fixture
def crowd(hub: Hub) -> Any:
    crowd = Crowd(hub)
    yield crowd
    crowd.leave()


def known(hub: Hub) -> dict[str, tuple[str, ...]]:
    """Return the services that a hub knows, with their groups."""
    return {instance.name: instance.groups for instance in hub.instances()}


def joined_and_stalled(network: Network, hub: Hub) -> tuple[Hub, LinkProtocol]:
    """Return another hub, which reads nothing since their link was opened, and that link."""
    oslo = network.hub("oslo")
    hub.watch_links(lambda change: network.stall(oslo) if change.is_open else None)
    network.join(oslo, hub)
    (link,) = hub._links.attached
    return oslo, link


@pytest.mark.heavy
def test_a_new_hub_is_told_of_all(network: Network, hub: Hub, crowd: Crowd) -> None:
    oslo = network.hub("oslo", join=[hub])
    assert len(known(oslo)) == MANY


@pytest.mark.heavy
def test_what_is_not_read_is_not_queued(network: Network, hub: Hub, crowd: Crowd) -> None:
    oslo, link = joined_and_stalled(network, hub)
    network.clock.advance(5)
    transport: Any = link.transport
    assert link.is_paused
    assert len(link._queue) < FRAMES_PER_WRITE
    assert link.congestion.size < 10_000
    assert transport._size < 100_000
    assert known(oslo) == {}
    network.restore(oslo)
    network.clock.advance(1)
    assert len(known(oslo)) == MANY


@pytest.mark.heavy
def test_what_comes_changes_and_goes_while_it_is_told_is_known_as_it_is_in_the_end(
    network: Network, hub: Hub, crowd: Crowd
) -> None:
    oslo, link = joined_and_stalled(network, hub)
    for number in (1, 2, MANY - 1, MANY):  # of which the one half is told already
        crowd.withdraw(number)
    for number in (3, 4, MANY - 3, MANY - 2):
        crowd.announce(number, "changed")
    crowd.announce(MANY + 1, "new")
    crowd.withdraw(MANY // 2)
    crowd.announce(MANY // 2, "back again")
    network.clock.advance(1)
    assert link._telling is not None

    network.restore(oslo)
    network.clock.advance(1)

    changed = dict.fromkeys((3, 4, MANY - 3, MANY - 2), "changed") | {MANY + 1: "new", MANY // 2: "back again"}
    numbers = [*range(3, MANY - 1), MANY + 1]
    assert known(oslo) == {f"service {n}": (changed[n],) if n in changed else () for n in numbers}
    assert link._telling is None


def test_a_link_that_is_lost_meanwhile_leaves_nothing(network: Network, hub: Hub, crowd: Crowd) -> None:
    oslo, link = joined_and_stalled(network, hub)
    tellings = [link._telling]
    network.cut(oslo)
    tellings.append(link._telling)
    assert [telling is None for telling in tellings] == [False, True]
    network.clock.advance(1)


class Turns(Recorder):
    """A link that takes all that it is told, and counts how much of it comes in one turn."""

    is_attached = True
    is_paused = False

    def __init__(self) -> None:
        super().__init__("hub", is_hub=True)
        self.counts: list[int] = []
        self.is_over = False
        self.telling: Telling
        self.waiting: list[Callable[[], None]] = []

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        assert seconds == 0
        self.waiting.append(do)

    def go_on_telling(self) -> None:
        self.is_over = self.telling.go_on()
        self.counts.append(len(self.taken()))


def test_others_have_their_turn_between_portions() -> None:
    link = Turns()
    link.telling = Telling(cast(Any, link), iter([announce(link.make(n), "feed") for n in range(2 * PORTION + 10)]))
    link.go_on_telling()
    assert not link.telling.go_on()  # somebody else asks, while the next turn is waited for
    while link.waiting:
        link.waiting.pop()()
    assert link.counts == [PORTION + 1, PORTION + 1, 8]
    assert link.is_over
