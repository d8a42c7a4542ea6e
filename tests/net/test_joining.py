"""Two hubs keep one link between them, however they came to dial each other."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from twisted.internet.error import ConnectionLost

from exchange import Hub
from exchange.memory import WayTo
from exchange.testing import Network
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.offered import Math, Sleepy

SEEDS = range(4)
"""Of two hubs now the one has the lower identity, and now the other."""

DEAD = {"heartbeat": 10.0, "dead_after": 30.0}


class Mesh:
    """Two hubs, rome and oslo, which have not joined."""

    def __init__(self, seed: int) -> None:
        self.network = Network(seed)
        self.rome = self.network.hub("rome")
        self.oslo = self.network.hub("oslo")

    @property
    def low(self) -> Hub:
        """The one that decides."""
        return min(self.rome, self.oslo, key=lambda hub: hub.identity)

    @property
    def high(self) -> Hub:
        """The one that believes."""
        return max(self.rome, self.oslo, key=lambda hub: hub.identity)

    def dials(self, hub: Hub, other: Hub) -> None:
        """Let a hub join another, and nothing pass yet."""
        hub.join(WayTo(self.network._places[hub], self.network._places[other]))

    def passes(self, seconds: float) -> None:
        self.network.clock.advance(seconds)

    def loses(self, *hubs: Hub) -> None:
        """Let what the hubs have between them vanish, so that only these notice."""
        transports = self.network._living(self.network._places[self.rome])
        for transport in transports:
            transport.frozen = transport.far.frozen = True
        for hub in hubs:
            for transport in self.network._living(self.network._places[hub]):
                transport.lose(ConnectionLost())
        self.network.settle()

    def links(self, hub: Hub) -> int:
        """Return how many links a hub has: as many connections as ports."""
        assert len(hub._links) == len(hub._links.attached) == len(hub._switch.hubs)
        return len(hub._links)

    @property
    def are_joined(self) -> bool:
        """Whether they have one link, and the same; an odd one would show in a call."""
        self.network.settle()
        both = self.links(self.rome), self.links(self.oslo)
        return both == (1, 1) and self._multiply() == 42

    def _multiply(self) -> Any:
        caller, callee = self.network.peer(self.rome), self.network.peer(self.oslo)
        callee.add(Math())
        self.network.settle()
        product = self.network.result(caller.call("math", "multiply", 6, 7))
        self.network.stop(caller)
        self.network.stop(callee)
        return product


@pytest.fixture(params=SEEDS, ids=[f"seed {seed}" for seed in SEEDS])
def mesh(request: pytest.FixtureRequest, logbook: Logbook) -> Iterator[Mesh]:
    mesh = Mesh(request.param)
    yield mesh
    mesh.network.close()


def test_the_seeds_try_both_orders(logbook: Logbook) -> None:
    assert len({Mesh(seed).rome.identity < Mesh(seed).oslo.identity for seed in SEEDS}) == 2


def test_one_that_joins_another_is_linked_with_it(mesh: Mesh) -> None:
    mesh.dials(mesh.rome, mesh.oslo)
    assert mesh.are_joined
    assert mesh.network.result(mesh.rome.when_linked()) is None


def test_two_that_join_each_other_in_one_moment_have_one_link(mesh: Mesh) -> None:
    mesh.dials(mesh.rome, mesh.oslo)
    mesh.dials(mesh.oslo, mesh.rome)
    assert mesh.are_joined
    mesh.passes(300)
    assert mesh.are_joined
    for hub in (mesh.rome, mesh.oslo):
        assert mesh.network.result(hub.when_linked()) is None


def test_two_that_join_each_other_one_after_the_other_keep_the_first_link(mesh: Mesh) -> None:
    mesh.dials(mesh.rome, mesh.oslo)
    mesh.network.settle()
    (first,) = mesh.rome._links.attached
    mesh.dials(mesh.oslo, mesh.rome)
    assert mesh.are_joined
    mesh.passes(300)
    assert mesh.are_joined
    assert list(mesh.rome._links.attached) == [first]


@pytest.mark.parametrize("delay", [0.1, 0.4, 0.7, 2, 4])
def test_however_far_they_are_from_each_other_one_link_is_left(mesh: Mesh, delay: float) -> None:
    mesh.network.delay(mesh.rome, delay)
    mesh.dials(mesh.rome, mesh.oslo)
    mesh.dials(mesh.oslo, mesh.rome)
    mesh.passes(60)
    mesh.network.delay(mesh.rome, 0)
    mesh.passes(5)
    assert mesh.are_joined


@pytest.mark.parametrize("later", [0.05, 0.2, 0.35, 0.5, 0.65, 0.8])
def test_whenever_the_second_dials_one_link_is_left(mesh: Mesh, later: float) -> None:
    mesh.network.delay(mesh.rome, 0.3)
    mesh.dials(mesh.rome, mesh.oslo)
    mesh.passes(later)
    mesh.dials(mesh.oslo, mesh.rome)
    mesh.passes(10)
    mesh.network.delay(mesh.rome, 0)
    mesh.passes(1)
    assert mesh.are_joined


def test_one_that_dials_another_by_two_names_has_one_link(mesh: Mesh, logbook: Logbook) -> None:
    mesh.dials(mesh.rome, mesh.oslo)
    mesh.dials(mesh.rome, mesh.oslo)
    assert mesh.are_joined
    mesh.passes(300)
    assert mesh.are_joined
    assert len(logbook.lines("is linked already; its dialer stands by")) == 1
    assert logbook.lines("cannot link") == []


@pytest.mark.parametrize("both_notice", [True, False])
@pytest.mark.parametrize("noticing", ["low", "high"])
def test_a_dialer_that_stood_by_takes_over_when_the_first_link_dies(
    mesh: Mesh, noticing: str, both_notice: bool
) -> None:
    """Also if one side alone has noticed; it comes back within two seconds, and not by its slowest pace."""
    mesh.dials(mesh.rome, mesh.oslo)
    mesh.network.settle()
    mesh.dials(mesh.oslo, mesh.rome)
    mesh.passes(10)
    mesh.loses(*([mesh.rome, mesh.oslo] if both_notice else [getattr(mesh, noticing)]))
    mesh.passes(2.5)
    assert mesh.are_joined


def test_a_link_that_nobody_knows_to_be_dead_is_replaced_when_it_is_taken_for_dead(mesh: Mesh) -> None:
    mesh.dials(mesh.rome, mesh.oslo)
    mesh.dials(mesh.oslo, mesh.rome)
    mesh.passes(5)
    mesh.loses()
    mesh.passes(40)
    assert mesh.are_joined


def test_what_is_refused_disturbs_nothing(mesh: Mesh) -> None:
    """A call under way over the first link is answered; nothing was attached over the second."""
    mesh.dials(mesh.rome, mesh.oslo)
    caller, callee = mesh.network.peer(mesh.rome), mesh.network.peer(mesh.oslo)
    sleepy = Sleepy()
    callee.add(sleepy)
    mesh.network.settle()
    answer = caller.call("sleepy", "sleep", timeout=None)
    mesh.network.settle()
    told: list[bool] = []
    for hub in (mesh.rome, mesh.oslo):
        hub.watch_links(lambda change: told.append(change.is_open))
    told.clear()

    mesh.dials(mesh.oslo, mesh.rome)
    mesh.passes(100)

    assert told == []
    sleepy.asleep.pop().callback("awake")
    assert mesh.network.result(answer) == "awake"


def test_a_hub_that_stops_and_starts_again_is_joined_again_by_whoever_dials(mesh: Mesh) -> None:
    mesh.dials(mesh.rome, mesh.oslo)
    mesh.dials(mesh.oslo, mesh.rome)
    mesh.passes(5)
    mesh.network.stop(mesh.oslo)
    mesh.passes(20)
    mesh.oslo.startService()
    mesh.passes(31)
    assert mesh.are_joined


def test_a_hub_started_before_its_partner_keeps_trying(mesh: Mesh) -> None:
    mesh.network.cut(mesh.oslo)
    mesh.dials(mesh.rome, mesh.oslo)
    mesh.passes(100)
    assert mesh.links(mesh.rome) == 0
    mesh.network.restore(mesh.oslo)
    mesh.passes(31)
    assert mesh.are_joined


def test_a_hub_that_dials_itself_notices_once_and_dials_no_more(mesh: Mesh, logbook: Logbook) -> None:
    mesh.dials(mesh.rome, mesh.rome)
    mesh.network.settle()
    (line,) = logbook.lines("leads to ourselves")
    assert line.endswith("is dialled no more")
    mesh.passes(300)
    assert len(logbook.lines("this is yourself")) == 2  # at both ends of the one attempt
    assert mesh.links(mesh.rome) == 0
    assert mesh.network.result(mesh.rome.when_linked()) is None


@pytest.mark.parametrize("seed", range(60))
def test_whatever_happens_to_their_links_one_is_left_when_it_is_quiet(seed: int, logbook: Logbook) -> None:
    """They dial when they like and by how many names they like; links are lost, seen by both, by one, or by none."""
    chance = Random(seed)
    mesh = Mesh(seed)
    hubs = [mesh.rome, mesh.oslo]
    mesh.dials(*chance.sample(hubs, 2))
    for _ in range(chance.randrange(3, 12)):
        match chance.randrange(5):
            case 0 if len(list(mesh.rome)) + len(list(mesh.oslo)) < 7:
                mesh.dials(*chance.sample(hubs, 2))
            case 1:
                mesh.loses(*chance.sample(hubs, chance.randrange(3)))
            case 2:
                mesh.network.delay(chance.choice(hubs), chance.choice([0, 0, 0.2, 0.6, 1.1]))
            case 3:
                gone = chance.choice(hubs)
                mesh.network.cut(gone)
                mesh.network.restore(gone)
            case _:
                mesh.passes(chance.choice([0.1, 0.3, 1, 5, 40]))
        for hub, other in (hubs, hubs[::-1]):
            attached = [port.identity for port in hub._switch.hubs]
            assert attached in ([], [other.identity]), "two links to one hub are attached at one time"
    for hub in hubs:
        mesh.network.delay(hub, 0)
    mesh.passes(70)
    assert mesh.are_joined
    mesh.network.close()


def test_a_hub_that_leads_to_itself_first_is_linked_with_the_next(mesh: Mesh) -> None:
    rome, oslo = (mesh.network._places[hub] for hub in (mesh.rome, mesh.oslo))
    mesh.rome.connect(WayTo(rome, rome), WayTo(rome, oslo))
    mesh.passes(5)
    assert mesh.are_joined
    mesh.network.cut(mesh.oslo)
    mesh.network.restore(mesh.oslo)
    mesh.passes(5)
    assert mesh.are_joined


def test_a_dialer_that_stood_by_is_not_linked_when_the_other_link_is_lost(mesh: Mesh) -> None:
    mesh.dials(mesh.rome, mesh.oslo)
    mesh.dials(mesh.rome, mesh.oslo)
    mesh.passes(5)
    assert mesh.network.result(mesh.rome.when_linked()) is None
    mesh.network.cut(mesh.oslo)
    waiting = Outcome(mesh.rome.when_linked())
    mesh.passes(60)
    fired = [waiting.count]
    mesh.network.restore(mesh.oslo)
    mesh.passes(31)
    assert [*fired, waiting.count] == [0, 1]
    assert mesh.are_joined


def test_a_dialer_that_tries_once_is_content_with_another_link(mesh: Mesh) -> None:
    mesh.dials(mesh.rome, mesh.oslo)
    mesh.network.settle()
    dialer = mesh.rome.join(WayTo(mesh.network._places[mesh.rome], mesh.network._places[mesh.oslo]), retry=None)
    mesh.passes(2)
    assert mesh.network.result(dialer.when_linked()) is None
    assert mesh.are_joined


def test_a_hub_dialled_by_more_names_than_it_takes_links_has_one_link_all_the_same(mesh: Mesh) -> None:
    for _ in range(7):
        mesh.dials(mesh.rome, mesh.oslo)
    mesh.passes(60)
    assert mesh.are_joined
