"""Accepting links."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.address import UNIXAddress
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IStreamServerEndpoint
from zope.interface import implementer

from exchange import Hub, Limits
from exchange.net.listener import MOST_AT_ONCE
from exchange.testing import Network
from exchange.wire.layouts import Kind
from tests.logbook import Logbook
from tests.net.stranger import Door, Stranger

Connect = Callable[..., Stranger]


@implementer(IStreamServerEndpoint)
class Endpoint:
    """Listens when the test lets it."""

    def __init__(self) -> None:
        self.asked: list[Deferred[Any]] = []

    def listen(self, protocolFactory: Any) -> Deferred[Any]:
        self.asked.append(Deferred())
        return self.asked[-1]


class ListeningPort:
    stopped = 0

    def getHost(self) -> UNIXAddress:
        return UNIXAddress(b"/run/hub")

    def stopListening(self) -> None:
        self.stopped += 1


def in_use() -> CannotListenError:
    return CannotListenError("127.0.0.1", 11111, OSError(98, "in use"))


def test_a_hub_listens_from_its_start_until_its_stop(network: Network, logbook: Logbook) -> None:
    hub, endpoint, port = Hub(network.clock), Endpoint(), ListeningPort()
    listener = hub.listen(endpoint)
    assert endpoint.asked == []
    hub.startService()
    endpoint.asked[0].callback(port)
    assert logbook.lines() == [f"{hub.title} is listening at unix:/run/hub"]
    assert network.result(listener.when_listening()) is port
    network.result(hub.stopService())
    assert port.stopped == 1


def test_who_waits_for_the_port_gets_it_when_it_is_there(network: Network, logbook: Logbook) -> None:
    hub, endpoint, port = Hub(network.clock), Endpoint(), ListeningPort()
    listener = hub.listen(endpoint)
    waiting = listener.when_listening()
    hub.startService()
    endpoint.asked[0].callback(port)
    assert network.result(waiting) is port
    network.result(hub.stopService())


def test_a_hub_that_stops_before_its_port_is_there_does_not_listen(network: Network, logbook: Logbook) -> None:
    hub, endpoint, port = Hub(network.clock), Endpoint(), ListeningPort()
    hub.listen(endpoint)
    hub.startService()
    network.result(hub.stopService())
    endpoint.asked[0].callback(port)
    assert port.stopped == 1


def test_an_endpoint_in_use_is_an_error_of_the_start(network: Network) -> None:
    @implementer(IStreamServerEndpoint)
    class InUse:
        def listen(self, protocolFactory: Any) -> Deferred[Any]:
            failing: Deferred[Any] = Deferred()
            failing.errback(in_use())
            return failing

    hub = Hub(network.clock)
    hub.listen(InUse())
    for start in (hub.privilegedStartService, hub.startService):
        with pytest.raises(CannotListenError):
            start()


def test_an_endpoint_that_fails_later_is_told_to_who_waits_and_logged(network: Network, logbook: Logbook) -> None:
    hub, endpoint = Hub(network.clock), Endpoint()
    listener = hub.listen(endpoint)
    waiting = listener.when_listening()
    hub.startService()
    endpoint.asked[0].errback(in_use())
    with pytest.raises(CannotListenError):
        network.result(waiting)
    assert "CannotListenError" in logbook.failures()[0]


def test_a_process_that_gives_up_its_privileges_listens_once(network: Network) -> None:
    hub, endpoint = Hub(network.clock), Endpoint()
    hub.listen(endpoint)
    hub.privilegedStartService()
    hub.startService()
    assert len(endpoint.asked) == 1
    network.result(hub.stopService())


def test_a_hub_listens_again_after_a_stop(network: Network) -> None:
    hub, endpoint = Hub(network.clock), Endpoint()
    hub.listen(endpoint)
    for count in (1, 2):
        hub.startService()
        assert len(endpoint.asked) == count
        endpoint.asked[-1].callback(ListeningPort())
        network.result(hub.stopService())


def test_of_too_many_greetings_the_oldest_gives_way_to_a_newcomer(network: Network) -> None:
    """Else as many as may greet at one time, and say nothing, would keep everybody out."""
    door = Door(network.hub(limits=Limits(max_greetings=2)))
    first, second = Stranger(door, "first"), Stranger(door, "second")
    first.say(first.hello())
    assert [Kind(frame[0]) for frame in first.heard()] == [Kind.WELCOME]
    third = Stranger(door, "third")
    assert first.bye() == ("greeting", "too many are greeting, and you were the first to begin")
    assert first.is_aborted
    assert not second.is_aborted
    assert [Kind(frame[0]) for frame in third.greet()] == [Kind.WELCOME]
    for each in (first, second, third):
        each.leave()


def test_only_those_who_are_greeting_now_count(network: Network) -> None:
    door = Door(network.hub(limits=Limits(max_greetings=2)))
    linked = Stranger(door, "linked")
    linked.greet()
    gone = Stranger(door, "gone")
    gone.leave()
    silent, newcomer = Stranger(door, "silent"), Stranger(door, "newcomer")
    newcomer.greet()
    later = Stranger(door, "later")
    stayed = (linked, silent, newcomer, later)
    assert not any(each.is_aborted for each in stayed)
    for each in stayed:
        each.leave()


def test_many_who_come_at_once_are_accepted_few_in_one_turn(network: Network) -> None:
    hub, endpoint = Hub(network.clock), Endpoint()
    listener = hub.listen(endpoint)
    hub.startService()
    port: Any = ListeningPort()
    port.numberAccepts = 100
    endpoint.asked[0].callback(port)
    assert port.numberAccepts == MOST_AT_ONCE

    for _ in range(3):
        assert listener._factory.buildProtocol(None) is not None
    port.numberAccepts += 20  # as Twisted does when all were taken that it would take
    network.settle()
    assert port.numberAccepts == MOST_AT_ONCE
    port.numberAccepts = 1  # as when there was but one
    listener._factory.buildProtocol(None)
    network.settle()
    assert port.numberAccepts == 1
    network.result(hub.stopService())
