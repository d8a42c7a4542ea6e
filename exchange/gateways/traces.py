"""To which trace the calls of a request belong: that of its own span, or else the one that its headers tell.

Anybody may tell one: it is a name for what belongs together, and gives no right to anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from twisted.web.server import Request

from exchange import Exchange

PARENT = b"traceparent"
STATE = b"tracestate"


def begin_trace(exchange: Exchange, request: Request) -> None:
    """A request has come: begin its span, if the exchange is traced."""
    tracing = exchange.tracing
    if tracing is not None:
        tracing.visit(request)


def trace_of(exchange: Exchange, request: Request) -> Mapping[str, str]:
    """Return what the calls of a request tell of their trace; `Exchange.call_for` sees to it that it can be one."""
    tracing = exchange.tracing
    if tracing is not None:
        return tracing.visit(request)
    parents = request.requestHeaders.getRawHeaders(PARENT)
    if parents is None or len(parents) != 1:
        return {}
    states = request.requestHeaders.getRawHeaders(STATE, ())
    return {"traceparent": parents[0].decode("latin-1"), "tracestate": b",".join(states).decode("latin-1")}
