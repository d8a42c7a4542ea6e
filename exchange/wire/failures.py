"""Failures: the exceptions of calls to the body of a FAILURE and back.

The body is ``[name, description, origin, details]``, all text, and, where it is known,
the digest of what the instance offers that may have begun the call. The name is that of
the class in `exchange.errors`; the number and whether the call was delivered stand
in the header.
"""

from __future__ import annotations

from typing import Any

from msgpack import packb, unpackb

from exchange.errors import CALL_ERRORS, CallError
from exchange.wire.frames import Frame, body_of, encode
from exchange.wire.layouts import Kind, is_integer
from exchange.wire.limits import KIB, LONGEST_DIGEST, MOST_ITEMS
from exchange.wire.telling import text_of

LONGEST_DESCRIPTION = 4 * KIB
LONGEST_DETAILS = 64 * KIB


def failure_of(call: bytes, error: CallError) -> Frame:
    """Return the FAILURE that ends ``call`` with ``error``; what is too long is cut, never refused."""
    said = vars(error)  # a subclass of the user's may have forgotten to call our __init__
    number, delivered = said.get("number"), said.get("delivered")
    parts: list[str | bytes] = [
        _name_of(type(error)),
        _cut(said.get("description", type(error).__name__), LONGEST_DESCRIPTION),
        _cut(said.get("origin", ""), LONGEST_DESCRIPTION),
        _cut(said.get("details", ""), LONGEST_DETAILS),
    ]
    offered = said.get("offered")
    if offered and type(offered) is bytes:
        parts.append(offered[:LONGEST_DIGEST])
    number = number if is_integer(number) else type(error).usual_number
    delivered = delivered if type(delivered) is bool else None
    return encode(Kind.FAILURE, call, (number, delivered), packb(parts))


def error_of(frame: Frame) -> CallError:
    """Return the exception that a FAILURE stands for; the number stands, whatever the body is."""
    number, delivered = frame[2]
    parts = _parts(frame[3])
    kind = CALL_ERRORS.get(parts[0], CallError)
    error = kind(parts[1], number=number, origin=parts[2], details=parts[3], delivered=delivered)
    error.received = True
    error.offered = next((part for part in parts[4:5] if type(part) is bytes), b"")
    return error


def _parts(raw: bytes) -> list[Any]:
    try:
        parts: Any = unpackb(body_of(raw), max_array_len=MOST_ITEMS, max_map_len=MOST_ITEMS)
    except Exception:
        parts = None
    if type(parts) is not list or len(parts) < 4 or not all(type(part) is str for part in parts[:4]):
        return ["CallError", "the failure that came cannot be read", "", ""]
    return parts


def _name_of(kind: type[CallError]) -> str:
    return next(base.__name__ for base in kind.__mro__ if CALL_ERRORS.get(base.__name__) is base)


def _cut(text: Any, longest: int) -> str:
    return text_of(text).encode("utf-8", "replace")[:longest].decode("utf-8", "ignore")
