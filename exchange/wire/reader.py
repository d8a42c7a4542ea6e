"""The reader cuts a stream of bytes into frames.

What the transport delivered goes in, complete frames come out. Partial input is
kept as a list of chunks and joined when enough has come, so that a large frame in
small pieces costs linear time. The frames are the same wherever the stream is cut,
up to the first fault and not beyond it: a fault is remembered, not raised, so that
what came before it is still heard.
"""

from __future__ import annotations

from exchange.errors import LocalProtocolError, RemoteProtocolError
from exchange.wire.frames import PREFIX, PREFIX_SIZE, REQUESTS, SIZE_SIZE, Frame, parse
from exchange.wire.identities import ID_SIZE
from exchange.wire.layouts import FIRST_TRAFFIC, Kind
from exchange.wire.limits import KIB

CHUNK_COST = 64
"""Bytes that a chunk takes besides what it holds."""

HARMLESS = 64 * KIB
TLS_RECORDS = (0x1603, 0x1503)
"""How TLS begins, or refuses to; read as the size of a frame it is a large one."""

REPLY = int(Kind.REPLY)
REQUEST = int(Kind.REQUEST)
_AFTER_SIZE = PREFIX_SIZE - SIZE_SIZE
_AFTER_ID = PREFIX_SIZE + ID_SIZE


class FrameReader:
    """One direction of one link.

    Attributes:
        largest: Largest frame that is taken, in bytes after the size; may be changed at any time.
        fault: What was wrong with the stream; nothing is read after it.
        control: Whether the frames last returned hold one that is not traffic.
        unfinished: Bytes that are kept because the rest of their frame has not come.
    """

    __slots__ = ("_chunks", "_need", "control", "fault", "largest", "unfinished")

    def __init__(self, largest: int) -> None:
        self.largest = largest
        self.fault: RemoteProtocolError | None = None
        self.control = False
        self.unfinished = 0
        self._chunks: list[bytes] = []
        self._need = 0

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes as they came; return the frames that are now complete."""
        self.control = False
        if self._chunks:
            self._chunks.append(data)
            self.unfinished += len(data)
            if self.unfinished < self._need:
                self._save_room()
                return []
            data = b"".join(self._chunks)
            self.forget()
        if self.fault:
            return []
        frames: list[Frame] = []
        try:
            self._cut(data, frames)
        except LocalProtocolError as error:
            self.fault = RemoteProtocolError(error.text, error.code)
        return frames

    def forget(self) -> None:
        """Keep nothing of a frame that has not wholly come."""
        self._chunks.clear()
        self.unfinished = 0

    def _cut(self, data: bytes, frames: list[Frame]) -> None:
        unpack_from, largest, known = PREFIX.unpack_from, self.largest, REQUESTS.get
        at, end = 0, len(data)
        while at + PREFIX_SIZE <= end:
            size, kind, flags, header_length = unpack_from(data, at)
            if size > largest or flags or header_length + _AFTER_SIZE > size:
                raise self._wrong(size, flags, header_length)
            after = at + SIZE_SIZE + size
            if after > end:
                self._keep(data[at:], SIZE_SIZE + size)
                return
            if (
                kind == REPLY and header_length == ID_SIZE
            ):  # half of all traffic, and most of the other half, in few steps
                frames.append((kind, data[at + PREFIX_SIZE : at + _AFTER_ID], (), data[at:after]))
            elif kind == REQUEST and (array := known(data[at + _AFTER_ID : at + PREFIX_SIZE + header_length])):
                frames.append((kind, data[at + PREFIX_SIZE : at + _AFTER_ID], array, data[at:after]))
            else:
                frames.append(parse(kind, header_length, data[at:after]))
                if kind < FIRST_TRAFFIC:
                    self.control = True
            at = after
        if at < end:
            self._keep(data[at:], PREFIX_SIZE)

    def _keep(self, rest: bytes, need: int) -> None:
        if len(rest) < SIZE_SIZE:
            need = SIZE_SIZE  # a size that is wrong is a fault at once, in however many pieces it came
        elif len(rest) < PREFIX_SIZE:
            size = int.from_bytes(rest[:SIZE_SIZE], "big")
            if not _AFTER_SIZE <= size <= self.largest:
                raise self._wrong(size, 0, 0)
        self._chunks.append(rest)
        self.unfinished = len(rest)
        self._need = need

    def _save_room(self) -> None:
        """Join the chunks if keeping them apart takes more than they hold."""
        if len(self._chunks) * CHUNK_COST > max(self.unfinished, HARMLESS):
            self._chunks = [b"".join(self._chunks)]

    def _wrong(self, size: int, flags: int, header_length: int) -> LocalProtocolError:
        if size > self.largest:
            if size >> 16 in TLS_RECORDS:
                return LocalProtocolError("the far end speaks TLS here, and this end does not", "too-large")
            return LocalProtocolError(f"a frame of {size} bytes is too large, the most is {self.largest}", "too-large")
        if flags:
            return LocalProtocolError(f"flags {flags:#04x} mean nothing in this version")
        return LocalProtocolError(f"a header of {header_length} bytes does not fit in a frame of {size}")
