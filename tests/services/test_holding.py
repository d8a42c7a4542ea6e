"""Calls that are held until their service appears."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import CancelledError

from exchange import BadArguments, CallTimeout, RemoteError, ServiceUnavailable, UnsuitableValue
from exchange.services.holding import check_times
from exchange.testing import Network
from exchange.wire.identities import identity_of, make_id
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.offered import Math, Sleepy


def test_a_held_call_is_made_when_its_service_appears(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    answer = Outcome(caller.call("math", "multiply", 6, 7, wait=10))
    network.clock.advance(5)
    assert answer.is_open
    assert caller.outstanding().waiting == 1
    callee.add(Math())
    network.settle()
    assert answer.value == 42
    assert caller.outstanding().waiting == 0


def test_a_service_that_is_there_is_not_waited_for(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Math())
    network.settle()
    assert network.result(caller.call("math", "multiply", 6, 7, wait=10)) == 42


def test_a_call_is_held_also_while_no_hub_is_linked(network: Network) -> None:
    hub = network.hub()
    network.cut(hub)
    caller, callee = network.peer(), network.peer()
    callee.add(Math())
    answer = Outcome(caller.call("math", "multiply", 6, 7, wait=30))
    network.clock.advance(3)
    assert answer.is_open
    network.restore(hub)
    network.clock.advance(5)
    assert answer.value == 42


def test_a_call_is_held_for_a_service_of_its_own_process_too(network: Network) -> None:
    peer = network.peer()
    answer = Outcome(peer.call("math", "multiply", 6, 7, wait=5))
    network.clock.advance(1)
    peer.add(Math())
    network.settle()
    assert answer.value == 42


def test_a_held_call_to_one_instance_waits_for_that_one(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    thing = make_id(callee.identity, 17)
    answer = Outcome(caller.call(thing, "multiply", 6, 7, wait=5))
    callee.add(Math())
    network.settle()
    assert answer.is_open
    callee.add(Math())
    network.settle()
    assert answer.value == 42


def test_another_service_that_appears_does_not_end_the_waiting(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    answer = Outcome(caller.call("math", "multiply", 6, 7, wait=5))
    callee.add(Sleepy())
    network.clock.advance(4.75)
    assert answer.is_open


@pytest.mark.parametrize("linked", [True, False])
def test_a_held_call_gives_up_in_time_and_was_not_delivered(network: Network, linked: bool) -> None:
    hub = network.hub("rome")
    if not linked:
        network.cut(hub)
    answer = Outcome(network.peer().call("math", "multiply", 6, 7, wait=5))
    network.clock.advance(4.75)
    assert answer.is_open
    network.clock.advance(0.25)
    assert isinstance(answer.error, ServiceUnavailable)
    assert answer.error.delivered is False
    assert "known at hub rome" in str(answer.error) if linked else "no hub is linked" in str(answer.error)


def test_the_time_out_begins_when_the_call_is_made(network: Network) -> None:
    network.hub()
    caller, callee, sleepy = network.peer(), network.peer(), Sleepy()
    answer = Outcome(caller.call("sleepy", "sleep", timeout=2, wait=10))
    network.clock.advance(8)
    callee.add(sleepy)
    network.clock.advance(1.75)
    assert answer.is_open
    network.clock.advance(0.5)
    assert isinstance(answer.error, CallTimeout)


def test_a_held_call_can_be_cancelled(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    answer = Outcome(caller.call("sleepy", "sleep", wait=10))
    network.clock.advance(1)
    answer.cancel()
    assert isinstance(answer.error, CancelledError)
    assert caller.outstanding().waiting == 0
    sleepy = Sleepy()
    callee.add(sleepy)
    network.settle()
    assert sleepy.asleep == [], "it is never made"


def test_a_call_that_was_held_and_is_made_can_be_cancelled(network: Network) -> None:
    network.hub()
    caller, callee, sleepy = network.peer(), network.peer(), Sleepy()
    answer = Outcome(caller.call("sleepy", "sleep", wait=10))
    network.settle()
    callee.add(sleepy)
    network.settle()
    answer.cancel()
    network.settle()
    assert isinstance(answer.error, CancelledError)
    assert sleepy.cancelled == 1


def test_a_service_that_is_seen_and_cannot_be_reached_is_tried_again_until_it_can(network: Network) -> None:
    """Its hub has a way to it; ours has not for the moment, because the link of ours is away."""
    hub = network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Math())
    network.settle()
    watch = caller.watch(name="math")
    network.settle()
    assert len(watch.instances) == 1
    answer = Outcome(caller.call(make_id(identity_of(b"nobody".ljust(32)), 5), "multiply", 6, 7, wait=1))
    network.clock.advance(1)
    assert isinstance(answer.error, ServiceUnavailable)
    assert hub.outstanding().owed == 0


def test_a_failure_that_waiting_cannot_mend_is_told_at_once(network: Network, logbook: Logbook) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Math())
    network.settle()
    calls: list[tuple[Any, ...]] = [("divide", 1, 0), ("multiply", 1), ("multiply", object(), 1)]
    outcomes = [Outcome(caller.call("math", *call, wait=10)) for call in calls]
    network.settle()
    assert [type(outcome.error) for outcome in outcomes] == [RemoteError, BadArguments, UnsuitableValue]
    assert logbook.failures() == ["ZeroDivisionError: division by zero"]


def test_held_calls_are_told_when_their_exchange_stops(network: Network) -> None:
    network.hub()
    caller = network.peer()
    answer = Outcome(caller.call("math", "multiply", 6, 7, wait=1_000))
    network.settle()
    network.stop(caller)
    assert isinstance(answer.error, ServiceUnavailable)
    assert str(answer.error) == f"{caller.title} is stopping"
    assert answer.error.delivered is False


@pytest.mark.parametrize("given", ["a", None, [], 10**400, -1, float("nan"), -1e-9])
def test_a_time_that_cannot_be_waited_for_is_refused_with_its_name(given: Any) -> None:
    kind = ValueError if isinstance(given, int | float) else TypeError
    with pytest.raises(kind, match="^wait must be a number of seconds, at least 0, not "):
        check_times(None, given)
    if given is not None:
        with pytest.raises(kind, match="^timeout must be a number of seconds, at least 0, or None, not "):
            check_times(given, 0)


@pytest.mark.parametrize("given", [0, 0.5, 10**9, 1e300, float("inf")])
def test_any_other_time_can_be_waited_for(given: float) -> None:
    check_times(given, given)
