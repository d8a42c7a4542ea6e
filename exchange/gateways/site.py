"""The site that gateways stand in: it listens for HTTP and keeps what comes in within bounds."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.web import http
from twisted.web.resource import IResource
from twisted.web.server import Site

from exchange.gateways.connection import BoundedConnection, BoundedRequest
from exchange.gateways.refusals import MAX_BODY

PATIENCE = 30.0


class GatewaySite(Site):
    """A site of `twisted.web` for gateways, and whatever else one puts into it.

    Args:
        resource: The root of what it shows.
        reactor: The reactor, or a clock in tests.
        max_body: Largest body of any request, in bytes; refused with 413 while it arrives.
        patience: Seconds for a request to arrive, and for a connection to wait for the next.
    """

    noisy = False
    protocol: Any = BoundedConnection
    requestFactory = BoundedRequest

    def __init__(
        self, resource: IResource, reactor: Any, *, max_body: int = MAX_BODY, patience: float = PATIENCE
    ) -> None:
        super().__init__(resource, reactor=reactor, timeout=patience)
        self.max_body = max_body
        self.reactor = reactor
        self.connections: set[BoundedConnection] = set()
        self._quiet: Deferred[None] | None = None

    def startFactory(self) -> None:
        """Keep no log of requests: a gateway is as quiet about calls as a hub."""

    def stopFactory(self) -> None:
        """Close the connections that are left when nobody listens any more; but see `when_quiet`."""
        for connection in list(self.connections):
            if self._quiet is None:
                connection.loseConnection()
            else:
                connection.close_after_answer()

    def when_quiet(self) -> Deferred[None]:
        """Let requests that are here end when we stop; return a Deferred that fires when no connection is left."""
        self._quiet = Deferred()
        self._tell_quiet()
        return self._quiet

    def discard(self, connection: BoundedConnection) -> None:
        """A connection is gone."""
        self.connections.discard(connection)
        self._tell_quiet()

    def _tell_quiet(self) -> None:
        if self._quiet is not None and not self.connections and not self._quiet.called:
            self._quiet.callback(None)

    def log(self, request: http.Request) -> None:
        """Say nothing of a request."""

    def acceptableProtocols(self) -> list[bytes]:
        """What is spoken over TLS."""
        return [b"http/1.1"]
