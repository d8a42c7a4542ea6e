"""The invoker: what runs, and what is sent of what came of it."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from exchange import CallError, RemoteError, Service
from exchange.services.invoker import Invoker
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


def test_an_interrupt_of_the_keyboard_is_told_to_the_caller_and_goes_on(logbook: Logbook) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    alone = exporting(interrupt)
    with pytest.raises(KeyboardInterrupt):
        alone.request("f")
    assert alone.told() == ["RemoteError True: KeyboardInterrupt"]
    assert logbook.failures() == ["KeyboardInterrupt: "]


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
