"""Several versions of the wire in one mesh, and how a site goes from one to the next without losing a call."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from exchange import Exchange, Hub, Report, Service, method
from exchange.testing import Network
from exchange.wire.terms import VERSIONS
from tests.logbook import Logbook
from tests.versions.later import LATER, Later

OLD, BOTH, NEW = (1,), (1, LATER), (LATER,)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    return Later(monkeypatch)


class Tally(Service):
    """Notes each call that it was asked, and answers some of them a while later."""

    name = "tally"
    groups = ["books"]

    def __init__(self, book: Counter[int]) -> None:
        super().__init__()
        self.book = book

    @method
    def note(self, number: int) -> int | Deferred[int]:
        self.book[number] += 1
        self.publish("noted", number, 60)
        answer: Deferred[int] = Deferred()
        self.call_later(number % 3 / 10, lambda: answer.callback(number))
        return answer


class Site:
    """Three hubs, each joined to the others, with a service at each; every process knows two hubs."""

    def __init__(self, network: Network, later: Later, versions: tuple[int, ...]) -> None:
        self.network, self.later = network, later
        self.book: Counter[int] = Counter()
        self.answers: list[Deferred[Any]] = []
        later.born_with(*versions)
        self.hubs = [network.hub(name) for name in "abc"]
        for hub in self.hubs:
            self._join(hub)
        self.services = [self._offer(number) for number in range(3)]
        self.callers = [self._peer(number) for number in range(3)]
        self.heard: list[int] = []
        self.callers[2].subscribe("tally", "noted", self._hear)
        self.pass_time(1)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, in which a caller calls every tenth of a second."""
        for _ in range(round(seconds * 10)):
            number = len(self.answers)
            self.answers.append(self.callers[number % len(self.callers)].call("tally", "note", number))
            self.network.clock.advance(0.1)

    def upgrade_hub(self, number: int, *versions: int) -> None:
        """What ``docs/explanation/versions.md`` says of a hub: let it leave, start the new one in its place."""
        old = self.hubs[number]
        left = old.drain()
        self.pass_time(2)
        self.network.result(left)
        self.network.stop(old)
        self.later.born_with(*versions)
        new = Hub(self.network.clock, old.name or "", entropy=self.network._random.randbytes)
        self.network._places[new] = place = self.network._places.pop(old)
        new.listen(place)
        new.startService()
        self.hubs[number] = new
        self._join(new)
        self.pass_time(2)

    def upgrade_service(self, number: int, *versions: int) -> None:
        """Likewise of a process: what it owes is answered by the old one."""
        old = self.services[number]
        self.later.born_with(*versions)
        self.services[number] = self._offer(number)
        left = old.drain()
        self.pass_time(1)
        self.network.result(left)
        self.network.stop(old)

    def spoken(self) -> set[int]:
        """Return the versions that the links of the hubs speak."""
        told = [self.network.result(hub.call("$exchange", "links")) for hub in self.hubs]
        return {row["wire"] for each in told for row in each["rows"]}

    def check(self) -> None:
        """Every call was answered, and none ran twice."""
        self.pass_time(1)
        self.network.clock.advance(2)
        assert [self.network.result(answer) for answer in self.answers] == list(range(len(self.answers)))
        assert set(self.book.values()) == {1}
        assert len(self.book) == len(self.answers)

    def _hear(self, number: int, report: Report) -> None:
        self.heard.append(number)

    def _join(self, hub: Hub) -> None:
        for other in self.hubs:
            if other is not hub:
                self.network.join(hub, other)

    def _offer(self, number: int) -> Exchange:
        peer = self._peer(number)
        peer.add(Tally(self.book))
        self.network.settle()
        return peer

    def _peer(self, number: int) -> Exchange:
        return self.network.peer(self.hubs[number], self.hubs[(number + 1) % len(self.hubs)])


def test_today_version_1_is_spoken() -> None:
    """Whoever adds a version writes a frozen speaker of the last one first, as `tests.versions.wire_1` is of this."""
    assert VERSIONS == OLD


@pytest.mark.parametrize("order", [(OLD, BOTH, BOTH), (BOTH, OLD, BOTH), (OLD, OLD, BOTH)])
def test_hubs_and_peers_of_two_versions_are_one_mesh(
    network: Network, later: Later, order: tuple[tuple[int, ...], ...]
) -> None:
    """What is unknown to an end is read over, and passed on."""
    hubs: list[Hub] = []
    peers: list[Exchange] = []
    for versions in order:
        later.born_with(*versions)
        hubs.append(network.hub(join=hubs))
    book: Counter[int] = Counter()
    for hub in hubs:
        for versions in (OLD, BOTH):
            later.born_with(*versions)
            peers.append(network.peer(hub))
            peers[-1].add(Tally(book))
    network.clock.advance(1)

    heard: list[int] = []
    for peer in peers:
        peer.subscribe("tally", "*", heard.append)
    watches = [peer.watch(group="books") for peer in peers]
    network.settle()
    assert [len(watch.instances) for watch in watches] == [len(peers)] * len(peers)
    for caller in peers:
        for instance in watches[0].instances:
            answer = caller.call(instance.id, "note", 0)
            network.clock.advance(0.1)
            assert network.result(answer) == 0
    assert len(heard) == len(peers) ** 3
    assert later.longer > 0
    assert later.news > 0


def test_a_site_goes_to_the_next_version_hub_by_hub_and_no_call_is_lost(network: Network, later: Later) -> None:
    site = Site(network, later, OLD)
    assert site.spoken() == {1}
    for number in range(3):
        site.upgrade_hub(number, *BOTH)
        assert site.spoken() >= {1}  # the processes are still of the old version
    for number in range(3):
        site.upgrade_service(number, *BOTH)
    assert site.spoken() == {1, LATER}
    site.check()
    assert sorted(site.heard) == sorted(site.book), "whoever has subscribed has heard of every call, once"
    assert later.news > 0


def test_a_site_goes_back_hub_by_hub_and_no_call_is_lost(network: Network, later: Later) -> None:
    site = Site(network, later, BOTH)
    assert site.spoken() == {LATER}
    for number in range(3):
        site.upgrade_hub(number, *OLD)
    assert site.spoken() == {1}
    site.check()


def test_a_hub_that_has_given_up_a_version_is_told_apart_from_one_that_speaks_it(
    network: Network, later: Later, logbook: Logbook
) -> None:
    """Nobody may skip the release that speaks both; who does is told what is wrong, at both ends."""
    later.born_with(*OLD)
    old = network.hub("rome")
    later.born_with(*NEW)
    new = network.hub("oslo", join=[old])
    network.peer(old)
    network.clock.advance(1)

    assert new.outstanding().links == old.outstanding().links == 0
    text = "this hub speaks version 1 of the wire, not 2; upgrade this hub"
    assert len(logbook.lines(text)) >= 2
