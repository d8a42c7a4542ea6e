"""Connections in memory: transports whose bytes move when somebody moves them, for tests.

A place is where one exchange is. What is written at one end of a connection waits
until it is moved to the other, at once or as late as the places say; nothing moves by
itself.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from twisted.internet.address import UNIXAddress
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost, ConnectionRefusedError
from twisted.internet.interfaces import (
    IConsumer,
    IDelayedCall,
    IListeningPort,
    IProducer,
    IProtocol,
    IProtocolFactory,
    IPushProducer,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
    ITransport,
)
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from zope.interface import implementer

LARGEST_READ = 65_536


class Moves(deque["MemoryTransport"]):
    """What is to be moved next: each transport once for each thing that it has to do.

    Attributes:
        clock: Tells when what is delayed arrives.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock


@implementer(ITransport, IConsumer, IPushProducer)
class MemoryTransport:
    """One end of a connection in memory.

    Attributes:
        far: The other end.
        places: Those that the connection is between; each may delay what passes.
    """

    def __init__(self, moves: Moves) -> None:
        self.far: MemoryTransport = self
        self.places: tuple[Place, ...] = ()
        self.protocol: Any = None
        self.disconnecting = False
        self.frozen = False
        self.reading = True
        self._is_wanted = True
        self._moves = moves
        self._out: deque[bytes] = deque()
        self._arrived = 0
        self._under_way: deque[IDelayedCall] = deque()
        self._size = 0
        self._producer: Any = None
        self._paused = False
        self._lost: Exception = ConnectionDone()

    # ITransport and IConsumer, in Twisted's names

    def write(self, data: bytes) -> None:
        """Queue bytes for the far end."""
        if self.protocol is None or self.disconnecting:
            return
        for start in range(0, len(data), LARGEST_READ):
            self._out.append(data[start : start + LARGEST_READ])
            self._set_off()
        self._size += len(data)
        if self._producer and not self._paused and self._size > LARGEST_READ:
            self._paused = True
            self._producer.pauseProducing()

    def writeSequence(self, data: Any) -> None:
        """Queue bytes for the far end."""
        self.write(b"".join(data))

    def loseConnection(self) -> None:
        """Close when all is delivered."""
        self.disconnecting = True
        self._set_off()

    def abortConnection(self) -> None:
        """Close now."""
        self._out.clear()
        self._arrived = 0
        self._forget_under_way()
        self._lost = ConnectionAborted()
        self.loseConnection()

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Pause ``producer`` when too much is queued."""
        self._producer = producer

    def unregisterProducer(self) -> None:
        """Pause nobody."""
        self._producer = None

    def pauseProducing(self) -> None:
        """Give our protocol nothing until `resumeProducing`."""
        self._is_wanted = False

    def resumeProducing(self) -> None:
        """Give our protocol what waits, and what comes."""
        self._is_wanted = True
        self._go_on()

    def stopProducing(self) -> None:
        """Close when all is delivered."""
        self.loseConnection()

    def getPeer(self) -> UNIXAddress:
        """Return the address of the far end."""
        return UNIXAddress(None)

    def getHost(self) -> UNIXAddress:
        """Return our address."""
        return UNIXAddress(None)

    # The network's

    def move(self) -> None:
        """Give the far end what was queued first, or close if nothing is left."""
        if self.protocol is None or not self._arrived:
            return
        if self._out and not (self.far.reading and self.far._is_wanted):
            return
        self._arrived -= 1
        if self._out:
            data = self._out.popleft()
            self._size -= len(data)
            if not self.frozen and self.far.protocol is not None:
                self.far.protocol.dataReceived(data)
        elif self.disconnecting:
            self.lose(self._lost)
        if self._paused and not self._out and self.protocol is not None:
            self._paused = False
            self._producer.resumeProducing()

    def read_again(self) -> None:
        """Let what waits for our end come."""
        self.reading = True
        self._go_on()

    def lose(self, reason: Exception) -> None:
        """Tell our end, and the far one unless it cannot be told, that the connection is gone."""
        protocol, self.protocol = self.protocol, None
        if protocol is None:
            return
        self._forget_under_way()
        protocol.connectionLost(Failure(reason))
        if not self.frozen:
            self.far.lose(ConnectionLost() if isinstance(reason, ConnectionAborted) else reason)

    # In here

    def _set_off(self) -> None:
        """Let one thing arrive: at once, or as late as the places say, and never before what went first."""
        delay = sum(place.delay for place in self.places)
        while self._under_way and not self._under_way[0].active():
            self._under_way.popleft()
        if self._under_way:
            delay = max(delay, self._under_way[-1].getTime() - self._moves.clock.seconds())
        if delay > 0:
            self._under_way.append(self._moves.clock.callLater(delay, self._arrive))
        else:
            self._arrive()

    def _go_on(self) -> None:
        self._moves.extend([self.far] * self.far._arrived)

    def _arrive(self) -> None:
        self._arrived += 1
        self._moves.append(self)

    def _forget_under_way(self) -> None:
        for arrival in self._under_way:
            if arrival.active():
                arrival.cancel()
        self._under_way.clear()


@implementer(IListeningPort, IStreamServerEndpoint)
class Place:
    """Where one exchange is: what it listens with, and the connections it has."""

    def __init__(self, moves: Moves) -> None:
        self.moves = moves
        self.is_cut = False
        self.delay = 0.0
        self.factory: Any = None
        self.transports: list[MemoryTransport] = []

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Accept connections."""
        self.factory = protocolFactory
        return succeed(self)

    def startListening(self) -> None:
        """A place listens from `listen` on."""

    def stopListening(self) -> Deferred[None]:
        """Accept no more."""
        self.factory = None
        return succeed(None)

    def getHost(self) -> UNIXAddress:
        """Return the address, which means nothing."""
        return UNIXAddress(None)


@implementer(IStreamClientEndpoint)
class WayTo:
    """The way from one place to another."""

    def __init__(self, here: Place, there: Place) -> None:
        self._here = here
        self._there = there

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect, unless one of the two places is cut off or the other does not listen."""
        here, there = self._here, self._there
        accepting = there.factory and not here.is_cut and not there.is_cut and there.factory.buildProtocol(None)
        dialling = accepting and protocolFactory.buildProtocol(UNIXAddress(None))
        if not accepting or not dialling:
            return fail(ConnectionRefusedError())
        near, far = MemoryTransport(here.moves), MemoryTransport(here.moves)
        for transport, other, protocol, place in ((near, far, dialling, here), (far, near, accepting, there)):
            transport.far, transport.protocol, transport.places = other, protocol, (here, there)
            place.transports.append(transport)
        accepting.makeConnection(far)
        dialling.makeConnection(near)
        return succeed(dialling)
