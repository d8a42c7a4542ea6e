"""Parallel bridges and rings of groups: nothing loops, nothing comes twice, and nobody dead is kept alive."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import Bridge, Exchange, Hub, ServiceWithdrawn
from exchange.testing import Network
from tests.services.bridged import BACK, Log, Site, Watcher

GROUPS = ("a", "b", "c")


class Ring:
    """Three groups, each joined with the other two.

    Attributes:
        hubs: By their groups.
        peers: One in each group.
        bridges: The exchanges of the bridge between two groups.
    """

    def __init__(self, network: Network, in_one_process: bool = False) -> None:
        self.network = network
        self.hubs: dict[str, Hub] = {group: network.hub(group, group=group) for group in GROUPS}
        self.peers = {group: self.peer(group) for group in GROUPS}
        shared = {group: self.peer(group) for group in GROUPS} if in_one_process else None
        self.bridges: dict[str, tuple[Exchange, Exchange]] = {}
        for first, second in ("ab", "bc", "ca"):
            ends = (shared[first], shared[second]) if shared else (self.peer(first), self.peer(second))
            self.bridges[first + second] = ends
            Bridge(*ends)
        network.settle()

    def peer(self, group: str) -> Exchange:
        """Return a new peer in a group."""
        return self.network.peer(self.hubs[group], group=group)


@pytest.fixture(params=["in three processes", "in one process"])
def ring(network: Network, request: pytest.FixtureRequest) -> Ring:
    return Ring(network, request.param == "in one process")


def test_in_a_ring_each_group_sees_a_service_once_by_the_shortest_way(ring: Ring, network: Network) -> None:
    log = Log()
    ring.peers["a"].add(log)
    watchers = {group: Watcher(ring.peers[group]) for group in GROUPS}
    network.settle()

    assert {group: watcher.paths() for group, watcher in watchers.items()} == {"a": [()], "b": [("a",)], "c": [("a",)]}
    for number, group in enumerate(GROUPS, 1):
        assert network.result(ring.peers[group].call("log", "add", group)) == number
    assert log.calls == [*GROUPS], "no call was made twice"


def test_in_a_ring_each_report_comes_once(ring: Ring, network: Network) -> None:
    log = Log()
    ring.peers["a"].add(log)
    log.publish("x", 0, lifetime=-1)
    heard: dict[str, list[Any]] = {group: [] for group in GROUPS}
    for group in GROUPS:
        ring.peers[group].subscribe("log", "*", heard[group].append)
    network.settle()
    for number in range(1, 4):
        log.publish("x", number, lifetime=-1)
        network.settle()

    assert heard == {group: [0, 1, 2, 3] for group in GROUPS}


@pytest.mark.parametrize("end", ["withdrawn", "lost"])
def test_what_is_gone_is_gone_everywhere(ring: Ring, network: Network, end: str) -> None:
    log = Log()
    ring.peers["a"].add(log)
    watchers = [Watcher(ring.peers[group]) for group in GROUPS]
    network.settle()
    if end == "withdrawn":
        ring.peers["a"].remove(log)
    else:
        network.cut(ring.peers["a"])
    network.settle()

    assert all(watcher.names() == set() for watcher in watchers[1:])
    assert all(hub.instances() == [] for hub in ring.hubs.values())
    assert not any(any(exchange.outstanding()[:3]) for ends in ring.bridges.values() for exchange in ends)


def test_when_a_group_loses_its_direct_bridge_the_way_round_the_ring_is_taken(network: Network) -> None:
    ring = Ring(network)
    log = Log()
    ring.peers["a"].add(log)
    watcher = Watcher(ring.peers["b"])
    heard: list[Any] = []
    ring.peers["b"].subscribe("log", "*", heard.append)
    network.settle()
    network.cut(ring.bridges["ab"][1])
    assert watcher.paths() == [("a", "c")]
    assert [told[0] for told in watcher.told] == ["came", "changed"]
    assert network.result(ring.peers["b"].call("log", "add", 1)) == 1
    log.publish("x", 1)
    network.settle()

    network.restore(ring.bridges["ab"][1])
    network.clock.advance(5)
    assert watcher.paths() == [("a",)]
    log.publish("x", 2)
    network.settle()
    assert heard == [1, 2]
    assert network.result(ring.peers["b"].call("log", "add", 1)) == 2


def test_when_both_bridges_of_a_group_are_cut_the_ring_does_not_keep_its_services_alive(network: Network) -> None:
    ring = Ring(network)
    ring.peers["a"].add(Log())
    watchers = [Watcher(ring.peers[group]) for group in "bc"]
    network.settle()
    network.freeze(ring.bridges["ab"][0])
    network.freeze(ring.bridges["ca"][1])
    calls = [ring.peers[group].call("log", "wait", timeout=50) for group in "bc"]
    network.clock.advance(40)
    assert [watcher.names() for watcher in watchers] == [set(), set()]
    network.clock.advance(20)
    for call in calls:
        with pytest.raises(ServiceWithdrawn):
            network.result(call)


def test_no_report_goes_round_a_ring_whose_bridges_came_and_went(network: Network) -> None:
    ring = Ring(network)
    for pair in list(ring.bridges):
        ends = ring.peer(pair[0]), ring.peer(pair[1])
        ring.bridges[pair + " too"] = ends
        Bridge(*ends)
    log = Log()
    ring.peers["a"].add(log)
    heard: dict[str, list[Any]] = {group: [] for group in GROUPS}
    for group in GROUPS:
        ring.peers[group].subscribe("log", "*", heard[group].append)
    network.settle()
    for group in "bc":
        direct = [ends for pair, ends in ring.bridges.items() if set(pair[:2]) == {"a", group}]
        for ends in direct:
            network.cut(ends[0])
        assert network.result(ring.peers[group].call("log", "add", 1)) > 0
        for ends in direct:
            network.restore(ends[0])
        network.clock.advance(5)
    for number in range(10):
        log.publish("x", number)
        network.settle()

    assert heard == {group: list(range(10)) for group in GROUPS}


# Parallel bridges


def test_by_two_parallel_bridges_a_service_comes_once_and_reports_too(network: Network) -> None:
    site = Site(network)
    site.another_bridge()
    log = Log()
    site.database.add(log)
    log.publish("x", 0, lifetime=-1)
    watcher = Watcher(site.web)
    heard: list[Any] = []
    site.web.subscribe("log", "*", heard.append)
    network.settle()
    log.publish("x", 1)
    network.settle()

    assert watcher.paths() == [(BACK,)]
    assert network.result(site.web.call("log", "add", 1)) == 1
    assert heard == [0, 1]


@pytest.mark.parametrize("first_goes", [True, False])
@pytest.mark.parametrize("how", ["stopped", "cut", "one side is cut"])
def test_when_one_of_two_parallel_bridges_goes_the_other_serves_on(
    network: Network, first_goes: bool, how: str
) -> None:
    site = Site(network)
    bridges = [(site.inner, site.outer), site.another_bridge()]
    log = Log()
    site.database.add(log)
    watcher = Watcher(site.web)
    heard: list[Any] = []
    site.web.subscribe("log", "*", heard.append)
    network.settle()
    log.publish("x", 1, lifetime=-1)
    going = bridges[0 if first_goes else 1]
    for exchange in going[:1] if how == "one side is cut" else going:
        if how == "stopped":
            network.stop(exchange)
        else:
            network.cut(exchange)
    network.settle()

    assert watcher.told == [("came", "log", "")], "nobody notices"
    assert network.result(site.web.call("log", "add", 1)) == 1
    log.publish("x", 2, lifetime=-1)
    network.settle()
    assert heard == [1, 2]
    site.database.remove(log)
    network.settle()
    assert watcher.names() == set()


@pytest.mark.parametrize("first_goes", [True, False])
def test_a_bridge_that_leaves_in_good_order_answers_what_it_was_asked_and_the_other_takes_the_rest(
    network: Network, first_goes: bool
) -> None:
    site = Site(network)
    bridges = [(site.inner, site.outer), site.another_bridge()]
    log = Log()
    site.database.add(log)
    watcher = Watcher(site.web)
    heard: list[Any] = []
    site.web.subscribe("log", "*", heard.append)
    network.settle()
    slow = site.web.call("log", "sleep", 3)
    network.settle()
    leaving = [exchange.drain(30) for exchange in bridges[0 if first_goes else 1]]
    network.clock.advance(1)
    assert network.result(site.web.call("log", "add", 1)) == 1
    log.publish("x", 1)
    network.clock.advance(3)

    assert network.result(slow) == "slept"
    assert all(left.called for left in leaving)
    log.publish("x", 2)
    network.settle()
    assert heard == [1, 2]
    assert watcher.told == [("came", "log", "")]


def test_a_parallel_bridge_that_comes_later_changes_nothing_for_those_who_listen(network: Network) -> None:
    site = Site(network)
    log = Log()
    site.database.add(log)
    heard: list[Any] = []
    site.web.subscribe("log", "*", lambda content, report: heard.append((content, report.skipped)))
    network.settle()
    for number in range(1, 6):
        site.another_bridge()
        log.publish("x", number)
        network.settle()

    assert heard == [(number, 0) for number in range(1, 6)]


def test_parallel_bridges_are_known_at_every_hub_of_a_mesh(network: Network) -> None:
    site = Site(network)
    second = network.hub("second")
    network.join(site.front, second)
    inner, outer = network.peer(site.back, group=BACK), network.peer(second)
    Bridge(inner, outer)
    log = Log()
    site.database.add(log)
    peer = network.peer(second)
    watchers = [Watcher(site.web), Watcher(peer)]
    heard: list[Any] = []
    peer.subscribe("log", "*", heard.append)
    network.settle()
    log.publish("x", 1)
    network.settle()
    for going in (site.outer, outer):
        network.cut(going)
        assert [watcher.names() for watcher in watchers] == [{"log"}, {"log"}]
        assert network.result(site.web.call("log", "add", 1)) + network.result(peer.call("log", "add", 1)) > 0
        log.publish("x", len(heard) + 1)
        network.settle()
        network.restore(going)
        network.clock.advance(5)

    assert heard == [1, 2, 3]
    assert log.calls == [1] * 4
