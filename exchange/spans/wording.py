"""What spans are called, and what is written on them: the words of OpenTelemetry's semantic conventions.

Neither arguments nor results are, nor on whose behalf a call is made.
"""

from __future__ import annotations

from traceback import format_exception

from opentelemetry.trace import Span, Status, StatusCode

from exchange.errors import CallError, MethodUnavailable
from exchange.wire.telling import text_of

SYSTEM = {"rpc.system": "exchange"}
OTHER = "_OTHER"
"""Stands for names that a caller may have made up."""

LONGEST = 1024
"""In characters, of what comes from outside."""


LONGEST_TRACEBACK = 16_384


def clean(text: str, longest: int = LONGEST) -> str:
    """Return a text that is not too long, and that can be sent: one that cannot costs all spans sent with it."""
    return text[:longest].encode("utf-8", "replace").decode()


def name_of(service: str | None, method: str) -> str:
    """Return what a span of a call is called."""
    return clean(f"{service}/{method}" if service else method)


def about(service: str | None, method: str, **more: str | None) -> dict[str, str]:
    """Return what is written on a span of a call; ``more`` of our own, without what is not known."""
    own = {f"exchange.{name}": value for name, value in more.items() if value is not None}
    known = {"rpc.service": clean(service)} if service else {}
    return SYSTEM | known | {"rpc.method": clean(method)} | own


def write_ending(span: Span, service: str | None, error: BaseException | None, told: CallError | None = None) -> None:
    """Write on a span of a call that it failed, and how.

    A method that is not there is not told by its name, of which callers may make up any number.
    """
    said = told or error
    if isinstance(said, MethodUnavailable) and said.delivered is False:
        span.update_name(name_of(service, OTHER))
        span.set_attribute("rpc.method", OTHER)
    write_failure(span, error, told)


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
        span.add_event("exception", _recorded(error))
    span.set_status(Status(StatusCode.ERROR, clean(text_of(said)) or type(said).__name__))


def _recorded(error: BaseException) -> dict[str, str]:
    kind = type(error)
    return {
        "exception.type": f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins."),
        "exception.message": clean(text_of(error)),
        "exception.stacktrace": clean("".join(format_exception(error)), LONGEST_TRACEBACK),
    }
