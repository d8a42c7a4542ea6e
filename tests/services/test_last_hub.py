"""Whether a process that has no hub had one a moment ago."""

from __future__ import annotations

from exchange import Exchange
from exchange.testing import Network
from tests.services.offered import Sleepy


def is_missed(peer: Exchange) -> bool:
    return peer._last_hub.is_missed


def test_a_hub_that_was_lost_is_missed_for_ten_seconds(network: Network) -> None:
    hub = network.hub()
    peer = network.peer()
    assert not is_missed(peer)
    network.cut(hub)
    assert is_missed(peer)
    network.clock.advance(9.9)
    assert is_missed(peer)
    network.clock.advance(0.2)
    assert not is_missed(peer)


def test_who_never_had_a_hub_misses_none(network: Network) -> None:
    network.cut(network.hub())
    assert not is_missed(network.peer())


def test_a_hub_that_is_back_is_missed_no_more(network: Network) -> None:
    hub = network.hub()
    peer = network.peer()
    network.cut(hub)
    network.restore(hub)
    network.clock.advance(2)
    assert not is_missed(peer)


def test_as_long_as_one_of_two_hubs_is_linked_none_is_missed(network: Network) -> None:
    first, second = network.hub(), network.hub()
    peer = network.peer(first, second)
    network.clock.advance(2)
    network.cut(first)
    assert not is_missed(peer)
    network.cut(second)
    assert is_missed(peer)


def test_it_is_missed_already_when_the_calls_are_told_that_it_was_lost(network: Network) -> None:
    hub = network.hub()
    peer, callee = network.peer(), network.peer()
    callee.add(Sleepy())
    missed: list[bool] = []
    peer.call("sleepy", "sleep").addErrback(lambda failure: missed.append(is_missed(peer)))
    network.settle()
    network.cut(hub)
    assert missed == [True]
