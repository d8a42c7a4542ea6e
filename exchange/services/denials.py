"""Denials: how a hub tells a process that it may not do something, and how that is read there."""

from __future__ import annotations

from exchange.errors import UnsuitableValue
from exchange.routing.interest import BUILT_IN
from exchange.routing.permission import DENIED
from exchange.wire.frames import Frame, body_of, encode
from exchange.wire.identities import Identity, make_id
from exchange.wire.layouts import Kind
from exchange.wire.limits import LONGEST_TEXT
from exchange.wire.telling import plain
from exchange.wire.values import decode_value, encode_value


def denial_of(hub: Identity, thing: bytes, text: str, now: float) -> Frame:
    """Return the report that tells whoever made ``thing``, an instance or subscription, why it may not be."""
    body = encode_value([text, 0, now, 0], 0, "content")
    return encode(Kind.REPORT, make_id(hub, 0), (BUILT_IN, DENIED, thing, False, False), body)


def is_denial(frame: Frame) -> bool:
    """Whether a report is one."""
    name, subject, *_ = frame[2]
    return bool(name == BUILT_IN and subject == DENIED)


def told_by(frame: Frame) -> str:
    """Return what a denial says, fit for a log, whatever the hub wrote."""
    try:
        content, *_ = decode_value(body_of(frame[3]), UnsuitableValue.CANNOT_DECODE_REPLY)
    except (UnsuitableValue, TypeError, ValueError):
        content = None
    text = content if isinstance(content, str) else "something may not be done, and the hub does not say what"
    return plain(text)[:LONGEST_TEXT]
