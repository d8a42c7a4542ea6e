"""A visit: one request to a service over HTTP, and the calls that are made for it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.python.failure import Failure
from twisted.web.server import Request

from exchange import Description, Exchange, Overloaded
from exchange.gateways.redaction import redacted
from exchange.gateways.terms import Settings
from exchange.gateways.traces import trace_of

REMOTE_ADDR = "REMOTE_ADDR"


class Outstanding:
    """The calls that are under way for each connection, and how many may be.

    Args:
        limit: The most for one connection.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._counts: dict[Any, int] = {}
        self._waiting: dict[Any, OrderedDict[Deferred[None], None]] = {}

    def is_full(self, connection: Any) -> bool:
        """Whether there may be no more for a connection."""
        return self._counts.get(connection, 0) >= self.limit

    def change(self, connection: Any, by: int) -> None:
        """Count calls that have begun, or ended; nothing is kept of a connection that has none."""
        count = self._counts.get(connection, 0) + by
        if count:
            self._counts[connection] = count
        else:
            del self._counts[connection]
        if by < 0 and self._waiting:
            self._tell(connection)

    def when_free(self, connection: Any) -> Deferred[None]:
        """Return a Deferred that fires when another call of a connection has ended."""
        free: Deferred[None] = Deferred(lambda free: self._forget(connection, free))
        self._waiting.setdefault(connection, OrderedDict())[free] = None
        return free

    def _tell(self, connection: Any) -> None:
        waiting = self._waiting.get(connection)
        if waiting:
            free = next(iter(waiting))
            self._forget(connection, free)
            free.callback(None)

    def _forget(self, connection: Any, free: Deferred[None]) -> None:
        del self._waiting[connection][free]
        if not self._waiting[connection]:
            del self._waiting[connection]


class Visit:
    """One request to a service, by whoever asks.

    Attributes:
        to: What is called: the name of a service, or the id of an instance.
        user: The principal who asks, if the gateway asks for one.
    """

    __slots__ = ("_connection", "_exchange", "_outstanding", "_properties", "_settings", "_trace", "to", "user")

    def __init__(
        self,
        exchange: Exchange,
        request: Request,
        to: str | bytes,
        user: str | None,
        settings: Settings,
        outstanding: Outstanding,
    ) -> None:
        self.to = to
        self.user = user
        self._exchange = exchange
        self._settings = settings
        self._connection = request.channel
        self._outstanding = outstanding
        self._trace = trace_of(exchange, request)
        self._properties = {REMOTE_ADDR: str(getattr(request.getClientAddress(), "host", ""))}

    def call(self, method: str, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> Deferred[Any]:
        """Call a method for whoever asks; it sees who that is, and from where.

        Returns:
            A Deferred as of `Exchange.call`; it fails with `Overloaded` if too many calls
            of the connection are outstanding.
        """
        if self._outstanding.is_full(self._connection):
            text = f"this connection has {self._outstanding.limit} calls outstanding, the most that it may have"
            return fail(Overloaded(text, delivered=False))
        answer = self._exchange.call_for(
            None,
            self.to,
            method,
            args,
            self._settings.timeout,
            kwargs=kwargs,
            user=self.user,
            properties=self._properties,
            trace=self._trace,
        )
        self._outstanding.change(self._connection, 1)
        return answer.addCallbacks(self._ended, self._failed)

    @property
    def is_full(self) -> bool:
        """Whether a call would fail because too many of the connection are outstanding."""
        return self._outstanding.is_full(self._connection)

    def when_free(self) -> Deferred[None]:
        """Return a Deferred that fires when another call of the connection has ended."""
        return self._outstanding.when_free(self._connection)

    def describe(self) -> Deferred[Description]:
        """Return a Deferred of what the service offers."""
        return self.told(self._exchange.describe(self.to, self._settings.timeout))

    def told(self, answer: Deferred[Any]) -> Deferred[Any]:
        """Have ``answer`` fail with no more than whoever asks may know of its failure; return it."""
        return answer.addErrback(redacted) if self._settings.errors == "redacted" else answer

    def _ended(self, result: Any) -> Any:
        self._outstanding.change(self._connection, -1)
        return result

    def _failed(self, failure: Failure) -> Failure:
        self._outstanding.change(self._connection, -1)
        return redacted(failure) if self._settings.errors == "redacted" else failure
