"""A plan: what a command is to start, once file, environment and options have been heard.

Nothing is opened or imported here. A plan is checked as far as that goes without
doing anything, so that a wrong word is answered before the first socket.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from exchange.app.config import Site
from exchange.app.credentials import CredentialsFile
from exchange.app.endpoints import dialled, listened, way_in
from exchange.app.mistakes import Mistakes
from exchange.app.policy import PolicyTable
from exchange.app.securing import Securing, securing_of, securing_of_gateway, securing_of_side, securing_to
from exchange.app.tables import (
    DEFAULT_PATH,
    FILES,
    BridgeTable,
    GatewayTable,
    HubTable,
    LimitsTable,
    LoggingTable,
    TracingTable,
    listed,
)
from exchange.errors import ConfigurationError

if TYPE_CHECKING:
    from exchange.app.site_check import SiteCheck


@dataclass(frozen=True, slots=True)
class PlannedServices:
    """Services that share one peer.

    Attributes:
        label: How errors name where they were asked for.
        class_paths: What they are made of.
        hubs: The endpoints that the peer dials, in turn.
        trial: What to propose to call when all serves: a method and its arguments; may be empty.
        shown: What hubs are shown that ask who this is.
        securing: How hubs are dialled with TLS, if they are.
    """

    label: str
    class_paths: tuple[str, ...]
    hubs: tuple[str, ...]
    trial: str = ""
    shown: CredentialsFile | None = None
    securing: Securing | None = None


@dataclass(frozen=True, slots=True)
class PlannedGateway:
    """A gateway, the endpoints that its peer dials, in turn, and what it shows hubs that ask who it is."""

    label: str
    table: GatewayTable
    hubs: tuple[str, ...]
    shown: CredentialsFile | None = None
    securing: Securing | None = None


@dataclass(frozen=True, slots=True)
class PlannedSide:
    """One side of a bridge: an exchange group, the endpoints of its hubs, to be dialled in turn, and what it shows."""

    group: str
    hubs: tuple[str, ...]
    shown: CredentialsFile | None = None
    securing: Securing | None = None


@dataclass(frozen=True, slots=True)
class PlannedBridge:
    """A bridge between two exchange groups."""

    name: str
    inner: PlannedSide
    outer: PlannedSide


@dataclass(frozen=True, slots=True)
class Plan:
    """All that one process is to run.

    Attributes:
        hub: The hub to run here, if any.
        joins: The endpoints of the hubs that it joins.
        advertises: The endpoints that it tells to those who connect.
        links: Group, heartbeat and dead-after of every link; how long it may take to leave them.
        limits: What every link may carry.
        folders: Where the classes may lie, besides where modules are found anyway; the first is looked in first.
        policy: The rules of the hub.
        shown: What the hub shows those that it joins.
        label: How errors name the table of the hub; empty if it is made of options.
        securing: How the hub listens, and dials others, with TLS.
        http: The endpoint of the page of the hub, if it has one.
        logging: What is written to the log.
        tracing: Where spans go.
        check: What looks at the site that this was made of, if anything cannot be made.
    """

    hub: HubTable | None
    links: HubTable
    limits: LimitsTable
    services: tuple[PlannedServices, ...] = ()
    gateways: tuple[PlannedGateway, ...] = ()
    bridges: tuple[PlannedBridge, ...] = ()
    folders: tuple[Path, ...] = ()
    joins: tuple[str, ...] = ()
    advertises: tuple[str, ...] = ()
    policy: tuple[PolicyTable, ...] = ()
    shown: CredentialsFile | None = None
    label: str = ""
    securing: Securing | None = None
    http: str | None = None
    logging: LoggingTable = field(default_factory=LoggingTable)
    tracing: TracingTable = field(default_factory=TracingTable)
    check: SiteCheck | None = None

    @property
    def own_ways(self) -> tuple[str, ...]:
        """The endpoints to dial for the hub that runs here."""
        return _ways_in(self.hub) if self.hub else ()


def hubs_to_dial(reactor: Any, given: Iterable[str], label: str) -> tuple[str, ...]:
    """Return the endpoints to dial for those that somebody wrote."""
    return tuple(dialled(reactor, text, label) for text in given)


def checked_hub(reactor: Any, table: HubTable, label: str) -> HubTable:
    """Return ``table`` if a hub can listen where it says."""
    for text in listed(table.listen):
        listened(reactor, text, label)
    return table


def planned_services(
    reactor: Any, site: Site, hubs: tuple[str, ...] = (), shown: CredentialsFile | None = None
) -> tuple[PlannedServices, ...]:
    """Return the services of a site, each with a peer of its own.

    Args:
        hubs: The endpoints to dial in place of those in the file.
        shown: The credentials in place of those in the file.
    """
    return tuple(
        PlannedServices(
            f"{site.file}: [services.{name}] class",
            (table.class_path,),
            hubs or planned_hubs(reactor, site, listed(table.hub), f"{site.file}: [services.{name}] hub"),
            table.trial,
            shown or _shown(site, table.credentials, f"{site.file}: [services.{name}]"),
            _securing(site, table.hub, securing_of(table, f"{site.file}: [services.{name}]")),
        )
        for name, table in site.services.items()
    )


def planned_gateways(
    reactor: Any, site: Site, hubs: tuple[str, ...] = (), shown: CredentialsFile | None = None
) -> tuple[PlannedGateway, ...]:
    """Return the gateways of a site, each with a peer of its own.

    Args:
        hubs: The endpoints to dial in place of those in the file.
        shown: The credentials in place of those in the file.
    """
    return tuple(
        PlannedGateway(
            f"{site.file}: [gateways.{name}]" if site.file else "",
            checked_gateway(reactor, table, f"{site.file}: [gateways.{name}] " if site.file else "--"),
            hubs or planned_hubs(reactor, site, listed(table.hub), f"{site.file}: [gateways.{name}] hub"),
            shown or _shown(site, table.credentials, f"{site.file}: [gateways.{name}]"),
            _securing(site, table.hub, securing_of_gateway(table, f"{site.file}: [gateways.{name}]")),
        )
        for name, table in site.gateways.items()
    )


def planned_bridges(reactor: Any, site: Site) -> tuple[PlannedBridge, ...]:
    """Return the bridges of a site.

    Raises:
        ConfigurationError: A side cannot be dialled, or both are in the same exchange group.
    """
    bridges = []
    for name, table in site.bridges.items():
        label = f"{site.file}: [bridges.{name}]"
        inner, outer = (_planned_side(reactor, site, table, side, label) for side in ("inner", "outer"))
        check_groups(site, table, label)
        bridges.append(PlannedBridge(name, inner, outer))
    return tuple(bridges)


def check_groups(site: Site, table: BridgeTable, label: str) -> None:
    """Raise `ConfigurationError` if both sides of a bridge are in the same exchange group."""
    inner, outer = (_group_of(site, table, side) for side in ("inner", "outer"))
    if inner == outer:
        text = f"both sides are in the exchange group '{inner}', and a bridge joins two groups"
        raise ConfigurationError(f'{label} groups: {text}; name them, as in {{ inner = "database" }}')


def _group_of(site: Site, table: BridgeTable, side: Literal["inner", "outer"]) -> str:
    usual = site.hub.group if site.hub is not None and side not in table.hubs else ""
    return table.groups.get(side, usual)


def _planned_side(
    reactor: Any, site: Site, table: BridgeTable, side: Literal["inner", "outer"], label: str
) -> PlannedSide:
    given = table.hubs.get(side)
    hubs = planned_hubs(reactor, site, listed(given), f"{label} hubs {side}")
    securing = _securing(site, given, securing_of_side(table, side, label))
    shown = _shown(site, table.credentials.get(side), label)
    return PlannedSide(_group_of(site, table, side), hubs, shown, securing)


def _securing(site: Site, hub: str | list[str] | None, own: Securing) -> Securing | None:
    """Return how a part of a site dials; if it says nothing of hub and TLS, as the hub of the same file is dialled."""
    if hub is None and site.hub is not None and not own.is_asked_for:
        own = securing_to(site.hub, f"{site.file}: [hub]")
    return own if own.is_asked_for else None


def shown_by_hub(site: Site) -> CredentialsFile | None:
    """Return what the hub of a site shows those that it joins; its file says so, or an option."""
    if site.hub is None or site.hub.credentials is None:
        return None
    return CredentialsFile(site.hub.credentials, f"{site.file}: [hub] credentials" if site.file else "--credentials")


def _shown(site: Site, file: str | None, label: str) -> CredentialsFile | None:
    """Return what a table of a site shows hubs; left out, it is what the hub of the same file shows."""
    return shown_by_hub(site) if file is None else CredentialsFile(file, f"{label} credentials")


def checked_gateway(reactor: Any, table: GatewayTable, before: str) -> GatewayTable:
    """Return ``table`` if a gateway can listen where it says, and mount what it says.

    Args:
        before: What stands before the key in an error.
    """
    listened(reactor, table.listen, f"{before}listen")
    check_mount(table, f"{before}mount")
    return table


def check_mount(table: GatewayTable, label: str) -> None:
    """Raise `ConfigurationErrors` of all that a gateway cannot mount."""
    mistakes = Mistakes()
    for path, face in table.mount.items():
        if not (path == "/" and face.startswith(FILES)):  # which alone leaves room for others below
            with mistakes.noted():
                checked_path(path, label)
        for other in table.mount:
            if stands_below(path, other):
                mistakes.add(f"{label}: '{path}' stands below '{other}'; put it elsewhere")
        if face.startswith(FILES) and not Path(face.removeprefix(FILES)).is_dir():
            folder = face.removeprefix(FILES)
            mistakes.add(f"{label}: there is no folder '{folder}' for '{path}'; make it, or name another")
    mistakes.raise_if_any()


def stands_below(path: str, other: str) -> bool:
    """Return whether one path stands below another; all may stand below ``/``, which takes what is left."""
    return other != "/" and path.startswith(f"{other}/")


def checked_path(path: str, label: str) -> str:
    """Return ``path`` if services can stand there on the web."""
    if not path.startswith("/") or path.endswith("/") or "//" in path:
        raise ConfigurationError(f"{label}: '{path}' is not a path; one looks like {DEFAULT_PATH}")
    return path


def planned_hubs(reactor: Any, site: Site, given: list[str], label: str) -> tuple[str, ...]:
    """Return what to dial for a ``hub`` key; left out, it is the hub of the same file."""
    if given:
        return hubs_to_dial(reactor, given, label)
    if site.hub is None:
        raise ConfigurationError(f"{label}: missing, and {site.file} has no [hub] that could be dialled")
    found = _ways_in(site.hub)
    if not found:
        places = ", ".join(listed(site.hub.listen))
        text = f"missing, and nobody can tell how to dial the [hub] of {site.file}, which listens at {places}"
        raise ConfigurationError(f"{label}: {text}; name the hub here, or let it listen at a port of its own")
    return found


def _ways_in(hub: HubTable) -> tuple[str, ...]:
    ways = (way_in(text) for text in listed(hub.listen))
    return tuple(way for way in ways if way is not None)
