"""What a gateway of a file mounts: which resource stands behind each word of its ``mount``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exchange.app.config import GatewayTable
from exchange.app.ready import web_at
from exchange.gateways.face import Face
from exchange.gateways.jsonrpc import JsonRpcGateway
from exchange.gateways.selection import Selection
from exchange.gateways.xmlrpc import XmlRpcGateway
from exchange.services.exchange import Exchange

TITLES = {"xmlrpc": "XML-RPC", "jsonrpc": "JSON-RPC"}
"""What people call what can be mounted."""


def faces_of(table: GatewayTable, peer: Exchange, selection: Selection) -> dict[str, Face]:
    """Return what stands at each path."""
    make: dict[str, Callable[[], Face]] = {
        "xmlrpc": lambda: XmlRpcGateway(
            peer,
            selection,
            max_body=table.max_body,
            max_batch=table.max_batch,
            none=table.none,
            big_integers=table.big_integers,
        ),
        "jsonrpc": lambda: JsonRpcGateway(peer, selection, max_body=table.max_body, max_batch=table.max_batch),
    }
    made = {face: make[face]() for face in dict.fromkeys(table.mount.values())}
    return {path: made[face] for path, face in table.mount.items()}


def told_of_faces(table: GatewayTable, address: Any) -> str:
    """Return where on the web each is, for people.

    Args:
        address: Of the port that listens.
    """
    places: dict[str, list[str]] = {}
    for path, face in table.mount.items():
        places.setdefault(face, []).append(web_at(address, path))
    return ", ".join(f"{TITLES[face]} at {' and '.join(urls)}" for face, urls in places.items())
