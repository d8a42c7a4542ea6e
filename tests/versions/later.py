"""A stand-in for a later version of the wire, which does what section 15 of the specification lets it do.

Whoever speaks it writes arrays with fields that nobody knows yet over every link, and over links of that version
a kind of frame that version 1 does not have. An end of version 1 ends a link over which that kind comes; so it is
noticed if the two ends of a link do not agree on what it speaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from exchange.memory import MemoryTransport
from exchange.net.link import LinkProtocol
from exchange.wire.frames import PREFIX, SIZE_SIZE
from exchange.wire.layouts import Kind
from exchange.wire.terms import Terms
from tests.simulation.versions import as_later

LATER = 2
NEWS = 48
"""The kind that only the later version has: its header is a text, and it says nothing else."""

FRAME = PREFIX.pack(PREFIX.size - SIZE_SIZE + 5, NEWS, 0, 5) + b"\xa4news"
BEFORE_NEWS = {Kind.ANNOUNCE, Kind.REQUEST, Kind.REPLY, Kind.REPORT, Kind.PONG}
"""Kinds that are followed by one of those, so that it stands in the middle of everything."""


class Later:
    """Makes exchanges of several versions in one network in memory.

    Attributes:
        news: How many frames of the new kind have come.
        longer: How many frames with unknown fields were written.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.news = self.longer = 0
        self._patch = patch
        self._write, self._receive = MemoryTransport.write, LinkProtocol.dataReceived
        patch.setattr(MemoryTransport, "write", lambda transport, data: self._written(transport, data))
        patch.setattr(LinkProtocol, "dataReceived", lambda link, data: self._received(link, data))

    def born_with(self, *versions: int) -> None:
        """Exchanges that are made from now on speak these versions."""
        self._patch.setattr("exchange.services.exchange.Terms", partial(Terms, versions=versions))

    def _written(self, transport: MemoryTransport, data: bytes) -> None:
        link = link_of(transport)
        if link is not None and LATER in link._links.terms.versions:
            data = b"".join(self._rewritten(link, frame) for frame in frames_of(data))
        self._write(transport, data)

    def _rewritten(self, link: LinkProtocol, frame: bytes) -> bytes:
        self.longer += 1
        follows = frame[SIZE_SIZE] in BEFORE_NEWS and link._dialogue.is_open and link._dialogue.version == LATER
        return as_later(frame) + (FRAME if follows else b"")

    def _received(self, link: LinkProtocol, data: bytes) -> None:
        if link._dialogue.version == LATER:
            frames = list(frames_of(data))
            self.news += frames.count(FRAME)
            data = b"".join(frame for frame in frames if frame != FRAME)
        self._receive(link, data)


def link_of(transport: MemoryTransport) -> LinkProtocol | None:
    """Return the link whose end a transport is."""
    protocol = transport.protocol
    while protocol is not None and not isinstance(protocol, LinkProtocol):
        protocol = getattr(protocol, "_protocol", None) or getattr(protocol, "wrappedProtocol", None)
    return protocol


def frames_of(data: bytes) -> Iterator[bytes]:
    """Cut bytes into frames; nothing in these tests is so large that one comes in parts."""
    at = 0
    while at < len(data):
        end = at + SIZE_SIZE + int.from_bytes(data[at : at + SIZE_SIZE], "big")
        assert end <= len(data)
        yield data[at:end]
        at = end
