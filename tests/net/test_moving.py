"""Moving from a hub that is leaving to another, and dialling the next at once when one is lost."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IStreamClientEndpoint
from zope.interface import implementer

from exchange import Exchange, Hub
from exchange.memory import Place, WayTo
from exchange.testing import Network
from tests.outcomes import Outcome
from tests.services.offered import Math, Sleepy


@implementer(IStreamClientEndpoint)
class Silence:
    """An endpoint that takes for ever to connect."""

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        return Deferred()


def linked_to(peer: Exchange) -> list[bytes]:
    """Return the identities of the hubs that a peer is linked to, the newest link first."""
    return [hub.identity for hub in peer._switch.hubs]


def two_hubs(network: Network) -> tuple[Hub, Hub]:
    return network.hub("rome"), network.hub("oslo")


def test_a_peer_whose_hub_is_leaving_attaches_to_another_first(network: Network) -> None:
    rome, oslo = two_hubs(network)
    peer, sleepy = network.peer(rome, oslo), Sleepy()
    peer.add(sleepy)
    caller = network.peer(rome)
    answer = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    drained = Outcome(rome.drain())
    network.settle()
    assert linked_to(peer) == [oslo.identity, rome.identity]
    assert [each.name for each in oslo.instances()] == ["sleepy"]
    assert drained.is_open

    sleepy.asleep[0].callback("rested")
    network.settle()
    assert answer.value == "rested"
    assert drained.count == 1
    assert linked_to(peer) == [oslo.identity]


def test_a_peer_makes_its_calls_by_the_hub_that_it_has_moved_to(network: Network) -> None:
    rome, oslo = two_hubs(network)
    sleepy = Sleepy()
    oslo.add(Math())
    rome.add(sleepy)
    peer = network.peer(rome, oslo)
    answer = Outcome(peer.call("sleepy", "sleep"))
    network.settle()
    rome.drain()
    network.settle()
    assert network.result(peer.call("math", "multiply", 6, 7)) == 42
    sleepy.asleep[0].callback("rested")
    network.settle()
    assert answer.value == "rested"


def test_a_peer_that_knows_no_other_hub_stays_until_bye_and_says_so(network: Network) -> None:
    rome = network.hub("rome")
    peer, sleepy = network.peer(rome), Sleepy()
    peer.add(sleepy)
    answer = Outcome(network.peer(rome).call("sleepy", "sleep"))
    network.settle()
    drained = Outcome(rome.drain())
    network.settle()
    assert drained.is_open
    sleepy.asleep[0].callback("rested")
    network.settle()
    assert answer.value == "rested"
    assert drained.count == 1
    assert linked_to(peer) == []


def test_a_hub_waits_for_a_peer_that_does_not_get_elsewhere_no_longer_than_its_time(network: Network) -> None:
    rome, oslo = two_hubs(network)
    network.cut(oslo)
    peer = network.peer(rome, oslo)
    drained = Outcome(rome.drain(20))
    network.clock.advance(19)
    assert drained.is_open
    assert linked_to(peer) == [rome.identity]
    network.clock.advance(1)
    assert drained.count == 1
    assert linked_to(peer) == []


def test_a_peer_goes_on_trying_while_its_hub_waits(network: Network) -> None:
    rome, oslo = two_hubs(network)
    network.cut(oslo)
    peer = network.peer(rome, oslo)
    drained = Outcome(rome.drain())
    network.clock.advance(10)
    network.restore(oslo)
    network.clock.advance(10)
    assert drained.count == 1
    assert linked_to(peer) == [oslo.identity]


def test_a_peer_whose_second_link_is_lost_before_it_was_proved_makes_a_third(network: Network) -> None:
    rome, oslo, bern = network.hub("rome"), network.hub("oslo"), network.hub("bern")
    network.delay(oslo, 0.3)
    peer = network.peer(rome, oslo, bern)
    drained = Outcome(rome.drain())
    network.clock.advance(1)  # welcomed, and the PONG is under way
    assert linked_to(peer) == [oslo.identity, rome.identity]
    network.cut(oslo)
    network.clock.advance(2)
    assert linked_to(peer) == [bern.identity]
    assert drained.count == 1


def test_a_peer_whose_hub_is_lost_while_it_moves_goes_on_to_the_other(network: Network) -> None:
    rome, oslo = two_hubs(network)
    network.cut(oslo)
    peer = network.peer(rome, oslo)
    rome.drain()
    network.clock.advance(1)
    network.cut(rome)
    assert linked_to(peer) == []
    assert Outcome(peer.when_linked()).is_open
    network.restore(oslo)
    network.clock.advance(5)
    assert linked_to(peer) == [oslo.identity]


def test_a_lost_hub_is_replaced_by_the_next_at_once(network: Network) -> None:
    rome, oslo = two_hubs(network)
    peer = network.peer(rome, oslo)
    network.clock.advance(2)
    network.cut(rome)
    assert linked_to(peer) == [oslo.identity]
    assert network.clock.seconds() == 2


def test_hubs_that_lose_us_as_soon_as_they_have_us_are_not_dialled_in_a_flood(network: Network) -> None:
    rome, oslo = two_hubs(network)
    peer = network.peer(rome, oslo)
    links = 0
    for _ in range(40):
        network.cut(rome if linked_to(peer) == [rome.identity] else oslo)
        network.restore(rome)
        network.restore(oslo)
        network.clock.advance(0.25)
        links = peer._links._attachment
    assert links <= 12


def test_an_endpoint_that_does_not_answer_keeps_us_from_the_next_for_three_seconds(network: Network) -> None:
    oslo, silence = network.hub("oslo"), Silence()
    peer = Exchange(network.clock)
    peer.connect(silence, WayTo(Place(network._moves), network._places[oslo]))
    peer.startService()
    network.clock.advance(2.9)
    assert linked_to(peer) == []
    network.clock.advance(0.1)
    assert linked_to(peer) == [oslo.identity]
    network.result(peer.stopService())
