"""Listens for HTTP, and puts gateways where they are mounted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredList, TimeoutError, maybeDeferred
from twisted.internet.interfaces import IListeningPort, IStreamServerEndpoint
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest
from twisted.web.pages import notFound
from twisted.web.resource import IResource, Resource

from exchange.gateways.files import Rest
from exchange.gateways.site import GatewaySite


class WebListener(Service):
    """A Twisted service that answers HTTP at one endpoint while it runs.

    Attributes:
        listens: Fires with the port when it listens.
    """

    log = Logger()

    def __init__(self, endpoint: IStreamServerEndpoint, site: GatewaySite) -> None:
        self.listens: Deferred[IListeningPort] = Deferred()
        self._endpoint = endpoint
        self._site = site
        self._port: IListeningPort | None = None

    def privilegedStartService(self) -> None:
        """Listen, before the process gives up its privileges.

        Raises:
            twisted.internet.error.CannotListenError: The endpoint cannot be had.
        """
        listening = self._endpoint.listen(self._site).addCallback(self._begun)
        failed_at_once = getattr(listening, "result", None)
        if isinstance(failed_at_once, Failure):
            listening.addErrback(lambda _: None)
            failed_at_once.raiseException()
        listening.addErrback(lambda failure: self.log.failure("cannot listen for HTTP", failure))

    def drain(self, seconds: float) -> Deferred[Any]:
        """Accept nothing more, and let the requests end that are here; fires when they have, or the time is over."""
        quiet = self._site.when_quiet().addTimeout(seconds, self._site.reactor)
        quiet.addErrback(lambda failure: failure.trap(TimeoutError) and None)
        return DeferredList([maybeDeferred(self.stopService), quiet], consumeErrors=True)

    def stopService(self) -> Deferred[None] | None:
        """Accept nothing more."""
        super().stopService()
        port, self._port = self._port, None
        return port.stopListening() if port else None

    def _begun(self, port: IListeningPort) -> None:
        self._port = port
        self.listens.callback(port)


class Folder(Resource):
    """A step of a path at which nothing stands itself."""

    def getChild(self, path: bytes, request: IRequest) -> IResource:
        """Return what answers for a path at which nothing stands."""
        return notFound()


def mounted(resources: Mapping[str, IResource]) -> Resource:
    """Return the root of a site that has each of ``resources`` at its path; what is at ``/`` takes what is left."""
    rest = resources.get("/")
    root = Rest(rest) if rest is not None else Folder()
    for path, resource in resources.items():
        if path == "/":
            continue
        *steps, last = path.strip("/").encode().split(b"/")
        place: Resource = root
        for step in steps:
            place = _folder(place, step)
        place.putChild(last, resource)
    return root


def _folder(place: Resource, name: bytes) -> Folder:
    known = place.children.get(name)
    if isinstance(known, Folder):
        return known
    folder = Folder()
    place.putChild(name, folder)
    return folder
