"""What an exchange asks of whoever traces: `exchange.tracing` is that, with OpenTelemetry; here is none of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from exchange.errors import CallError
from exchange.services.current import Begun
from exchange.services.observing import View


class CallSpan(Protocol):
    """A call that is made here, from its beginning to its end, however often it is sent again."""

    @property
    def carried(self) -> Mapping[str, str]:
        """What of it goes into the context of the request."""

    def repeated(self, error: CallError) -> None:
        """It failed like this, and is sent again."""

    def ended(self, result: Any) -> Any:
        """It has its result, or a failure; return that."""


class Tracing(Protocol):
    """Makes spans of what one exchange does."""

    def call(self, service: str | None, to: str | bytes, method: str, context: Mapping[str, Any]) -> CallSpan:
        """A call is made: begin a span of it, within the one that ``context`` tells, or else within what goes on.

        ``service`` is the name of whom is called, if that is known.
        """

    def answer(self, name: str, begun: Begun) -> View | None:
        """A call has come; an `exchange.services.observing.Observer`."""

    def visit(self, request: Any) -> Mapping[str, str]:
        """A gateway has a request of HTTP: begin a span, which ends with the answer; return what its calls carry."""
