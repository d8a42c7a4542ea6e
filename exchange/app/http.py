"""The site of a hub: its page, and what programs ask beside it, at one endpoint of HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from socket import gethostname
from typing import Any, NamedTuple

from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IStreamServerEndpoint
from twisted.web.resource import IResource, Resource

from exchange.app.http_logins import guard_of
from exchange.app.measures import Measuring
from exchange.app.securing import Securing
from exchange.app.tables import HubTable
from exchange.app.web import mounted
from exchange.gateways.dashboard.api import Api
from exchange.gateways.dashboard.door import Door
from exchange.gateways.dashboard.hosts import Hosts
from exchange.gateways.dashboard.page import Page
from exchange.gateways.site import GatewaySite
from exchange.net.endpoint_text import host_in, is_tcp
from exchange.net.examination import Authenticator
from exchange.net.tls import Tls
from exchange.services.hub import Hub


class Mounting(NamedTuple):
    """What those know who put something into the site of a hub.

    Attributes:
        hub: The hub.
        door: Who may come in; `exchange.gateways.dashboard.door.Guarded` puts a resource behind it.
        is_serving: Whether all that this process runs serves.
        measuring: What is measured, if it is to be shown.
    """

    reactor: Any
    hub: Hub
    door: Door
    is_serving: Callable[[], bool]
    measuring: Measuring | None = None


Faces = Callable[[Mounting], Mapping[str, IResource]]
"""Returns what stands at which path."""


def page_faces(mounting: Mounting) -> dict[str, IResource]:
    """Return the page, and what it asks."""
    return {"/": Page(mounting.door), "/api": Api(mounting.door, mounting.hub, mounting.reactor)}


def measured_faces(mounting: Mounting) -> Mapping[str, IResource]:
    """Return what is measured, and how the process is."""
    return mounting.measuring.faces(mounting.hub, mounting.door) if mounting.measuring is not None else {}


FACES: tuple[Faces, ...] = (page_faces, measured_faces)
"""All that stands in the site of a hub."""


def site_of(mounting: Mounting) -> GatewaySite:
    """Return the site of a hub."""
    site = GatewaySite(root_of(mounting), mounting.reactor)
    if mounting.measuring is not None:
        mounting.measuring.sites.append(site)
    return site


def root_of(mounting: Mounting) -> Resource:
    """Return the root of the site of a hub."""
    resources: dict[str, IResource] = {}
    for faces in FACES:
        resources |= faces(mounting)
    return mounted(resources)


def door_of(hub: Hub, authenticators: Iterable[Authenticator], names: Iterable[str]) -> Door:
    """Return who may come in to the site of a hub: whoever may link with it, and may administer it.

    Args:
        names: By which host names it may be asked, if nobody need prove who they are.
    """
    guard = guard_of(authenticators, hub.reactor)
    return Door(guard, hub.permits, Hosts(names if guard is None else None))


def names_of(table: HubTable, advertises: Iterable[str]) -> list[str]:
    """Return the host names by which a hub is known: those that it advertises, and that of the machine and its own."""
    return [name for name in (gethostname(), table.name, *(host_in(each) for each in advertises)) if name]


def http_tls(securing: Securing | None) -> Tls | None:
    """Return what the site of a hub speaks TLS by: as the hub does, though nobody must show a certificate yet."""
    return securing._replace(insists=False).made() if securing is not None else None


def http_endpoint(reactor: Any, listen: str, tls: Tls | None) -> IStreamServerEndpoint:
    """Return where the site of a hub listens."""
    endpoint: IStreamServerEndpoint = serverFromString(reactor, listen)
    return tls.listening(reactor, endpoint) if tls is not None and is_tcp(listen) else endpoint
