"""Python values to a body and back.

A body is msgpack; what msgpack does not know travels as an extension. What cannot
be sent is refused before anything is sent, with the path to it:
``args[1]['when']: a value of type 'Clock' cannot be sent``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import partial
from types import NoneType
from typing import Any

from msgpack import ExtType, Packer, unpackb

from exchange.errors import UnsuitableValue
from exchange.wire.extensions import FROM_BYTES, FROM_PARTS, PLAIN, TO_BYTES, TO_PARTS, Code, registered
from exchange.wire.hashing import FEW, fair_map
from exchange.wire.limits import BRIEF, DEEPEST, LONGEST_TEXT
from exchange.wire.nesting import TooDeep, check_claims, check_depth, check_sendable
from exchange.wire.records import RecordMet, fields_of, is_record, without_records
from exchange.wire.telling import reason_of, shown

DEEP_ENOUGH = 3
"""How far into a value the path to what is nested too deep leads: further it only repeats itself."""

CANNOT_DECODE_REQUEST = UnsuitableValue.CANNOT_DECODE_REQUEST
_ARRAY_OF_THREE = b"\x93"
"""The first byte of a body with a context; of one without it says two."""

Request = tuple[list[Any], dict[str, Any], dict[str, Any]]
"""What the body of a REQUEST holds: arguments, keyword arguments, context."""


def encode_request(args: Sequence[Any], kwargs: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> bytes:
    """Return the body of a REQUEST.

    Raises:
        UnsuitableValue: 42, with the path to the value that cannot be sent.
    """
    return join_request(args, kwargs, encode_context(context) if context else b"")


def encode_context(context: Mapping[str, Any]) -> bytes:
    """Return the context of a request, for `join_request`; that of most calls is the same.

    Raises:
        UnsuitableValue: 42, as `encode_request` does.
    """
    try:
        packed = _encode([{**context}])[1:]
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise UnsuitableValue(_reason([("context", context)], 1, error), delivered=False) from None
    return packed


def join_request(args: Sequence[Any], kwargs: Mapping[str, Any], context: bytes) -> bytes:
    """Return the body of a REQUEST whose context is encoded already, or empty.

    Raises:
        UnsuitableValue: 42, as `encode_request` does.
    """
    try:
        body = _encode([[*args], {**kwargs}])
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also of the code of users, by which their types are encoded
        text = _reason([("args", args), ("kwargs", kwargs)], 1, error)
        raise UnsuitableValue(text, delivered=False) from None
    if not context:
        return body
    if len(body) <= BRIEF:
        return _ARRAY_OF_THREE + body[1:] + context
    return b"".join((_ARRAY_OF_THREE, memoryview(body)[1:], context))


def decode_request(body: bytes | memoryview) -> Request:
    """Return what the body of a REQUEST holds.

    Raises:
        UnsuitableValue: 54.
    """
    try:
        if len(body) <= DEEPEST:  # the usual, in few steps: too short for anything that is checked
            parts = unpackb(body, strict_map_key=False, timestamp=3, ext_hook=_BUILD_BRIEF)
        else:
            parts = _decode(body)
    except Exception:
        parts = decode_value(body, CANNOT_DECODE_REQUEST)  # says what is wrong
    if type(parts) is list and len(parts) == 3:
        args, kwargs, context = parts
        if type(args) is list and type(kwargs) is dict and not kwargs and type(context) is dict:
            return args, kwargs, context
    if type(parts) is not list or len(parts) < 2:
        raise UnsuitableValue("the body of a request must be an array of arguments", number=CANNOT_DECODE_REQUEST)
    args, kwargs, context = parts if len(parts) == 3 else (*parts[:3], {})[:3]
    if type(args) is not list or type(kwargs) is not dict or type(context) is not dict:
        text = "arguments must be an array, keywords and context maps"
        raise UnsuitableValue(text, number=CANNOT_DECODE_REQUEST)
    if kwargs and not all(type(name) is str for name in kwargs):
        raise UnsuitableValue("the names of keyword arguments must be text", number=CANNOT_DECODE_REQUEST)
    return args, kwargs, context


def encode_value(value: Any, number: int, name: str = "result") -> bytes:
    """Return the body that holds ``value``.

    Raises:
        UnsuitableValue: ``number``, with the path from ``name`` to what cannot be sent; whether
            the call was delivered is for the caller of this to say.
    """
    try:
        return _PACK_NUMBER(value) if type(value) in _NUMBERS else _encode(value)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise UnsuitableValue(_reason([(name, value)], 0, error), number=number) from None


def decode_value(body: bytes | memoryview, number: int) -> Any:
    """Return the value that a body holds.

    Raises:
        UnsuitableValue: ``number``; the body is not what it must be.
    """
    try:
        if len(body) <= DEEPEST:
            return unpackb(body, strict_map_key=False, timestamp=3, ext_hook=_BUILD_BRIEF)
        return _decode(body)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        text = f"a body cannot be decoded: {reason_of(error)}"
        raise UnsuitableValue(text[:LONGEST_TEXT], number=number) from None


def _decode(body: bytes | memoryview) -> Any:
    is_fair = len(body) > FEW and check_claims(body)  # a shorter one cannot claim what hurts
    value = _unpack(body, 0, is_fair)
    check_depth(value)
    return value


def _encode(value: Any) -> bytes:
    body, sent = _packed(value, 0)
    if len(body) > DEEPEST:
        check_sendable(body, sent)
    return body


def _packed(value: Any, depth: int) -> tuple[bytes, Any]:
    """Return a value packed, and what was packed, in which there are no records."""
    try:
        return _pack(value, depth), value
    except RecordMet:
        sent = without_records(value)
        return _pack(sent, depth), sent


def _pack(value: Any, depth: int) -> bytes:
    """Pack by a packer that nobody uses now: to make one takes as long as to pack a call."""
    packers = _PACKERS[depth]
    packer = packers.pop() if packers else Packer(strict_types=True, default=_EXTEND[depth])
    packed: bytes = packer.pack(value)
    if len(packed) <= LARGEST_KEPT:  # a packer never gives back the room that it took
        packers.append(packer)
    return packed


def _extend(value: Any, *, depth: int) -> Any:
    """Return ``value``, which msgpack does not know, as something that it does."""
    if depth >= DEEPEST:
        raise TooDeep(f"more than {DEEPEST} containers stand one in another")
    for base in type(value).__mro__:
        known = registered(base)
        if known:
            return ExtType(Code.REGISTERED, _packed([known.name, known.encode(value)], depth + 1)[0])
        if base in TO_BYTES:
            return _scalar(value, base)
        if base in TO_PARTS:
            code, parts_of = TO_PARTS[base]
            return ExtType(code, _pack(parts_of(value), depth + 1))
        if base in PLAIN:
            return PLAIN[base](value)
    if isinstance(value, Enum):
        return value.value if type(value.value) in _PACKED_AT_ONCE else _extend(value.value, depth=depth)
    if is_record(value):
        raise RecordMet
    raise TypeError(_cannot(value))


def _scalar(value: Any, base: type) -> Any:
    if base is int and -(1 << 63) <= value < 1 << 64:
        return int(value)
    code, to_bytes = TO_BYTES[base]
    return ExtType(code, to_bytes(value))


def _unpack(body: bytes | memoryview, depth: int, is_fair: bool) -> Any:
    """Return what a body holds; ``is_fair`` is to look at the keys of its maps first, which takes time for each map."""
    hook, build = (fair_map if is_fair else None), _BUILD[is_fair][depth]
    return unpackb(body, strict_map_key=False, timestamp=3, ext_hook=build, object_pairs_hook=hook)


def _build(code: int, data: bytes, *, depth: int, is_fair: bool) -> Any:
    if code in FROM_BYTES:
        return FROM_BYTES[code](data)
    if code in FROM_PARTS:
        if depth >= DEEPEST:
            raise TooDeep(f"more than {DEEPEST} containers stand one in another")
        parts = _unpack(data, depth + 1, is_fair and len(data) > FEW)
        if type(parts) is not list:
            raise ValueError(f"extension {code} must hold an array")
        return FROM_PARTS[code](parts)
    raise ValueError(f"extension {code} means nothing in this version")


LARGEST_KEPT = 1 << 20
"""Bytes that a packer may have packed at once and be used again."""

_PACKERS: list[list[Packer]] = [[] for _ in range(DEEPEST + 1)]
_EXTEND: list[Callable[[Any], Any]] = [partial(_extend, depth=depth) for depth in range(DEEPEST + 1)]
_BUILD: list[list[Callable[[int, bytes], Any]]] = [
    [partial(_build, depth=depth, is_fair=is_fair) for depth in range(DEEPEST + 1)] for is_fair in (False, True)
]
_PACKED_AT_ONCE = frozenset({NoneType, bool, float, str, bytes, list, dict})
_NUMBERS = frozenset({NoneType, bool, int, float})
"""Types that need none of the care that others do."""

_PACK_NUMBER = Packer(strict_types=True, default=_EXTEND[0]).pack
_BUILD_BRIEF = _BUILD[False][0]


def _reason(named: Iterable[tuple[str, Any]], depth: int, error: BaseException) -> str:
    """Return the path to what cannot be sent and why; only why, if nothing can be said of the value."""
    try:
        return _locate(named, depth) or reason_of(error)
    except BaseException:  # a container may refuse to show what it holds
        return reason_of(error)


def _locate(named: Iterable[tuple[str, Any]], depth: int) -> str:
    """Return the path to the first of ``named`` values, in ``depth`` containers, that cannot be packed, and why."""
    for path, value in named:
        try:
            check_sendable(*_packed(value, 0), DEEPEST - depth)
        except BaseException as error:
            if depth >= DEEP_ENOUGH and _is_too_deep(value):
                return f"{path}: more than {DEEPEST} containers stand one in another"
            inner = _locate(_children(path, value), depth + 1) if depth < DEEPEST else ""
            return inner or f"{path}: {reason_of(error)}"
    return ""


def _is_too_deep(value: Any) -> bool:
    try:
        check_depth(without_records(value))
    except TooDeep:
        return True
    return False


def _children(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield f"a key of {path}", key
            yield f"{path}[{shown(key)}]", item
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield f"{path}[{index}]", item
    elif isinstance(value, set | frozenset):
        for item in value:
            yield f"an item of {path}", item
    elif is_record(value):
        yield from ((f"{path}.{name}", item) for name, item in fields_of(value).items())


def _cannot(value: Any) -> str:
    kind = type(value)
    return f"a value of type '{kind.__module__}.{kind.__qualname__}' cannot be sent; register_type can teach how"
