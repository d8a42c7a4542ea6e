"""The invoker: what runs, and what is sent of what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from signal import SIGINT, signal
from typing import Any

import pytest
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from exchange import CallError, RemoteError, Service, method, register_type
from exchange.services.invoker import MOST_NESTED, Invoker
from exchange.testing import Network
from exchange.wire.failures import error_of
from exchange.wire.frames import Frame, body_of, encode
from exchange.wire.identities import identity_of, make_id
from exchange.wire.layouts import Kind
from exchange.wire.values import decode_value, encode_request
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.offered import Math, Sleepy

THING = make_id(identity_of(bytes(32)), 16)


class Alone:
    """An invoker whose answers are kept."""

    def __init__(self, *services: Service) -> None:
        self.answers: list[Frame] = []
        self.clock = Clock()
        self.invoker = Invoker(self.answers.append, self.clock)
        self._number = 0
        for service in services:
            self.invoker.add(THING, service)

    def request(self, name: str, *args: Any, to: bytes = THING, body: bytes | None = None) -> bytes:
        """Ask for a method; return the id of the call."""
        self._number += 1
        call = make_id(identity_of(b"caller".ljust(32)), self._number)
        self.invoker.request(encode(Kind.REQUEST, call, (to, name, None), body or encode_request(args, {})))
        return call

    def told(self) -> list[Any]:
        """Return what callers were told since the last time: values, and texts of failures."""
        answers, self.answers[:] = list(self.answers), []
        return [self._told(frame) for frame in answers]

    def _told(self, frame: Frame) -> Any:
        if frame[0] == Kind.REPLY:
            return decode_value(body_of(frame[3]), 0)
        error = error_of(frame)
        return f"{type(error).__name__} {error.delivered}: {error}"


def exporting(function: Any) -> Alone:
    """Return an invoker with one method, ``f``."""
    service = Service()
    service.name = "one"
    service.export(function, "f")
    return Alone(service)


class Anything(Service):
    """Answers for what it does not export, but for one name."""

    name = "anything"

    def unexported(self, name: str) -> Any:
        """Return what runs."""
        return None if name == "secret" else lambda *args: [name, *args]


def test_a_service_may_answer_for_what_it_does_not_export() -> None:
    alone = Alone(Anything())
    alone.request("plant.speed", 1)
    alone.request("secret")
    assert alone.told() == [
        ["plant.speed", 1],
        "MethodUnavailable False: service 'anything' exports no method 'secret'",
    ]


def test_a_plain_method_is_answered_before_the_request_returns() -> None:
    alone = Alone(Math())
    alone.request("multiply", 6, 7)
    assert alone.told() == [42]
    assert len(alone.invoker) == 0


def test_a_deferred_that_fired_already_is_answered_at_once() -> None:
    alone = exporting(lambda: succeed("now"))
    alone.request("f")
    assert alone.told() == ["now"]
    assert len(alone.invoker) == 0


def test_what_runs_is_counted_until_it_is_answered() -> None:
    sleepy = Sleepy()
    alone = Alone(sleepy)
    alone.request("sleep")
    alone.request("dream")
    assert len(alone.invoker) == 2
    sleepy.asleep[1].callback(1)
    sleepy.asleep[0].callback(2)
    assert alone.told() == ["dreamt of nothing, woken by 1", 2]
    assert len(alone.invoker) == 0


def test_a_request_to_what_was_withdrawn_was_not_delivered() -> None:
    alone = Alone()
    alone.request("multiply", 6, 7)
    assert alone.told() == ["WayGone False: the service was withdrawn before the call reached it"]


def test_a_body_that_is_no_request_was_not_delivered() -> None:
    alone = Alone(Math())
    alone.request("multiply", body=b"\x05")
    (told,) = alone.told()
    assert told.startswith("UnsuitableValue False: ")


def test_to_cancel_what_does_not_run_does_nothing() -> None:
    alone = Alone(Math())
    alone.invoker.cancel(encode(Kind.CANCEL, alone.request("multiply", 6, 7)))
    assert alone.told() == [42]


def test_a_method_that_was_cancelled_is_not_answered() -> None:
    sleepy = Sleepy()
    alone = Alone(sleepy)
    alone.invoker.cancel(encode(Kind.CANCEL, alone.request("sleep")))
    assert sleepy.cancelled == 1
    assert alone.told() == []


def test_a_deferred_that_does_not_let_itself_be_cancelled_is_logged(logbook: Logbook) -> None:
    def refuse(deferred: Deferred[Any]) -> None:
        raise TypeError("not me")

    alone = exporting(lambda: Deferred(refuse))
    alone.invoker.cancel(encode(Kind.CANCEL, alone.request("f")))
    assert logbook.failures() == ["TypeError: not me"]


def test_removing_a_service_ends_what_runs_there_and_nothing_else() -> None:
    sleepy, other = Sleepy(), Sleepy()
    alone = Alone(sleepy)
    elsewhere = make_id(identity_of(bytes(32)), 17)
    alone.invoker.add(elsewhere, other)
    alone.request("sleep")
    alone.request("sleep", to=elsewhere)
    alone.invoker.remove(THING)
    assert alone.told() == ["ServiceWithdrawn True: 'sleepy' was withdrawn while it owed the answer"]
    assert (sleepy.cancelled, other.cancelled) == (1, 0)
    alone.request("sleep")
    assert alone.told()[0].startswith("WayGone False")


def test_ending_what_runs_keeps_the_service() -> None:
    alone = Alone(Math())
    alone.invoker.end(THING)
    alone.request("multiply", 6, 7)
    assert alone.told() == [42]


def test_an_exit_in_a_method_ends_the_call_and_not_the_link(logbook: Logbook) -> None:
    def leave() -> None:
        raise SystemExit(3)

    alone = exporting(leave)
    alone.request("f")
    assert alone.told() == ["RemoteError True: SystemExit: 3"]
    assert logbook.failures() == ["SystemExit: 3"]


@pytest.fixture
def interrupted() -> Iterator[list[int]]:
    """The signals that would stop the reactor, in order."""
    signals: list[int] = []
    before = signal(SIGINT, lambda number, frame: signals.append(number))
    yield signals
    signal(SIGINT, before)


def test_an_interrupt_of_the_keyboard_is_told_to_the_caller_and_stops_the_process_in_order(
    logbook: Logbook, interrupted: list[int]
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    async def interrupt_later() -> None:
        interrupt()

    for f in (interrupt, interrupt_later):
        alone = exporting(f)
        alone.request("f")
        assert alone.told() == ["RemoteError True: KeyboardInterrupt"]
        assert logbook.failures() == ["KeyboardInterrupt: "]
    assert interrupted == [SIGINT, SIGINT]


def test_an_exception_that_cannot_be_told_is_told_by_its_type(logbook: Logbook) -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError("no words")

    def fail() -> None:
        raise Mute

    alone = exporting(fail)
    alone.request("f")
    assert alone.told() == ["RemoteError True: Mute: its text cannot be told"]
    assert logbook.failures()[0].startswith("Mute: ")


def test_a_failure_of_the_users_own_kind_arrives_as_the_kind_it_is_one_of(network: Network) -> None:
    class Closed(CallError):
        usual_number = 700

    class Forgetful(RemoteError):
        def __init__(self) -> None:
            """Do not call our own."""

    class Shop(Service):
        name = "shop"

    shop = Shop()

    def enter() -> None:
        raise Closed("come back tomorrow")

    async def buy() -> None:
        raise Forgetful

    shop.export(enter)
    shop.export(buy)
    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(shop)
    network.settle()
    closed = Outcome(caller.call("shop", "enter"))
    forgetful = Outcome(caller.call("shop", "buy"))
    network.settle()
    assert (type(closed.error), str(closed.error), closed.error.number) == (CallError, "come back tomorrow", 700)
    assert (type(forgetful.error), forgetful.error.number, forgetful.error.delivered) == (RemoteError, 57, True)


def test_a_failure_that_came_back_and_is_raised_again_is_not_meant_for_the_caller(logbook: Logbook) -> None:
    error = CallError("from elsewhere", number=999)
    error.received = True

    def fail() -> None:
        raise error

    alone = exporting(fail)
    alone.request("f")
    assert alone.told() == ["RemoteError True: CallError: from elsewhere"]
    assert logbook.failures() == ["CallError: from elsewhere"]


def test_a_result_that_cannot_be_sent_is_told_to_the_caller_and_logged(logbook: Logbook) -> None:
    alone = exporting(lambda: [1, object()])
    alone.request("f")
    (told,) = alone.told()
    assert "result[1]: a value of type 'builtins.object' cannot be sent" in told
    (line,) = logbook.lines("cannot be sent; its caller was told")
    assert line.startswith("what method 'f' of service 'one' ")
    assert "result[1]: " in line


def test_an_exception_without_text_is_told_by_its_type_alone(logbook: Logbook) -> None:
    def fail() -> None:
        raise KeyError

    alone = exporting(fail)
    alone.request("f")
    assert alone.told() == ["RemoteError True: KeyError"]
    assert logbook.failures() == ["KeyError: "]


# What a service does to itself, and to nobody else


class Mute:
    """Has no text."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


