"""Callbacks of the user: they are run whatever kind they are, and nothing that one does harms anybody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from signal import SIGINT, signal
from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import ConnectionRefusedError
from twisted.python.failure import Failure

from exchange import Exchange, Service, current_call, method
from exchange.services.callbacks import Callbacks, check_callable, printable
from exchange.testing import Network
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.offered import Math
from tests.services.reporting import Ear, Feed

ODD = [asyncio.CancelledError, SystemExit, GeneratorExit]
odd = pytest.mark.parametrize("kind", ODD)


class Raising:
    """A callback that raises, each time it is called."""

    def __init__(self, kind: type[BaseException], when: Callable[..., bool] = lambda *told: True) -> None:
        self.calls = 0
        self._kind = kind
        self._when = when

    def __call__(self, *told: Any) -> Any:
        if self._when(*told):
            self.calls += 1
            raise self._kind("on purpose")


def site(network: Network, feed: Feed | None = None) -> tuple[Feed, Exchange, Exchange]:
    """Return a feed, the peer that has it, and another peer; both are linked to a hub."""
    network.hub()
    publisher, other = network.peer(), network.peer()
    feed = feed or Feed()
    publisher.add(feed)
    network.settle()
    return feed, publisher, other


def is_unharmed(network: Network, *exchanges: Exchange) -> bool:
    """Whether each exchange still has its link, and can be called over it."""
    network.settle()
    for each in exchanges:
        math = Math()
        each.add(math)
        caller = network.peer()
        network.settle()
        if network.result(caller.call("math", "multiply", 6, 7)) != 42:
            return False
        each.remove(math)
    return [each.outstanding().links for each in exchanges] == [1] * len(exchanges)


# Nothing that a callback raises costs a link, or stops others


@odd
def test_a_callback_of_a_subscription_may_raise_anything(
    network: Network, logbook: Logbook, kind: type[BaseException]
) -> None:
    feed, _, other = site(network)
    raising = Raising(kind)
    other.subscribe("feed", "n*", raising)
    ear = Ear(other)
    network.settle()
    feed.publish("nyse", 1)
    feed.publish("nyse", 2)

    assert is_unharmed(network, other)
    assert (ear.heard, raising.calls) == ([1, 2], 2)
    assert len(logbook.lines("a callback of the subscription to 'feed' on 'n*' raised")) == 2
    assert logbook.failures() == [f"{kind.__name__}: on purpose"] * 2


@odd
def test_whoever_is_told_of_publishers_may_raise_anything(
    network: Network, logbook: Logbook, kind: type[BaseException]
) -> None:
    feed, publisher, other = site(network)
    raising = Raising(kind)
    other.subscribe(publisher.id_of(feed), "*", print, publishers=raising)
    ear = Ear(other)
    network.settle()
    publisher.remove(feed)
    network.settle()

    assert ear.publishers == ["came", "went withdrawn"]
    assert is_unharmed(network, other)
    assert raising.calls == 2
    assert logbook.lines("a callback of the subscription to ")
    assert logbook.failures() == [f"{kind.__name__}: on purpose"] * 2


@odd
def test_a_callback_of_a_watch_may_raise_anything(
    network: Network, logbook: Logbook, kind: type[BaseException]
) -> None:
    _, publisher, other = site(network)
    raising, seen = Raising(kind), list[Any]()
    watch = other.watch(name="math", changed=raising)
    other.watch(name="math", changed=seen.append)
    publisher.add(Math())
    network.settle()

    assert [change.kind for change in seen] == ["came"]
    watch.cancel()
    assert is_unharmed(network, other)
    assert logbook.lines("a callback of the watch of name 'math' raised")
    assert logbook.failures() == [f"{kind.__name__}: on purpose"]


@odd
def test_the_hooks_for_subscribers_may_raise_anything(
    network: Network, logbook: Logbook, kind: type[BaseException]
) -> None:
    shy: Any = Feed()
    shy.subscribed, shy.unsubscribed = Raising(kind), Raising(kind)
    _, publisher, other = site(network, shy)
    ear = Ear(other)
    network.settle()
    shy.publish("a", 1)
    network.settle()
    ear.subscription.cancel()

    assert is_unharmed(network, publisher)
    assert ear.heard == [1]
    assert logbook.lines("the hook 'subscribed' of service 'feed' raised")
    assert logbook.lines("the hook 'unsubscribed' of service 'feed' raised")
    assert logbook.failures() == [f"{kind.__name__}: on purpose"] * 2


@odd
def test_whoever_is_told_of_links_may_raise_anything(
    network: Network, logbook: Logbook, kind: type[BaseException]
) -> None:
    hub, seen = network.hub(), list[Any]()
    hub.watch_links(Raising(kind, lambda change: change.is_open))
    hub.watch_links(seen.append)
    peer = network.peer()
    network.settle()

    assert peer.outstanding().links == 1
    assert [change.is_open for change in seen] == [True]
    assert logbook.lines("a callback of watch_links() raised")
    assert logbook.failures() == [f"{kind.__name__}: on purpose"]


@odd
def test_a_host_is_not_let_in_if_whoever_decides_raises(
    network: Network, logbook: Logbook, kind: type[BaseException]
) -> None:
    hub = network.hub()
    hub.admit_if(Raising(kind))
    peer = network.peer()
    network.settle()

    assert peer.outstanding().links == 0
    assert logbook.lines("the callback of admit_if() raised")
    assert logbook.failures() == [f"{kind.__name__}: on purpose"]


@odd
def test_a_timer_may_raise_anything_and_goes_on(network: Network, logbook: Logbook, kind: type[BaseException]) -> None:
    feed, _, _ = site(network)
    raising = Raising(kind)
    feed.call_every(1, raising)
    network.clock.pump([1] * 3)

    assert raising.calls == 3
    assert logbook.failures() == [f"{kind.__name__}: on purpose"] * 3


@odd
def test_what_a_timer_runs_may_refuse_to_be_cancelled_with_anything(
    network: Network, logbook: Logbook, kind: type[BaseException]
) -> None:
    feed, publisher, _ = site(network)
    feed.call_later(1, lambda: Deferred(Raising(kind)))
    network.clock.advance(1)
    publisher.remove(feed)

    assert logbook.failures() == [f"{kind.__name__}: on purpose"]


@odd
def test_a_service_whose_preparation_raises_anything_is_not_announced(
    network: Network, logbook: Logbook, kind: type[BaseException]
) -> None:
    class Unready(Service):
        name = "unready"
        prepare = Raising(kind)

    _, publisher, other = site(network)
    publisher.add(Unready())
    watch = other.watch(name="unready")
    network.settle()

    assert watch.instances == []
    assert logbook.lines("service 'unready' could not be prepared")
    assert logbook.failures() == [f"{kind.__name__}: on purpose"]


# An interrupt of the keyboard is one


@pytest.fixture
def interrupted() -> Iterator[list[int]]:
    """The signals that would stop the reactor, in order."""
    signals: list[int] = []
    before = signal(SIGINT, lambda number, frame: signals.append(number))
    yield signals
    signal(SIGINT, before)


def test_an_interrupt_of_the_keyboard_is_logged_and_goes_on(
    network: Network, logbook: Logbook, interrupted: list[int]
) -> None:
    class Unready(Service):
        prepare = Raising(KeyboardInterrupt)

    feed, publisher, other = site(network)
    other.subscribe("feed", "*", Raising(KeyboardInterrupt))
    watch = other.watch(name="feed", changed=Raising(KeyboardInterrupt))
    feed.call_later(1, Raising(KeyboardInterrupt))
    network.settle()
    feed.publish("a", 1)
    network.clock.advance(1)
    network.settle()
    publisher.add(Unready())
    watch.cancel()

    assert logbook.failures() == ["KeyboardInterrupt: on purpose"] * 4
    assert interrupted == [SIGINT] * 4
    assert is_unharmed(network, publisher, other)


# Callbacks may be coroutine functions, or return a Deferred


class Slow:
    """Coroutine functions and others that finish when they are told to, and then fail."""

    def __init__(self) -> None:
        self.asleep: list[Deferred[None]] = []

    async def coroutine(self, *told: Any) -> None:
        await self.deferred(*told)

    def deferred(self, *told: Any) -> Deferred[None]:
        sleeping: Deferred[None] = Deferred()
        self.asleep.append(sleeping)
        return sleeping

    def fail(self) -> int:
        asleep, self.asleep = self.asleep, []
        for each in asleep:
            each.errback(ValueError("slept badly"))
        return len(asleep)


@pytest.mark.parametrize("kind", ["coroutine", "deferred"])
def test_each_callback_may_finish_later_and_what_it_raises_then_is_logged(
    network: Network, logbook: Logbook, kind: str
) -> None:
    slow = Slow()
    callback = getattr(slow, kind)
    told: Any = Feed()
    told.subscribed = told.unsubscribed = callback
    _, publisher, other = site(network, told)
    other.watch(name="feed", changed=callback)
    other.watch_links(callback)
    subscription = other.subscribe("feed", "*", callback, publishers=callback)
    network.settle()
    told.publish("a", 1)
    network.settle()
    subscription.cancel()
    network.settle()

    assert slow.fail() == len(["watch", "watch_links", "subscribed", "publishers", "a report", "unsubscribed"])
    for whose in ["watch of name 'feed'", "watch_links()", "hook 'subscribed'", "hook 'unsubscribed'"]:
        assert len(logbook.lines(whose)) == 1
    assert len(logbook.lines("a callback of the subscription to 'feed' on '*' raised")) == 2
    assert logbook.failures() == ["ValueError: slept badly"] * 6
    assert is_unharmed(network, publisher, other)


def test_coroutines_are_run_as_the_exchange_was_told_to(network: Network) -> None:
    run: list[str] = []

    def run_coroutine(work: Any) -> Deferred[Any]:
        run.append(work.__name__)
        return Deferred.fromCoroutine(work)

    class Keen(Feed):
        async def prepare(self) -> None: ...

        async def subscribed(self, subscriber: Any) -> None: ...  # type: ignore[override]

        async def tick(self) -> None: ...

    async def changed(change: Any) -> None: ...

    async def seen(content: Any) -> None: ...

    async def linked(change: Any) -> None: ...

    exchange, keen = Exchange(network.clock, run_coroutine=run_coroutine), Keen()
    exchange.add(keen)
    exchange.watch(changed=changed)
    exchange.subscribe("feed", "*", seen, publishers=changed)
    keen.publish("a", 1)
    keen.call_later(1, keen.tick)
    network.clock.advance(1)

    assert run == ["prepare", "changed", "changed", "subscribed", "seen", "tick"]


def test_what_a_callback_does_is_not_part_of_the_call_that_a_method_answers(network: Network) -> None:
    seen: list[str] = []

    async def changed(change: Any) -> None:
        try:
            seen.append(current_call().method)
        except LookupError:
            seen.append("no call")

    class Joining(Service):
        name = "joining"

        @method
        def go(self) -> bool:
            self.join("club")
            return bool(current_call().method == "go")

    _, publisher, other = site(network)
    publisher.add(Joining())
    publisher.watch(group="club", changed=changed)
    network.settle()

    assert network.result(other.call("joining", "go")) is True
    assert seen == ["no call"]


# By itself


def test_what_a_callback_returns_that_is_no_deferred_is_nothing_to_us(logbook: Logbook) -> None:
    Callbacks().tell("a callback", lambda: "nothing")
    assert logbook.lines("callback") == []


def test_what_begins_may_raise_return_or_finish_later() -> None:
    async def coroutine(what: str) -> str:
        return what

    callbacks = Callbacks()
    assert Outcome(callbacks.begin(str, 1)).value == "1"
    assert Outcome(callbacks.begin(coroutine, "late")).value == "late"
    assert isinstance(Outcome(callbacks.begin(Raising(SystemExit))).error, SystemExit)
    assert isinstance(Outcome(callbacks.begin(lambda: fail(KeyError()))).error, KeyError)


def test_what_is_logged_commands_no_terminal(logbook: Logbook) -> None:
    def speak() -> None:
        raise ValueError("\x1b[2J")

    Callbacks().tell("the \x1b callback", speak)
    assert logbook.lines("raised") == ["the \\x1b callback raised"]
    assert logbook.failures() == ["ExchangeError: \\x1b[2J"]
    plain = Failure(ConnectionRefusedError("no"))
    assert printable(plain) is plain


def test_what_cannot_be_called_is_refused_where_it_is_given(network: Network) -> None:
    _, publisher, _ = site(network)
    nothing: Any = None
    with pytest.raises(TypeError, match="seen must be a function that takes the content of a report"):
        publisher.subscribe("feed", "*", nothing)
    with pytest.raises(TypeError, match="publishers must be a function that takes a change, not 7"):
        publisher.subscribe("feed", "*", print, publishers=7)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="changed must be a function that takes a change, not 'x'"):
        publisher.watch(changed="x")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="changed must be a function that takes a change of a link"):
        publisher.watch_links(nothing)
    with pytest.raises(TypeError, match="admits must be a function that takes the address of a host"):
        publisher.admit_if(nothing)
    check_callable(print, "it", "anything")
    assert len(publisher._subscriber) == 0
