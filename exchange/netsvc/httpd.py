"""The HTTP daemon: listens at a port, and has something attached at each of several paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IAddress, IListeningPort
from twisted.logger import Logger
from twisted.web.pages import notFound
from twisted.web.resource import IResource, Resource
from twisted.web.server import Request

from exchange.gateways.site import GatewaySite
from exchange.netsvc.guarded import Guarded
from exchange.netsvc.listening import listening_at, place_of
from exchange.netsvc.process import current


class Paths(Resource):
    """Gives each request to what is attached at the longest path that it begins with.

    Attributes:
        attached: What is attached, by the segments of its path.
    """

    def __init__(self) -> None:
        super().__init__()
        self.attached: dict[tuple[bytes, ...], IResource] = {}

    def getChild(self, path: bytes, request: Request) -> IResource:
        """Return what answers a request; what begins with no attached path is not found."""
        rest = [path, *(request.postpath or [])]
        for length in range(len(rest), -1, -1):
            resource = self.attached.get(tuple(rest[:length]))
            if resource is not None:
                request.prepath = [*(request.prepath or [])[:-1], *rest[:length]]
                request.postpath = rest[length:]
                return resource
        return notFound()


class DaemonSite(GatewaySite):
    """Takes connections of those hosts that its daemon lets in; others are closed unanswered."""

    def __init__(self, paths: Paths, reactor: Any, admits: Callable[[str], bool]) -> None:
        super().__init__(paths, reactor)
        self._admits = admits

    def buildProtocol(self, addr: IAddress | None) -> Any:
        """Return our end of a connection, or nothing, which closes it."""
        return super().buildProtocol(addr) if self._admits(str(getattr(addr, "host", ""))) else None


class HttpDaemon(Guarded):
    """Answers HTTP at a port, from `start` until `stop` or the end of the process.

    Args:
        port: The port; 0 is any that is free.
        interface: The address of one interface; without, all with IPv4, as of old.
    """

    log = Logger()

    def __init__(self, port: int, interface: str = "") -> None:
        self._process = current()
        self._number = port
        self._interface = interface
        self._paths = Paths()
        self._port: IListeningPort | None = None

    def port(self) -> int:
        """Return the port; of one that was to be any, once it has started, that which it got."""
        address: Any = self._port and self._port.getHost()
        return address.port if address else self._number

    def attach(self, path: str, server: IResource | None) -> None:
        """Have ``server`` answer what begins with ``path``; the longest path counts, in whole segments.

        Args:
            server: A gateway, or any resource of `twisted.web`; ``None`` takes away what is there.

        Raises:
            TypeError: It is neither.
        """
        place = tuple(segment.encode() for segment in path.split("/") if segment)
        if server is None:
            self._paths.attached.pop(place, None)
        elif IResource.providedBy(server):
            self._paths.attached[place] = server
        else:
            raise TypeError(f"{server!r} cannot be attached: it must be a gateway, or a resource of twisted.web")

    def authorise(self, host: str) -> bool:
        """Tell whether a host may connect, by its address in numbers; for subclasses. An error is a no."""
        return True

    def start(self) -> None:
        """Begin to listen; nothing happens if it has begun.

        Raises:
            ConfigurationError: The port is in use, or may not be had.
        """
        if self._port is not None:
            return
        reactor = self._process.reactor
        site = DaemonSite(self._paths, reactor, self._admits)
        with listening_at(self._number, self._interface):
            self._port = reactor.listenTCP(self._number, site, interface=self._interface)
        self._process.daemons[self] = self._close
        place = place_of(self._interface)
        self.log.info("answering HTTP at port {port} of {place}", port=self.port(), place=place)
        if not self._interface:
            self.log.warn(
                "whoever reaches port {port} of {place} may call what is attached; "
                "HttpDaemon({port}, '127.0.0.1') keeps to this machine",
                port=self.port(),
                place=place,
            )

    def stop(self) -> None:
        """Listen no more; nothing happens if it does not."""
        self._close()

    def _admits(self, host: str) -> bool:
        return bool(self._process.loop.guard(self, self.authorise, host))

    def _close(self) -> Deferred[None]:
        port, self._port = self._port, None
        self._process.daemons.pop(self, None)
        stopped = port.stopListening() if port is not None else None
        return stopped if stopped is not None else succeed(None)
