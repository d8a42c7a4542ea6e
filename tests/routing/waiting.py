"""Reports and announcements that wait for a port, and those who subscribed behind it; for the tests of what waits."""

from __future__ import annotations

from itertools import count

from exchange.routing.subscriptions import Subscriptions
from exchange.routing.wishes import Wishes
from exchange.wire.frames import Frame, body_of, encode, parse
from exchange.wire.identities import make_id
from exchange.wire.layouts import Kind
from tests.routing.recorder import Recorder

FEED = make_id(b"p" * 16, 16)  # type: ignore[arg-type]
OTHER = make_id(b"p" * 16, 17)  # type: ignore[arg-type]


class Behind:
    """Who is behind a port, and what it is sent.

    Attributes:
        wishes: What they wish.
    """

    def __init__(self) -> None:
        self.port = Recorder("far")
        self.subscriptions = Subscriptions()
        self.wishes = Wishes(self.subscriptions, self.port)
        self._numbers = count(1)

    def subscribe(self, overflow: str, service: str | bytes = "feed", pattern: str = "*") -> bytes:
        """Let somebody subscribe; return the subscription."""
        wanted = self.port.make(next(self._numbers))
        self.subscriptions.add(self.port, encode(Kind.SUBSCRIBE, wanted, (service, pattern, overflow, 0)))
        return wanted


def report(
    text: str,
    subject: str = "a",
    *,
    thing: bytes = FEED,
    to: bytes | None = None,
    kept: bool = False,
    name: str = "feed",
) -> bytes:
    """Return a REPORT, as bytes."""
    return encode(Kind.REPORT, thing, (name, subject, to, kept and to is not None, kept), text.encode())[3]


def announced(text: str, thing: bytes = FEED) -> bytes:
    """Return an ANNOUNCE, as bytes."""
    return encode(Kind.ANNOUNCE, thing, (1, "feed", (text,), "*", b"", None, (), None))[3]


def withdrawn(thing: bytes = FEED, reason: str = "lost") -> bytes:
    """Return a WITHDRAW, as bytes."""
    return encode(Kind.WITHDRAW, thing, (reason,))[3]


def reply(text: str) -> bytes:
    """Return a REPLY, as bytes."""
    return encode(Kind.REPLY, FEED, (), text.encode())[3]


def parsed(raw: bytes) -> Frame:
    """Return the frame of these bytes."""
    return parse(raw[4], raw[6] << 8 | raw[7], raw)


def told(frames: list[bytes]) -> list[str]:
    """Return what frames say, in a word each: their body, their group, or their kind."""
    return [_word(parsed(raw)) for raw in frames]


def _word(frame: Frame) -> str:
    if frame[0] == Kind.ANNOUNCE:
        return f"{Kind.ANNOUNCE.name} {frame[2][2][0]}"
    return bytes(body_of(frame[3])).decode() or Kind(frame[0]).name
