"""The links of an exchange: told of, admitted, waited for."""

from __future__ import annotations

import pytest

from exchange import ConfigurationError
from exchange.testing import Network
from tests.outcomes import Outcome


def test_an_exchange_is_linked_when_every_hub_that_it_dials_has_welcomed_it(network: Network) -> None:
    hub = network.hub()
    network.cut(hub)
    peer = network.peer()
    linked = Outcome(peer.when_linked())
    assert linked.is_open
    network.restore(hub)
    network.clock.advance(2)
    assert linked.count == 1


def test_links_are_told_of_when_they_open_and_when_they_close(network: Network) -> None:
    hub = network.hub()
    told: list[tuple[bool, bytes]] = []
    hub.watch_links(lambda change: told.append((change.is_open, change.identity)))
    peer = network.peer()
    network.stop(peer)
    assert told == [(True, peer.identity), (False, peer.identity)]


def test_a_peer_that_moves_is_told_of_the_new_link_before_the_old_one_closes(network: Network) -> None:
    rome, oslo = network.hub("rome"), network.hub("oslo")
    peer = network.peer(rome, oslo)
    told: list[tuple[bool, bytes]] = []
    peer.watch_links(lambda change: told.append((change.is_open, change.identity)))
    network.result(rome.drain())
    assert told == [(True, rome.identity), (True, oslo.identity), (False, rome.identity)]


def test_what_cannot_be_dialled_is_refused_with_the_mend(network: Network) -> None:
    with pytest.raises(ConfigurationError, match="'hostb' cannot be dialled: .*; write it as in 'tcp:localhost:11111'"):
        network.peer().connect("hostb")
