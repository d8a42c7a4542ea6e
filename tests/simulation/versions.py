"""Versions: how exchanges write frames that know less than today's, or more.

A frame's array may end before fields that have a value when they are absent, and may go
on behind those that its reader knows. An exchange of the first version writes the shortest
arrays, one of a later version longer ones; all of them are in one mesh (sections 3 and
15 of the specification).
"""

from __future__ import annotations

from collections.abc import Callable

from msgpack import packb

from exchange.wire.frames import PREFIX, PREFIX_SIZE, parse
from exchange.wire.identities import ID_SIZE
from exchange.wire.layouts import LAYOUTS, Kind

UNKNOWN = (None, {"later": [1, 2.5]}, b"fields")
"""What a later version may have to say."""

Writes = Callable[[bytes], bytes]
"""Returns how an exchange writes what today's would write so."""


def as_today(data: bytes) -> bytes:
    """Write a frame as this program does."""
    return data


def as_first(data: bytes) -> bytes:
    """Write a frame without those last fields that it says nothing by."""
    kind, _, array, _ = _parsed(data)
    layout = LAYOUTS[kind]
    assert layout is not None
    length = len(array)
    while length > layout.required and array[length - 1] == layout.absent[length - 1 - layout.required]:
        length -= 1
    return _with_array(data, array[:length])


def as_later(data: bytes) -> bytes:
    """Write a frame with fields that nobody knows behind those of today."""
    return _with_array(data, _parsed(data)[2] + UNKNOWN)


WRITES: tuple[Writes, ...] = (as_today, as_today, as_first, as_later)
"""How exchanges write, in the order in which they are born."""


def _parsed(data: bytes) -> tuple[Kind, bytes, tuple[object, ...], bytes]:
    _, kind, _, length = PREFIX.unpack_from(data)
    frame = parse(kind, length, data)
    return Kind(kind), frame[1], frame[2], data


def _with_array(data: bytes, array: tuple[object, ...]) -> bytes:
    _, kind, flags, length = PREFIX.unpack_from(data)
    layout = LAYOUTS[kind]
    assert layout is not None
    thing = data[PREFIX_SIZE : PREFIX_SIZE + ID_SIZE] if layout.has_id else b""
    header = thing + (packb(array) if array else b"")
    body = data[PREFIX_SIZE + length :]
    return PREFIX.pack(PREFIX_SIZE - 4 + len(header) + len(body), kind, flags, len(header)) + header + body
