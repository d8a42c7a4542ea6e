"""A change of a link: it was opened or closed, as whoever watches the links of an exchange is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from twisted.internet.interfaces import IAddress

from exchange.net.dialer import Dialer
from exchange.net.link import LinkProtocol
from exchange.wire.identities import Identity


class LinkChange(NamedTuple):
    """What became of a link.

    Attributes:
        is_open: Whether it was opened, rather than closed.
        identity: Of the exchange at the far end.
        here: Our address, as text.
        there: The address of the far end, as text.
        dialer: Who keeps it, if we dialled; what `Exchange.connect` returned.
        end: Ends it with a sentence for the far end, which may dial again.
    """

    is_open: bool
    identity: Identity
    here: str
    there: str
    dialer: Dialer | None
    end: Callable[[str], None]


def opening_of(link: LinkProtocol) -> LinkChange:
    """Return what is told of a link that was opened; of one that was closed, no address can be known."""
    transport: Any = link.transport
    here, there = text_of(transport.getHost()), text_of(transport.getPeer())

    def end(text: str) -> None:
        link.say_bye("stopped", text)

    return LinkChange(True, link.identity, here, there, link.dialer, end)


def host_of(address: IAddress | None) -> str:
    """Return the host of an address, in numbers; empty if it has none, as that of a file."""
    return str(getattr(address, "host", ""))


def text_of(address: IAddress | None) -> str:
    """Return an address as people write it."""
    host, port = getattr(address, "host", None), getattr(address, "port", None)
    return str(address) if host is None else f"{host}:{port}"
