"""The site of a hub: its page, and what programs ask beside it, at one endpoint of HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from twisted.web.resource import IResource

from exchange.app.web import mounted
from exchange.gateways.dashboard.door import Door
from exchange.gateways.dashboard.page import Page
from exchange.gateways.site import GatewaySite
from exchange.services.hub import Hub


class Mounting(NamedTuple):
    """What those know who put something into the site of a hub.

    Attributes:
        hub: The hub.
        door: Who may come in; `exchange.gateways.dashboard.door.Guarded` puts a resource behind it.
        is_serving: Whether all that this process runs serves.
    """

    reactor: Any
    hub: Hub
    door: Door
    is_serving: Callable[[], bool]


Faces = Callable[[Mounting], Mapping[str, IResource]]
"""Returns what stands at which path."""


def page_faces(mounting: Mounting) -> dict[str, IResource]:
    """Return the page, and what it asks."""
    return {"/": Page(mounting.door)}


FACES: tuple[Faces, ...] = (page_faces,)
"""All that stands in the site of a hub."""


def site_of(mounting: Mounting) -> GatewaySite:
    """Return the site of a hub."""
    resources: dict[str, IResource] = {}
    for faces in FACES:
        resources |= faces(mounting)
    return GatewaySite(mounted(resources), mounting.reactor)
