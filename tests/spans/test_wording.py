"""What spans are called, and what is written on them."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from exchange import BadArguments, CallError
from exchange.spans.wording import LONGEST, about, name_of, write_failure
from tests.spans.collected import Collected, written_on


def written(*given: Any) -> ReadableSpan:
    spans = Collected()
    span = spans.provider.get_tracer("mine").start_span("mine")
    write_failure(span, *given)
    span.end()
    return spans.named("mine")


def test_a_span_is_called_by_service_and_method() -> None:
    assert name_of("math", "multiply") == "math/multiply"
    assert name_of(None, "multiply") == "multiply"


def test_what_is_not_known_is_left_out() -> None:
    own = {"rpc.system": "exchange", "rpc.method": "multiply"}
    assert about(None, "multiply", instance=None) == own
    assert about("math", "multiply", principal="ann") == own | {"rpc.service": "math", "exchange.principal": "ann"}


def test_a_failure_says_what_was_raised_and_what_was_told() -> None:
    span = written(ValueError("no"), CallError("not so", number=1000, delivered=True))
    expected = {"error.type": "ValueError", "rpc.response.status_code": "1000", "exchange.delivered": True}
    assert written_on(span) == expected
    assert span.status.description == "not so"
    assert [event.name for event in span.events] == ["exception"]


def test_a_failure_that_was_only_told_says_so() -> None:
    expected = {"error.type": "BadArguments", "rpc.response.status_code": "56"}
    assert written_on(written(None, BadArguments("no"))) == written_on(written(BadArguments("no"))) == expected


@pytest.mark.parametrize(("error", "told"), [(ValueError(), "ValueError"), (ValueError("x" * 9999), "x" * LONGEST)])
def test_its_description_is_never_empty_and_not_too_long(error: Exception, told: str) -> None:
    assert written(error).status.description == told
