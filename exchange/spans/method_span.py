"""The span of a call at its callee: from when it came until its answer goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import Span, SpanKind, Tracer, set_span_in_context
from twisted.python.failure import Failure

from exchange.errors import CallError
from exchange.services.current import Begun, CurrentCall
from exchange.services.observing import View
from exchange.services.trace_context import TRACESTATE
from exchange.spans.carrying import context_told, told_of
from exchange.spans.wording import about, name_of, write_ending
from exchange.wire.identities import readable


def begin_method(tracer: Tracer, service: str, begun: Begun) -> MethodSpan | None:
    """Begin the span of a call that has come; ``None`` for what is built in.

    From then on the call itself tells of this span, in place of the caller's: so do the log,
    and calls that the method makes by whoever does not trace.
    """
    call = CurrentCall(begun)
    if service.startswith("$") or call.method.startswith("$"):
        return None
    told = begun[1][2]
    context = context_told(told)
    attributes = about(
        service,
        call.method,
        instance=readable(call.answering),
        caller=readable(call.caller),
        principal=call.principal,
    )
    span = tracer.start_span(name_of(service, call.method), context, SpanKind.SERVER, attributes)
    within = set_span_in_context(span, context)
    carried = told_of(within)
    if carried:
        told.pop(TRACESTATE, None)
        told.update(carried)
    return MethodSpan(span, within, service)


class MethodSpan(View):
    """Sees one call that is answered here."""

    __slots__ = ("_raised", "_service", "_span", "_within")

    def __init__(self, span: Span, within: Context, service: str) -> None:
        self._span = span
        self._within = within
        self._service = service
        self._raised: BaseException | None = None

    def running(self) -> AbstractContextManager[None]:
        """The method begins: this is its span, in a coroutine after each ``await`` too."""
        return _attached(self._within)

    def outside(self) -> AbstractContextManager[None]:
        """The answer goes: what it causes in this process is not part of the method."""
        return _attached(Context())

    def raised(self, failure: Failure) -> None:
        """The method raised."""
        self._raised = failure.value

    def ended(self, error: CallError | None) -> None:
        """The caller is told."""
        if error is not None:
            write_ending(self._span, self._service, self._raised or error, error)
        self._span.end()

    def cancelled(self) -> None:
        """Nobody waits any more, which is no fault of the method."""
        self._span.set_attribute("exchange.cancelled", True)
        self._span.end()


@contextmanager
def _attached(context: Context) -> Iterator[None]:
    token = attach(context)
    try:
        yield
    finally:
        detach(token)
