"""What callers of both worlds have alike: all that an exchange takes is taken, and comes back as each world has it."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any, TypeVar

import pytest
from twisted.internet.defer import Deferred

import exchange
from exchange import PresenceChange, Report, Service, aio, blocking, current_call, method
from exchange.callers.caller import Caller, Put
from exchange.callers.inbox import Queue
from exchange.testing import Network
from tests.services.reporting import Feed

T = TypeVar("T")

Begun = tuple[Queue[Any], Any]


class InMemory:
    """The way of a caller whose exchange is in a network in memory."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def run(self, begin: Callable[[], Deferred[Any]]) -> Any:
        return self._network.result(begin())

    def do(self, work: Callable[[], T]) -> T:
        return work()


class Together(Caller[Any, Begun, Begun]):
    """A caller who reads what was told when all has settled."""

    def _subscribed(self, queue: Queue[tuple[Any, Report]], begin: Callable[[Put], exchange.Subscription]) -> Begun:
        return queue, begin(queue.put)

    def _watched(self, queue: Queue[PresenceChange], begin: Callable[[Put], exchange.Watch]) -> Begun:
        return queue, begin(queue.put)


class Clerk(Service):
    """Knows its callers."""

    name = "clerk"

    @method
    def whoami(self) -> list[Any]:
        return [current_call().user, current_call().properties]


def site(network: Network) -> tuple[Together, exchange.Exchange]:
    """Return a caller, and another peer of its hub."""
    network.hub()
    inner, other = network.peer(), network.peer()
    network.settle()
    return Together(inner, InMemory(network)), other


def test_a_method_may_know_on_whose_behalf_it_is_called(network: Network) -> None:
    caller, other = site(network)
    other.add(Clerk())
    network.settle()

    assert caller.call("clerk", "whoami") == [None, {}]
    assert caller.service("clerk", user="ann").whoami() == ["ann", {}]
    assert caller.service("clerk", properties={"desk": "7"}).whoami() == [None, {"desk": "7"}]


def test_an_overflow_is_told_to_the_hub_and_one_that_is_none_is_refused(network: Network) -> None:
    caller, _ = site(network)
    _, subscription = caller.subscribe("feed", "*", overflow="latest")
    way = caller._inner._switch.subscriptions.in_use(subscription.id)
    assert way is not None
    assert way.frame[2][2] == "latest"
    with pytest.raises(ValueError, match="overflow 'never' must be one of drop-oldest, drop-newest, latest"):
        caller.subscribe("feed", "*", overflow="never")


def test_publishers_are_told_of_and_reports_are_read(network: Network) -> None:
    caller, other = site(network)
    feed, seen = Feed(), list[str]()
    reports, subscription = caller.subscribe("feed", "n*", 2, publishers=lambda change: seen.append(change.kind))
    other.add(feed)
    network.settle()
    for price in range(4):
        feed.publish("nyse", price)
    network.settle()
    other.remove(feed)
    network.settle()

    assert seen == ["came", "went"]
    assert [(content, report.skipped) for content, report in (reports.pop(), reports.pop())] == [(2, 2), (3, 0)]
    subscription.cancel()
    with pytest.raises(TypeError, match="publishers must be a function that takes a change"):
        caller.subscribe("feed", "n*", publishers="all")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="skipped must be a function that takes how many reports were left out"):
        caller.subscribe("feed", "n*", skipped=3)  # type: ignore[arg-type]


def test_changes_are_read_and_what_cannot_be_wanted_is_refused(network: Network) -> None:
    caller, other = site(network)
    changes, _ = caller.watch(pattern="c*")
    other.add(Clerk())
    network.settle()

    assert changes.pop().instance.name == "clerk"
    with pytest.raises(ValueError, match="the pattern of a watch"):
        caller.watch(pattern="a\x00")


@pytest.mark.parametrize("limit", [0, -1, "a", None, 1.5])
def test_a_limit_that_cannot_be_one_is_refused(network: Network, limit: Any) -> None:
    caller, _ = site(network)
    with pytest.raises(ValueError, match="the limit of a subscription must be a whole number, at least 1"):
        caller.subscribe("feed", "*", limit)


@pytest.mark.parametrize("name", ["call", "service", "call_all", "describe", "ping", "subscribe", "watch", "instances"])
def test_both_worlds_take_what_an_exchange_takes_under_the_same_names(name: str) -> None:
    usual = signature(getattr(exchange.Exchange, name)).parameters
    of_threads = signature(getattr(blocking.Exchange, name)).parameters
    of_asyncio = signature(getattr(aio.Exchange, name)).parameters

    assert list(of_threads) == list(of_asyncio)
    assert set(usual) - set(of_threads) <= {"seen", "changed"}
    for each in set(usual) & set(of_threads):
        assert of_threads[each].default == of_asyncio[each].default == usual[each].default
