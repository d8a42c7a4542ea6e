"""Exchanges joined in memory: what a test can make happen, and what it can rely on."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail, succeed

from exchange import Hub, RemoteError, Service, ServiceUnavailable, method
from exchange.memory import LARGEST_READ
from exchange.testing import Network
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.offered import Math, Sleepy

# Building


def test_a_network_joins_hubs_and_peers(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Math())
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42


def test_a_peer_is_linked_when_it_is_returned(network: Network) -> None:
    hub = network.hub()
    network.peer()
    assert hub.outstanding().links == 1


def test_a_peer_dials_the_first_hub_unless_told_which(network: Network) -> None:
    first, second = network.hub("first"), network.hub("second")
    network.peer()
    network.peer(second)
    network.peer(second, first)
    assert (first.outstanding().links, second.outstanding().links) == (1, 2)


def test_a_peer_without_a_hub_is_alone(network: Network) -> None:
    peer = network.peer()
    peer.add(Math())
    assert network.result(peer.call("math", "multiply", 6, 7)) == 42


def test_settings_are_those_of_the_exchanges(network: Network) -> None:
    assert network.hub("rome", group="plant").title.startswith("hub rome")
    assert network.peer(group="plant").group == "plant"


def test_the_same_seed_gives_the_same_identities() -> None:
    def identities(seed: int) -> list[bytes]:
        network = Network(seed)
        return [network.hub().identity, network.peer().identity]

    assert identities(1) == identities(1)
    assert identities(1) != identities(2)


# Time


def test_nothing_happens_until_it_is_settled(network: Network) -> None:
    network.hub()
    caller, callee, sleepy = network.peer(), network.peer(), Sleepy()
    callee.add(sleepy)
    Outcome(caller.call("sleepy", "sleep", wait=1))
    assert sleepy.asleep == []
    network.settle()
    assert len(sleepy.asleep) == 1


def test_what_is_due_in_between_happens_in_its_order_when_time_passes(network: Network) -> None:
    happened: list[float] = []
    for seconds in (3.1, 0.2, 1.7):
        network.clock.callLater(seconds, lambda: happened.append(round(network.clock.seconds(), 3)))
    network.clock.advance(3)
    network.clock.advance(1)
    assert happened == [0.2, 1.7, 3.1]
    assert network.clock.seconds() == 4


def test_what_becomes_due_while_settling_happens_too(network: Network) -> None:
    happened: list[str] = []
    network.clock.callLater(0, lambda: network.clock.callLater(0, happened.append, "second"))
    network.settle()
    assert happened == ["second"]


class Blocking(Service):
    name = "blocking"

    @method(thread=True)
    def divide(self, x: int, y: int) -> float:
        return x / y


def test_methods_that_block_run_when_it_is_settled_and_in_no_thread(network: Network, logbook: Logbook) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Blocking())

    assert network.result(caller.call("blocking", "divide", 6, 3)) == 2
    with pytest.raises(RemoteError, match="ZeroDivisionError"):
        network.result(caller.call("blocking", "divide", 1, 0))
    assert logbook.failures() == ["ZeroDivisionError: division by zero"]


def test_a_network_that_never_comes_to_rest_is_an_error() -> None:
    network = Network()

    def again() -> None:
        network.clock.callLater(0, again)

    again()
    with pytest.raises(AssertionError, match="does not come to rest"):
        network.settle()


# Results


def test_a_result_is_returned_and_a_failure_raised(network: Network) -> None:
    assert network.result(succeed(5)) == 5
    with pytest.raises(ValueError, match="no"):
        network.result(fail(ValueError("no")))


def test_a_result_can_be_looked_at_again(network: Network) -> None:
    answer = succeed(5)
    assert [network.result(answer), network.result(answer)] == [5, 5]


def test_what_has_not_fired_is_an_error_and_loses_nothing(network: Network) -> None:
    good: Deferred[Any] = Deferred()
    bad: Deferred[Any] = Deferred()
    for answer in (good, bad):
        with pytest.raises(AssertionError, match="has not fired"):
            network.result(answer)
    good.callback(5)
    bad.errback(ValueError("late"))
    assert network.result(good) == 5
    with pytest.raises(ValueError, match="late"):
        network.result(bad)


# Trouble


def test_a_cut_is_noticed_at_both_ends_at_once_and_lasts_until_it_is_restored(network: Network) -> None:
    hub, peer = network.hub(), network.peer()
    network.cut(peer)
    assert (hub.outstanding().links, peer.outstanding().links) == (0, 0)
    network.clock.advance(100)
    assert hub.outstanding().links == 0
    network.restore(peer)
    network.clock.advance(31)
    assert hub.outstanding().links == 1


def test_a_cut_hub_loses_all_its_peers(network: Network) -> None:
    hub = network.hub()
    peers = [network.peer(), network.peer()]
    network.cut(hub)
    assert [peer.outstanding().links for peer in peers] == [0, 0]


def test_a_frozen_exchange_is_noticed_by_nobody_until_it_is_dead(network: Network) -> None:
    hub, caller, callee = network.hub(), network.peer(), network.peer()
    callee.add(Math())
    network.settle()
    network.freeze(callee)
    answer = Outcome(caller.call("math", "multiply", 6, 7, timeout=5))
    network.clock.advance(4)
    assert answer.is_open
    assert (hub.outstanding().links, callee.outstanding().links) == (2, 1)
    network.clock.advance(30)
    assert (hub.outstanding().links, callee.outstanding().links) == (1, 0)


def test_frozen_connections_stay_so_when_their_exchange_is_restored(network: Network) -> None:
    hub, peer = network.hub(heartbeat=100, dead_after=300), network.peer()
    network.freeze(peer)
    network.restore(peer)
    network.clock.advance(35)
    assert peer.outstanding().links == 1
    assert hub.outstanding().links == 1
    peer.add(Math())
    network.settle()
    assert len(hub.instances()) == 1, "over the new one"


def test_a_stalled_exchange_reads_what_waited_when_it_is_restored(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Math())
    network.settle()
    network.stall(callee)
    answer = Outcome(caller.call("math", "echo", bytes(3 * LARGEST_READ)))
    network.settle()
    assert answer.is_open
    network.restore(callee)
    network.settle()
    assert answer.value == bytes(3 * LARGEST_READ)


def test_a_stalled_exchange_also_hears_that_the_other_closed_when_it_is_restored(network: Network) -> None:
    hub, peer = network.hub(), network.peer()
    network.stall(peer)
    hub.stopService()
    network.settle()
    assert peer.outstanding().links == 1
    network.restore(peer)
    network.settle()
    assert peer.outstanding().links == 0


# Delay


def time_of(network: Network, answer: Deferred[Any]) -> float:
    """Return how long an answer took, in seconds."""
    start = network.clock.seconds()
    ends: list[float] = []
    answer.addCallback(lambda _: ends.append(network.clock.seconds()))
    network.clock.advance(10)
    return round(ends[0] - start, 6)


def test_all_that_passes_a_delayed_exchange_arrives_later_in_both_directions(network: Network) -> None:
    hub, caller, callee = network.hub(), network.peer(), network.peer()
    callee.add(Math())
    network.settle()
    network.delay(callee, 0.1)
    assert time_of(network, caller.call("math", "multiply", 6, 7)) == 0.2
    network.delay(hub, 1)
    assert time_of(network, caller.call("math", "multiply", 6, 7)) == 4.2
    network.delay(hub, 0)
    network.delay(callee, 0)
    assert time_of(network, caller.call("math", "multiply", 6, 7)) == 0


def test_a_delay_holds_for_later_connections_and_their_greeting(network: Network) -> None:
    hub = network.hub()
    network.delay(hub, 0.5)
    peer = network.peer()
    linked = Outcome(peer.when_linked())
    network.clock.advance(0.75)
    assert linked.is_open
    network.clock.advance(0.5)
    assert linked.count == 1
    network.cut(hub)
    network.restore(hub)
    peer.add(Math())
    network.clock.advance(2)
    assert len(hub.instances()) == 0
    network.clock.advance(1)
    assert len(hub.instances()) == 1


def test_an_answer_that_is_delayed_too_long_comes_too_late(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Math())
    network.settle()
    network.delay(callee, 3)
    answer = Outcome(caller.call("math", "multiply", 6, 7, timeout=5))
    network.clock.advance(7)
    assert answer.error.number == 47


def test_a_network_with_a_delayed_exchange_can_be_closed(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Sleepy())
    network.settle()
    network.delay(callee, 5)
    Outcome(caller.call("sleepy", "sleep"))
    network.close()
    assert network.clock.getDelayedCalls() == []


# Stopping


def test_an_exchange_stopped_in_good_order_has_withdrawn_its_services(network: Network) -> None:
    hub, callee = network.hub(), network.peer()
    callee.add(Math())
    network.settle()
    network.stop(callee)
    assert hub.instances() == []
    assert not callee.running


def test_a_closed_network_has_nothing_left(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Sleepy())
    Outcome(caller.call("sleepy", "sleep", wait=5))
    network.close()
    network.close()
    assert network.clock.getDelayedCalls() == []


def test_a_timer_that_is_left_is_an_error() -> None:
    network = Network()
    network.clock.callLater(5, print)
    with pytest.raises(AssertionError, match="timers are left"):
        network.close()


def test_a_call_that_is_left_is_an_error() -> None:
    """A service that was added again while everything stopped runs on, for example."""

    class Clinging(Service):
        name = "clinging"

        @method
        def hold(self) -> Deferred[Any]:
            return Deferred(lambda deferred: None)

    network = Network()
    peer = network.peer()
    peer.add(Clinging())
    network.close()
    peer.add(Clinging())
    Outcome(peer.call("clinging", "hold", timeout=None))
    with pytest.raises(AssertionError, match="has not finished"):
        network.close()


def test_a_hub_that_does_not_listen_any_more_refuses(network: Network) -> None:
    hub = network.hub()
    network.stop(hub)
    peer = network.peer()
    with pytest.raises(ServiceUnavailable):
        network.result(peer.call("math", "multiply"))
    assert isinstance(hub, Hub)


# The clock


def test_a_timer_that_was_put_off_runs_when_it_is_due_then(network: Network) -> None:
    happened: list[str] = []
    first = network.clock.callLater(1, happened.append, "put off")
    network.clock.callLater(2, happened.append, "as planned")
    first.reset(2.25)
    network.clock.advance(2)
    assert happened == ["as planned"]
    network.clock.advance(0.25)
    assert happened == ["as planned", "put off"]
