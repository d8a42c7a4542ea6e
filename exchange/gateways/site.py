"""The site that gateways stand in: it listens for HTTP and keeps what comes in within bounds."""

from __future__ import annotations

from typing import Any

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
        self.connections: set[BoundedConnection] = set()

    def startFactory(self) -> None:
        """Keep no log of requests: a gateway is as quiet about calls as a hub."""

    def stopFactory(self) -> None:
        """Close the connections that are left when nobody listens any more."""
        for connection in list(self.connections):
            connection.loseConnection()

    def log(self, request: http.Request) -> None:
        """Say nothing of a request."""

    def acceptableProtocols(self) -> list[bytes]:
        """What is spoken over TLS."""
        return [b"http/1.1"]
