"""Frames: what travels on a link, to bytes and back.

::

    size: u32 | kind: u8 | flags: u8 | header length: u16 | header | body

``size`` counts all that follows it; numbers are big-endian. Inside the process a
frame is a tuple ``(kind, id, array, raw)``. ``raw`` is the whole frame as it came,
and a hub passes it on: no body is decoded on the way, and no header encoded again.
The id is a slice of the frame and, as it is, the key of a dictionary.

Headers of calls and of reports to all repeat, so what was read of the last thousand is remembered.
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct
from typing import Any

from msgpack import UnpackException, packb, unpackb

from exchange.errors import LocalProtocolError
from exchange.wire.identities import ID_SIZE
from exchange.wire.layouts import LAYOUTS, Kind, Layout
from exchange.wire.limits import BRIEF, LARGEST_HEADER, MOST_ITEMS

Frame = tuple[int, bytes, tuple[Any, ...], bytes]
"""Kind, id (empty in kinds that have none), the header's array, the whole frame."""

PREFIX = Struct(">IBBH")
PREFIX_SIZE = PREFIX.size
SIZE_SIZE = 4
_AFTER_SIZE = PREFIX_SIZE - SIZE_SIZE
_AFTER_ID = PREFIX_SIZE + ID_SIZE
REMEMBERED = 256
"""Longest header, in bytes, that is remembered."""

MOST_REQUESTS = 1024
REQUESTS: dict[bytes, tuple[Any, ...]] = {}
"""What the arrays of REQUESTs said that were read of late, by their bytes; for the reader, which looks here first."""

# Plain numbers: to name a member of an enumeration costs more than to look up a dictionary.
_REPLY = int(Kind.REPLY)
_HAVE_BODY = frozenset(map(int, (Kind.REQUEST, Kind.REPLY, Kind.FAILURE, Kind.REPORT)))
_ID_ALONE = frozenset(int(layout.kind) for layout in LAYOUTS if layout and layout.has_id and not layout.fields)
_REPEATING = frozenset({int(Kind.REQUEST), int(Kind.FAILURE)})
_REPORT = int(Kind.REPORT)
_REQUEST = int(Kind.REQUEST)
_TO = 2
"""Where the header of a REPORT names its one subscriber; without one it repeats."""


def encode(kind: Kind, thing: bytes = b"", array: tuple[Any, ...] = (), body: bytes | memoryview = b"") -> Frame:
    """Return the frame of these parts.

    Raises:
        LocalProtocolError: A field of ``array`` is not what the layout of the kind says.
    """
    if kind in _ID_ALONE:
        header = thing
    else:
        repeats = kind in _REPEATING or (kind == _REPORT and array[_TO] is None)
        header = thing + (_packed(kind, array) if repeats else _pack(kind, array))
    if len(header) > LARGEST_HEADER:
        raise LocalProtocolError(f"the header of {kind.name} has {len(header)} bytes, the most is {LARGEST_HEADER}")
    prefix = PREFIX.pack(_AFTER_SIZE + len(header) + len(body), kind, 0, len(header))
    return (kind, thing, array, prefix + header + body)


def reply_of(call: bytes, body: bytes) -> Frame:
    """Return the REPLY to ``call``: half of all traffic, so it is made in fewer steps than others."""
    if len(body) < _BRIEF_REPLY:
        return (_REPLY, call, (), _REPLY_PREFIXES[len(body)] + call + body)
    return (_REPLY, call, (), _reply_prefix(len(body)) + call + body)


def _reply_prefix(size: int) -> bytes:
    return PREFIX.pack(_AFTER_SIZE + ID_SIZE + size, _REPLY, 0, ID_SIZE)


_BRIEF_REPLY = 256
_REPLY_PREFIXES = [_reply_prefix(size) for size in range(_BRIEF_REPLY)]


def parse(kind: int, header_length: int, raw: bytes) -> Frame:
    """Return the frame whose bytes are ``raw``; its prefix was read already.

    Raises:
        LocalProtocolError: The kind is unknown, the header not as its layout says, or a body where none may be.
    """
    if header_length == ID_SIZE and kind == _REPLY:
        return (kind, raw[PREFIX_SIZE:_AFTER_ID], (), raw)
    end = PREFIX_SIZE + header_length
    if kind == _REQUEST and ID_SIZE < header_length <= REMEMBERED:
        return (kind, raw[PREFIX_SIZE:_AFTER_ID], _request_of(raw[_AFTER_ID:end]), raw)
    if kind in _HAVE_BODY and ID_SIZE < header_length <= REMEMBERED:
        return (kind, raw[PREFIX_SIZE:_AFTER_ID], _unpacked(kind, raw[_AFTER_ID:end]), raw)
    layout = _layout_of(kind)
    if len(raw) > end and kind not in _HAVE_BODY:
        raise LocalProtocolError(f"{layout.kind.name} has no body, and {len(raw) - end} bytes came as one")
    if not layout.has_id:
        return (kind, b"", _unpack(layout, raw[PREFIX_SIZE:end]), raw)
    if header_length < ID_SIZE:
        raise LocalProtocolError(f"the header of {layout.kind.name} is too short for an id")
    return (kind, raw[PREFIX_SIZE:_AFTER_ID], _unpack(layout, raw[_AFTER_ID:end]), raw)


def _request_of(header: bytes) -> tuple[Any, ...]:
    array = _unpack(_layout_of(_REQUEST), header)
    if len(REQUESTS) >= MOST_REQUESTS:
        REQUESTS.clear()
    REQUESTS[header] = array
    return array


def renamed(frame: Frame, thing: bytes) -> Frame:
    """Return a frame that is about ``thing`` instead; whatever else is in it stays, also what we do not know."""
    kind, _, array, raw = frame
    return (kind, thing, array, raw[:PREFIX_SIZE] + thing + raw[_AFTER_ID:])


def body_of(raw: bytes) -> bytes | memoryview:
    """Return the body of a whole frame; a large one is not copied."""
    start = PREFIX_SIZE + (raw[6] << 8 | raw[7])
    return raw[start:] if len(raw) <= BRIEF else memoryview(raw)[start:]


def _layout_of(kind: int) -> Layout:
    layout = LAYOUTS[kind] if kind < len(LAYOUTS) else None
    if layout is None:
        raise LocalProtocolError(f"{kind} is no kind of frame")
    return layout


def _pack(kind: Kind, array: tuple[Any, ...]) -> bytes:
    layout = _layout_of(kind)
    if not layout.fields:
        return b""
    layout.check(array)
    packed: bytes = packb(array)
    return packed


def _unpack(layout: Layout, header: bytes) -> tuple[Any, ...]:
    if not header and not layout.fields:
        return ()
    try:
        array = unpackb(header, use_list=False, max_array_len=MOST_ITEMS, max_map_len=MOST_ITEMS)
    except (UnpackException, ValueError, TypeError) as error:
        raise LocalProtocolError(f"the header of {layout.kind.name} is not msgpack as it must be: {error}") from None
    if type(array) is not tuple:
        raise LocalProtocolError(f"the header of {layout.kind.name} must hold an array")
    return layout.check(array)


@lru_cache(maxsize=1024)
def _packed(kind: Kind, array: tuple[Any, ...]) -> bytes:
    return _pack(kind, array)


@lru_cache(maxsize=1024)
def _unpacked(kind: int, header: bytes) -> tuple[Any, ...]:
    return _unpack(_layout_of(kind), header)
