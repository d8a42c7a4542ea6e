"""The listener accepts links at one endpoint."""

from __future__ import annotations

from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IListeningPort, IStreamServerEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.logger import Logger
from twisted.python.failure import Failure

from exchange.net.carrier import carried
from exchange.net.link import LinkProtocol
from exchange.net.links import Links
from exchange.net.surroundings import host_of
from exchange.net.wording import place_of
from exchange.wire.frames import encode
from exchange.wire.layouts import Kind

MOST_AT_ONCE = 20
"""Connections that are accepted in one turn; Twisted takes ever more, and then nobody else has their turn."""


class LinkFactory(Factory):
    """Makes our end of each accepted link.

    Whom we do not admit is refused, and so is one too many; of too many greetings the oldest gives way.

    Attributes:
        port: Where they come in, once that is known.
    """

    noisy = False
    gathers = True
    """Whether links gather what they write by themselves; `exchange.net.tls` asks."""

    plain_answer = encode(Kind.BYE, b"", ("mechanism", "TLS is spoken here: give the authority of the hub", None))[3]
    """What is said to whoever does not speak TLS where it is spoken."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._is_to_hold = False
        self.port: IListeningPort | None = None

    def hold_back(self) -> None:
        """Have the port accept no more than `MOST_AT_ONCE` in the next turn, if it would."""
        self._is_to_hold = False
        if self._accepts_many:
            port: Any = self.port
            port.numberAccepts = MOST_AT_ONCE

    @property
    def _accepts_many(self) -> bool:
        return bool(getattr(self.port, "numberAccepts", 0) >= MOST_AT_ONCE)

    def buildProtocol(self, address: IAddress | None) -> Protocol | None:
        """Return our end of a new link, or nothing, which closes it."""
        if self._accepts_many and not self._is_to_hold:
            self._is_to_hold = True
            self._links.reactor.callLater(0, self.hold_back)
        if not self._links.admits(address) or not self._links.make_room(host_of(address)):
            return None
        return carried(LinkProtocol(self._links, dialling=False))


class Listener(Service):
    """A Twisted service that listens while it runs."""

    log = Logger()

    def __init__(self, endpoint: IStreamServerEndpoint, links: Links) -> None:
        self._endpoint = endpoint
        self._factory = LinkFactory(links)
        self._title = links.switch.role.title
        self._port: IListeningPort | None = None
        self._begun = False
        self._waiting: list[Deferred[IListeningPort]] = []

    def when_listening(self) -> Deferred[IListeningPort]:
        """Return a Deferred of the port, which tells its address by ``getHost()``; it fails as the endpoint does."""
        waiting: Deferred[IListeningPort] = Deferred()
        if self._port is not None:
            waiting.callback(self._port)
        else:
            self._waiting.append(waiting)
        return waiting

    def privilegedStartService(self) -> None:
        """Listen, before the process gives up its privileges.

        Raises:
            twisted.internet.error.CannotListenError: The endpoint is in use.
        """
        super().privilegedStartService()
        self._listen()

    def startService(self) -> None:
        """Listen, if that has not begun already; raises what `privilegedStartService` does."""
        super().startService()
        self._listen()

    def stopService(self) -> Deferred[None] | None:
        """Accept nothing more."""
        super().stopService()
        self._begun = False
        port, self._port = self._port, None
        return port.stopListening() if port else None

    def _listen(self) -> None:
        if self._begun:
            return
        self._begun = True
        listening = self._endpoint.listen(self._factory)
        failed: list[Failure] = []
        is_starting = True

        def fails(failure: Failure) -> None:
            self._begun = False
            if is_starting:
                failed.append(failure)
            else:
                self._cannot(failure)

        listening.addCallbacks(self._listens, fails)
        is_starting = False
        if failed:
            failed[0].raiseException()

    def _cannot(self, failure: Failure) -> None:
        self.log.failure("cannot listen", failure)
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each.errback(failure)

    def _listens(self, port: IListeningPort) -> None:
        if not self._begun:  # stopped in the meantime
            port.stopListening()
            return
        self._port = self._factory.port = port
        self._factory.hold_back()
        self.log.info("{title} is listening at {place}", title=self._title, place=place_of(port.getHost()))
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each.callback(port)
