"""Calls that are made again because it is unknown whether they were delivered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from exchange import CallTimeout, Exchange, LinkLost, Service, ServiceWithdrawn, current_call, method
from exchange.testing import Network
from tests.outcomes import Outcome


class Careful(Service):
    """Notes what ran; some of it may be called again."""

    name = "careful"

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.left: list[float | None] = []
        self.waits: list[Deferred[Any]] = []

    def _run(self, name: str) -> Deferred[Any]:
        self.ran.append(name)
        self.left.append(current_call().time_left)
        self.waits.append(Deferred())
        return self.waits[-1]

    @method(idempotent=True)
    def read(self) -> Deferred[Any]:
        return self._run("read")

    @method
    def write(self) -> Deferred[Any]:
        return self._run("write")


def careful(network: Network, count: int) -> tuple[Exchange, dict[Exchange, Careful]]:
    """Return a caller, and so many peers with a service each."""
    network.hub()
    caller, services = network.peer(), {network.peer(): Careful() for _ in range(count)}
    for peer, service in services.items():
        peer.add(service)
    network.settle()
    return caller, services


def running(services: Mapping[Exchange, Careful]) -> Exchange:
    """Return the peer in which a call runs."""
    return next(peer for peer in services if peer.outstanding().running)


@pytest.mark.parametrize(("name", "retry"), [("read", None), ("read", True), ("write", True)])
def test_a_call_whose_delivery_is_unknown_is_made_again_on_another_instance(
    network: Network, name: str, retry: bool | None
) -> None:
    caller, services = careful(network, 2)
    answer = Outcome(caller.call("careful", name, retry=retry))
    network.settle()
    network.clock.advance(10)
    lost = running(services)
    network.cut(lost)
    other = running(services)
    assert other is not lost
    assert services[other].ran == [name]
    assert services[other].left == [20]
    services[other].waits[0].callback("done")
    network.settle()
    assert answer.value == "done"
    assert caller.outstanding().waiting == 0


@pytest.mark.parametrize(("name", "retry"), [("write", None), ("write", False), ("read", False)])
def test_other_calls_are_not_made_again(network: Network, name: str, retry: bool | None) -> None:
    caller, services = careful(network, 2)
    answer = Outcome(caller.call("careful", name, retry=retry))
    network.settle()
    network.cut(running(services))
    network.clock.advance(2)
    assert isinstance(answer.error, ServiceWithdrawn)
    assert answer.error.delivered is None
    assert sum(len(service.ran) for service in services.values()) == 1


def test_a_call_that_kills_two_is_not_tried_on_a_third(network: Network) -> None:
    caller, services = careful(network, 3)
    answer = Outcome(caller.call("careful", "read"))
    network.settle()
    for _ in range(2):
        network.cut(running(services))
        network.settle()
    assert isinstance(answer.error, ServiceWithdrawn)
    assert sum(len(service.ran) for service in services.values()) == 2


def test_a_call_to_one_given_instance_is_not_made_again_on_another(network: Network) -> None:
    caller, services = careful(network, 2)
    peer, service = next(iter(services.items()))
    answer = Outcome(caller.call(peer.id_of(service), "read", retry=True))
    network.settle()
    network.cut(peer)
    assert isinstance(answer.error, ServiceWithdrawn)


def test_where_nobody_can_tell_it_fails_at_once_and_who_insists_waits_for_it_to_come_back(network: Network) -> None:
    caller, services = careful(network, 1)
    (peer,) = services
    usual, insists = Outcome(caller.call("careful", "read")), Outcome(caller.call("careful", "read", retry=True))
    network.settle()
    network.cut(peer)
    network.clock.advance(1.5)
    assert isinstance(usual.error, ServiceWithdrawn)
    assert insists.is_open
    network.restore(peer)
    network.clock.advance(3)
    services[peer].waits[-1].callback("back")
    network.settle()
    assert insists.value == "back"


def test_a_call_that_nobody_takes_again_in_its_time_fails_as_it_did_at_first(network: Network) -> None:
    caller, services = careful(network, 1)
    (peer,) = services
    answer = Outcome(caller.call("careful", "read", timeout=3, retry=True))
    network.settle()
    network.cut(peer)
    network.clock.advance(3.5)
    assert isinstance(answer.error, ServiceWithdrawn)
    assert answer.error.delivered is None
    assert caller.outstanding().waiting == 0


def test_the_second_time_has_what_is_left_of_the_first(network: Network) -> None:
    caller, services = careful(network, 2)
    answer = Outcome(caller.call("careful", "read", timeout=5))
    network.settle()
    network.clock.advance(3)
    network.cut(running(services))
    network.clock.advance(2.25)
    assert isinstance(answer.error, CallTimeout)
    network.settle()
    assert caller.outstanding().waiting == 0


def test_a_call_without_a_time_out_is_made_again_too(network: Network) -> None:
    caller, services = careful(network, 2)
    answer = Outcome(caller.call("careful", "read", timeout=None))
    network.settle()
    network.cut(running(services))
    other = running(services)
    assert services[other].left == [None]
    services[other].waits[0].callback("done")
    network.settle()
    assert answer.value == "done"


def test_to_cancel_a_call_cancels_what_was_made_again(network: Network) -> None:
    caller, services = careful(network, 2)
    answer = Outcome(caller.call("careful", "read"))
    network.settle()
    network.cut(running(services))
    assert running(services)
    answer.cancel()
    network.settle()
    assert not any(peer.outstanding().running for peer in services)
    assert caller.outstanding().waiting == 0


def test_a_call_that_loses_its_own_link_is_made_again_when_there_is_one(network: Network) -> None:
    caller, services = careful(network, 1)
    (service,) = services.values()
    plain, answer = Outcome(caller.call("careful", "read")), Outcome(caller.call("careful", "read", retry=True))
    network.settle()
    network.cut(caller)
    assert isinstance(plain.error, LinkLost)
    network.restore(caller)
    network.clock.advance(2)
    service.waits[-1].callback("again")
    network.settle()
    assert answer.value == "again"


def test_a_call_waits_no_longer_than_its_own_time_for_what_was_declared(network: Network) -> None:
    caller, services = careful(network, 2)
    answer = Outcome(caller.call("careful", "read", timeout=2))
    network.settle()
    network.clock.advance(1.5)
    lost = running(services)
    for peer in services:
        if peer is not lost:
            network.delay(peer, 0.4)
    network.cut(lost)
    assert answer.is_open
    network.clock.advance(0.5)
    assert isinstance(answer.error, ServiceWithdrawn)
    network.clock.advance(2)
    assert sum(len(service.ran) for service in services.values()) == 1


@pytest.mark.parametrize("looks", range(24))
def test_time_that_runs_out_while_it_is_decided_ends_a_call_as_any_other(
    network: Network, monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    caller, services = careful(network, 2)
    answer = Outcome(caller.call("careful", "read", timeout=2))
    network.settle()
    lost, clock = running(services), network.clock
    usual = clock.callLater

    def seconds() -> float:
        clock.rightNow += 0.001  # as time does
        return clock.rightNow

    def call_later(delay: float, *args: Any, **kwargs: Any) -> Any:
        assert delay >= 0  # as reactors do
        return usual(delay, *args, **kwargs)

    clock.advance(2 - looks / 1000)
    monkeypatch.setattr(clock, "seconds", seconds)
    monkeypatch.setattr(clock, "callLater", call_later)
    network.cut(lost)
    network.clock.advance(2)
    assert isinstance(answer.error, ServiceWithdrawn | CallTimeout)


class Careless(Careful):
    """A later version, in which to read is no longer something that may be done twice."""

    @method
    def read(self) -> Deferred[Any]:
        return self._run("read")


@pytest.mark.parametrize(("first", "then"), [(Careful, Careless), (Careless, Careful)])
def test_a_call_is_not_made_again_if_one_version_forbids_it_whichever_it_may_have_run_on(
    network: Network, first: type[Careful], then: type[Careful]
) -> None:
    network.hub()
    caller, old, new = network.peer(), network.peer(), network.peer()
    services = {old: first(), new: then()}
    old.add(services[old])
    answer = Outcome(caller.call("careful", "read"))
    network.settle()
    new.add(services[new])
    network.settle()
    network.cut(old)
    network.clock.advance(2)
    assert isinstance(answer.error, ServiceWithdrawn)
    assert [service.ran for service in services.values()] == [["read"], []]


def test_what_was_declared_yesterday_does_not_hold_for_those_who_are_there_today(network: Network) -> None:
    caller, services = careful(network, 2)
    first = Outcome(caller.call("careful", "read"))
    network.settle()
    network.cut(running(services))
    (left,) = [peer for peer in services if peer.outstanding().running]
    services[left].waits[0].callback("it was allowed")
    network.settle()
    assert first.value == "it was allowed"

    left.remove(services[left])
    replaced = {left: Careless(), network.peer(): Careless()}
    for peer, service in replaced.items():
        peer.add(service)
    network.settle()
    second = Outcome(caller.call("careful", "read"))
    network.settle()
    network.cut(running(replaced))
    network.clock.advance(2)
    assert isinstance(second.error, ServiceWithdrawn)
    assert sum(len(service.ran) for service in replaced.values()) == 1
