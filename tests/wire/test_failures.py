"""The exceptions of calls to the body of a FAILURE and back."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgpack import packb

from exchange.errors import CALL_ERRORS, CallError, Overloaded, RemoteError, UnsuitableValue
from exchange.wire.failures import LONGEST_DESCRIPTION, LONGEST_DETAILS, error_of, failure_of
from exchange.wire.frames import encode
from exchange.wire.layouts import Kind
from exchange.wire.telling import UNTOLD

CALL = b"i" * 16 + b"\0\0\0\1"


def arrived(error: CallError) -> CallError:
    return error_of(failure_of(CALL, error))


@pytest.mark.parametrize("kind", CALL_ERRORS.values())
@pytest.mark.parametrize("delivered", [True, False, None])
def test_every_failure_arrives_as_it_was(kind: type[CallError], delivered: bool | None) -> None:
    error = arrived(kind("so it is", number=1001, origin="press", details="tray 2", delivered=delivered))

    assert type(error) is kind
    assert (error.description, error.number, error.origin, error.details) == ("so it is", 1001, "press", "tray 2")
    assert error.delivered is delivered
    assert error.received


@pytest.mark.parametrize("offered", [b"", b"d" * 16])
def test_a_failure_tells_what_was_offered_by_whom_it_may_have_run_on(offered: bytes) -> None:
    error = CallError("lost")
    error.offered = offered

    assert arrived(error).offered == offered


@pytest.mark.parametrize("wrong", [7, "text", None])
def test_what_was_offered_is_unknown_unless_it_is_a_digest(wrong: Any) -> None:
    error: Any = CallError("lost")
    error.offered = wrong
    body = packb(["CallError", "lost", "", "", wrong])

    assert arrived(error).offered == b""
    assert error_of(encode(Kind.FAILURE, CALL, (50, None), body)).offered == b""


def test_a_failure_from_afar_commands_no_terminal_and_is_what_it_was() -> None:
    error = arrived(CallError("\x1b[2Jgone\x9b\r\n\tby the way"))

    assert str(error) == "\\x1b[2Jgone\\x9b\\r\n\tby the way"
    assert error.description == "\x1b[2Jgone\x9b\r\n\tby the way"
    assert "\x1b" not in repr(error)


def test_a_failure_has_the_usual_number_of_its_class_unless_told() -> None:
    assert arrived(Overloaded("full")).number == 41
    assert arrived(UnsuitableValue("x")).number == 42


def test_a_class_of_the_users_arrives_as_the_nearest_that_is_known() -> None:
    class Jammed(Overloaded): ...

    class PaperOut(CallError): ...

    assert type(arrived(Jammed("tray 2"))) is Overloaded
    assert type(arrived(PaperOut("tray 2"))) is CallError


def test_a_class_of_the_users_is_not_taken_for_ours_by_its_name() -> None:
    error = arrived(type("WayGone", (CallError,), {})("not by us"))

    assert type(error) is CallError


def test_a_class_of_the_users_that_forgot_to_call_ours_arrives_too() -> None:
    class Careless(Overloaded):
        def __init__(self, tray: int) -> None:
            self.tray = tray

    error = arrived(Careless(2))

    assert type(error) is Overloaded
    assert (error.description, error.number, error.delivered) == ("Careless", 41, None)


def test_what_is_too_long_is_cut() -> None:
    error = arrived(CallError("ä" * 10_000, origin="o" * 10_000, details="d" * 100_000))

    assert error.description == "ä" * (LONGEST_DESCRIPTION // 2)
    assert error.origin == "o" * LONGEST_DESCRIPTION
    assert error.details == "d" * LONGEST_DETAILS


def test_a_character_is_not_cut_in_two() -> None:
    assert arrived(CallError("x" + "ä" * 10_000)).description == "x" + "ä" * (LONGEST_DESCRIPTION // 2 - 1)


def test_text_that_cannot_be_encoded_is_told_as_far_as_it_can() -> None:
    assert arrived(CallError("a\ud800b\nc")).description == "a?b\nc"


def test_what_has_no_text_is_told_all_the_same() -> None:
    class Mute:
        def __str__(self) -> str:
            raise RuntimeError("no text")

    mute: Any = Mute()
    error = arrived(CallError(mute, origin=mute, details="tray 2"))
    assert (error.description, error.origin, error.details) == (UNTOLD, UNTOLD, "tray 2")


@pytest.mark.parametrize("number", [1 << 63, -(1 << 63) - 1, True, "57", 57.0])
def test_a_number_that_cannot_be_sent_is_told_as_the_usual_one(number: Any) -> None:
    assert arrived(RemoteError("x", number=number)).number == 57


def test_what_is_neither_true_nor_false_is_unknown() -> None:
    wrong: Any = 1
    assert arrived(RemoteError("x", number=9, delivered=True)).delivered is True
    assert arrived(RemoteError("x", number=9, delivered=wrong)).delivered is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xc1",
        b"\x90",
        packb(["RemoteError", "x", ""]),
        packb([1, 2, 3, 4]),
        packb({}),
        packb("RemoteError"),
        b"\x94\xa1\xff",
    ],
    ids=bytes.hex,
)
def test_the_number_stands_whatever_the_body_is(body: bytes) -> None:
    error = error_of(encode(Kind.FAILURE, CALL, (57, True), body))

    assert type(error) is CallError
    assert error.number == 57
    assert error.delivered is True
    assert error.description == "the failure that came cannot be read"


@given(st.binary(max_size=100))
def test_any_body_makes_a_failure(body: bytes) -> None:
    assert error_of(encode(Kind.FAILURE, CALL, (7, None), body)).number == 7


def test_a_body_that_claims_much_builds_nothing_large() -> None:
    frame = encode(Kind.FAILURE, CALL, (7, None), b"\xdd\x00\x80\x00\x00" * 400 + bytes(8 << 20))

    tracemalloc.start()
    assert error_of(frame).description == "the failure that came cannot be read"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1 << 20
