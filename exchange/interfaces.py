"""The seams of `exchange` that have two sides: what each side promises the other."""

from __future__ import annotations

from typing import Any

from zope.interface import Attribute, Interface


class IPort(Interface):
    """Where a switch can send a frame: a link, or the local port.

    The base class `exchange.routing.port.Port` has the attributes.
    """

    identity: bytes = Attribute("Identity of the far end.")
    is_hub: bool = Attribute("Whether the far end forwards.")
    principal: str | None = Attribute("Who the far end has proved to be.")
    congested: bool = Attribute("Whether to refuse requests and hold back reports for now.")
    is_bridge: bool = Attribute("Whether the far end is in another exchange group, in this process.")
    leaving: bool = Attribute("Whether the far end has asked to begin nothing new here.")
    suspected: bool = Attribute("Whether the far end has owed a sign of life for long.")

    def send(frame: Any) -> None:
        """Queue one frame; never blocks, never raises for a lost link."""

    def prove_alive() -> None:
        """Ask the far end for a sign of life; the port is detached if none comes within a second."""
