"""Reading: whether a link takes what comes, as long as nobody has a reason that it should not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet.interfaces import IPushProducer

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol


class Reading:
    """The reading of one link.

    Several may stop it, each for a reason of its own; it goes on when none is left.
    """

    __slots__ = ("_link", "_reasons")

    def __init__(self, link: LinkProtocol) -> None:
        self._link = link
        self._reasons: list[str] = []

    @property
    def is_stopped(self) -> bool:
        """Whether nothing is read now."""
        return bool(self._reasons)

    def stop_for(self, seconds: float, reason: str) -> None:
        """Read nothing for a while; a reason that is there already is not made longer."""
        transport: Any = self._link.transport
        if reason in self._reasons or not IPushProducer.providedBy(transport):
            return
        self._reasons.append(reason)
        transport.pauseProducing()
        self._link.later(seconds, self._go_on, reason)

    def take(self, size: int) -> None:
        """Read at most so many bytes at once, where the transport knows such a thing."""
        transport: Any = self._link.transport
        while hasattr(transport, "transport"):  # TLS has another below
            transport = transport.transport
        if hasattr(transport, "bufferSize"):
            transport.bufferSize = size

    def _go_on(self, reason: str) -> None:
        self._reasons.remove(reason)
        if not self._reasons and not self._link.is_closing:
            transport: Any = self._link.transport
            transport.resumeProducing()
