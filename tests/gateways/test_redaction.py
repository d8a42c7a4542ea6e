"""Redaction: what Python says of a failure stays in the log; what was meant to be told is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure

from exchange import (
    BadArguments,
    CallError,
    CallRefused,
    CallTimeout,
    Hub,
    LinkLost,
    MethodUnavailable,
    Overloaded,
    RemoteError,
    Service,
    ServiceUnavailable,
    ServiceWithdrawn,
    UnsuitableValue,
    WayGone,
    method,
)
from exchange.gateways.redaction import redacted
from exchange.testing import Network
from tests.gateways.conftest import Gateway, offering
from tests.logbook import Logbook

NUMBER = re.compile(r"; the log of the gateway says more \(([0-9a-f]{8})\)$")


def received(error: CallError) -> CallError:
    error.received = True
    return error


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (RemoteError("KeyError: 'password of ann'", delivered=True), "the method failed"),
        (
            received(UnsuitableValue("result: a value of type 'Secret' cannot be sent", number=52, delivered=True)),
            "what the method returned cannot be sent",
        ),
        (
            received(UnsuitableValue("a body cannot be decoded: x", number=44)),
            "what the method returned cannot be sent",
        ),
        (
            ServiceUnavailable("no service named 'x', and no hub is linked: tcp:10.1.1.1:11111", delivered=False),
            "the service is not there any more",
        ),
        (
            WayGone("the way to 'x' is gone; it was known at hub rome", delivered=False),
            "the service is not there any more",
        ),
        (LinkLost("the link to hub rome was lost while the answer was owed"), "the gateway has lost its hub"),
        (CallError("the call could not be made: RecursionError: x"), "the call could not be made"),
    ],
)
def test_what_was_not_meant_for_them_is_known_by_a_number_that_the_log_has_too(
    logbook: Logbook, error: CallError, text: str
) -> None:
    told: Any = redacted(Failure(error)).value

    assert type(told) is type(error)
    assert (told.number, told.delivered, told.origin, told.details) == (error.number, error.delivered, "", "")
    known_by = NUMBER.search(str(told))
    assert known_by
    assert str(told) == text + known_by[0]
    (line,) = logbook.lines(known_by[1])
    assert f"{type(error).__name__}, error {error.number}: {error}" in line


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            ServiceWithdrawn("'math' was lost while it owed the answer: hub rome is leaving"),
            "'math' was lost while it owed the answer",
        ),
        (
            ServiceWithdrawn("'math' was withdrawn while it owed the answer"),
            "'math' was withdrawn while it owed the answer",
        ),
        (
            Overloaded("every instance of 'x' has more to do than its link can carry (at hub rome); try again later"),
            "every instance of 'x' has more to do than its link can carry; try again later",
        ),
    ],
)
def test_of_some_texts_the_part_is_told_that_concerns_them(error: CallError, text: str) -> None:
    told: Any = redacted(Failure(error)).value

    assert (type(told), str(told), told.number) == (type(error), text, error.number)


@pytest.mark.parametrize(
    "error",
    [
        CallError("out of stock", number=1001, origin="shop", details="since noon", delivered=True),
        CallError("out of stock", delivered=True),
        RemoteError("out of stock", number=1001),
        RemoteError("out of stock", origin="shop"),
        ServiceUnavailable("the press is not there", origin="plant"),
        ServiceUnavailable("the press is not there", delivered=True),
        BadArguments("takes two arguments"),
        MethodUnavailable("exports no method 'x'"),
        CallTimeout("no answer in 30 s"),
        CallRefused("not permitted"),
        UnsuitableValue("result[0]: XML-RPC has no such numbers", number=52, delivered=True),
        UnsuitableValue("args[0]: a value that cannot be sent"),
    ],
)
def test_what_was_meant_to_be_told_is_told(error: CallError) -> None:
    failure = Failure(error)

    assert redacted(failure) is failure


def test_what_is_no_failure_of_a_call_is_left_as_it_is() -> None:
    failure = Failure(CancelledError())

    assert redacted(failure) is failure


class Leaky(Service):
    """Has secrets that it does not mean to tell."""

    name = "leaky"
    groups = ("web-services",)

    @method
    def fail(self) -> None:
        raise KeyError("hunter2")

    @method
    def give(self) -> Any:
        return Secret()

    @method
    def tell(self) -> None:
        raise CallError("out of stock", number=1001, origin="shop", details="since noon")


class Secret:
    """Cannot be sent."""

    def __repr__(self) -> str:
        return "hunter2"


@pytest.fixture
def fault(network: Network, hub: Hub, gateway: Gateway) -> Callable[..., tuple[int, str]]:
    offering(network, Leaky())

    def call(name: str, **terms: Any) -> tuple[int, str]:
        fault = (
            gateway(**terms).post("leaky", f"<methodCall><methodName>{name}</methodName></methodCall>".encode()).fault
        )
        return fault.faultCode, fault.faultString

    return call


@pytest.mark.parametrize(("name", "number", "secret"), [("fail", 57, "hunter2"), ("give", 52, "Secret")])
def test_a_gateway_tells_all_only_if_told_to(
    fault: Callable[..., tuple[int, str]], logbook: Logbook, name: str, number: int, secret: str
) -> None:
    assert fault(name)[0] == fault(name, errors="full")[0] == number
    assert secret not in fault(name)[1]
    assert secret in fault(name, errors="full")[1]
    logbook.failures()


def test_what_a_method_tells_on_purpose_is_told_in_either_case(fault: Callable[..., tuple[int, str]]) -> None:
    assert fault("tell") == fault("tell", errors="full") == (1001, "shop -- out of stock\n\nsince noon")
