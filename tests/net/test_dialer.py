"""Dialling, and dialling again."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import ConnectionRefusedError
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from zope.interface import implementer

from exchange import Exchange, LinkRefused, back_off, constant
from exchange.memory import Place, WayTo
from exchange.testing import Network
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.offered import Math


@implementer(IStreamClientEndpoint)
class Nobody:
    """An endpoint where nobody listens; notes when it was tried."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.tried: list[float] = []

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        self.tried.append(self._clock.seconds())
        return fail(ConnectionRefusedError())


@implementer(IStreamClientEndpoint)
class Mute:
    """An endpoint where somebody listens and says nothing."""

    def __init__(self) -> None:
        self.transports: list[StringTransport] = []
        self._protocols: list[Any] = []

    def hang_up(self) -> None:
        for protocol in self._protocols:
            protocol.connectionLost()

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        transport = StringTransport()
        protocol = protocolFactory.buildProtocol(None)
        self._protocols.append(protocol)
        protocol.makeConnection(transport)
        self.transports.append(transport)
        connected: Deferred[Any] = Deferred()
        connected.callback(protocol)
        return connected


@implementer(IStreamClientEndpoint)
class Pending:
    """An endpoint that takes for ever to connect."""

    def __init__(self) -> None:
        self.cancelled = 0

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        return Deferred(self._cancel)

    def _cancel(self, connecting: Deferred[Any]) -> None:
        self.cancelled += 1


def dialling(network: Network, *endpoints: Any, **settings: Any) -> Exchange:
    """Return a peer that dials these endpoints."""
    peer = Exchange(network.clock)
    peer.connect(*endpoints, **settings)
    peer.startService()
    return peer


def way_to(network: Network, hub: Exchange) -> WayTo:
    return WayTo(Place(network._moves), network._places[hub])


def delays(tried: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(tried)]


# Back-off


def test_attempts_follow_one_another_with_growing_delays(network: Network, logbook: Logbook) -> None:
    nobody = Nobody(network.clock)
    peer = dialling(network, nobody, retry=back_off(chance=lambda: 0.0))
    network.clock.advance(100)
    assert delays(nobody.tried) == [1, 2, 4, 8, 16, 30, 30]
    network.result(peer.stopService())


def test_delays_are_jittered_by_default(network: Network) -> None:
    nobody = Nobody(network.clock)
    peer = dialling(network, nobody)
    network.clock.advance(300)
    for delay, whole in zip(delays(nobody.tried), [1, 2, 4, 8, 16, 30, 30], strict=False):
        assert whole / 2 <= delay <= whole + 0.25
    assert any(delay != round(delay) for delay in delays(nobody.tried))
    network.result(peer.stopService())


def test_the_delay_begins_anew_after_a_link_was_open(network: Network) -> None:
    hub = network.hub()
    peer = network.peer()
    network.cut(hub)
    network.clock.advance(40)
    network.restore(hub)
    network.clock.advance(31)
    assert network.result(peer.when_linked()) is None

    network.cut(hub)
    network.restore(hub)
    network.clock.advance(0.75)
    assert Outcome(peer.when_linked()).is_open
    network.clock.advance(0.5)
    assert network.result(peer.when_linked()) is None


def test_it_is_logged_once_that_a_hub_cannot_be_reached(network: Network, logbook: Logbook) -> None:
    peer = dialling(network, Nobody(network.clock), retry=constant(1))
    network.clock.advance(60)
    (line,) = logbook.lines("cannot link")
    assert line.endswith("; trying again")
    network.result(peer.stopService())


# Several endpoints


def test_several_endpoints_are_tried_in_turn_in_one_attempt(network: Network) -> None:
    nobody, hub = Nobody(network.clock), network.hub()
    peer = dialling(network, nobody, way_to(network, hub))
    assert network.result(peer.when_linked(attempts=1)) is None
    assert nobody.tried == [0.0]
    network.result(peer.stopService())


def test_a_lost_link_is_made_anew_to_the_next_endpoint(network: Network) -> None:
    first, second = network.hub("first"), network.hub("second")
    first.add(Math())
    peer = network.peer(first, second)
    assert network.result(peer.call("math", "multiply", 6, 7)) == 42
    network.stop(first)
    second.add(Math())
    network.clock.advance(1.5)
    assert network.result(peer.call("math", "multiply", 6, 7)) == 42
    assert second.outstanding().links == 1


