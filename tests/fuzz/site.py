"""What is fuzzed of a whole site: bytes of a connection, over which requests to all gateways come."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.logger import ILogObserver, LogLevel, globalLogPublisher
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from zope.interface import provider

from exchange.gateways.jsonrpc import JsonRpcGateway
from exchange.gateways.selection import Selection
from exchange.gateways.site import GatewaySite
from exchange.gateways.soap import SoapGateway
from exchange.gateways.xmlrpc import XmlRpcGateway
from exchange.testing import Network
from tests.gateways.plant import Plant

MAX_BODY = 2_000
PATIENCE = 0.1
STATUSES = {100, 200, 204, 400, 403, 404, 405, 408, 413, 414, 415, 429, 431, 500, 501, 503}
SECRET = b"Traceback"


class Wire(StringTransport):
    """A transport that may be closed twice, as those of sockets may."""

    def unregisterProducer(self) -> None:
        """Forget who produces."""
        self.producer = None


class Answer(NamedTuple):
    """One answer, as far as it must not depend on how the request was cut."""

    status: int
    length: int


class Fuzzed:
    """A site that shows one service in all protocols."""

    def __init__(self) -> None:
        self.network = Network()
        self.network.hub()
        self.network.peer().add(Plant())
        peer = self.network.peer()
        selection = Selection(peer, "web-services")
        root = Resource()
        terms: Any = {"max_body": MAX_BODY, "origins": ["https://plant.example"]}
        root.putChild(b"x", XmlRpcGateway(peer, selection, **terms))
        root.putChild(b"j", JsonRpcGateway(peer, selection, **terms))
        root.putChild(b"s", SoapGateway(peer, selection, **terms))
        self.site = GatewaySite(root, self.network.clock, max_body=MAX_BODY, patience=PATIENCE)
        self.network.settle()

    def answers(self, pieces: list[bytes]) -> tuple[list[Answer], bool]:
        """Send the pieces over a connection of their own; return what came back, and whether it was closed."""
        line: Any = self.site.buildProtocol(None)
        transport: Any = Wire()
        line.makeConnection(transport)
        for piece in pieces:
            if not transport.disconnecting:
                line.dataReceived(piece)
                self.network.settle()
        self.network.clock.advance(PATIENCE)
        self.network.settle()
        is_closed = transport.disconnecting
        line.connectionLost(Failure(ConnectionDone()))
        self.network.settle()
        assert not self.site.connections
        return list(_answers_in(transport.value())), is_closed


def _answers_in(data: bytes) -> Any:
    assert SECRET not in data
    while data:
        head, found, data = data.partition(b"\r\n\r\n")
        assert found, head
        first, *lines = head.split(b"\r\n")
        version, status, *_ = first.split(b" ")
        assert version in (b"HTTP/1.1", b"HTTP/1.0"), first
        assert int(status) in STATUSES, first
        headers = {name.lower(): value for name, _, value in (line.partition(b": ") for line in lines)}
        length = int(headers.get(b"content-length", 0))
        if headers.get(b"transfer-encoding") == b"chunked":
            length = data.index(b"0\r\n\r\n") + 5
        elif b"content-length" not in headers and int(status) not in (100, 204, 400):
            length = len(data)
        if not data or data.startswith(b"HTTP/1."):  # the answer to a HEAD
            length = 0
        assert len(data) >= length, head
        yield Answer(int(status), length)
        data = data[length:]


@cache
def _fuzzed() -> Fuzzed:
    return Fuzzed()


def site(data: bytes) -> None:
    """Every request is answered, the same wherever its bytes are cut, and nothing of it reaches the log."""
    step, sent = 1 + (data[0] if data else 0), data[1:]
    logged: list[Any] = []

    @provider(ILogObserver)
    def note(event: Any) -> None:
        if event["log_level"] >= LogLevel.error:
            logged.append(event.get("log_failure") or event)

    globalLogPublisher.addObserver(note)
    try:
        whole = _fuzzed().answers([sent] if sent else [])
        pieces = _fuzzed().answers([sent[at : at + step] for at in range(0, len(sent), step)])
    finally:
        globalLogPublisher.removeObserver(note)
    assert not logged, logged
    assert whole == pieces, (whole, pieces)
