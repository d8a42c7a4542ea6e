"""Which services a gateway shows, as its table says."""

from __future__ import annotations

from exchange.app.tables import GatewayTable
from exchange.errors import ConfigurationError
from exchange.gateways.selection import ALL, Selection
from exchange.services.exchange import Exchange
from exchange.services.service import Service


def selection_of(table: GatewayTable, peer: Exchange, label: str) -> Selection:
    """Return what a gateway shows.

    Args:
        label: How errors name the table; empty if it is made of options.

    Raises:
        ConfigurationError: No service can be named so.
    """
    try:
        return Selection(peer, table.groups, table.choice, name=table.service, audience=table.audience)
    except ValueError as error:
        raise ConfigurationError(f"{f'{label} ' if label else '--'}service: {error}") from None


def is_selected(service: Service, table: GatewayTable) -> bool:
    """Return whether a gateway will show a service, if its hub knows it."""
    if table.service is not None:
        return service.name == table.service
    if table.audience is not None:
        return table.audience in (ALL, service.audience)
    return not set(service.groups).isdisjoint(table.groups or ())
