"""TLS between two ends in memory, byte for byte, without a reactor that runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IStreamClientEndpoint, IStreamServerEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from zope.interface import implementer

from exchange import Tls
from exchange.net.wording import loss_of

ADDRESS = IPv4Address("TCP", "192.0.2.1", 1)


class Heard(Protocol):
    """What one end heard, and how it was lost."""

    def __init__(self) -> None:
        self.data = b""
        self.lost = ""

    def dataReceived(self, data: bytes) -> None:
        self.data += data

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
        self.lost = loss_of(reason, self.transport)


@implementer(IStreamServerEndpoint)
class Listening:
    """Gives the factory that would listen."""

    factory: Any = None

    def listen(self, protocolFactory: Any) -> Deferred[Any]:
        self.factory = protocolFactory
        return succeed(None)


@implementer(IStreamClientEndpoint)
class Dialled:
    """Gives a protocol, connected to a transport in memory."""

    outer: Any = None

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        self.outer = protocolFactory.buildProtocol(ADDRESS)
        self.outer.makeConnection(StringTransport(peerAddress=ADDRESS))
        return succeed(self.outer)


class Pair:
    """Two ends; ``dialling`` and ``accepting`` are what is above TLS."""

    def __init__(self, hub: Tls, peer: Tls, host: str = "hub.example") -> None:
        clock = Clock()
        self._clock = clock
        listening, dialled = Listening(), Dialled()
        hub.listening(clock, listening).listen(Factory.forProtocol(Heard))
        connected: Deferred[Any] = peer.dialling(clock, dialled, host).connect(Factory.forProtocol(Heard))
        found: list[Any] = []
        connected.addCallback(found.append)
        self.dialling: Heard = found[0]
        outer = listening.factory.buildProtocol(ADDRESS)
        outer.makeConnection(StringTransport(peerAddress=ADDRESS))
        self.accepting: Heard = outer.wrappedProtocol
        self._ends = (dialled.outer, outer)
        self.settle()

    def settle(self) -> None:
        """Carry bytes until nothing moves; an end that wants to be closed is."""
        moved = True
        while moved:
            self._clock.advance(0)
            first, second = self._ends
            moved = _carry(first, second) | _carry(second, first)
        for end in self._ends:
            if end.transport.disconnecting and end.connected:
                _lose(end)
                self.settle_other(end)

    def settle_other(self, end: Any) -> None:
        (other,) = [each for each in self._ends if each is not end]
        if other.connected:
            _lose(other)

    def say(self, text: bytes) -> None:
        """Have the dialling end say something."""
        transport: Any = self.dialling.transport
        transport.write(text)
        self.settle()


def tls_of(folder: Path, name: str | None, authority: str | None, **more: Any) -> Tls:
    """Return a `Tls` of files that `tests.net.authority` made."""
    certificate, key = (folder / f"{name}.pem", folder / f"{name}-key.pem") if name else (None, None)
    return Tls(certificate, key, folder / f"{authority}.pem" if authority else None, **more)


def _carry(here: Any, there: Any) -> bool:
    data = here.transport.value()
    here.transport.clear()
    if data and there.connected:
        there.dataReceived(data)
    return bool(data)


def _lose(end: Any) -> None:
    from twisted.internet.error import ConnectionDone

    end.connectionLost(Failure(ConnectionDone()))
