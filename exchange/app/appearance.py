"""Waits until a service that runs in this process is known at another exchange of it."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from exchange.services.exchange import Exchange
from exchange.services.presence import PresenceChange
from exchange.services.service import Service


def is_announced(service: Service, group: str) -> bool:
    """Whether hubs of the exchange group ``group`` are told of ``service``."""
    known_in = ("*", group) if group else ("*",)
    return bool(service.name) and not service.hidden and service.audience in known_in


def appearance_of(service: Service, home: Exchange, at: Exchange) -> Deferred[None]:
    """Return a Deferred that fires when the exchange ``at`` knows ``service``, which was added to ``home``."""
    thing = home.id_of(service)
    seen: Deferred[None] = Deferred()

    def changed(change: PresenceChange) -> None:
        if change.instance.id == thing and change.kind != "went" and not seen.called:
            seen.callback(None)

    watch = at.watch(name=service.name, changed=changed)
    return seen.addCallback(lambda _: watch.cancel())
