"""The life of a method: answers in any order, limits, interception and forwarding."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred, maybeDeferred

from exchange import (
    BadArguments,
    CallError,
    CallRefused,
    Exchange,
    MethodUnavailable,
    Overloaded,
    RemoteError,
    Service,
    ServiceUnavailable,
    ServiceWithdrawn,
    current_call,
    method,
)
from exchange.services.throttle import MOST_WAITING
from exchange.testing import Network
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.offered import Math, Sleepy


class Narrow(Service):
    """Answers when it is told to, two calls at a time."""

    name = "narrow"

    def __init__(self) -> None:
        self.running: dict[Any, Deferred[Any]] = {}
        self.started: list[Any] = []

    @method(limit=2)
    def work(self, number: Any) -> Deferred[Any]:
        self.started.append(number)
        self.running[number] = Deferred()
        return self.running[number]

    @method(limit=1)
    def fail(self) -> None:
        raise ValueError("no")

    @method
    def free(self) -> str:
        return "free"


class Small(Narrow):
    """Runs three calls at a time, whatever they are, and lets two wait."""

    name = "small"
    limit = 3
    queue = 2

    @method
    def wide(self, number: Any) -> Deferred[Any]:
        return self.work(number)

    def unexported(self, name: str) -> Any:
        return self.wide if name == "found" else None


def site(network: Network, *services: Service) -> tuple[Exchange, Exchange]:
    """Return a caller, and a callee with these services."""
    network.hub()
    caller, callee = network.peer(), network.peer()
    for service in services:
        callee.add(service)
    network.settle()
    return caller, callee


def test_answers_may_come_in_any_order(network: Network) -> None:
    caller, _ = site(network, sleepy := Sleepy())
    answers = [Outcome(caller.call("sleepy", "sleep")) for _ in range(5)]
    network.settle()
    for number in reversed(range(5)):
        sleepy.asleep[number].callback(number)
        network.settle()
        assert [answer.count for answer in answers] == [0] * number + [1] * (5 - number)
    assert [answer.value for answer in answers] == [0, 1, 2, 3, 4]


def test_every_service_answers_a_ping_and_tells_how_long_it_took(network: Network) -> None:
    caller, _ = site(network, Math())
    assert network.result(caller.ping("math")) == 0
    with pytest.raises(ServiceUnavailable):
        network.result(caller.ping("nothing"))


def test_a_service_is_announced_when_it_is_prepared(network: Network) -> None:
    ready: Deferred[None] = Deferred()

    class Slow(Math):
        async def prepare(self) -> None:
            await ready

    caller, _ = site(network, Slow())
    with pytest.raises(ServiceUnavailable):
        network.result(caller.call("math", "multiply", 6, 7))
    ready.callback(None)
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42


def test_wrong_arguments_are_told_what_was_expected(network: Network) -> None:
    caller, _ = site(network, Math())
    math = caller.service("math")
    for answer, told in ((math.multiply(1), "takes 2 arguments, 1 came"), (math.multiply(1, 2, z=3), "'z'")):
        with pytest.raises(BadArguments, match=told) as caught:
            network.result(answer)
        assert caught.value.delivered is False


# Limits


def test_so_many_run_at_once_and_the_others_wait_their_turn(network: Network) -> None:
    caller, callee = site(network, narrow := Narrow())
    answers = [Outcome(caller.call("narrow", "work", number)) for number in range(4)]
    network.settle()
    assert narrow.started == [0, 1]
    assert callee.outstanding().running == 4
    assert network.result(caller.call("narrow", "free")) == "free"
    narrow.running[1].callback("one")
    network.settle()
    assert (narrow.started, answers[1].value) == ([0, 1, 2], "one")
    for number in (0, 2, 3):
        narrow.running[number].callback(number)
        network.settle()
    assert [answer.value for answer in answers] == [0, "one", 2, 3]


def test_the_answer_is_sent_before_the_next_begins(network: Network) -> None:
    peer, at_answer = network.peer(), []
    peer.add(narrow := Narrow())
    peer.call("narrow", "work", 0).addCallback(lambda _: at_answer.extend(narrow.started))
    others = [Outcome(peer.call("narrow", "work", number)) for number in (1, 2)]
    narrow.running[0].callback("zero")
    assert at_answer == [0, 1]
    assert narrow.started == [0, 1, 2]
    assert all(other.is_open for other in others)


def test_a_method_that_raises_gives_its_place_free(network: Network, logbook: Logbook) -> None:
    caller, _ = site(network, Narrow())
    for _ in range(3):
        with pytest.raises(RemoteError):
            network.result(caller.call("narrow", "fail"))
    assert logbook.failures() == ["ValueError: no"] * 3


def test_too_many_that_wait_are_refused_undelivered(network: Network) -> None:
    caller, _ = site(network, narrow := Narrow())
    answers = [Outcome(caller.call("narrow", "work", number)) for number in range(2 + MOST_WAITING)]
    refused = Outcome(caller.call("narrow", "work", "too many"))
    network.settle()
    assert isinstance(refused.error, Overloaded)
    assert refused.error.delivered is False
    for number in range(2 + MOST_WAITING):
        narrow.running[number].callback(number)
    network.settle()
    assert [answer.value for answer in answers] == list(range(2 + MOST_WAITING))


def test_a_call_cancelled_while_it_waits_never_runs(network: Network) -> None:
    caller, callee = site(network, narrow := Narrow())
    answers = [Outcome(caller.call("narrow", "work", number)) for number in range(4)]
    network.settle()
    answers[2].cancel()
    network.settle()
    narrow.running[0].callback(None)
    network.settle()
    assert narrow.started == [0, 1, 3]
    assert callee.outstanding().running == 2


def test_a_call_cancelled_while_it_runs_gives_its_place_free(network: Network) -> None:
    caller, _ = site(network, narrow := Narrow())
    answers = [Outcome(caller.call("narrow", "work", number)) for number in range(3)]
    network.settle()
    answers[0].cancel()
    network.settle()
    assert narrow.started == [0, 1, 2]


def test_a_service_that_is_removed_tells_those_who_run_and_those_who_wait(network: Network) -> None:
    caller, callee = site(network, narrow := Narrow())
    answers = [Outcome(caller.call("narrow", "work", number)) for number in range(4)]
    network.settle()
    callee.remove(narrow)
    network.settle()
    assert [type(answer.error) for answer in answers[:2]] == [ServiceWithdrawn] * 2
    network.clock.advance(0.25)  # those that waited are sent again, and there is no other instance
    assert [type(answer.error) for answer in answers[2:]] == [ServiceUnavailable] * 2
    assert sorted(str(answer.error.delivered) for answer in answers) == ["False", "False", "True", "True"]
    assert narrow.started == [0, 1]
    assert callee.outstanding().running == 0


@pytest.mark.parametrize("running", [True, False])
def test_who_is_told_of_one_call_may_cancel_another(network: Network, running: bool) -> None:
    peer = network.peer()
    peer.add(narrow := Narrow())
    if not running:
        for number in (8, 9):
            Outcome(peer.call("narrow", "work", number))
    answers = [peer.call("narrow", "work", number) for number in range(2)]
    outcomes: list[Outcome] = []
    answers[0].addErrback(lambda failure: outcomes[1].cancel())
    outcomes += [Outcome(answer) for answer in answers]
    peer.remove(narrow)
    network.clock.advance(0.25)
    assert [outcome.count for outcome in outcomes] == [1, 1]
    assert peer.outstanding().running == 0


# Interception and forwarding


class Guarded(Service):
    """Lets in whom it knows, and notes what it was asked."""

    name = "guarded"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def intercept(self, name: str, function: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        self.asked.append(f"{name}{args}{kwargs}")
        if name == "secret":
            raise CallRefused("you may not", delivered=False)
        return maybeDeferred(function, *args, **kwargs).addCallback(lambda result: [current_or_none(), result])

    @method
    def plain(self, x: int, *, y: int = 0) -> int:
        return x + y

    @method
    async def coroutine(self) -> str:
        return "awaited"

    @method(limit=1)
    def secret(self) -> str:
        raise AssertionError("nobody gets here")


def current_or_none() -> str:
    try:
        return str(current_call().method)
    except LookupError:
        return "none"


def test_every_method_of_a_service_can_be_stood_round(network: Network) -> None:
    caller, _ = site(network, guarded := Guarded())
    assert network.result(caller.call("guarded", "plain", 1, y=2)) == ["plain", 3]
    with pytest.raises(CallRefused, match="you may not"):
        network.result(caller.call("guarded", "secret"))
    with pytest.raises(CallRefused, match="you may not"):
        network.result(caller.call("guarded", "secret"))
    assert guarded.asked == ["plain[1]{'y': 2}", "secret[]{}", "secret[]{}"]


def test_what_every_service_answers_and_what_does_not_fit_is_not_intercepted(network: Network) -> None:
    caller, _ = site(network, guarded := Guarded())
    network.result(caller.ping("guarded"))
    network.result(caller.describe("guarded"))
    with pytest.raises(CallError):
        network.result(caller.call("guarded", "plain"))
    with pytest.raises(MethodUnavailable):
        network.result(caller.call("guarded", "nothing"))
    assert guarded.asked == []


def test_usually_a_method_is_called_as_it_is(network: Network) -> None:
    class Through(Math):
        def intercept(self, name: str, function: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
            return super().intercept(name, function, args, kwargs)

    assert not Math().intercepts
    caller, _ = site(network, Through())
    assert network.result(caller.call("math", "multiply", 6, y=7)) == 42


class Bouncing(Service):
    """Passes its calls on."""

    name = "bouncing"

    @method
    def multiply(self, *args: Any, **kwargs: Any) -> Deferred[Any]:
        return self.forward("math")

    @method
    async def later(self, *args: Any) -> Any:
        await self.exchange.call("math", "echo", 1)
        return await self.forward("math", "multiply")

    @method
    def sleep(self) -> Deferred[Any]:
        return self.forward("sleepy")

    @method
    def refuse(self, number: int) -> Deferred[Any]:
        return self.forward("math")

    @method
    def who(self) -> Deferred[Any]:
        return self.forward("known")


def test_a_method_may_pass_its_call_on_as_it_came(network: Network) -> None:
    caller, callee = site(network, Bouncing())
    callee.add(Math())
    assert network.result(caller.call("bouncing", "multiply", 6, y=7)) == 42
    assert network.result(caller.call("bouncing", "later", 6, 7)) == 42


def test_a_failure_of_a_call_that_was_passed_on_arrives_as_it_is(network: Network) -> None:
    caller, callee = site(network, Bouncing())
    with pytest.raises(ServiceUnavailable) as caught:
        network.result(caller.call("bouncing", "multiply", 6, 7))
    assert caught.value.delivered is True
    callee.add(Math())
    with pytest.raises(CallError) as refused:
        network.result(caller.call("bouncing", "refuse", 321))
    assert (refused.value.number, refused.value.origin, refused.value.details) == (321, "the vicar", "Ex 20:8")


def test_a_call_that_was_passed_on_has_the_time_and_the_user_of_the_first(network: Network) -> None:
    class Known(Service):
        name = "known"

        @method
        def who(self) -> Any:
            call = current_call()
            return [call.user, call.properties, call.time_left]

    caller, callee = site(network, Bouncing())
    callee.add(Known())
    callee.add(sleepy := Sleepy())
    proxy = caller.service("bouncing", timeout=9, user="anna", properties={"a": "b"})
    assert network.result(proxy.who()) == ["anna", {"a": "b"}, 9]
    answer = Outcome(caller.call("bouncing", "sleep"))
    network.settle()
    answer.cancel()
    network.settle()
    assert sleepy.cancelled == 1


def test_outside_of_a_method_there_is_nothing_to_pass_on(network: Network) -> None:
    _, _ = site(network, bouncing := Bouncing())
    with pytest.raises(LookupError):
        bouncing.forward("math")


# A limit of the whole service


def test_a_service_runs_so_many_calls_lets_others_wait_and_refuses_what_is_more(network: Network) -> None:
    caller, _ = site(network, small := Small())
    answers = [
        caller.call("small", name, number) for number, name in enumerate(["wide", "found", "work", "wide", "wide"])
    ]
    network.settle()
    assert small.started == [0, 1, 2]
    for name in ("wide", "work", "found", "free"):
        with pytest.raises(Overloaded, match="3 calls run and 2 wait already") as caught:
            network.result(caller.call("small", name, *([9] if name != "free" else [])))
        assert caught.value.delivered is False
    assert network.result(caller.ping("small")) is not None

    for number in range(3):
        small.running[number].callback(number)
    network.settle()
    assert small.started == [0, 1, 2, 3, 4]
    for number in (3, 4):
        small.running[number].callback(number)
    assert [network.result(answer) for answer in answers] == [0, 1, 2, 3, 4]
    assert network.result(caller.call("small", "free")) == "free"


def test_a_call_that_waits_and_is_cancelled_is_not_run_and_takes_no_place(network: Network) -> None:
    caller, _ = site(network, small := Small())
    answers = [caller.call("small", "wide", number, timeout=None) for number in range(5)]
    network.settle()
    answers[3].addErrback(lambda failure: None)
    answers[3].cancel()
    network.settle()
    small.running[0].callback(0)
    network.settle()
    assert small.started == [0, 1, 2, 4]
    for number in (1, 2, 4):
        small.running[number].callback(number)
    network.settle()


@pytest.mark.parametrize(("limit", "queue", "wrong"), [(0, 1, "limit"), (1, -1, "queue"), ("many", 1, "limit")])
def test_a_limit_that_cannot_be_is_refused_when_the_service_is_added(
    network: Network, limit: Any, queue: Any, wrong: str
) -> None:
    small = Small()
    small.limit, small.queue = limit, queue
    with pytest.raises(ValueError, match=f"the {wrong} of service 'small' must be a whole number"):
        network.peer().add(small)
