"""Connections in memory: what moves, when, and what becomes of it."""

from __future__ import annotations

import random
from typing import Any

from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IPushProducer
from twisted.internet.protocol import Protocol
from zope.interface import implementer

from exchange.memory import LARGEST_READ, MemoryTransport, Place, WayTo
from exchange.testing import Network


class Far(Protocol):
    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.lost: list[str] = []

    def dataReceived(self, data: bytes) -> None:
        self.heard.append(data)

    def connectionLost(self, reason: Any = None) -> None:
        self.lost.append(type(reason.value).__name__)


def joined(network: Network) -> tuple[MemoryTransport, MemoryTransport, Far, Far]:
    near, far = MemoryTransport(network._moves), MemoryTransport(network._moves)
    protocols = Far(), Far()
    for transport, other, protocol in ((near, far, protocols[0]), (far, near, protocols[1])):
        transport.far, transport.protocol = other, protocol
        protocol.makeConnection(transport)
    return near, far, *protocols


def test_bytes_come_in_order_and_in_reads_of_some_size(network: Network) -> None:
    near, _, _, far = joined(network)
    data = random.Random(1).randbytes(3 * LARGEST_READ + 1)
    near.write(data)
    near.writeSequence([b"and", b" more"])
    network.settle()
    assert b"".join(far.heard) == data + b"and more"
    assert max(map(len, far.heard)) == LARGEST_READ


def test_a_connection_closes_when_all_is_delivered_and_takes_nothing_after_that(network: Network) -> None:
    near, _, here, there = joined(network)
    near.write(b"last words")
    near.loseConnection()
    near.write(b"too late")
    network.settle()
    assert there.heard == [b"last words"]
    assert (here.lost, there.lost) == (["ConnectionDone"], ["ConnectionDone"])


def test_an_aborted_connection_loses_what_was_not_delivered(network: Network) -> None:
    near, _, here, there = joined(network)
    near.write(b"lost words")
    near.abortConnection()
    network.settle()
    assert there.heard == []
    assert (here.lost, there.lost) == (["ConnectionAborted"], ["ConnectionLost"])


def test_a_producer_is_paused_while_much_waits(network: Network) -> None:
    @implementer(IPushProducer)
    class Producer:
        def __init__(self) -> None:
            self.told: list[str] = []

        def pauseProducing(self) -> None:
            self.told.append("pause")

        def resumeProducing(self) -> None:
            self.told.append("resume")

        def stopProducing(self) -> None:
            self.told.append("stop")

    near, _, _, _ = joined(network)
    producer = Producer()
    near.registerProducer(producer, True)
    near.write(bytes(LARGEST_READ))
    assert producer.told == []
    near.write(bytes(1))
    near.write(bytes(1))
    assert producer.told == ["pause"]
    network.settle()
    assert producer.told == ["pause", "resume"]
    near.unregisterProducer()
    near.write(bytes(3 * LARGEST_READ))
    assert producer.told == ["pause", "resume"]
    network.settle()


def delayed(network: Network) -> tuple[Place, MemoryTransport, Far]:
    """Return a place that delays, the end of a connection, and who hears at the other."""
    near, _, _, far = joined(network)
    place = Place(network._moves)
    near.places = (place,)
    place.delay = 2.0
    return place, near, far


def test_what_a_place_delays_arrives_later_and_nothing_overtakes_it(network: Network) -> None:
    place, near, far = delayed(network)
    near.write(b"first")
    network.clock.advance(1)
    place.delay = 0.5
    near.write(b"second")
    near.loseConnection()
    network.clock.advance(0.9)
    assert (far.heard, far.lost) == ([], [])
    network.clock.advance(0.2)
    assert (far.heard, far.lost) == ([b"first", b"second"], ["ConnectionDone"])


def test_what_has_not_arrived_is_not_read_when_one_reads_again(network: Network) -> None:
    _, near, far = delayed(network)
    near.write(b"first")
    network.clock.advance(1)
    near.write(b"second")
    near.far.reading = False
    network.clock.advance(1.5)
    near.far.read_again()
    network.settle()
    assert far.heard == [b"first"]
    network.clock.advance(0.5)
    assert far.heard == [b"first", b"second"]


def test_who_wants_nothing_more_is_given_nothing_until_it_does(network: Network) -> None:
    near, _, _, far = joined(network)
    far_end = near.far
    far_end.pauseProducing()
    near.write(b"first")
    network.settle()
    far_end.reading = False
    far_end.resumeProducing()
    network.settle()
    assert far.heard == []
    far_end.read_again()
    network.settle()
    assert far.heard == [b"first"]
    far_end.stopProducing()
    network.settle()
    assert far.lost == ["ConnectionDone"]


def test_what_is_under_way_is_lost_with_its_connection(network: Network) -> None:
    _, near, far = delayed(network)
    near.write(b"first")
    near.abortConnection()
    network.clock.advance(3)
    assert (far.heard, far.lost) == ([], ["ConnectionLost"])
    _, near, far = delayed(network)
    near.write(b"first")
    near.lose(ConnectionLost())
    assert (far.heard, far.lost) == ([], ["ConnectionLost"])
    assert network.clock.getDelayedCalls() == []


def test_addresses_mean_nothing(network: Network) -> None:
    near, _, _, _ = joined(network)
    place = Place(network._moves)
    assert near.getHost() == near.getPeer() == place.getHost()
    assert WayTo(place, place) is not None
