"""What a gateway of a file mounts: which resource stands behind each word of its ``mount``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.web.resource import Resource

from exchange.app.endpoints import is_secure
from exchange.app.measures import Measuring
from exchange.app.ready import web_at
from exchange.app.tables import FILES, GatewayTable
from exchange.errors import ConfigurationError
from exchange.gateways.files import Files
from exchange.gateways.health import HealthPage
from exchange.gateways.jsonrpc import JsonRpcGateway
from exchange.gateways.live import LiveGateway
from exchange.gateways.selection import Selection
from exchange.gateways.terms import Terms
from exchange.gateways.xmlrpc import XmlRpcGateway
from exchange.net.endpoint_text import is_tcp
from exchange.services.exchange import Exchange

if TYPE_CHECKING:
    from exchange.gateways.soap import SoapGateway

TITLES = {
    "xmlrpc": "XML-RPC",
    "jsonrpc": "JSON-RPC",
    "soap": "SOAP",
    "live": "live reports",
    "metrics": "measures",
    "healthz": "health",
    "readyz": "readiness",
}
"""What people call what can be mounted."""


def faces_of(
    table: GatewayTable, peer: Exchange, selection: Selection, terms: Terms, measuring: Measuring
) -> dict[str, Resource]:
    """Return what stands at each path.

    Args:
        terms: What is the same for all of them; see `exchange.app.terms.terms_of`.
        measuring: What is measured of the process.
    """
    make: dict[str, Callable[[], Resource]] = {
        "xmlrpc": lambda: XmlRpcGateway(
            peer, selection, max_batch=table.max_batch, none=table.none, big_integers=table.big_integers, **terms
        ),
        "jsonrpc": lambda: JsonRpcGateway(peer, selection, max_batch=table.max_batch, **terms),
        "soap": lambda: _soap_gateway()(peer, selection, **terms),
        "live": lambda: _live(table, peer, selection, terms),
        "metrics": lambda: measuring.at_gateway(guard=terms.get("guard"), origins=terms.get("origins", ())),
        "healthz": HealthPage,
        "readyz": lambda: HealthPage(measuring.readiness.why_not),
    }
    made = {
        face: _files(face, terms) if face.startswith(FILES) else make[face]()
        for face in dict.fromkeys(table.mount.values())
    }
    return {path: made[face] for path, face in table.mount.items()}


def check_faces(table: GatewayTable, label: str) -> None:
    """Raise `ConfigurationError` if what a gateway mounts needs what is not installed."""
    if "soap" in table.mount.values():
        try:
            _soap_gateway()
        except ConfigurationError as error:
            raise ConfigurationError(f"{label} mount: {error}") from None


def told_of_faces(table: GatewayTable, address: Any) -> str:
    """Return where on the web each is, for people.

    Args:
        address: Of the port that listens.
    """
    places: dict[str, list[str]] = {}
    for path, face in table.mount.items():
        places.setdefault(face, []).append(web_at(address, path, is_secure=_is_secure(table)))
    return ", ".join(f"{_title(face)} at {' and '.join(urls)}" for face, urls in places.items())


def _is_secure(table: GatewayTable) -> bool:
    return is_secure(table.listen) or (table.certificate is not None and is_tcp(table.listen))


def _title(face: str) -> str:
    return f"files of {face.removeprefix(FILES)}" if face.startswith(FILES) else TITLES[face]


def _files(face: str, terms: Terms) -> Files:
    """Return what sends the files of a folder, to those whom the gateway lets in."""
    return Files(face.removeprefix(FILES), guard=terms.get("guard"), origins=terms.get("origins", ()))


def _live(table: GatewayTable, peer: Exchange, selection: Selection, terms: Terms) -> LiveGateway:
    return LiveGateway(
        peer,
        selection,
        heartbeat=table.live_heartbeat,
        max_streams=table.max_streams,
        max_streams_per_address=table.max_streams_per_address,
        **terms,
    )


def _soap_gateway() -> type[SoapGateway]:
    """Return what shows services to SOAP; nothing else needs what that needs.

    Raises:
        ConfigurationError: lxml is not installed.
    """
    try:
        from exchange.gateways.soap import SoapGateway
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "lxml":
            raise
        raise ConfigurationError("SOAP needs lxml, which is not installed: pip install 'exchange[soap]'") from None
    return SoapGateway
