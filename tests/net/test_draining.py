"""Leaving all links in good order: peers first, hubs when the peers have gone."""

from __future__ import annotations

import pytest

from exchange import ServiceUnavailable, WayGone
from exchange.testing import Network
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.offered import Math, Passing, Sleepy


def test_a_process_that_drains_answers_what_it_was_asked_and_is_asked_no_more(network: Network) -> None:
    network.hub()
    caller, callee, sleepy = network.peer(), network.peer(), Sleepy()
    callee.add(sleepy)
    first = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    drained = Outcome(callee.drain())
    network.settle()
    second = Outcome(caller.call("sleepy", "sleep", timeout=1))
    network.clock.advance(2)
    assert isinstance(second.error, WayGone)
    assert drained.is_open
    sleepy.asleep[0].callback("rested")
    network.settle()
    assert first.value == "rested"
    assert drained.count == 1
    assert len(sleepy.asleep) == 1


def test_a_process_that_drains_is_replaced_by_another_instance(network: Network) -> None:
    network.hub()
    caller, old, new = network.peer(), network.peer(), network.peer()
    old.add(Math())
    network.settle()
    old.drain()
    network.settle()
    answer = Outcome(caller.call("math", "multiply", 6, 7))
    network.settle()
    assert answer.is_open, "nobody is there now; it is sent again"
    new.add(Math())
    network.clock.advance(0.25)
    assert answer.value == 42


def test_watches_are_told_that_it_drained(network: Network) -> None:
    network.hub()
    watcher, callee = network.peer(), network.peer()
    callee.add(Math())
    seen: list[tuple[str, str]] = []
    watcher.watch("math", changed=lambda change: seen.append((change.kind, change.reason)))
    network.settle()
    callee.drain()
    network.settle()
    assert seen == [("came", ""), ("went", "drained")]


def test_a_method_that_goes_on_while_its_process_drains_may_make_calls(network: Network) -> None:
    network.hub()
    caller, callee, other, sleepy = network.peer(), network.peer(), network.peer(), Sleepy()
    callee.add(Passing())
    callee.add(sleepy)
    other.add(Math())
    network.settle()
    holds = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    drained = Outcome(callee.drain())
    network.settle()
    assert network.result(callee.call("math", "multiply", 6, 7)) == 42
    assert drained.is_open
    sleepy.asleep[0].callback("rested")
    network.settle()
    assert (holds.value, drained.count) == ("rested", 1)


def test_when_the_time_is_over_what_is_still_owed_fails_and_nobody_knows_whether_it_ran(network: Network) -> None:
    network.hub()
    caller, callee, sleepy = network.peer(), network.peer(), Sleepy()
    callee.add(sleepy)
    answer = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    drained = Outcome(callee.drain(3))
    network.clock.advance(2.9)
    assert (answer.is_open, drained.is_open) == (True, True)
    network.clock.advance(0.1)
    assert answer.error.delivered is None
    assert "is leaving, and its time was over" in str(answer.error)
    assert drained.count == 1
    assert sleepy.cancelled == 1


def test_a_hub_that_drains_waits_for_its_peers_and_then_goes_from_the_other_hubs(network: Network) -> None:
    rome, oslo = network.hub("rome"), network.hub("oslo")
    network.join(rome, oslo)
    network.settle()
    callee, caller, sleepy = network.peer(rome), network.peer(oslo), Sleepy()
    callee.add(sleepy)
    network.settle()
    answer = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    drained = Outcome(rome.drain())
    network.clock.advance(2)
    assert drained.is_open
    assert len(oslo._switch.hubs) == 1
    sleepy.asleep[0].callback("rested")
    network.settle()
    assert answer.value == "rested"
    assert drained.count == 1
    assert oslo._switch.hubs == []


def test_who_is_in_the_middle_of_its_greeting_is_sent_away(network: Network, logbook: Logbook) -> None:
    rome = network.hub("rome")
    network.delay(rome, 0.5)
    network.peer(rome)
    assert rome.outstanding().links == 1
    drained = Outcome(rome.drain())
    network.settle()
    assert drained.count == 1
    network.clock.advance(1)
    assert any("is leaving (stopped)" in line for line in logbook.lines("link "))
    network.delay(rome, 0)


def test_an_exchange_without_links_has_drained_at_once(network: Network) -> None:
    assert network.result(network.hub().drain()) is None


def test_an_exchange_that_drains_dials_and_accepts_no_more(network: Network) -> None:
    rome = network.hub("rome")
    peer = network.peer(rome)
    network.result(peer.drain())
    network.clock.advance(60)
    assert rome.outstanding().links == 0
    failed = Outcome(peer.call("math", "multiply", 6, 7))
    assert isinstance(failed.error, ServiceUnavailable), "at once: no link is expected"

    rome.drain()
    network.settle()
    assert network.peer(rome).outstanding().links == 0


def test_whoever_waits_no_longer_may_stop_at_once(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Sleepy())
    answer = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    drained = Outcome(callee.drain())
    network.settle()
    drained.cancel()
    network.stop(callee)
    assert answer.error.delivered is True
    assert drained.count == 1


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 86_401])
def test_seconds_that_cannot_be_are_refused(network: Network, seconds: float) -> None:
    with pytest.raises(ValueError, match="^the time to leave in must be "):
        network.peer().drain(seconds)


def test_an_exchange_that_does_not_run_has_drained(network: Network) -> None:
    peer = network.peer()
    network.stop(peer)
    assert network.result(peer.drain()) is None


def test_an_exchange_that_is_started_again_after_it_drained_dials_again(network: Network) -> None:
    rome = network.hub("rome")
    peer = network.peer(rome)
    network.result(peer.drain())
    network.stop(peer)
    peer.startService()
    network.settle()
    assert rome.outstanding().links == 1
