"""Tracing by OpenTelemetry: a span for each call at its caller, at its callee, and at a gateway.

::

    from exchange.tracing import trace

    trace(exchange)                 # with the tracer provider that the program has set
    trace(exchange, my_provider)    # with another

All that one call causes, in however many processes, is one trace: its context travels in
W3C Trace Context, through processes that do not trace too. This needs OpenTelemetry:
``pip install 'exchange[tracing]'``.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Protocol

from twisted.logger import Logger

from exchange.errors import ConfigurationError
from exchange.services.current import Begun
from exchange.services.observing import View
from exchange.services.spans import CallSpan as AnyCallSpan
from exchange.services.spans import Tracing as AnyTracing

try:
    from opentelemetry.trace import INVALID_SPAN, Span, Tracer, TracerProvider, get_tracer
except ModuleNotFoundError as error:
    text = "tracing needs OpenTelemetry, which is not installed: pip install 'exchange[tracing]'"
    raise ConfigurationError(text) from error

from exchange.spans.call_span import CallSpan, begin_call
from exchange.spans.method_span import begin_method
from exchange.spans.visit_span import begin_visit, end_visit

NAME = "exchange"


class Traceable(Protocol):
    """An exchange: of Twisted's world, of `exchange.blocking` or of `exchange.aio`."""

    def use_tracing(self, tracing: AnyTracing) -> None:
        """Have spans made."""


def trace(exchange: Traceable, tracer_provider: TracerProvider | None = None) -> None:
    """Have a span made of each call that an exchange makes, and of each that comes to its services.

    Args:
        exchange: An `exchange.Exchange` or `exchange.Hub`, or one of `exchange.blocking` or `exchange.aio`.
        tracer_provider: Makes the tracer; left out, the one that the program has set with
            ``opentelemetry.trace.set_tracer_provider``, now or later.

    Raises:
        RuntimeError: It is traced already.
    """
    exchange.use_tracing(Tracing(get_tracer(NAME, version(NAME), tracer_provider)))


class Tracing:
    """Makes the spans of one exchange."""

    log = Logger()

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._visits: dict[Any, dict[str, str]] = {}

    def call(self, service: str | None, to: str | bytes, method: str, context: Mapping[str, Any]) -> AnyCallSpan:
        """Begin the span of a call that is made here; if that cannot be done, the call is made all the same."""
        try:
            return begin_call(self._tracer, service, to, method, context)
        except Exception:  # of a sampler of the user's, for example
            self.log.failure("the span of a call could not be begun")
            return CallSpan(INVALID_SPAN, service, {})

    def answer(self, name: str, begun: Begun) -> View | None:
        """Begin the span of a call that has come."""
        return begin_method(self._tracer, name, begun)

    def visit(self, request: Any) -> Mapping[str, str]:
        """Begin the span of a request to a gateway, once; return what its calls carry."""
        carried = self._visits.get(request)
        if carried is None:
            try:
                span, carried = begin_visit(self._tracer, request)
            except Exception:
                self.log.failure("the span of a request could not be begun")
                span, carried = INVALID_SPAN, {}
            self._visits[request] = carried
            request.notifyFinish().addBoth(self._end_visit, request, span)
        return carried

    def _end_visit(self, result: object, request: Any, span: Span) -> None:
        del self._visits[request]
        try:
            end_visit(span, request, result)
        except Exception:
            self.log.failure("the span of a request could not be ended")
