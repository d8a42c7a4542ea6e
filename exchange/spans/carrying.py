"""How a span is told to others, and within which one a call is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry.context import Context, get_current
from opentelemetry.trace import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from exchange.services.current import running_call
from exchange.services.trace_context import trace_in

_WRITER = TraceContextTextMapPropagator()


def told_of(context: Context) -> dict[str, str]:
    """Return what is told of the span of a context: ``traceparent`` and ``tracestate``; nothing if there is none."""
    told: dict[str, str] = {}
    _WRITER.inject(told, context)
    return told


def context_told(told: Mapping[str, Any]) -> Context:
    """Return the context of which somebody else told; the empty one if that means nothing."""
    return _WRITER.extract(trace_in(told), Context())


def context_of_call(told: Mapping[str, Any]) -> Context:
    """Return the context within which a call is made.

    It is the one that is told of this very call; else that of a span of the user's, or of
    the method that runs; else, where no context variable came along, that of the call that
    the method answers.
    """
    explicit = trace_in(told)
    if explicit:
        return context_told(explicit)
    here = get_current()
    if get_current_span(here).get_span_context().is_valid:
        return here
    running = running_call()
    return here if running is None else context_told(running.trace)
