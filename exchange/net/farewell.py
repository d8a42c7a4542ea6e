"""A farewell: how the connection of a link is closed once BYE is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet.interfaces import ISSLTransport, ITCPTransport

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol


class Farewell:
    """Closes one transport, so that the far end can read what was written last.

    Attributes:
        is_closing: Whether it is being closed now.

    Args:
        seconds: How long the far end has to close.
    """

    __slots__ = ("_link", "_seconds", "is_closing")

    def __init__(self, link: LinkProtocol, seconds: float) -> None:
        self.is_closing = False
        self._link = link
        self._seconds = seconds

    def close_slowly(self) -> None:
        """Let the far end read our BYE: closing with unread input would take it back."""
        transport: Any = self._link.transport
        if ITCPTransport.providedBy(transport) and not ISSLTransport.providedBy(transport):
            transport.loseWriteConnection()
        self._link.later(self._seconds, self.close, False)

    def close(self, is_mutual: bool) -> None:
        """Close now.

        Args:
            is_mutual: Whether the far end has said BYE, so that it reads what we wrote, and closes too.
        """
        if self.is_closing:
            return
        self.is_closing = True
        transport: Any = self._link.transport
        transport.unregisterProducer()  # a TLS transport does not close while it has one
        if is_mutual:
            transport.loseConnection()
            self._link.later(self._seconds, transport.abortConnection)
        else:
            transport.abortConnection()
