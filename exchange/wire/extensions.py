"""Extensions: how values that msgpack does not know travel, types of users included.

Each has a code and a packing of its own; ``docs/specification/wire.md`` gives them
byte for byte. A subclass travels as the nearest of its bases that is known.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import IntEnum
from struct import Struct
from typing import Any, NamedTuple
from uuid import UUID

from exchange.wire.hashing import check_hashes
from exchange.wire.layouts import is_name


class Code(IntEnum):
    """What an extension holds."""

    TUPLE = 1
    SET = 2
    FROZENSET = 3
    INTEGER = 4
    DATETIME = 5
    DATE = 6
    TIME = 7
    TIMEDELTA = 8
    DECIMAL = 9
    UUID = 10
    COMPLEX = 11
    REGISTERED = 32


_TWO_DOUBLES = Struct(">dd")


def _text(data: bytes) -> str:
    return data.decode("utf-8")


def _integer(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True)


TO_BYTES: dict[type, tuple[Code, Callable[[Any], bytes]]] = {
    int: (Code.INTEGER, _integer),
    datetime: (Code.DATETIME, lambda value: datetime.isoformat(value).encode()),
    date: (Code.DATE, lambda value: date.isoformat(value).encode()),
    time: (Code.TIME, lambda value: time.isoformat(value).encode()),
    Decimal: (Code.DECIMAL, lambda value: Decimal.__str__(value).encode()),
    UUID: (Code.UUID, lambda value: value.bytes),
    complex: (Code.COMPLEX, lambda value: _TWO_DOUBLES.pack(value.real, value.imag)),
}
"""Values that are packed at once; of a subclass, what it is, whatever it says of itself."""

FROM_BYTES: dict[int, Callable[[bytes], Any]] = {
    Code.INTEGER: lambda data: int.from_bytes(data, "big", signed=True),
    Code.DATETIME: lambda data: datetime.fromisoformat(_text(data)),
    Code.DATE: lambda data: date.fromisoformat(_text(data)),
    Code.TIME: lambda data: time.fromisoformat(_text(data)),
    Code.DECIMAL: lambda data: Decimal(_text(data)),
    Code.UUID: lambda data: UUID(bytes=data),
    Code.COMPLEX: lambda data: complex(*_TWO_DOUBLES.unpack(data)),
}

TO_PARTS: dict[type, tuple[Code, Callable[[Any], Any]]] = {
    tuple: (Code.TUPLE, list),
    set: (Code.SET, list),
    frozenset: (Code.FROZENSET, list),
    timedelta: (Code.TIMEDELTA, lambda value: [value.days, value.seconds, value.microseconds]),
}
"""Values that are turned into plainer ones, which are packed in their turn."""

FROM_PARTS: dict[int, Callable[[list[Any]], Any]] = {
    Code.TUPLE: tuple,
    Code.SET: lambda parts: set(_fair(parts)),
    Code.FROZENSET: lambda parts: frozenset(_fair(parts)),
    Code.TIMEDELTA: lambda parts: timedelta(*_first(3, parts)),
    Code.REGISTERED: lambda parts: _build(*_first(2, parts)),
}
"""How they are made again, from an array that may be longer than is known."""

PLAIN: dict[type, Callable[[Any], Any]] = {
    str: str.__str__,
    float: float.__float__,
    bytes: bytes,
    bytearray: bytes,
    memoryview: bytes,
    list: list,
    dict: dict,
}
"""Types of which a subclass, or the type itself, travels as something msgpack knows."""


class Registered(NamedTuple):
    """A type of the user's that may be sent."""

    name: str
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


_by_type: dict[type, Registered] = {}
_by_name: dict[str, Registered] = {}


def register_type(cls: type, name: str, encode: Callable[[Any], Any], decode: Callable[[Any], Any]) -> None:
    """Let values of ``cls`` be sent, in this process; the far end must register the name too.

    Args:
        name: What the type is called on the wire, such as ``"plant.Point"``.
        encode: Takes a value and returns one that can be sent.
        decode: Takes what ``encode`` returned and gives the value back.

    Raises:
        ValueError: The name is not one, or means another type already.
    """
    if not name or not is_name(name):
        raise ValueError(f"{name!r} cannot name a type: it must be text without control characters")
    if name in _by_name and _by_type.get(cls) is not _by_name[name]:
        raise ValueError(f"another type is registered as {name!r} already")
    _by_type[cls] = _by_name[name] = Registered(name, encode, decode)


def registered(cls: type) -> Registered | None:
    """Return what was registered for exactly ``cls``."""
    return _by_type.get(cls)


def _first(count: int, parts: list[Any]) -> list[Any]:
    if len(parts) < count:
        raise ValueError(f"an array has {len(parts)} items where {count} are expected")
    return parts[:count]


def _fair(parts: list[Any]) -> list[Any]:
    check_hashes(parts)
    return parts


def _build(name: str, parts: Any) -> Any:
    known = _by_name.get(name)
    if known is None:
        raise ValueError(f"no type is registered as {name!r} in this process; call register_type for it")
    return known.decode(parts)