def test_a_hub_that_refuses_us_does_not_keep_us_from_the_next(network: Network) -> None:
    peer = network.peer(network.hub("strange", group="elsewhere"), network.hub("ours"))
    network.clock.advance(1.5)
    assert network.result(peer.when_linked()) is None


def test_an_attempt_fails_as_its_last_endpoint_did(network: Network) -> None:
    peer = dialling(network, Nobody(network.clock), Nobody(network.clock))
    linked = Outcome(peer.when_linked(attempts=1))
    network.clock.advance(1)
    assert isinstance(linked.error, ConnectionRefusedError)
    network.result(peer.stopService())


# Refused


def test_a_refused_link_says_why_and_names_both_groups(network: Network) -> None:
    network.hub(group="plant")
    peer = network.peer(group="office")
    linked = Outcome(peer.when_linked(attempts=1))
    network.clock.advance(30)
    assert isinstance(linked.error, LinkRefused)
    assert str(linked.error) == "this hub is in exchange group 'plant', not 'office' (group)"
    assert linked.error.code == "group"


def test_a_refused_link_is_logged_once_and_tried_again(network: Network, logbook: Logbook) -> None:
    hub = network.hub(group="plant")
    peer = network.peer(group="office")
    network.clock.advance(60)
    (line,) = logbook.lines("cannot link")
    assert "'plant', not 'office'" in line
    opened = len(logbook.lines("was not made: this hub is in exchange group"))
    network.clock.advance(60)
    assert len(logbook.lines("was not made: this hub is in exchange group")) > opened
    assert hub.outstanding().links == 0
    assert Outcome(peer.when_linked()).is_open


def test_a_far_end_that_says_nothing_is_given_up_after_ten_seconds(network: Network) -> None:
    mute = Mute()
    peer = dialling(network, mute, retry=constant(5))
    linked = Outcome(peer.when_linked(attempts=1))
    network.clock.advance(9.75)
    assert linked.is_open
    network.clock.advance(0.5)
    assert isinstance(linked.error, LinkRefused)
    assert str(linked.error) == "no greeting within 10 seconds (greeting)"
    network.clock.advance(5.5)
    assert len(mute.transports) == 2
    peer.stopService()
    mute.hang_up()


# Waiting for the link


def test_who_waits_is_told_when_the_hub_welcomes_us(network: Network) -> None:
    nobody_yet = network.hub()
    network.cut(nobody_yet)
    peer = network.peer()
    linked = Outcome(peer.when_linked())
    network.clock.advance(10)
    assert linked.is_open
    network.restore(nobody_yet)
    network.clock.advance(10)
    assert linked.count == 1
    assert linked.error is None


def test_who_waits_for_so_many_attempts_is_told_after_the_last(network: Network) -> None:
    peer = dialling(network, Nobody(network.clock), retry=constant(1, chance=lambda: 0.5))
    linked = Outcome(peer.when_linked(attempts=3))
    network.clock.advance(2)
    assert linked.is_open
    network.clock.advance(1)
    assert isinstance(linked.error, ConnectionRefusedError)
    network.result(peer.stopService())


def test_an_exchange_with_several_dialers_is_linked_when_all_are(network: Network) -> None:
    first, second = network.hub(), network.hub()
    network.cut(second)
    peer = network.peer(first)
    peer.connect(way_to(network, second), retry=constant(1))
    linked = Outcome(peer.when_linked())
    network.settle()
    assert linked.is_open
    network.restore(second)
    network.clock.advance(2)
    assert linked.count == 1


def test_an_exchange_that_dials_nobody_is_linked(network: Network) -> None:
    assert network.result(Exchange(network.clock).when_linked()) is None


def test_to_wait_for_a_link_can_be_cancelled(network: Network) -> None:
    hub = network.hub()
    network.cut(hub)
    peer = network.peer()
    linked = Outcome(peer.when_linked())
    linked.cancel()
    assert linked.count == 1
    network.restore(hub)
    network.clock.advance(5)
    assert linked.count == 1


