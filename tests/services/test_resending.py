"""Calls that are sent again because they were certainly not delivered (R13)."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import Exchange, Hub, LinkLost, Service, ServiceUnavailable, WayGone, current_call, method
from exchange.testing import Network
from tests.outcomes import Outcome
from tests.services.offered import Math, Sleepy


class Once(Service):
    """Notes what ran, and how much time each call had."""

    name = "once"

    def __init__(self) -> None:
        self.ran: list[tuple[int, float | None]] = []

    @method
    def note(self, number: int) -> int:
        self.ran.append((number, current_call().time_left))
        return number


def lost(network: Network, *services: Service) -> tuple[Exchange, Exchange]:
    """Return a caller, and a callee whose services were there and whose link is cut."""
    network.hub()
    caller, callee = network.peer(), network.peer()
    for service in services:
        callee.add(service)
    network.settle()
    network.cut(callee)
    return caller, callee


def test_a_call_whose_way_is_gone_is_sent_again_and_finds_the_service_back(network: Network) -> None:
    caller, callee = lost(network, once := Once())
    answer = Outcome(caller.call("once", "note", 1))
    network.restore(callee)
    network.clock.advance(1.2)
    assert answer.is_open
    network.clock.advance(0.1)
    assert answer.value == 1
    assert once.ran == [(1, 28.75)]
    assert caller.outstanding().waiting == 0


def test_it_is_sent_again_after_a_quarter_of_a_second_one_and_four_and_then_no_more(network: Network) -> None:
    caller, _ = lost(network, Once())
    hub = next(each for each in network._places if isinstance(each, Hub))
    answer = Outcome(caller.call("once", "note", 1))
    sent = []
    for _ in range(24):
        network.clock.advance(0.25)
        sent.append(hub._switch.counters.refused)
    assert sent == [2, 2, 2, 2, 3, *[3] * 15, 4, 4, 4, 4]
    assert isinstance(answer.error, WayGone)
    assert answer.error.delivered is False


def test_it_is_not_sent_again_when_that_would_be_too_late(network: Network) -> None:
    caller, _ = lost(network, Once())
    answer = Outcome(caller.call("once", "note", 1, timeout=0.2))
    network.settle()
    assert isinstance(answer.error, WayGone)
    answer = Outcome(caller.call("once", "note", 1, timeout=0.5))
    network.clock.advance(0.24)
    assert answer.is_open
    network.clock.advance(0.02)
    assert isinstance(answer.error, WayGone)


def test_a_call_to_one_instance_is_not_sent_again(network: Network) -> None:
    caller, callee = lost(network, once := Once())
    answer = Outcome(caller.call(callee.id_of(once), "note", 1))
    network.settle()
    assert isinstance(answer.error, WayGone)


def test_a_service_that_was_never_there_is_unavailable_at_once(network: Network) -> None:
    network.hub()
    answer = Outcome(network.peer().call("once", "note", 1))
    network.settle()
    assert isinstance(answer.error, ServiceUnavailable)
    assert not isinstance(answer.error, WayGone)


def test_a_call_while_no_hub_is_linked_waits_for_the_next(network: Network) -> None:
    rome, oslo = network.hub("rome"), network.hub("oslo")
    oslo.add(once := Once())
    caller = network.peer(rome, oslo)
    network.cut(oslo)
    network.cut(rome)
    answer = Outcome(caller.call("once", "note", 1))
    network.restore(oslo)
    network.clock.advance(6)
    assert answer.value == 1
    assert [number for number, _ in once.ran] == [1]


def test_without_a_link_ever_a_call_fails_at_once(network: Network) -> None:
    network.cut(network.hub())
    answer = Outcome(network.peer().call("once", "note", 1))
    assert isinstance(answer.error, ServiceUnavailable)


def test_what_was_on_its_way_to_a_hub_that_left_is_sent_to_the_next(network: Network) -> None:
    rome, oslo = network.hub("rome"), network.hub("oslo")
    network.join(rome, oslo)
    callee, caller, once = network.peer(oslo), network.peer(rome), Once()
    callee.add(once)
    caller.connect(*caller._dialers()[0]._endpoint._endpoints)  # a second link, to the same hub
    network.settle()
    (link,) = [link for link in rome._links.attached if link.identity == caller.identity][-1:]
    answer = Outcome(caller.call("once", "note", 1))
    link._dialogue.leave("moving house", 5)
    link.say_bye("left", "moving house")  # before the request has arrived
    network.clock.advance(1)
    assert answer.value == 1
    assert [number for number, _ in once.ran] == [1]


def test_what_is_unknown_is_not_sent_again(network: Network) -> None:
    hub = network.hub()
    caller, callee, sleepy = network.peer(), network.peer(), Sleepy()
    callee.add(sleepy)
    network.settle()
    answer = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    network.cut(hub)
    assert isinstance(answer.error, LinkLost)
    assert answer.error.delivered is None


def test_a_call_that_is_held_is_made_as_soon_as_its_service_is_back(network: Network) -> None:
    caller, callee = lost(network, once := Once())
    answer = Outcome(caller.call("once", "note", 1, wait=10))
    network.clock.advance(1.5)
    network.restore(callee)
    for _ in range(20):
        network.clock.advance(0.25)
        if once.ran:
            break
    assert answer.value == 1
    assert once.ran[0][1] == 30


def test_a_call_that_waits_to_be_sent_again_can_be_cancelled(network: Network) -> None:
    caller, callee = lost(network, once := Once())
    answer = Outcome(caller.call("once", "note", 1))
    network.settle()
    assert caller.outstanding().waiting == 1
    answer.cancel()
    assert (answer.count, caller.outstanding().waiting) == (1, 0)
    network.restore(callee)
    network.clock.advance(10)
    assert once.ran == []


def test_when_the_exchange_stops_it_fails_as_it_did(network: Network) -> None:
    caller, _ = lost(network, Once())
    answer = Outcome(caller.call("once", "note", 1))
    network.settle()
    network.stop(caller)
    assert isinstance(answer.error, WayGone)


@pytest.mark.parametrize("timeout", [None, 30])
def test_a_call_without_a_time_limit_is_sent_again_too(network: Network, timeout: float | None) -> None:
    caller, callee = lost(network, Math())
    answer = Outcome(caller.call("math", "multiply", 6, 7, timeout=timeout))
    network.settle()
    network.restore(callee)
    network.clock.advance(1.5)
    assert answer.value == 42


def test_a_failure_that_a_method_passes_on_is_no_reason_to_call_it_again(network: Network) -> None:
    class Stubborn(Service):
        name = "stubborn"
        ran = 0

        @method
        def go(self) -> Any:
            self.ran += 1
            raise WayGone("not this way")

    network.hub()
    caller, callee, stubborn = network.peer(), network.peer(), Stubborn()
    callee.add(stubborn)
    network.settle()
    answer = Outcome(caller.call("stubborn", "go"))
    network.settle()
    assert isinstance(answer.error, WayGone)
    assert (answer.error.delivered, stubborn.ran) == (True, 1)
