from __future__ import annotations

import pytest

from exchange import errors
from exchange.netsvc.failures import ServiceFailure, failure_of, fault_string, no_service

Four = tuple[int, str, str, str]


def four(error: errors.CallError | BaseException | None) -> Four:
    failure = failure_of(error)
    return failure.error, failure.description, failure.origin, failure.details


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (errors.CallError("Bad", number=1, origin="app", details="why"), (1, "Bad", "app", "why")),
        (errors.CallError("Bad", number=1), (1, "Bad", "", "")),
        (errors.CallError("Bad", number=57), (57, "Bad", "", "")),
        (errors.RemoteError("mine", number=700), (700, "mine", "", "")),
        (errors.CallTimeout("theirs", origin="app"), (47, "theirs", "app", "")),
    ],
)
def test_what_a_method_says_on_purpose_passes_as_it_is(error: errors.CallError, told: Four) -> None:
    assert four(error) == told


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (errors.RemoteError("ValueError: no"), (57, "Application Error", "netsvc", "ValueError: no")),
        (errors.BadArguments("two"), (56, "Parameters Incorrect", "netsvc", "two")),
        (errors.MethodUnavailable("no such method"), (55, "Method Unavailable", "netsvc", "")),
        (errors.CallTimeout("slow"), (47, "Request Timeout", "netsvc", "slow")),
        (errors.CallRefused("you may not"), (51, "Resource Unavailable", "netsvc", "you may not")),
        (errors.Overloaded("busy", details="very"), (41, "Resource Unavailable", "netsvc", "busy\n\nvery")),
        (errors.UnsuitableValue("x", number=44), (44, "Response Decoding Error", "netsvc", "x")),
    ],
)
def test_what_exchange_says_has_the_text_of_its_number_and_all_else_in_the_details(
    error: errors.CallError, told: Four
) -> None:
    assert four(error) == told


@pytest.mark.parametrize("kind", [errors.ServiceUnavailable, errors.WayGone, errors.ServiceWithdrawn, errors.LinkLost])
def test_a_service_that_cannot_be_reached_any_more_is_an_application_error(kind: type[errors.CallError]) -> None:
    assert four(kind("it went")) == (57, "Application Error", "netsvc", "it went")


def test_a_method_that_misses_a_service_of_its_own_does_not_look_lost() -> None:
    error = errors.ServiceUnavailable("no database", delivered=True)
    assert four(error) == (46, "Service Unavailable", "netsvc", "no database")


def test_what_is_no_failure_of_a_call_is_an_aborted_request() -> None:
    assert four(KeyError("x")) == (48, "Request Aborted", "netsvc", "'x'")


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (ServiceFailure(1, "Bad", "app", "why"), "app -- Bad\n\nwhy"),
        (ServiceFailure(1, "Bad", "app"), "app -- Bad"),
        (ServiceFailure(1, "Bad", details="why"), "Bad\n\nwhy"),
        (ServiceFailure(1, "Bad"), "Bad"),
    ],
)
def test_a_failure_as_one_text_leaves_out_what_is_empty(failure: ServiceFailure, text: str) -> None:
    assert fault_string(failure) == text


def test_a_missing_service_names_it() -> None:
    failure = no_service("math")
    assert four(failure) == (46, "Service Unavailable", "netsvc", "math")
    assert str(failure) == "netsvc -- Service Unavailable\n\nmath (error 46)"