# Never again


def test_without_a_retry_the_first_failure_is_the_last(network: Network, logbook: Logbook) -> None:
    nobody = Nobody(network.clock)
    peer = Exchange(network.clock)
    peer.connect(nobody, retry=None)
    early = Outcome(peer.when_linked())
    peer.startService()
    late = Outcome(peer.when_linked())
    network.clock.advance(100)
    assert nobody.tried == [0.0]
    assert isinstance(early.error, ConnectionRefusedError)
    assert isinstance(late.error, ConnectionRefusedError)
    assert logbook.lines("cannot link")[0].endswith("; giving up")
    network.result(peer.stopService())


def test_without_a_retry_a_lost_link_is_not_made_anew(network: Network) -> None:
    hub = network.hub()
    peer = dialling(network, way_to(network, hub), retry=None)
    assert network.result(peer.when_linked()) is None
    network.cut(hub)
    network.restore(hub)
    network.clock.advance(60)
    assert hub.outstanding().links == 0
    with pytest.raises(LinkRefused, match="was lost, and is not made anew"):
        network.result(peer.when_linked())
    network.result(peer.stopService())


# Stopping


def test_a_dialer_that_stops_while_it_connects_connects_no_more(network: Network) -> None:
    pending = Pending()
    peer = dialling(network, pending)
    network.result(peer.stopService())
    assert pending.cancelled == 1
    assert network.clock.getDelayedCalls() == []


def test_a_dialer_that_stops_while_it_greets_says_bye(network: Network) -> None:
    mute = Mute()
    peer = dialling(network, mute)
    mute.transports[0].clear()
    peer.stopService()
    assert b"is stopping" in mute.transports[0].value()
    network.clock.advance(1)
    assert mute.transports[0].disconnected
    mute.hang_up()


def test_a_dialer_that_stops_between_two_attempts_leaves_no_timer(network: Network) -> None:
    peer = dialling(network, Nobody(network.clock))
    network.result(peer.stopService())
    assert network.clock.getDelayedCalls() == []


def test_who_is_told_that_nobody_answers_may_stop_the_dialer(network: Network) -> None:
    nobody = Nobody(network.clock)
    peer = dialling(network, nobody, retry=constant(1))
    peer.when_linked(attempts=1).addErrback(lambda failure: peer.stopService())
    network.clock.advance(60)
    assert len(nobody.tried) == 2
    assert network.clock.getDelayedCalls() == []


def test_who_is_told_that_nobody_answers_may_stop_the_dialer_and_start_it_again(network: Network) -> None:
    nobody = Nobody(network.clock)
    peer = dialling(network, nobody, retry=constant(1, chance=lambda: 0.5))
    stopped = peer.when_linked(attempts=1).addErrback(lambda failure: peer.stopService())
    stopped.addCallback(lambda _: peer.startService())
    network.clock.advance(10.5)
    assert delays(nobody.tried) == [1, 0, *[1] * 9]
    network.result(peer.stopService())


def test_who_is_told_of_the_link_may_stop_the_dialer(network: Network) -> None:
    hub = network.hub()
    peer = dialling(network, way_to(network, hub), retry=constant(1))
    stopped = Outcome(peer.when_linked().addCallback(lambda _: peer.stopService()))
    network.clock.advance(60)
    assert stopped.count == 1
    assert hub.outstanding().links == 0
    assert peer.outstanding().links == 0


def test_an_exchange_that_was_stopped_is_not_linked_until_it_is_again(network: Network) -> None:
    hub = network.hub()
    peer = network.peer()
    network.stop(peer)
    network.cut(hub)
    peer.startService()
    linked = Outcome(peer.when_linked())
    network.clock.advance(3)
    assert linked.is_open
    network.restore(hub)
    network.clock.advance(5)
    assert linked.count == 1


def test_a_policy_that_raises_ends_the_dialer_and_is_logged(network: Network, logbook: Logbook) -> None:
    def policy(failures: int) -> float:
        raise ZeroDivisionError("no delay")

    peer = dialling(network, Nobody(network.clock), retry=policy)
    assert logbook.failures() == ["ZeroDivisionError: no delay"]
    network.result(peer.stopService())
