"""Errors as faults: the number, and the text in its parts."""

from __future__ import annotations

import pytest

from exchange.errors import CallError, CallTimeout, MethodUnavailable
from exchange.gateways.faults import fault_of, fault_text


@pytest.mark.parametrize(
    ("origin", "description", "details", "text"),
    [
        ("app", "Bad", "why", "app -- Bad\n\nwhy"),
        ("app", "Bad", "", "app -- Bad"),
        ("", "Bad", "why", "Bad\n\nwhy"),
        ("app", "", "", "app"),
        ("", "", "why", "why"),
        ("", "", "", ""),
    ],
)
def test_the_text_of_a_fault_leaves_out_what_is_empty(origin: str, description: str, details: str, text: str) -> None:
    assert fault_text(origin, description, details) == text


def test_the_code_of_a_fault_is_the_number_of_the_error() -> None:
    fault = fault_of(CallError("Bad", number=1001, origin="app", details="why"))

    assert (fault.faultCode, fault.faultString) == (1001, "app -- Bad\n\nwhy")


def test_our_own_failures_have_no_origin() -> None:
    fault = fault_of(MethodUnavailable("no such method"))

    assert (fault.faultCode, fault.faultString) == (55, "no such method")


def test_a_failure_without_a_word_tells_its_kind() -> None:
    assert fault_of(CallTimeout()).faultString == "CallTimeout"
