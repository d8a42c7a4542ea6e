"""What is fuzzed of a whole hub and of a whole peer: bytes of one link, at whose other end somebody means no good."""

from __future__ import annotations

from functools import cache
from typing import Any

from twisted.logger import ILogObserver, LogLevel, globalLogPublisher
from zope.interface import provider

from exchange import Service, method
from exchange.testing import Network
from exchange.wire.frames import encode
from exchange.wire.layouts import Kind
from tests.net.stranger import Door, Stranger


class Desk(Service):
    """What strangers call, subscribe to, and pretend to be."""

    name = "desk"

    @method
    def echo(self, value: Any) -> Any:
        """Return what came."""
        return value


class Site:
    """A hub with a service in it and one behind it, and strangers who dial it."""

    def __init__(self) -> None:
        self.network = Network()
        self.hub = self.network.hub()
        self.hub.add(Desk())
        self.peer = self.network.peer()
        self.peer.add(Desk())
        self.heard: list[Any] = []
        self.peer.subscribe("desk", "*", lambda content, report: self.heard.append(content))
        self.door = Door(self.hub)
        self.network.settle()

    def tell(self, data: bytes, role: str) -> None:
        """Have a stranger say this, who is let in first."""
        stranger = Stranger(self.door)
        stranger.greet(role=role)
        stranger.say(data)
        self.network.settle()
        assert self.network.result(self.peer.call("desk", "echo", 7, timeout=5)) == 7
        stranger.leave()
        self.network.settle()
        assert not self.hub._switch.debts.owed
        assert self.hub._links.unfinished.size == 0


@cache
def _site() -> Site:
    return Site()


def hub(data: bytes) -> None:
    """Whatever somebody says who is let in, others are served, and nothing of it is left, nor logged as an error."""
    logged: list[Any] = []

    @provider(ILogObserver)
    def note(event: Any) -> None:
        if event["log_level"] >= LogLevel.critical:
            logged.append(event.get("log_failure") or event)

    globalLogPublisher.addObserver(note)
    try:
        _site().tell(data[1:], "hub" if data[:1] == b"h" else "peer")
    finally:
        globalLogPublisher.removeObserver(note)
    assert not logged, logged


def seeds() -> dict[str, bytes]:
    """Return what leads on: each kind of frame as the stranger may say it, and some together."""
    stranger = Stranger(_site().door)
    own = stranger.make(1)
    said = {
        "announce": encode(Kind.ANNOUNCE, own, (1, "desk", ("g",), "*", b"", None, (), None)),
        "subscribe": encode(Kind.SUBSCRIBE, own, ("desk", "*", "latest", 1)),
        "watch": encode(Kind.SUBSCRIBE, stranger.make(2), ("$exchange", "instance.*", "disconnect", 1)),
        "request": encode(Kind.REQUEST, own, ("desk", "echo", None), b"\x92\x91\x07\x80"),
        "describe": encode(Kind.REQUEST, stranger.make(2), ("desk", "$describe", None), b"\x92\x90\x80"),
        "reply": encode(Kind.REPLY, own, (), b"\x07"),
        "failure": encode(Kind.FAILURE, own, (50, True), b"\x93\xa1a\xa1b\xa1c"),
        "cancel": encode(Kind.CANCEL, own),
        "report": encode(Kind.REPORT, own, ("desk", "news", None, False), b"\x94\x07\x01\x02\xc0"),
        "withdraw": encode(Kind.WITHDRAW, own, ("withdrawn",)),
        "unsubscribe": encode(Kind.UNSUBSCRIBE, own),
        "leaving": encode(Kind.LEAVING, b"", ("away", 1)),
        "ping": encode(Kind.PING, b"", (1,)),
        "bye": encode(Kind.BYE, b"", ("left", "", None)),
    }
    all_of_them = b"".join(frame[3] for frame in said.values())
    stranger.leave()
    return {name: b"p" + frame[3] for name, frame in said.items()} | {
        "all": b"p" + all_of_them,
        "hub": b"h" + all_of_them,
    }
