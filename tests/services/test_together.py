"""Calls to all instances of a name together."""

from __future__ import annotations

from twisted.internet.defer import CancelledError

from exchange import CallError, CallTimeout, Exchange, RemoteError, Service, ServiceWithdrawn, method
from exchange.testing import Network
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.offered import Math, Sleepy


class Moody(Service):
    name = "math"

    @method
    def multiply(self, x: int, y: int) -> int:
        raise ValueError("not today")


def test_there_is_one_result_or_error_for_each_instance(network: Network, logbook: Logbook) -> None:
    network.hub()
    caller, one, two = network.peer(), network.peer(), network.peer()
    services = [(caller, Math()), (one, Math()), (two, Moody()), (one, Math())]
    for exchange, service in services:
        exchange.add(service)
    network.settle()
    outcomes = network.result(caller.call_all("math", "multiply", 6, y=7))

    assert outcomes.keys() == {exchange.id_of(service) for exchange, service in services}
    good = [outcome.value for outcome in outcomes.values() if outcome.error is None]
    bad = [outcome.error for outcome in outcomes.values() if outcome.error is not None]
    assert good == [42, 42, 42]
    assert [type(error) for error in bad] == [RemoteError]
    assert logbook.failures() == ["ValueError: not today"]


def test_where_nobody_is_there_is_no_result(network: Network) -> None:
    network.hub()
    assert network.result(network.peer().call_all("math", "multiply", 6, 7)) == {}


def test_without_a_link_those_of_its_own_process_are_called_when_the_time_is_up(network: Network) -> None:
    hub = network.hub()
    network.cut(hub)
    peer = network.peer()
    math = Math()
    peer.add(math)
    answer = Outcome(peer.call_all("math", "multiply", 6, 7, timeout=2))
    network.clock.advance(2.5)

    assert {thing: outcome.value for thing, outcome in answer.value.items()} == {peer.id_of(math): 42}


def sleeping(network: Network) -> tuple[Exchange, list[Sleepy], list[Exchange]]:
    """Return a caller, and two services that answer when they are told to."""
    network.hub()
    caller, peers = network.peer(), [network.peer(), network.peer()]
    services = [Sleepy(), Sleepy()]
    for peer, service in zip(peers, services, strict=True):
        peer.add(service)
    network.settle()
    return caller, services, peers


def test_who_does_not_answer_is_an_error_and_hides_nobody(network: Network) -> None:
    caller, (quick, slow), (one, two) = sleeping(network)
    answer = Outcome(caller.call_all("sleepy", "sleep", timeout=2))
    network.settle()
    quick.asleep[0].callback("awake")
    network.settle()
    assert answer.is_open
    network.clock.advance(2.5)

    assert answer.value[one.id_of(quick)].value == "awake"
    assert isinstance(answer.value[two.id_of(slow)].error, CallTimeout)


def test_who_is_lost_meanwhile_is_an_error(network: Network) -> None:
    caller, (quick, slow), (one, two) = sleeping(network)
    answer = Outcome(caller.call_all("sleepy", "sleep"))
    network.settle()
    network.cut(two)
    quick.asleep[0].callback("awake")
    network.settle()

    assert answer.value[one.id_of(quick)].value == "awake"
    error = answer.value[two.id_of(slow)].error
    assert isinstance(error, ServiceWithdrawn)
    assert isinstance(error, CallError)


def test_to_cancel_it_cancels_all(network: Network, logbook: Logbook) -> None:
    caller, services, _ = sleeping(network)
    answer = Outcome(caller.call_all("sleepy", "sleep"))
    network.settle()
    answer.cancel()
    network.settle()

    assert isinstance(answer.error, CancelledError)
    assert [service.cancelled for service in services] == [1, 1]
    assert caller.outstanding().waiting == 0
