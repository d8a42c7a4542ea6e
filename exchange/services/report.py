"""A report is what a service publishes on a subject, as its subscribers see it."""

from __future__ import annotations

from typing import Any, NamedTuple

from msgpack import packb

from exchange.errors import UnsuitableValue
from exchange.routing.notices import COUNT
from exchange.wire.frames import Frame, body_of, encode
from exchange.wire.identities import Id
from exchange.wire.layouts import Kind
from exchange.wire.values import decode_value, encode_value

ADDRESSED = 0
"""The number of a report that is for one subscriber only, and not counted."""

WHOLE = ""
"""The subject of the addressed report that ends the retained ones: the first picture is whole."""


_FOUR = b"\x94"
"""How msgpack begins an array of four."""


class Report(NamedTuple):
    """One report.

    Attributes:
        subject: What it is about.
        instance: The id of the instance that published it.
        number: How many its publisher has made on this subject, this one included; 0 if it
            was sent to one subscriber only. A publisher of more than 65,536 subjects may
            forget one, and goes on with a higher number by 2**32.
        posted: When it was published, in seconds since 1970 by the publisher's clock.
        retained: Whether it was kept for those who come late, rather than heard live.
        skipped: How many on this subject were missed since the one before.
        name: The name of the service.
        remaining: Seconds for which its publisher keeps it yet; ``None`` for ever, 0 not at all.
    """

    subject: str
    instance: Id
    number: int
    posted: float
    retained: bool
    skipped: int
    name: str
    remaining: float | None


class Posting(NamedTuple):
    """What the body of a REPORT holds; the content is encoded once, when it is published."""

    content: bytes
    number: int
    posted: float
    remaining: float | None


def encode_content(content: Any) -> bytes:
    """Return ``content`` as a body holds it.

    Raises:
        UnsuitableValue: 42; it cannot be sent.
    """
    return encode_value(content, UnsuitableValue.CANNOT_ENCODE_REQUEST, "content")


NOTHING = encode_content(None)


def report_frame(
    instance: bytes,
    name: str,
    subject: str,
    posting: Posting,
    to: bytes | None = None,
    retained: bool = False,
    kept: bool = False,
) -> Frame:
    """Return the REPORT of a posting.

    Args:
        to: The subscription that it is for; ``None``, all that match.
        retained: Whether it was published before its receiver subscribed.
        kept: Whether it tells what is kept on its subject now, be it that nothing is kept there any more.

    Raises:
        LocalProtocolError: The subject cannot be one.
    """
    about: bytes = packb(posting[1:])
    return encode(Kind.REPORT, instance, (name, subject, to, retained, kept), _FOUR + posting.content + about[1:])


def count_of(frame: Frame) -> int:
    """Return how many reports were left out, as a notice says.

    Raises:
        UnsuitableValue: 44; the body is not what it must be.
    """
    content = posting_of(frame)[0]
    count = content.get(COUNT) if isinstance(content, dict) else None
    if type(count) is not int or count < 0:
        number = UnsuitableValue.CANNOT_DECODE_REPLY
        raise UnsuitableValue(f"a notice must be a map whose '{COUNT}' is a natural number", number=number)
    return count


def posting_of(frame: Frame) -> tuple[Any, int, float, float | None]:
    """Return what a REPORT holds: content, number, time of posting, remaining lifetime.

    Raises:
        UnsuitableValue: 44; the body is not what it must be.
    """
    number = UnsuitableValue.CANNOT_DECODE_REPLY
    parts = decode_value(body_of(frame[3]), number)
    if not isinstance(parts, list) or len(parts) < 4:
        raise UnsuitableValue("the body of a report must be an array of four", number=number)
    content, count, posted, remaining = parts[:4]
    if type(count) is not int or not isinstance(posted, int | float) or not isinstance(remaining, int | float | None):
        raise UnsuitableValue("number, time and lifetime of a report must be numbers", number=number)
    if count < 0:
        raise UnsuitableValue("the number of a report must not be below 0", number=number)
    return content, count, posted, remaining
