"""What a callback or a method may ask about: the request, the response, the failure or the report at hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from exchange.netsvc.failures import ServiceFailure
from exchange.netsvc.notices import Report
from exchange.netsvc.request import Request


class Response:
    """The result of a call, while the callback runs that is told of it."""

    def __init__(self, conversation: str, result: Any) -> None:
        self._conversation = conversation
        self._result = result

    def conversationId(self) -> str:
        """Return the id of the call."""
        return self._conversation

    def sequenceNumber(self) -> int:
        """Return its place in the conversation: 1, after the request."""
        return 1

    def content(self) -> Any:
        """Return the result."""
        return self._result


class Failure:
    """The failure of a call, while the callback runs that is told of it."""

    def __init__(self, conversation: str, failure: ServiceFailure) -> None:
        self._conversation = conversation
        self._failure = failure

    def conversationId(self) -> str:
        """Return the id of the call."""
        return self._conversation

    def sequenceNumber(self) -> int:
        """Return its place in the conversation: 0, that of the request."""
        return 0

    def error(self) -> int:
        """Return the number."""
        return self._failure.error

    def description(self) -> str:
        """Return what went wrong."""
        return self._failure.description

    def origin(self) -> str:
        """Return who says so."""
        return self._failure.origin

    def details(self) -> str:
        """Return what else was said."""
        return self._failure.details


Record = Request | Response | Failure | Report


class AtHand:
    """The record that the code of one service which runs now is about, if any; a coroutine keeps it to its end."""

    @property
    def record(self) -> Record | None:
        """That record."""
        owner, record = _AT_HAND.get()
        return record if owner is self else None

    @contextmanager
    def holding(self, record: Record) -> Iterator[None]:
        """Have ``record`` at hand as long as the block runs."""
        token = _AT_HAND.set((self, record))
        try:
            yield
        finally:
            _AT_HAND.reset(token)


_AT_HAND: ContextVar[tuple[AtHand | None, Record | None]] = ContextVar("netsvc-at-hand", default=(None, None))
