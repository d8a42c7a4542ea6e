"""What spans are called, and what is written on them."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from exchange import BadArguments, CallError, MethodUnavailable
from exchange.spans.wording import LONGEST, about, name_of, write_ending, write_failure
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


def test_what_cannot_be_sent_costs_no_other_span() -> None:
    """Whoever sends spans to a collector gives up all of a batch for one text that is none."""
    error = ValueError("\ud800")
    error.add_note("\ud801")
    span = written(error, CallError("\ud802"))
    texts = [name_of("\ud800", "\ud801"), *about("\ud800", "\ud801").values(), str(span.status.description)]
    texts += [str(value) for event in span.events for value in (event.attributes or {}).values()]
    assert "ValueError" in texts[-1]
    for text in texts:
        text.encode()


class Untellable(Exception):
    """An exception that cannot tell itself."""

    def __str__(self) -> str:
        raise ZeroDivisionError


def test_what_cannot_tell_itself_is_recorded_all_the_same() -> None:
    span = written(Untellable())
    assert span.status.description == "its text cannot be told"
    (event,) = span.events
    assert dict(event.attributes or {})["exception.type"] == "tests.spans.test_wording.Untellable"


@pytest.mark.parametrize(("delivered", "name"), [(False, "math/_OTHER"), (True, "mine"), (None, "mine")])
def test_a_name_that_somebody_made_up_names_no_span(delivered: bool | None, name: str) -> None:
    spans = Collected()
    span = spans.provider.get_tracer("mine").start_span("mine")
    write_ending(span, "math", MethodUnavailable("no", delivered=delivered))
    span.end()
    assert spans.named(name)


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
