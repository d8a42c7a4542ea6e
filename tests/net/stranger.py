"""A stranger is the far end of a link to a hub, and speaks in bytes: it may say anything."""

from __future__ import annotations

from typing import Any

from twisted.internet.address import IPv4Address, UNIXAddress
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IListeningPort, IProtocolFactory, IStreamServerEndpoint
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from zope.interface import implementer

from exchange import Hub
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Id, Identity, identity_of, make_id
from exchange.wire.layouts import Kind
from exchange.wire.reader import FrameReader


@implementer(IStreamServerEndpoint, IListeningPort)
class Door:
    """Where a hub listens, and strangers come in."""

    def __init__(self, hub: Hub) -> None:
        self.factory: Any = None
        hub.listen(self)

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        self.factory = protocolFactory
        return succeed(self)

    def startListening(self) -> None:
        """It listens already."""

    def stopListening(self) -> Deferred[None]:
        self.factory = None
        return succeed(None)

    def getHost(self) -> UNIXAddress:
        return UNIXAddress(None)


ADDRESS = IPv4Address("TCP", "127.0.0.1", 54321)
"""Strangers are on this machine: so they may say that they are hubs."""


class Stranger:
    """One far end.

    Attributes:
        transport: What the hub writes to; its producer is the hub's link.
    """

    def __init__(self, door: Door, name: str = "stranger") -> None:
        self.secret = name.encode().ljust(32)
        self.transport = StringTransport(peerAddress=ADDRESS)
        self.is_open = True
        self._reader = FrameReader(1 << 24)
        self._unheard: list[Frame] = []
        self._link: Any = door.factory.buildProtocol(None)
        self._link.makeConnection(self.transport)

    @property
    def identity(self) -> Identity:
        return identity_of(self.secret)

    @property
    def is_closed(self) -> bool:
        """Whether the hub wants the connection closed, now or when all is written."""
        return bool(self.transport.disconnecting)

    @property
    def is_aborted(self) -> bool:
        """Whether the hub wants the connection closed now."""
        return bool(self.transport.disconnected)

    def make(self, number: int) -> Id:
        """Return the id of a thing that the stranger made."""
        return make_id(self.identity, number)

    def say(self, *said: Frame | bytes) -> None:
        """Send frames or bytes, all at once."""
        self._link.dataReceived(b"".join(each if isinstance(each, bytes) else each[3] for each in said))

    def greet(self, **changes: Any) -> list[Frame]:
        """Send HELLO, and READY if that is welcome; return what was heard, which can be heard again if it is not."""
        self.say(self.hello(**changes))
        heard = self.heard()
        if heard and heard[-1][0] == Kind.WELCOME:
            self.say(encode(Kind.READY))
        else:
            self._unheard = heard
        return heard

    def hello(self, **changes: Any) -> Frame:
        """Return a HELLO; ``changes`` name those of its fields that are not as usual."""
        fields = {"versions": (1,), "role": "peer", "group": "", "secret": self.secret, "attachment": 1}
        fields |= {"mechanism": "open", "limits": {}} | changes
        return encode(Kind.HELLO, b"", tuple(fields.values()))

    def announce(self, name: str, number: int = 1, attachment: int = 1) -> Id:
        """Announce a service; return its id."""
        thing = self.make(number)
        self.say(encode(Kind.ANNOUNCE, thing, (attachment, name, (), "*", b"", None, (), None)))
        return thing

    def heard(self) -> list[Frame]:
        """Return the frames that came since the last time."""
        data = self.transport.value()
        self.transport.clear()
        unheard, self._unheard = self._unheard, []
        return unheard + self._reader.feed(data)

    def bye(self) -> tuple[str, str]:
        """Return code and text of the BYE that came, and make sure that nothing followed it."""
        frames = self.heard()
        assert frames, "nothing came"
        assert frames[-1][0] == Kind.BYE, f"no BYE came at the end, but {frames}"
        code, text, _ = frames[-1][2]
        return code, text

    def leave(self, cleanly: bool = True) -> None:
        """Close the connection, as the network would tell the hub."""
        if self.is_open:
            self.is_open = False
            self._link.connectionLost(Failure(ConnectionDone() if cleanly else ConnectionLost()))
