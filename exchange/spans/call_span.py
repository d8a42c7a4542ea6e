"""The span of a call at its caller: from when it is made until whoever made it has the result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry.trace import Span, SpanKind, Tracer, set_span_in_context
from twisted.logger import Logger
from twisted.python.failure import Failure

from exchange.errors import CallError
from exchange.spans.carrying import context_of_call, told_of
from exchange.spans.wording import about, name_of, write_ending
from exchange.wire.identities import readable


def begin_call(tracer: Tracer, service: str | None, to: str | bytes, method: str, told: Mapping[str, Any]) -> CallSpan:
    """Begin the span of a call.

    Args:
        service: Whose method it is, if that is known.
        told: To what context it belongs, if that is told of this call.
    """
    context = context_of_call(told)
    instance = readable(to) if isinstance(to, bytes) else None
    attributes = about(service, method, instance=instance)
    span = tracer.start_span(name_of(service, method), context, SpanKind.CLIENT, attributes)
    return CallSpan(span, service, told_of(set_span_in_context(span, context)))


class CallSpan:
    """An `exchange.services.spans.CallSpan`.

    Attributes:
        carried: What is told of it to the callee.
    """

    __slots__ = ("_service", "_span", "carried")

    log = Logger()

    def __init__(self, span: Span, service: str | None, carried: dict[str, str]) -> None:
        self._span = span
        self._service = service
        self.carried = carried

    def repeated(self, error: CallError) -> None:
        """It failed like this, and is sent again."""
        self._span.add_event("exchange.repeated", {"error.type": type(error).__name__})

    def ended(self, result: Any) -> Any:
        """It has its result, or a failure; return that, whatever becomes of the span."""
        try:
            if isinstance(result, Failure):
                write_ending(self._span, self._service, result.value)
            self._span.end()
        except Exception:
            self.log.failure("the span of a call could not be ended")
        return result
