from __future__ import annotations

from typing import Any

from twisted.internet.address import IPv4Address, UNIXAddress

from exchange import LinkChange
from exchange.services.link_change import host_of, text_of
from exchange.testing import Network
from tests.logbook import Logbook


def test_both_ends_are_told_when_a_link_is_opened_and_when_it_is_closed(network: Network) -> None:
    hub = network.hub()
    changes: list[tuple[str, LinkChange]] = []
    hub.watch_links(lambda change: changes.append(("hub", change)))
    peer = network.peer()
    peer.watch_links(lambda change: changes.append(("peer", change)))
    network.settle()
    network.cut(peer)
    network.settle()
    assert sorted((who, change.is_open, change.identity) for who, change in changes) == [
        ("hub", False, peer.identity),
        ("hub", True, peer.identity),
        ("peer", False, hub.identity),
        ("peer", True, hub.identity),
    ]
    assert {who: change.dialer is not None for who, change in changes} == {"hub": False, "peer": True}


def test_whoever_is_told_of_a_link_may_end_it_and_it_is_dialled_again(network: Network) -> None:
    hub = network.hub()
    changes: list[LinkChange] = []
    hub.watch_links(changes.append)
    network.peer()
    network.settle()
    changes[0].end("not now")
    network.settle()
    assert [change.is_open for change in changes] == [True, False]
    network.clock.advance(30)
    assert [change.is_open for change in changes] == [True, False, True]


def test_an_error_of_whoever_is_told_does_no_harm(network: Network, logbook: Logbook) -> None:
    def raising(change: Any) -> None:
        if change.is_open:
            raise ValueError("oh")

    hub = network.hub()
    hub.watch_links(raising)
    peer = network.peer()
    network.result(peer.when_linked())
    assert logbook.failures() == ["ValueError: oh"]


def test_only_hosts_that_are_admitted_are_let_in(network: Network) -> None:
    hub = network.hub()
    asked: list[str] = []
    changes: list[LinkChange] = []
    hub.watch_links(changes.append)

    def admits(host: str) -> bool:
        asked.append(host)
        return len(asked) > 1

    hub.admit_if(admits)
    network.peer()
    network.settle()
    assert (asked, changes) == ([""], [])
    network.clock.advance(30)
    assert len(asked) == 2
    assert [change.is_open for change in changes] == [True]


def test_addresses_are_told_as_people_write_them() -> None:
    address = IPv4Address("TCP", "127.0.0.1", 11111)
    assert (text_of(address), host_of(address)) == ("127.0.0.1:11111", "127.0.0.1")
    assert host_of(UNIXAddress(b"/run/hub")) == ""
    assert "/run/hub" in text_of(UNIXAddress(b"/run/hub"))
