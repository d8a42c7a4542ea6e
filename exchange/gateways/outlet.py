"""The outlet: how an answer gets into a socket.

Twisted keeps what is written until the next round of the reactor, which first asks
the kernel whether the socket takes it. An answer that is not large is sent at once,
if nothing waits before it.
"""

from __future__ import annotations

from twisted.internet.abstract import FileDescriptor
from twisted.internet.interfaces import ITransport

SMALL = 16_384
"""Largest answer that is sent at once, in bytes: the kernel takes it in one go, or nearly always."""


class Outlet:
    """Writes to one transport, in order, whoever else writes to it."""

    __slots__ = ("_socket", "_transport")

    def __init__(self, transport: ITransport) -> None:
        self._transport = transport
        # Other transports, TLS and those in memory, have no socket of their own to send by.
        self._socket = transport if isinstance(transport, FileDescriptor) else None

    def write(self, data: bytes) -> None:
        """Write ``data`` after all that was written before; at once if it can be."""
        socket = self._socket
        if socket is not None and 0 < len(data) <= SMALL and socket.connected and not socket.disconnecting:
            data = _rest_of(socket, data)
        if data:
            self._transport.write(data)


def _rest_of(socket: FileDescriptor, data: bytes) -> bytes:
    """Send what the kernel takes of ``data`` now, and return the rest."""
    # Twisted keeps what waits in two places; where it calls the second otherwise, nothing is sent at once.
    if socket.dataBuffer or getattr(socket, "_tempDataBuffer", True):
        return data
    sent = socket.writeSomeData(data)
    # An exception says that the connection is lost: writing leads the reactor to the same finding.
    return data[sent:] if isinstance(sent, int) else data
