"""A carrier: the bytes of a link go over a transport of uvloop, where that is what the process runs on.

Twisted's reactor can run on an event loop of asyncio, but then bytes still pass through
Twisted's own transports, so that a faster loop gains nothing. Here Twisted connects, or
accepts, as it always does, and hands the socket over; from then on the loop itself reads
and writes. The link notices nothing of it: it has a transport as any other. What is
layered over a connection, as TLS is, stays with Twisted.
"""

from __future__ import annotations

import asyncio
import os
import socket
from struct import pack
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IPushProducer, ITCPTransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.tcp import Connection
from twisted.python.failure import Failure
from zope.interface import implementer

from exchange.wire.limits import KIB

MOST_WRITTEN = 64 * KIB
"""Bytes that wait in the transport before the link is asked to write no more."""

NO_LINGERING = pack("ii", 0, 0)


def carried(link: Protocol) -> Protocol:
    """Return what Twisted is to connect: the link, or what hands its socket over to uvloop first."""
    loop = running_uvloop()
    return link if loop is None else Handover(link, loop)


def link_of(connected: Any) -> Deferred[Any]:
    """Return a Deferred of the link, for what Twisted connected."""
    return connected.handed_over if isinstance(connected, Handover) else succeed(connected)


def running_uvloop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that this is called from, if it is one of uvloop."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return None
    return loop if type(loop).__module__.partition(".")[0] == "uvloop" else None


class Handover(Protocol):
    """What Twisted connects; it takes the socket away, or passes all on if there is none to take.

    Attributes:
        handed_over: Fires with the link when that is connected.
    """

    def __init__(self, link: Any, loop: asyncio.AbstractEventLoop) -> None:
        self.handed_over: Deferred[Any] = Deferred(self._give_up)
        self._link = link
        self._loop = loop
        self._socket: socket.socket | None = None
        self._carrying: asyncio.Task[Any] | None = None

    def connectionMade(self) -> None:
        """Take the socket."""
        transport: Any = self.transport
        if not isinstance(transport, Connection):
            self._link.makeConnection(transport)
            self.handed_over.callback(self._link)
            return
        here, there = transport.getHost(), transport.getPeer()
        self._socket = taken = socket.socket(fileno=os.dup(transport.getHandle().fileno()))
        taken.setblocking(False)
        transport.abortConnection()  # which closes the other handle, and nothing else
        carrier = Carrier(self._link, here, there)
        self._carrying = self._loop.create_task(self._loop.connect_accepted_socket(lambda: carrier, taken))
        made = Deferred.fromFuture(self._carrying)
        made.addCallbacks(lambda _: self.handed_over.callback(self._link), self._failed)

    def dataReceived(self, data: bytes) -> None:
        """Pass on what came, of what is not carried otherwise."""
        if self._socket is None:
            self._link.dataReceived(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Twisted has let go of the socket, or the connection is lost."""
        if self._socket is None:
            self._link.connectionLost(reason)
        elif self._socket.fileno() >= 0:  # to abort is to throw away what waits; not that of the other handle
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGERING)

    def _give_up(self, handed_over: Deferred[Any]) -> None:
        """Nobody wants the link any more."""
        if self._carrying is not None:
            self._carrying.cancel()

    def _failed(self, failure: Failure) -> None:
        assert self._socket is not None
        self._socket.close()
        if not self.handed_over.called:
            self.handed_over.errback(failure)  # a dialer goes on; of a link that was accepted, the log tells


class Carrier(asyncio.Protocol):
    """What the loop calls; it calls the link.

    Args:
        here: Address of this end.
        there: Address of the far end.
    """

    def __init__(self, link: Any, here: Any, there: Any) -> None:
        self._link = link
        self._here = here
        self._there = there

    def connection_made(self, transport: Any) -> None:
        """Connect the link."""
        transport.set_write_buffer_limits(high=MOST_WRITTEN)
        self._link.makeConnection(Carriage(transport, self._here, self._there))

    def data_received(self, data: bytes) -> None:
        """Pass on what came."""
        self._link.dataReceived(data)

    def pause_writing(self) -> None:
        """Ask the link to write no more."""
        self._link.pauseProducing()

    def resume_writing(self) -> None:
        """Ask the link to go on."""
        self._link.resumeProducing()

    def connection_lost(self, error: Exception | None) -> None:
        """Tell the link, as Twisted would."""
        self._link.connectionLost(Failure(ConnectionDone() if error is None else ConnectionLost(str(error))))


@implementer(ITCPTransport, IPushProducer)
class Carriage:
    """The transport that a link sees.

    Args:
        transport: Of the event loop.
    """

    def __init__(self, transport: Any, here: Any, there: Any) -> None:
        self._transport = transport
        self._here = here
        self._there = there
        self.write = transport.write
        self.writeSequence = transport.writelines
        self.loseConnection = transport.close
        self.abortConnection = transport.abort

    def loseWriteConnection(self) -> None:
        """Say that nothing more is written."""
        if not self._transport.is_closing():
            self._transport.write_eof()

    def pauseProducing(self) -> None:
        """Read no more."""
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resumeProducing(self) -> None:
        """Read on."""
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def stopProducing(self) -> None:
        """Read nothing more, ever."""
        self.loseConnection()

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        """Take note of nothing: the link is told to pause in any case."""

    def unregisterProducer(self) -> None:
        """Take note of nothing."""

    def getHost(self) -> Any:
        """Return the address of this end."""
        return self._here

    def getPeer(self) -> Any:
        """Return the address of the far end."""
        return self._there

    def getTcpNoDelay(self) -> bool:
        """Return whether what is small is sent at once, as it always is where there is no TCP."""
        return self._is_unix or bool(self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    def setTcpNoDelay(self, enabled: bool) -> None:
        """Have what is small sent at once."""
        if not self._is_unix:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, enabled)

    def getTcpKeepAlive(self) -> bool:
        """Return whether the kernel tries the connection when nothing is sent."""
        return bool(self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))

    def setTcpKeepAlive(self, enabled: bool) -> None:
        """Have the kernel try the connection."""
        if not self._is_unix:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, enabled)

    @property
    def _is_unix(self) -> bool:
        return bool(self._socket.family == socket.AF_UNIX)

    @property
    def _socket(self) -> Any:
        return self._transport.get_extra_info("socket")
