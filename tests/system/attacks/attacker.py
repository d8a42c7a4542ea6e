"""An attacker: a socket of its own to a hub, over which it says whatever it likes."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterable
from typing import Any

from exchange.net.examination import Credentials
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Id, Identity, identity_of, make_id
from exchange.wire.layouts import Kind
from exchange.wire.reader import FrameReader
from exchange.wire.values import encode_value

PATIENCE = 20.0
LOOK = 0.2
CLOSED = "the hub has closed the connection"
LARGEST = 1 << 24


class Attacker:
    """One link of somebody who means no good; a context, in which it is closed at the end.

    Args:
        port: Of the hub, on this machine.
        name: Another one is another exchange.
    """

    def __init__(self, port: int, name: str = "attacker") -> None:
        self.secret = name.encode().ljust(32)
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._reader = FrameReader(LARGEST)
        self._heard: list[Frame] = []

    def __enter__(self) -> Attacker:
        return self

    def __exit__(self, *raised: Any) -> None:
        self.socket.close()

    @property
    def identity(self) -> Identity:
        return identity_of(self.secret)

    def make(self, number: int) -> Id:
        """Return the id of a thing that the attacker made."""
        return make_id(self.identity, number)

    def say(self, *said: bytes) -> None:
        """Send bytes, until the hub has taken them; what it does not want any more is not sent."""
        try:
            self.socket.sendall(b"".join(said))
        except (BrokenPipeError, ConnectionResetError):
            return

    def hello(self, **changes: Any) -> bytes:
        """Return a HELLO; ``changes`` name those of its fields that are not as usual."""
        fields = {"versions": (1,), "role": "peer", "group": "", "secret": self.secret, "attachment": 1}
        fields |= {"mechanism": "open", "limits": {}} | changes
        return encode(Kind.HELLO, b"", tuple(fields.values()))[3]

    def greet(self, credentials: Credentials | None = None, **changes: Any) -> bytes:
        """Be let in; return all that was said for that."""
        said = [self.hello(**changes, **({"mechanism": credentials.mechanism} if credentials else {}))]
        self.say(said[0])
        proving = credentials.begin(self.identity) if credentials else None
        while (heard := self.wait_for(Kind.WELCOME, Kind.CHALLENGE))[0] == Kind.CHALLENGE:
            assert proving is not None
            said.append(encode(Kind.PROOF, b"", (proving.answer(heard[2][0]),))[3])
            self.say(said[-1])
        said.append(encode(Kind.READY)[3])
        self.say(said[-1])
        return b"".join(said)

    def announce(self, name: str, number: int = 1, **changes: Any) -> bytes:
        """Return an ANNOUNCE of a service of its own."""
        fields: dict[str, Any] = {"attachment": 1, "name": name, "groups": (), "audience": "*", "digest": b""}
        fields |= {"principal": None, "path": (), "by": None} | changes
        return encode(Kind.ANNOUNCE, changes.get("id") or self.make(number), tuple(fields.values())[:8])[3]

    def request(self, to: str | bytes, method: str, *args: Any, number: int = 1) -> bytes:
        """Return a REQUEST of its own."""
        return encode(Kind.REQUEST, self.make(number), (to, method, None), encode_value([list(args), {}], 0, "args"))[3]

    def subscribe(self, service: str, pattern: str, number: int = 1, overflow: str = "drop-oldest") -> bytes:
        """Return a SUBSCRIBE of its own."""
        return encode(Kind.SUBSCRIBE, self.make(number), (service, pattern, overflow, 1))[3]

    def wait_for(self, *kinds: Kind) -> Frame:
        """Return the next frame of one of these kinds.

        Raises:
            AssertionError: The hub closed the connection before, or nothing came.
        """
        left = PATIENCE
        while left > 0:
            begun = time.monotonic()
            while self._heard:
                frame = self._heard.pop(0)
                if frame[0] in kinds:
                    return frame
                assert frame[0] != Kind.BYE, frame
            self._heard += self._reader.feed(self._read())
            left -= min(time.monotonic() - begun, LOOK)  # when it takes longer it is us who were held up
        raise AssertionError(f"no {kinds} came")

    def _read(self) -> bytes:
        """Return what comes soon, if anything does."""
        if not select.select([self.socket], [], [], LOOK)[0]:
            return b""
        try:
            data = self.socket.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        assert data, CLOSED
        return data

    def bye(self) -> tuple[str, str]:
        """Return code and text of the BYE that comes, whatever comes before, and make sure that nothing follows it."""
        code, text, *_ = self.wait_for(Kind.BYE)[2]
        assert not self._heard
        return code, text

    def is_welcome(self) -> bool:
        """Whether the hub still answers."""
        self.say(encode(Kind.PING, b"", (1,))[3])
        return self.wait_for(Kind.PONG)[2] == (1,)


def forged(kind: Kind, maker: Identity, numbers: Iterable[int], fields: tuple[Any, ...], body: bytes = b"") -> bytes:
    """Return frames about things that somebody else made."""
    return b"".join(encode(kind, make_id(maker, number), fields, body)[3] for number in numbers)
