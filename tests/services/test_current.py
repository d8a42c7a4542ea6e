"""What a method may know of the call that it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from exchange import CallTimeout, Exchange, Service, current_call, method
from exchange.services.current import CURRENT, CurrentCall, outside_calls
from exchange.testing import Network
from exchange.wire.frames import encode
from exchange.wire.identities import identity_of, make_id, maker_of
from exchange.wire.layouts import Kind
from exchange.wire.values import Request
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.offered import Sleepy


class Asked(Service):
    """Tells what it knows of its caller."""

    name = "asked"

    def __init__(self) -> None:
        self.calls: list[CurrentCall] = []
        self.waits: list[Deferred[None]] = []

    @method
    def plain(self, *args: Any, **kwargs: Any) -> Any:
        self.calls.append(current_call())
        return [current_call().caller, current_call().instance, current_call().user, current_call().properties]

    @method
    async def coroutine(self) -> Any:
        before = current_call()
        self.waits.append(Deferred())
        await self.waits[-1]
        self.calls.append(current_call())
        return before is current_call()

    @method
    def left(self) -> float | None:
        return current_call().time_left


class Asking(Service):
    """Calls in its turn."""

    name = "asking"

    @method
    async def ask(self, name: str, *args: Any, timeout: float | None = 30) -> Any:
        return await self.exchange.call("asked", name, *args, timeout=timeout)

    @method
    async def sleep(self, timeout: float | None = 30) -> Any:
        return await self.exchange.call("sleepy", "sleep", timeout=timeout)


def site(network: Network, *services: Service) -> tuple[Exchange, Exchange]:
    """Return a caller, and a callee with these services."""
    network.hub()
    caller, callee = network.peer(), network.peer()
    for service in services:
        callee.add(service)
    network.settle()
    return caller, callee


def test_the_caller_is_known_by_its_identity(network: Network) -> None:
    caller, _ = site(network, Asked())
    assert network.result(caller.call("asked", "plain")) == [caller.identity, None, None, {}]


def test_a_service_that_calls_is_known_by_its_instance(network: Network) -> None:
    caller, callee = site(network, Asked(), asking := Asking())
    told = network.result(caller.call("asking", "ask", "plain"))
    assert told == [callee.identity, callee.id_of(asking), None, {}]


def test_what_a_gateway_says_of_its_user_is_passed_on(network: Network) -> None:
    caller, _ = site(network, Asked())
    service = caller.service("asked", user="anna", properties={"REMOTE_ADDR": "192.0.2.1"})
    assert network.result(service.plain())[2:] == ["anna", {"REMOTE_ADDR": "192.0.2.1"}]


@pytest.mark.parametrize(
    "said",
    [{"user": 7}, {"user": b"anna"}, {"properties": [("a", "b")]}, {"properties": {"a": 7}}, {"properties": {7: "a"}}],
)
def test_what_no_method_would_see_is_refused_where_it_is_said(network: Network, said: dict[str, Any]) -> None:
    caller, _ = site(network, Asked())
    with pytest.raises(TypeError, match="must be .*text.*, or None, not "):
        caller.service("asked", **said)
    with pytest.raises(TypeError, match="must be .*text.*, or None, not "):
        caller.call_for(None, "asked", "plain", [], **said)


def test_the_call_is_told_as_it_came(network: Network) -> None:
    caller, callee = site(network, asked := Asked())
    network.result(caller.call("asked", "plain", 1, more=2))
    (call,) = asked.calls
    assert (call.method, call.args, call.kwargs, call.principal) == ("plain", [1], {"more": 2}, None)
    assert call.answering == callee.id_of(asked)
    assert maker_of(call.id) == caller.identity


def test_coroutines_that_run_at_one_time_each_know_their_own_call(network: Network) -> None:
    caller, _ = site(network, asked := Asked())
    answers = [caller.call("asked", "coroutine") for _ in range(3)]
    network.settle()
    for wait in reversed(asked.waits):
        wait.callback(None)
    assert [network.result(answer) for answer in answers] == [True] * 3
    assert len({call.id for call in asked.calls}) == 3


def test_outside_of_methods_there_is_no_call(network: Network) -> None:
    caller, _ = site(network, Asked())
    with pytest.raises(LookupError, match="no method of a service is running"):
        current_call()
    network.result(caller.call("asked", "plain"))
    with pytest.raises(LookupError):
        current_call()


def test_what_is_done_outside_of_calls_knows_none() -> None:
    call = current(([], {}, {}))
    token = CURRENT.set(call)
    with outside_calls(), pytest.raises(LookupError):
        current_call()
    assert current_call() is call
    CURRENT.reset(token)


# Time


def test_a_method_knows_how_much_time_is_left(network: Network) -> None:
    caller, _ = site(network, asked := Asked())
    assert network.result(caller.call("asked", "left", timeout=7.5)) == 7.5
    assert network.result(caller.call("asked", "left")) == 30
    assert network.result(caller.call("asked", "left", timeout=None)) is None
    Outcome(caller.call("asked", "coroutine", timeout=10))
    network.settle()
    network.clock.advance(4)
    asked.waits[0].callback(None)
    assert asked.calls[0].time_left == 6
    network.clock.advance(100)
    assert asked.calls[0].time_left == 0


@pytest.mark.parametrize(("own", "left"), [(30, 5), (None, 5), (2, 2)])
def test_a_call_made_by_a_method_has_no_more_time_than_the_method(
    network: Network, own: float | None, left: float
) -> None:
    class Limited(Service):
        name = "limited"

        @method
        async def ask(self) -> Any:
            return await self.exchange.call("asked", "left", timeout=own)

    caller, _ = site(network, Asked(), Limited())
    assert network.result(caller.call("limited", "ask", timeout=5)) == left


def test_a_nested_call_ends_with_the_time_of_the_first(network: Network, logbook: Logbook) -> None:
    caller, callee = site(network, sleepy := Sleepy(), Asking())
    answer = Outcome(caller.call("asking", "sleep", timeout=2))
    network.settle()
    network.clock.advance(2.5)
    assert isinstance(answer.error, CallTimeout)
    assert sleepy.cancelled == 1
    assert callee.outstanding().running == callee.outstanding().waiting == 0
    assert logbook.failures() == ["CallTimeout: 'sleep' of 'sleepy' did not answer within 2 seconds"]


def current(request: Request, clock: Callable[[], float] = lambda: 100.0) -> CurrentCall:
    """Return a call as it came over the wire."""
    identity = identity_of(bytes(32))
    frame = encode(Kind.REQUEST, make_id(identity, 1), (make_id(identity, 2), "m", None))
    return CurrentCall((frame, request, ([], {}), clock, clock()))


@pytest.mark.parametrize("left", ["5", None, [], -1, -1e300, float("nan"), float("inf"), 10**400, -(10**400)])
def test_a_time_that_is_none_is_for_ever(left: Any) -> None:
    assert current(([], {}, {"time-left": left})).time_left is None


def test_what_a_caller_says_that_makes_no_sense_is_as_if_it_said_nothing() -> None:
    other = make_id(identity_of(b"other".ljust(32)), 16)
    for instance in (b"short", "text", other, 7):
        assert current(([], {}, {"instance": instance})).instance is None
    call = current(([], {}, {"user": 7, "properties": ["a"], "unheard": "of"}))
    assert (call.user, call.properties) == (None, {})
    assert current(([], {}, {"properties": {"a": 7, "b": "text", 7: "c"}})).properties == {"b": "text"}


class Gate(Service):
    """Its one method waits until another opens it."""

    name = "gate"

    def __init__(self) -> None:
        self.waits: list[Deferred[str]] = []
        self.seen: list[str] = []

    @method
    def wait(self) -> Deferred[str]:
        self.waits.append(Deferred(lambda _: seen_now(self.seen)))
        return self.waits[-1]

    @method
    def open(self) -> None:
        self.waits.pop().callback("open")

    @method
    def spoil(self) -> None:
        self.waits.pop().errback(ValueError("spoilt"))

    @method
    def close(self) -> None:
        self.exchange.remove(self)


def seen_now(seen: list[str]) -> None:
    """Note which call is current here."""
    try:
        seen.append(current_call().method)
    except LookupError:
        seen.append("none")


@pytest.mark.parametrize("how", ["open", "spoil", "close"])
def test_who_hears_an_answer_is_not_inside_the_call_that_brought_it_about(
    network: Network, logbook: Logbook, how: str
) -> None:
    exchange = network.peer()
    exchange.add(gate := Gate())
    answer = exchange.call("gate", "wait")
    answer.addBoth(lambda _: seen_now(gate.seen))
    exchange.call("gate", how).addErrback(lambda _: None)
    network.settle()
    logbook.failures()
    assert gate.seen == (["none", "none"] if how == "close" else ["none"])


def test_what_is_stopped_by_a_method_is_stopped_outside_of_its_call(network: Network) -> None:
    exchange = network.peer()
    exchange.add(gate := Gate())
    answers = [exchange.call("gate", "wait").addErrback(lambda _: None)]

    class Stopping(Service):
        name = "stopping"

        @method
        def stop(self) -> None:
            answers[0].cancel()

    exchange.add(Stopping())
    exchange.call("stopping", "stop")
    network.settle()
    assert gate.seen == ["none"]
