"""What spans are called, and what is written on them: the words of OpenTelemetry's semantic conventions.

Neither arguments nor results are, nor on whose behalf a call is made.
"""

from __future__ import annotations

from opentelemetry.trace import Span, Status, StatusCode

from exchange.errors import CallError

SYSTEM = {"rpc.system": "exchange"}
OTHER = "_OTHER"
"""Stands for names that a caller may have made up."""

LONGEST = 1024
"""In characters, of what comes from outside."""


def name_of(service: str | None, method: str) -> str:
    """Return what a span of a call is called."""
    return f"{service}/{method}" if service else method


def about(service: str | None, method: str, **more: str | None) -> dict[str, str]:
    """Return what is written on a span of a call; ``more`` of our own, without what is not known."""
    own = {f"exchange.{name}": value for name, value in more.items() if value is not None}
    known = {"rpc.service": service} if service else {}
    return SYSTEM | known | {"rpc.method": method} | own


def write_failure(span: Span, error: BaseException | None, told: CallError | None = None) -> None:
    """Write on a span that it failed.

    Args:
        error: What was raised here; it is recorded.
        told: What the caller is told of it.
    """
    said = error if told is None else told
    error = error or said
    assert error is not None, "a failure has an exception"
    span.set_attribute("error.type", type(error).__qualname__)
    if isinstance(said, CallError):
        span.set_attribute("rpc.response.status_code", str(said.number))
        if said.delivered is not None:
            span.set_attribute("exchange.delivered", said.delivered)
    if span.is_recording():
        span.record_exception(error)
    span.set_status(Status(StatusCode.ERROR, str(said)[:LONGEST] or type(said).__name__))
