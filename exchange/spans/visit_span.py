"""The span of a request at a gateway: from when its head and body are here until it is answered."""

from __future__ import annotations

from typing import Any

from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context
from twisted.python.failure import Failure

from exchange.services.trace_context import TRACEPARENT, TRACESTATE
from exchange.spans.carrying import context_told, told_of
from exchange.spans.wording import LONGEST, OTHER, clean

METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})


def begin_visit(tracer: Tracer, request: Any) -> tuple[Span, dict[str, str]]:
    """Begin the span of a request, within the one that its headers tell; return what its calls carry, too."""
    context = context_told(headers_told(request))
    method = request.method.decode("latin-1")
    method = method if method in METHODS else OTHER
    route = _route(request)
    attributes = {
        "http.request.method": method,
        "http.route": route,
        "url.path": _text(request.path),
        "url.scheme": "https" if request.isSecure() else "http",
        "network.protocol.version": request.clientproto.partition(b"/")[2].decode("latin-1"),
        **_address("network.peer", request.getClientAddress()),
    }
    span = tracer.start_span(f"{method} {route}", context, SpanKind.SERVER, attributes)
    return span, told_of(set_span_in_context(span, context))


def end_visit(span: Span, request: Any, result: object) -> None:
    """The request was answered, or whoever made it hung up."""
    if isinstance(result, Failure):
        span.set_attribute("exchange.cancelled", True)
        span.set_attribute("error.type", result.type.__name__ if result.type else OTHER)
    else:
        span.set_attribute("http.response.status_code", request.code)
        if request.code >= 500:
            span.set_attribute("error.type", str(request.code))
            span.set_status(Status(StatusCode.ERROR))
    span.end()


def headers_told(request: Any) -> dict[str, str]:
    """Return what the headers of a request tell of a trace; a parent that is told twice is none."""
    headers = request.requestHeaders
    parents, states = (headers.getRawHeaders(name, ()) for name in (TRACEPARENT, TRACESTATE))
    return {TRACEPARENT: parents[0], TRACESTATE: ",".join(states)} if len(parents) == 1 else {}


def _route(request: Any) -> str:
    """Return where the gateway stands; which service is asked for, anybody may make up."""
    steps = "".join(f"/{_text(step)}" for step in request.prepath if step)
    return f"{steps}/{{service}}"


def _address(name: str, address: Any) -> dict[str, Any]:
    host, port = getattr(address, "host", None), getattr(address, "port", None)
    return {f"{name}.address": str(host), f"{name}.port": port} if host and port is not None else {}


def _text(raw: bytes) -> str:
    return clean(raw[:LONGEST].decode("utf-8", "replace"))