class Frozen(CallError):
    """Does not let itself be marked."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "delivered" and value is not None:
            raise RuntimeError("frozen")
        super().__setattr__(name, value)


class Exiting:
    """Cannot be sent: to try so ends the process."""


def leave(*_: Any) -> Any:
    raise SystemExit(9)


register_type(Exiting, "tests.Exiting", leave, leave)


class Rude(Service):
    """Does all that a service should not."""

    name = "rude"

    @method
    def mute(self) -> None:
        raise CallError(Mute())  # type: ignore[arg-type]

    @method
    def frozen(self) -> None:
        raise Frozen("cold")

    @method
    def exiting(self) -> Any:
        return Exiting()

    @method
    def nameless(self) -> Any:
        return {10**5000: [object()], "more": Mute()}

    @method
    def exiting_items(self) -> Any:
        class Items(dict[Any, Any]):
            __iter__ = items = keys = leave

        return [Items(a=1)]

    @method
    def unhashable(self) -> Any:
        class Kind(type):
            __hash__ = None  # type: ignore[assignment]

        return Kind("Thing", (), {})()

    @method
    def gone(self) -> None:
        self.exchange.remove(self)
        raise ValueError("gone")

    def unexported(self, name: str) -> Any:
        raise ValueError(f"no {name}")


TOLD = {
    "mute": "CallError True: its text cannot be told",
    "frozen": "RemoteError True: what the method raised cannot be told; the log of its service says why",
    "exiting": "UnsuitableValue True: result: 9",
    "nameless": "UnsuitableValue True: result[<int>][0]: a value of type 'builtins.object'",
    "exiting_items": "UnsuitableValue True: 9",
    "unhashable": "unhashable type: 'Kind'",
    "gone": "RemoteError True: ValueError: gone",
    "absent": "RemoteError False: ValueError: no absent",
}


@pytest.mark.parametrize("is_later", [False, True])
@pytest.mark.parametrize("name", TOLD)
def test_whatever_a_service_does_its_caller_is_told_and_its_link_stays(
    network: Network, logbook: Logbook, name: str, is_later: bool
) -> None:
    network.hub()
    caller, callee, rude = network.peer(), network.peer(), Rude()
    if is_later and name in rude.exports:
        at_once = rude.exports[name].function

        async def later() -> Any:
            return at_once()

        rude.export(later, name)
    callee.add(rude)
    callee.add(Math())
    network.settle()
    answer = Outcome(caller.call("rude", name, timeout=None))
    other = Outcome(caller.call("math", "multiply", 6, 7))
    network.settle()
    assert TOLD[name] in f"{type(answer.error).__name__} {answer.error.delivered}: {answer.error}"
    assert other.value == 42
    assert callee.outstanding() == (0, 0, 0, 1)
    logbook.failures()


def test_a_deferred_that_fires_after_its_call_was_cancelled_answers_no_other_call() -> None:
    class Stubborn(Deferred[Any]):
        def cancel(self) -> None:
            """Go on."""

    made: list[Deferred[Any]] = []

    def begin() -> Deferred[Any]:
        made.append(Stubborn())
        return made[-1]

    alone = exporting(begin)
    for late in (lambda: made[0].callback("stale"), lambda: made[2].addErrback(str).errback(ValueError("stale"))):
        first = alone.request("f")
        alone.invoker.cancel(encode(Kind.CANCEL, first))
        alone._number -= 1
        assert alone.request("f") == first
        late()
        assert alone.told() == []
        assert len(alone.invoker) == 1
        made[-1].callback("fresh")
        assert alone.told() == ["fresh"]


def test_a_service_that_calls_itself_for_ever_in_one_process_is_refused_and_leaves_nothing_behind(
    network: Network, logbook: Logbook
) -> None:
    class Mirror(Service):
        name = "mirror"

        @method
        def look(self) -> Deferred[Any]:
            return self.exchange.call("mirror", "look", timeout=None)

        @method
        async def gaze(self) -> Any:
            return await self.exchange.call("mirror", "gaze", timeout=None)

    network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Mirror())
    network.settle()
    text = "methods of this process stand one in another, each called by the last"
    for name in ("look", "gaze"):
        answer = Outcome(caller.call("mirror", name, timeout=None))
        network.settle()
        assert str(answer.error) == f"Overloaded: {MOST_NESTED} {text}"
        assert answer.error.delivered is True
        assert callee.outstanding() == (0, 0, 0, 1)
        assert caller.outstanding() == (0, 0, 0, 1)
    logbook.failures()


def test_what_a_method_raised_is_told_and_logged_without_characters_that_command_a_terminal(logbook: Logbook) -> None:
    def fail() -> None:
        raise ValueError("\x1b]0;owned\x07")

    alone = exporting(fail)
    alone.request("f")
    assert alone.told() == [r"RemoteError True: ValueError: \x1b]0;owned\x07"]
    (failure,) = [event["log_failure"] for event in logbook._events]
    assert failure.getTraceback().endswith("builtins.ValueError: \\x1b]0;owned\\x07\n")
    assert "in fail" in failure.getTraceback()
    logbook.failures()


@pytest.mark.parametrize("raises", [False, True])
def test_an_answer_that_cannot_be_given_keeps_no_place_from_the_next_call(raises: bool) -> None:
    """As when the stack is full: then what the switch does with an answer may raise."""

    class Narrow(Service):
        name = "narrow"

        @method(limit=1)
        def pass_through(self) -> str:
            if raises:
                raise CallError("no way")
            return "through"

    full = [True]

    def answer(frame: Frame) -> None:
        if full.pop():
            raise RecursionError
        alone.answers.append(frame)

    alone = Alone()
    alone.invoker = Invoker(answer, alone.clock)
    alone.invoker.add(THING, Narrow())
    with pytest.raises(RecursionError):
        alone.request("pass_through")
    full.append(False)
    alone.request("pass_through")
    assert alone.told() == ["CallError True: no way" if raises else "through"]
