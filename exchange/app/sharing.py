"""Gateways of one file that listen at the same endpoint: they share the listener, and each has paths of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from exchange.app.mistakes import Mistakes
from exchange.app.plan import PlannedGateway, stands_below
from exchange.app.tables import TLS_FILES
from exchange.net.endpoint_text import fields_of

OF_LISTENER = ("max_connections", "max_connections_per_address", "request_timeout", "idle_timeout", *TLS_FILES)
"""Fields of a table that are about the listener, and of which there can be but one value."""


def sharing(gateways: Iterable[PlannedGateway]) -> list[list[PlannedGateway]]:
    """Return the gateways by where they listen.

    Raises:
        ConfigurationErrors: Two that share a listener want the same path, or do not agree about the listener.
    """
    listeners: dict[tuple[str, ...], list[PlannedGateway]] = {}
    for gateway in gateways:
        listeners.setdefault(tuple(fields_of(gateway.table.listen)), []).append(gateway)
    mistakes = Mistakes()
    for sharers in listeners.values():
        for place, gateway in enumerate(sharers):
            for other in sharers[:place]:
                for line in _conflicts(other, gateway):
                    mistakes.add(line)
    mistakes.raise_if_any()
    return list(listeners.values())


def _conflicts(first: PlannedGateway, second: PlannedGateway) -> Iterator[str]:
    for path in second.table.mount:
        for other in first.table.mount:
            if path == other or stands_below(path, other) or stands_below(other, path):
                place = f"'{path}'" if path == other else f"'{path}' beside '{other}'"
                at = f"at the same listener, '{second.table.listen}', by {first.label} too"
                yield f"{second.label} mount: {place} is mounted {at}; put one of them elsewhere"
    for field in OF_LISTENER:
        mine, other_value = getattr(second.table, field), getattr(first.table, field)
        if mine != other_value:
            key = field.replace("_", "-")
            text = f"{mine}, but {first.label} listens at the same endpoint with {other_value}; say the same in both"
            yield f"{second.label} {key}: {text}"
