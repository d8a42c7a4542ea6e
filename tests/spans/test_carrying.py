"""How a span is told to others, and within which one a call is made."""

from __future__ import annotations

from typing import Any

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, TraceIdRatioBased
from opentelemetry.trace import get_current_span, set_span_in_context

from exchange import Service, current_call, method
from exchange.spans.carrying import context_of_call, context_told, told_of
from exchange.testing import Network
from exchange.tracing import trace
from tests.spans.collected import Collected

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
OTHER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def parent_in(context: Context) -> str:
    found = get_current_span(context).get_span_context()
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags:02x}"


def test_what_is_told_is_understood() -> None:
    told = {"traceparent": PARENT, "tracestate": "plant=1,other=2"}
    assert told_of(context_told(told)) == told


def test_nothing_is_told_of_nothing_and_of_what_is_malformed() -> None:
    assert told_of(Context()) == {}
    for told in ({}, {"traceparent": "yes", "tracestate": "plant=1"}, {"traceparent": 7}):
        assert context_told(told) == Context()


def test_what_is_told_of_the_very_call_comes_first() -> None:
    with Collected().provider.get_tracer("mine").start_as_current_span("mine"):
        assert parent_in(context_of_call({"traceparent": PARENT})) == PARENT


def test_then_the_span_that_is_current() -> None:
    with Collected().provider.get_tracer("mine").start_as_current_span("mine") as span:
        assert get_current_span(context_of_call({"user": "ann"})) is span
    assert not get_current_span(context_of_call({})).get_span_context().is_valid


def test_then_the_call_that_the_method_answers() -> None:
    """It is not traced itself, but something that it calls by is."""
    seen: list[str] = []

    class Seeing(Service):
        name = "seeing"

        @method
        def see(self) -> None:
            seen.append(parent_in(context_of_call({})))

    network = Network()
    exchange = network.peer()
    exchange.add(Seeing())
    network.result(exchange.call_for(None, "seeing", "see", (), trace={"traceparent": PARENT}))
    assert seen == [PARENT]
    network.close()


class Chain(Service):
    """Calls the next one of a chain, and tells of what the last was told."""

    def __init__(self, name: str, next: str = "") -> None:
        self.name = name
        self._next = next

    @method
    def go(self) -> Any:
        """Go on."""
        return self.exchange.call(self._next, "go") if self._next else current_call().trace


def chain(*traced: Collected | None) -> tuple[Network, Any]:
    """Return a network with a chain of services, each traced by what is given for it, and its first caller."""
    network = Network()
    network.hub()
    for number, spans in enumerate(traced):
        peer = network.peer()
        peer.add(Chain(f"link{number}", f"link{number + 1}" if number + 1 < len(traced) else ""))
        if spans:
            trace(peer, spans.provider)
    return network, network.peer()


def test_a_trace_goes_through_a_process_that_does_not_trace() -> None:
    spans = Collected()
    network, caller = chain(spans, None, spans)
    network.result(caller.call("link0", "go"))
    assert spans.tree() == {"SERVER link0/go": {"CLIENT link1/go": {"SERVER link2/go": {}}}}
    network.close()


def test_what_is_not_sampled_makes_no_spans_anywhere_and_goes_on() -> None:
    none, all = Collected(ParentBased(ALWAYS_OFF)), Collected()
    network, caller = chain(none, all, None)
    told = network.result(caller.call("link0", "go"))
    assert told["traceparent"].endswith(("-00", "-02"))
    assert none.all() == all.all() == []
    network.close()


def test_a_caller_who_samples_decides_for_all() -> None:
    rare = Collected(ParentBased(TraceIdRatioBased(0.0)))
    network, caller = chain(rare, rare)
    network.result(caller.call_for(None, "link0", "go", (), trace={"traceparent": PARENT, "tracestate": "plant=1"}))
    assert rare.tree() == {"SERVER link0/go": {"CLIENT link1/go": {"SERVER link1/go": {}}}}
    told = network.result(caller.call_for(None, "link0", "go", (), trace={"traceparent": f"{PARENT[:-1]}0"}))
    assert told["traceparent"][3:35] == PARENT[3:35]
    assert len(rare.all()) == 3
    network.close()


def test_the_state_of_other_systems_goes_with_it() -> None:
    spans = Collected()
    network, caller = chain(spans, None, spans)
    given = {"traceparent": OTHER, "tracestate": "plant=1,other=2"}
    assert network.result(caller.call_for(None, "link0", "go", (), trace=given))["tracestate"] == "plant=1,other=2"
    network.close()


def test_the_context_of_a_span_is_told_with_its_flags() -> None:
    span = Collected().provider.get_tracer("mine").start_span("mine")
    found = span.get_span_context()
    expected = f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags:02x}"
    assert told_of(set_span_in_context(span))["traceparent"] == expected
