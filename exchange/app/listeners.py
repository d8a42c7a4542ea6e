"""Listeners: where the parts of a site listen, and which of them want the same place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from exchange.app.config import Site
from exchange.app.endpoints import EVERYWHERE, SECURE
from exchange.app.tables import listed
from exchange.net.endpoint_text import INHERITED, TCP, fields_of

SAME_HOST = {"localhost": "127.0.0.1", **dict.fromkeys(EVERYWHERE, "")}
"""Interfaces that have several names."""


class Place(NamedTuple):
    """Where something listens.

    Attributes:
        label: Whose it is: ``[gateways.web] listen``.
        text: The endpoint.
        shares: Whether others of the same text listen by the same port, as gateways do.
    """

    label: str
    text: str
    shares: bool = False

    @property
    def spot(self) -> tuple[str, str]:
        """What can be had once: the kind of place, and which."""
        kind, *fields = fields_of(self.text)
        named = dict(field.split("=", 1) for field in fields if "=" in field)
        plain = next((field for field in fields if "=" not in field), "")
        if kind in (*TCP, *SECURE):
            return "port", named.get("port", plain)
        if kind == INHERITED:
            return INHERITED, named.get("name") or named.get("index", "")
        return kind, named.get("address", plain)

    @property
    def interface(self) -> str:
        """Where a port is; empty if it is everywhere."""
        _, *fields = fields_of(self.text)
        found = next((field.removeprefix("interface=") for field in fields if field.startswith("interface=")), "")
        return SAME_HOST.get(found, found)


def places_of(site: Site) -> list[Place]:
    """Return where the parts of a site listen that are to run."""
    places = []
    if site.hub is not None and site.runs_hub:
        places += [Place("[hub] listen", text) for text in listed(site.hub.listen)]
        places += [Place("[hub] http", text) for text in listed(site.hub.http)]
    return places + [Place(f"[gateways.{name}] listen", table.listen, True) for name, table in site.gateways.items()]


def clashes_among(places: Iterable[Place]) -> Iterator[tuple[Place, Place]]:
    """Return each that wants the place of one before it, and that one."""
    before: list[Place] = []
    for place in places:
        other = next((each for each in before if _clash(each, place)), None)
        if other is not None:
            yield place, other
        before.append(place)


def _clash(first: Place, second: Place) -> bool:
    if first.spot != second.spot or first.spot == ("port", "0"):
        return False
    if first.shares and second.shares and fields_of(first.text) == fields_of(second.text):
        return False
    return first.interface == second.interface or "" in (first.interface, second.interface)


def told_of(place: Place, other: Place) -> str:
    """Return what is said of one that wants the place of another."""
    kind, which = place.spot
    what = {"port": f"port {which}", INHERITED: f"socket {which} of systemd"}.get(kind, f"'{which}'")
    return f"{place.label}: '{place.text}': {what} is where {other.label} ('{other.text}') is to listen; choose another"
