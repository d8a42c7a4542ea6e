"""Standing by: waiting for the time, or for the loss of another link."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from exchange import Exchange
from exchange.memory import WayTo
from exchange.net.standby import is_linked, stand_by
from exchange.testing import Network
from exchange.wire.identities import Identity
from tests.outcomes import Outcome


def waiting(network: Network, peer: Exchange, far: Identity | None) -> Deferred[None]:
    return stand_by(peer._links, 30, far)


def test_it_is_over_when_the_time_is(network: Network) -> None:
    hub, peer = network.hub(), network.peer()
    over = Outcome(waiting(network, peer, hub.identity))
    network.clock.advance(29)
    assert over.is_open
    network.clock.advance(1)
    assert not over.is_open


def test_it_is_over_at_once_when_the_link_to_that_exchange_is_lost(network: Network) -> None:
    hub, peer = network.hub(), network.peer()
    assert is_linked(peer._links, hub.identity)
    over = Outcome(waiting(network, peer, hub.identity))
    network.cut(hub)
    assert not over.is_open
    assert not is_linked(peer._links, hub.identity)


def test_the_loss_of_another_link_is_nothing(network: Network) -> None:
    hub, other = network.hub(), network.hub()
    peer = network.peer(hub)
    peer.connect(WayTo(network._places[peer], network._places[other]))
    network.settle()
    over = [Outcome(waiting(network, peer, hub.identity)), Outcome(waiting(network, peer, None))]
    network.cut(other)
    assert [each.is_open for each in over] == [True, True]
    network.clock.advance(30)
    assert [each.is_open for each in over] == [False, False]


def test_whoever_cancels_leaves_nothing_behind(network: Network) -> None:
    hub, peer = network.hub(), network.peer()
    told = list(peer._links.told)
    over = waiting(network, peer, hub.identity)
    over.addErrback(lambda failure: None)
    over.cancel()
    assert peer._links.told == told
