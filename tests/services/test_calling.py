"""What one writes to call: a name or an id, through a proxy or not, for oneself or for another."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import Exchange, Service, ServiceUnavailable, ServiceWithdrawn, current_call, method
from exchange.testing import Network
from tests.outcomes import Outcome
from tests.services.offered import Math, Sleepy


class Open(Service):
    """Takes anything, and tells what came and for whom."""

    name = "open"

    @method
    def take(self, *args: Any, **kwargs: Any) -> Any:
        return args, kwargs

    @method
    def whose(self) -> Any:
        call = current_call()
        return call.instance, call.user, call.properties

    @method
    def left(self) -> float | None:
        return current_call().time_left


def site(network: Network, *services: Service) -> tuple[Exchange, Exchange]:
    """Return a caller, and a callee with these services."""
    network.hub()
    caller, callee = network.peer(), network.peer()
    for service in services:
        callee.add(service)
    network.settle()
    return caller, callee


# Whom


def test_one_instance_is_called_by_its_id(network: Network) -> None:
    hub, caller, first, second = network.hub(), network.peer(), network.peer(), network.peer()
    for peer in (first, second):
        peer.add(Sleepy())
    network.settle()
    thing = next(presence.id for presence in hub.instances() if presence.identity == second.identity)
    answers = [Outcome(caller.call(thing, "sleep")) for _ in range(3)]
    network.settle()
    assert second.outstanding().running == 3
    assert first.outstanding().running == 0
    network.stop(second)
    assert {type(answer.error) for answer in answers} == {ServiceWithdrawn}


def test_of_several_instances_the_one_that_owes_least_is_called(network: Network) -> None:
    network.hub()
    caller, first, second = network.peer(), network.peer(), network.peer()
    for peer in (first, second):
        peer.add(Sleepy())
    network.settle()
    for _ in range(10):
        Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    assert (first.outstanding().running, second.outstanding().running) == (5, 5)


# What


def test_a_parameter_may_be_named_as_those_of_call_are(network: Network) -> None:
    caller, _ = site(network, Open())

    assert network.result(caller.call("open", "take", 1, to=2, method=3)) == ((1,), {"to": 2, "method": 3})


def test_every_argument_of_a_proxy_is_the_methods(network: Network) -> None:
    caller, _ = site(network, Open())
    proxy = caller.service("open", timeout=2, wait=5)

    assert network.result(proxy.take(timeout=1, wait=2, retry=3)) == ((), {"timeout": 1, "wait": 2, "retry": 3})


def test_a_proxy_calls_with_its_own_time_out_and_waits_for_its_service(network: Network) -> None:
    caller, callee = site(network)
    proxy = caller.service("sleepy", timeout=2, wait=5)
    answer = Outcome(proxy.sleep())
    network.clock.advance(4)
    assert answer.is_open
    callee.add(Sleepy())
    network.clock.advance(1.75)
    assert answer.is_open
    network.clock.advance(0.5)
    assert answer.error.number == 47


# For whom


def test_a_call_made_for_a_service_that_was_added_names_its_instance(network: Network) -> None:
    caller, _ = site(network, Open())
    caller.add(math := Math())
    made = caller.call_for(math, "open", "whose", (), user="anna", properties={"via": "the web"})

    assert network.result(made) == (caller.id_of(math), "anna", {"via": "the web"})


def test_a_call_made_for_nobody_names_nobody(network: Network) -> None:
    caller, _ = site(network, Open())

    assert network.result(caller.call_for(None, "open", "whose", ())) == (None, None, {})


def test_a_call_cannot_be_made_for_a_service_that_is_not_here(network: Network) -> None:
    caller, callee = site(network, there := Math())
    with pytest.raises(ValueError, match="not"):
        caller.call_for(there, "math", "multiply", (6, 7))
    assert callee.outstanding().running == 0


# For how long


@pytest.mark.parametrize("seconds", [None, float("inf"), 1e300])
def test_a_method_whose_caller_waits_for_ever_has_no_end_of_its_time(network: Network, seconds: float | None) -> None:
    caller, _ = site(network, Open())

    assert network.result(caller.call("open", "left", timeout=seconds)) is None


def test_times_below_0_are_refused_whoever_calls_and_whomever(network: Network) -> None:
    caller, _ = site(network, Open())
    with pytest.raises(ValueError, match="timeout must be a number of seconds, at least 0"):
        caller.call_for(None, "open", "whose", (), timeout=-1)
    with pytest.raises(ValueError, match="timeout must be a number of seconds, at least 0"):
        caller.call_all("open", "whose", timeout=-1)


# What else may be asked of a service


def test_a_service_is_described_and_shows_a_sign_of_life(network: Network) -> None:
    caller, callee = site(network, math := Math())
    for to in ("math", callee.id_of(math)):
        assert "multiply" in network.result(caller.describe(to)).methods
        assert network.result(caller.ping(to)) == 0


@pytest.mark.parametrize("ask", [Exchange.describe, Exchange.ping])
def test_what_is_not_there_is_not_described_and_shows_no_sign_of_life(network: Network, ask: Any) -> None:
    caller, _ = site(network)
    with pytest.raises(ServiceUnavailable):
        network.result(ask(caller, "nobody"))
