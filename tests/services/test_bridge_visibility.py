"""Who can see whom: audience, exchange group and visibility, as netsvc had them; every row of its tables."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import Bridge, Exchange
from exchange.testing import Network
from tests.services.bridged import Log, Site, Watcher

FRONT, BACK, OWN = "somebody in ''", "somebody in 'db'", "own process"


class Place:
    """A process that holds a service, which is added to each of its exchanges, and somebody in each of two groups.

    Somebody else has a bridge between the two groups too if the process itself has none.
    """

    def __init__(self, network: Network, groups: tuple[str, ...]) -> None:
        self._network = network
        hubs = {"": network.hub("front"), "db": network.hub("back", group="db")}
        self.exchanges = [network.peer(hubs[group], group=group) for group in groups]
        if not groups:
            alone = Exchange(network.clock)
            alone.startService()
            self.exchanges = [alone]
        joined = self.exchanges
        if len(joined) < 2:
            joined = [network.peer(hub, group=group) for group, hub in hubs.items()]
        Bridge(*joined)
        self._watchers = {
            OWN: Watcher(*self.exchanges),
            FRONT: Watcher(network.peer(hubs[""])),
            BACK: Watcher(network.peer(hubs["db"], group="db")),
        }

    def who_sees(self, service: Log) -> set[str]:
        """Return who sees a service once it was added."""
        for exchange in self.exchanges:
            exchange.add(service)
        self._network.settle()
        return {who for who, watcher in self._watchers.items() if service.name in watcher.names()}


@pytest.mark.parametrize(
    ("hidden", "audience", "groups", "seen_by"),
    [
        (True, "*", ("", "db"), set()),
        (True, "", (), set()),
        (False, "*", (), {OWN}),
        (False, "db", (), {OWN}),
        (False, "", ("", "db"), {OWN}),
        (False, "", ("",), {OWN}),
        (False, "*", ("", "db"), {OWN, FRONT, BACK}),
        (False, "*", ("",), {OWN, FRONT, BACK}),
        (False, "*", ("db",), {OWN, FRONT, BACK}),
        (False, "db", ("",), {OWN}),
        (False, "db", ("db",), {OWN, BACK}),
        (False, "db", ("", "db"), {OWN, BACK}),
    ],
)
def test_who_sees_a_service_of_a_process_in_these_groups(
    network: Network, hidden: bool, audience: str, groups: tuple[str, ...], seen_by: set[str]
) -> None:
    service = Log("thing", audience)
    service.hidden = hidden
    place = Place(network, groups)

    assert place.who_sees(service) == seen_by
    for exchange in place.exchanges[1:]:
        network.result(exchange.stopService())
    for exchange in place.exchanges[:1]:
        network.result(exchange.stopService())


@pytest.mark.parametrize(("name", "audience", "others_see"), [("a", "*", True), ("b", "", False), ("c", "x", False)])
def test_in_one_unnamed_group_others_see_what_is_for_everybody(
    network: Network, name: str, audience: str, others_see: bool
) -> None:
    central = network.hub("central")
    holder, other = network.peer(central), network.peer(central)
    own, far = Watcher(holder), Watcher(other)
    holder.add(Log(name, audience))
    other.add(Log("of the other"))
    network.settle()

    assert name in own.names()
    assert (name in far.names()) == (name in {each.name for each in central.instances()}) == others_see
    assert network.result(holder.call(name, "add", 1)) == 1
    assert network.result(holder.call("of the other", "add", 1)) == 1, "whoever is not seen may call"


EVERYWHERE = {"D", "B", "A", "F", "W"}


@pytest.mark.parametrize(
    ("name", "lives", "audience", "seen_by"),
    [
        ("store", "D", "database", {"D", "B", "A"}),
        ("log", "D", "*", EVERYWHERE),
        ("page", "W", "*", EVERYWHERE),
        ("page2", "W", "database", {"W"}),
        ("glue", "A", "database", {"D", "B", "A"}),
        ("tmp", "A", "", {"A"}),
        ("both", "A", "*", EVERYWHERE),
    ],
)
@pytest.mark.parametrize("is_added_to_both", [True, False])
def test_a_front_end_and_a_back_end_see_of_each_other_what_the_audience_allows(
    network: Network, name: str, lives: str, audience: str, seen_by: set[str], is_added_to_both: bool
) -> None:
    site = Site(network)
    processes: dict[str, list[Exchange]] = {
        "D": [site.database],
        "B": [site.back],
        "A": [site.inner, site.outer],
        "F": [site.front],
        "W": [site.web],
    }
    watchers = {who: Watcher(*exchanges) for who, exchanges in processes.items()}
    service = Log(name, audience)
    for exchange in processes[lives][: 2 if is_added_to_both else 1]:
        exchange.add(service)
    network.settle()

    assert {who for who, watcher in watchers.items() if name in watcher.names()} == seen_by
    for who in seen_by - {"A", lives}:
        assert network.result(processes[who][0].call(name, "add", who)) > 0
    for who in EVERYWHERE - seen_by:
        assert calls_in_vain(network, processes[who][0], name)


def calls_in_vain(network: Network, exchange: Exchange, name: str) -> bool:
    """Whether a call is answered by a failure that was not delivered."""
    failed: list[Any] = []
    exchange.call(name, "add", 1).addErrback(lambda failure: failed.append(failure.value))
    network.settle()
    return [error.delivered for error in failed] == [False]


def test_a_front_end_group_with_a_name_keeps_its_services_to_itself(network: Network) -> None:
    site = Site(network, front="public")
    site.web.add(Log("page", "public"))
    site.database.add(Log("news", "public"))
    back, front = Watcher(site.back, site.inner), Watcher(site.front, site.outer)
    network.settle()

    assert (back.names(), front.names()) == (set(), {"page"})
    site.inner.add(Log("glue", "public"))
    network.settle()
    assert (back.names(), front.names()) == ({"glue"}, {"page", "glue"}), "the bridge's own process is in both"
