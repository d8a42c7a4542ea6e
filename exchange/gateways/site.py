"""The site that gateways stand in: it listens for HTTP and keeps what comes in within bounds."""

from __future__ import annotations

from collections import Counter
from typing import Any, Protocol, TypedDict, Unpack

from twisted.internet.defer import Deferred
from twisted.web import http
from twisted.web.resource import IResource
from twisted.web.server import Site

from exchange.gateways.connection import BoundedConnection, BoundedRequest
from exchange.gateways.crowd import MAX_CONNECTIONS, MAX_OF_ONE, Crowd
from exchange.gateways.refusals import MAX_BODY, Refusal

PATIENCE = 30.0
IDLE = 30.0
"""Seconds, unless told otherwise."""

OTHER_FACE = "other"
"""As what a resource is counted that has no ``face`` of its own."""


class Endless(Protocol):
    """A resource some of whose answers never end by themselves."""

    @property
    def streams(self) -> int:
        """How many there are now."""
        ...

    def end_streams(self) -> None:
        """End them, because the site stops."""
        ...


class Bounds(TypedDict, total=False):
    """What a site may be told by keyword."""

    max_body: int
    patience: float
    idle: float
    max_connections: int
    max_connections_per_address: int


class GatewaySite(Site):
    """A site of `twisted.web` for gateways, and whatever else one puts into it.

    Args:
        resource: The root of what it shows.
        reactor: The reactor, or a clock in tests.
        max_body: Largest body of any request, in bytes; refused with 413 while it arrives.
        patience: Seconds for a request to arrive.
        idle: Seconds for a connection to wait for the next request, or the first.
        max_connections: How many connections there may be.
        max_connections_per_address: How many of one address.

    Attributes:
        connections: Those that there are.
        endless: The resources that are told when nobody listens any more.
        answered: How many requests were, by what answered and with which status.
    """

    noisy = False
    protocol: Any = BoundedConnection
    requestFactory = BoundedRequest

    def __init__(
        self,
        resource: IResource,
        reactor: Any,
        *,
        max_body: int = MAX_BODY,
        patience: float = PATIENCE,
        idle: float = IDLE,
        max_connections: int = MAX_CONNECTIONS,
        max_connections_per_address: int = MAX_OF_ONE,
    ) -> None:
        super().__init__(resource, reactor=reactor)
        self.max_body = max_body
        self.patience = patience
        self.idle = idle
        self.reactor = reactor
        self._crowd = Crowd(max_connections, max_connections_per_address)
        self.connections: set[BoundedConnection] = set()
        self.endless: set[Endless] = set()
        self.answered: Counter[tuple[str, int]] = Counter()
        self._work: set[Deferred[Any]] = set()
        self._quiet: Deferred[None] | None = None

    def change(self, resource: IResource, **bounds: Unpack[Bounds]) -> None:
        """Show another resource, within other bounds, to requests that come from now on."""
        self.resource = resource
        self.max_body = bounds.get("max_body", self.max_body)
        self.patience = bounds.get("patience", self.patience)
        self.idle = bounds.get("idle", self.idle)
        self._crowd.change(bounds.get("max_connections"), bounds.get("max_connections_per_address"))

    def startFactory(self) -> None:
        """Keep no log of requests: a gateway is as quiet about calls as a hub."""

    def stopFactory(self) -> None:
        """Close the connections that are left when nobody listens any more; but see `when_quiet`."""
        for connection in self.connections:
            connection.persistent = False
        for resource in self.endless:
            resource.end_streams()
        for connection in list(self.connections):
            if getattr(connection.transport, "disconnecting", False):
                continue  # with the stream that it had
            if self._quiet is None:
                connection.loseConnection()
            else:
                connection.close_after_answer()

    @property
    def streams(self) -> int:
        """How many answers there are now that do not end by themselves."""
        return sum(resource.streams for resource in self.endless)

    def when_quiet(self) -> Deferred[None]:
        """Let requests that are here end when we stop; return a Deferred that fires when nothing of them is left."""
        self._quiet = Deferred()
        self._tell_quiet()
        return self._quiet

    def wait_for(self, work: Deferred[Any]) -> None:
        """Let ``work`` end too when we stop, though the request that began it was answered."""
        self._work.add(work)
        work.addBoth(self._ended, work)

    def admit(self, connection: BoundedConnection) -> Refusal | None:
        """Take a connection, or return why it is refused; when very many are, it is closed without a word."""
        refusal = self._crowd.come(connection, str(getattr(connection.getPeer(), "host", "")))
        if refusal is None:
            self.connections.add(connection)
        elif self._crowd.is_pressing:
            connection.transport.abortConnection()
        return refusal

    def discard(self, connection: BoundedConnection) -> None:
        """A connection is gone."""
        self._crowd.go(connection)
        self.connections.discard(connection)
        self._tell_quiet()

    def _ended(self, result: Any, work: Deferred[Any]) -> Any:
        self._work.discard(work)
        self._tell_quiet()
        return result

    def _tell_quiet(self) -> None:
        if self._quiet is not None and not self.connections and not self._work and not self._quiet.called:
            self._quiet.callback(None)

    def getResourceFor(self, request: Any) -> IResource:
        """Return what is to answer a request, which notes what it was."""
        found: IResource = super().getResourceFor(request)
        request.face = getattr(found, "face", OTHER_FACE)
        return found

    def log(self, request: http.Request) -> None:
        """Count a request that was answered, and say nothing of it."""
        self.answered[getattr(request, "face", OTHER_FACE), request.code] += 1

    def acceptableProtocols(self) -> list[bytes]:
        """What is spoken over TLS."""
        return [b"http/1.1"]
