"""The outlet: how the bytes of a link get into its transport.

Twisted keeps what is written until the next round of the reactor, which first asks
the kernel whether the socket takes it. Meanwhile the far end has nothing to do, and
the processes of a call take turns instead of working side by side. So what is not
large is sent at once, if nothing waits before it.
"""

from __future__ import annotations

from twisted.internet.abstract import FileDescriptor
from twisted.internet.interfaces import ITransport

from exchange.wire.limits import KIB

SMALL = 128 * KIB
"""Largest piece that is sent at once: as much as Twisted gives to the kernel in one go, which takes it, or nearly.

A batch of calls of a kibibyte each is larger than one of small calls, and if it waited for the next round of
the reactor, whoever reads it would begin when all of it was made, and not while the next is being made.
"""


class Outlet:
    """Writes to one transport, in order."""

    __slots__ = ("_beneath", "_is_clear", "_socket", "_transport")

    def __init__(self, transport: ITransport) -> None:
        self._transport = transport
        # Other transports, TLS and those in memory, have no socket of their own to send by; TLS has one beneath it.
        self._socket = transport if isinstance(transport, FileDescriptor) else None
        beneath = getattr(transport, "transport", None)
        self._beneath = beneath if isinstance(beneath, FileDescriptor) else None
        self._is_clear = False

    def write(self, data: bytes) -> None:
        """Write ``data`` after all that was written before; at once if it can be."""
        socket = self._socket
        if socket is not None and len(data) <= SMALL and socket.connected and not socket.disconnecting:
            self._send(socket, data)
        else:
            self._is_clear = False
            self._transport.write(data)
            beneath = self._beneath
            if beneath is not None and len(data) <= SMALL and beneath.connected and beneath.dataBuffer == b"":
                beneath.doWrite()

    def _send(self, socket: FileDescriptor, data: bytes) -> None:
        if self._is_clear:
            sent = socket.writeSomeData(data)
            if sent == len(data):
                return
            self._is_clear = False
            # An exception says that the connection is lost: writing leads the reactor to the same finding.
            socket.write(data[sent:] if isinstance(sent, int) else data)
            return
        socket.write(data)
        self._is_clear = True  # what is written from inside `doWrite`, by a producer that is resumed, may deny it
        socket.doWrite()
        if socket.dataBuffer:
            self._is_clear = False
