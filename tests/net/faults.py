"""What a far end may send and must not: each with the code of the BYE that answers it, and words of its text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Id, identity_of, make_id
from exchange.wire.layouts import Kind


class Speaker(Protocol):
    """Whoever sends it."""

    def make(self, number: int) -> Id: ...

    def hello(self) -> Frame: ...


OTHER = identity_of(b"somebody else".ljust(32))


def frame_of(kind: int, header: bytes = b"", body: bytes = b"", flags: int = 0, size: int | None = None) -> bytes:
    """Return the bytes of a frame that need not be one."""
    size = 4 + len(header) + len(body) if size is None else size
    return size.to_bytes(4, "big") + bytes([kind, flags]) + len(header).to_bytes(2, "big") + header + body


def request(
    call: bytes, to: str | bytes = "math", principal: Any = None, body: bytes = b"\x92\x92\x06\x07\x80"
) -> Frame:
    return encode(Kind.REQUEST, call, (to, "multiply", principal), body)


def announcement(thing: bytes, name: str = "forge", principal: Any = None) -> Frame:
    return encode(Kind.ANNOUNCE, thing, (1, name, (), "*", b"", principal, (), None))


BEFORE: dict[str, tuple[bytes, str, str]] = {
    "an HTTP request": (
        b"GET / HTTP/1.1\r\nHost: rome\r\n\r\n",
        "too-large",
        "a frame of 1195725856 bytes is too large",
    ),
    "a TLS hello": (
        bytes.fromhex("16030100f5010000f10303") + bytes(240),
        "too-large",
        "the far end speaks TLS here, and this end does not",
    ),
    "an oversized frame": (frame_of(1, size=16 * 1024 + 1), "too-large", "a frame of 16385 bytes is too large"),
    "traffic": (request(make_id(OTHER, 1))[3], "protocol", "REQUEST before the greeting was over"),
    "an unknown kind": (frame_of(99), "protocol", "99 is no kind of frame"),
    "a flag": (frame_of(1, flags=1), "protocol", "flags 0x01 mean nothing in this version"),
    "READY": (frame_of(5), "protocol", "READY is not allowed while the link is new"),
    "PING": (encode(Kind.PING, b"", (1,))[3], "protocol", "PING is not allowed while the link is new"),
    "a header longer than its frame": (
        frame_of(1, size=4)[:6] + b"\x00\x09",
        "protocol",
        "does not fit in a frame of 4",
    ),
    "a frame smaller than its prefix": (b"\x00\x00\x00\x00", "protocol", "does not fit in a frame of 0"),
    "a header that is no msgpack": (frame_of(1, b"\xc1"), "protocol", "the header of HELLO is not msgpack"),
    "a header that is no array": (frame_of(1, b"\x05"), "protocol", "the header of HELLO must hold an array"),
    "a HELLO too short": (frame_of(1, b"\x91\x91\x01"), "protocol", "the header of HELLO has no 'role'"),
}
"""Sent before the greeting is over."""

AFTER: dict[str, tuple[Callable[[Speaker], Frame | bytes], str, str]] = {
    "a second HELLO": (lambda s: s.hello(), "protocol", "HELLO is not allowed while the link is open"),
    "a second READY": (lambda s: encode(Kind.READY), "protocol", "READY is not allowed while the link is open"),
    "a WELCOME": (
        lambda s: encode(Kind.WELCOME, b"", (1, OTHER, None, {}, ())),
        "protocol",
        "WELCOME is not allowed while the link is open",
    ),
    "a PROOF": (lambda s: encode(Kind.PROOF, b"", (b"",)), "protocol", "PROOF is not allowed while the link is open"),
    "an unknown kind": (lambda s: frame_of(31), "protocol", "31 is no kind of frame"),
    "an oversized frame": (lambda s: frame_of(32, size=1 << 30), "too-large", "a frame of 1073741824 bytes"),
    "a header without an id": (lambda s: frame_of(32, b"12"), "protocol", "REQUEST is too short for an id"),
    "a REQUEST without a method": (
        lambda s: frame_of(32, s.make(1) + b"\x91\xa1m"),
        "protocol",
        "the header of REQUEST has no 'method'",
    ),
    "a REQUEST to a number": (lambda s: frame_of(32, s.make(1) + b"\x92\x01\xa1m"), "protocol", "'to' of REQUEST"),
    "an ANNOUNCE of a built-in name": (
        lambda s: frame_of(16, s.make(1) + b"\x98\x00\xa2$x\x90\xa1*\xc4\x00\xc0\x90\xc0"),
        "protocol",
        "'name' of ANNOUNCE must be",
    ),
    "a call made by another": (lambda s: request(make_id(OTHER, 1)), "forged", "was not made by the exchange of this"),
    "a call in another's name": (
        lambda s: request(s.make(1), principal="boss"),
        "forged",
        "the principal of a request",
    ),
    "a call twice": (
        lambda s: request(s.make(1), "sleepy")[3] + request(s.make(1), "sleepy")[3],
        "protocol",
        "is in progress already",
    ),
    "an instance of another": (lambda s: announcement(make_id(OTHER, 1)), "forged", "was not made by the exchange"),
    "an instance in another's name": (
        lambda s: announcement(s.make(1), principal="boss"),
        "forged",
        "the principal of an instance",
    ),
    "the withdrawal of another's": (
        lambda s: encode(Kind.WITHDRAW, make_id(OTHER, 1), ("withdrawn",)),
        "forged",
        "was not made by the exchange of this link",
    ),
    "the cancelling of another's call": (
        lambda s: encode(Kind.CANCEL, make_id(OTHER, 1)),
        "forged",
        "was not made by the exchange of this link",
    ),
    "a subscription of another": (
        lambda s: encode(Kind.SUBSCRIBE, make_id(OTHER, 1), ("$exchange", "*", "latest", 1)),
        "forged",
        "was not made by the exchange of this link",
    ),
    "a report of another's instance": (
        lambda s: encode(Kind.REPORT, make_id(OTHER, 16), ("math", "x", None, False, False)),
        "forged",
        "is no instance of 'math' on this link",
    ),
    "a report in the name of $exchange": (
        lambda s: encode(Kind.REPORT, s.make(0), ("$exchange", "instance.00", None, False, False)),
        "forged",
        "is no instance of '$exchange' on this link",
    ),
}
"""Sent over an open link."""
