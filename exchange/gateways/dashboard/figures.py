"""What the hubs of a mesh tell of themselves: asked of our own hub, and of those that it is linked with.

What cannot be had is told as such, and the rest is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.task import deferLater

from exchange import Exchange
from exchange.gateways.dashboard.door import HUB
from exchange.gateways.dashboard.told import in_json

SECTIONS = ("overview", "links", "instances", "usage", "subscriptions", "metrics")
"""What our own hub is asked, by the names of its methods."""

OF_OTHERS = ("overview", "links", "usage")
"""What others are asked."""

MOST_ROWS = 1_000
"""Of each table; how many there are is told too."""

MOST_HUBS = 16
"""Others that are asked."""

PATIENCE = 2.0
"""Seconds for an answer; whoever looks waits no longer for what a hub does not tell."""

HAS_ROWS = frozenset({"links", "instances", "usage", "subscriptions"})

Snapshot = dict[str, Any]
"""What was told, by its section; and under ``others``, the same of each other hub by the digits of its identity."""


class Figures:
    """Asks for them.

    Args:
        hub: The hub whose page this is.
    """

    def __init__(self, hub: Exchange) -> None:
        self._hub = hub

    async def read(self) -> Snapshot:
        """Return what all of them say now.

        Our own hub has a thousand rows together in some milliseconds; so it is asked for one
        section in each turn of the reactor, and what passes through it meanwhile does not wait for all of them.
        """
        snapshot: Snapshot = {}
        for section in SECTIONS:
            snapshot[section] = await self._ask(HUB, section)
            await deferLater(self._hub.reactor, 0)
        hubs = snapshot["overview"].get("hubs", [])[:MOST_HUBS]
        places = [bytes.fromhex(each["identity"]) + bytes(4) for each in hubs]
        answers = await _all(Deferred.fromCoroutine(self._asked(place, OF_OTHERS)) for place in places)
        snapshot["others"] = {each["identity"]: answer for each, answer in zip(hubs, answers, strict=True)}
        return snapshot

    async def _asked(self, to: str | bytes, sections: Iterable[str]) -> Snapshot:
        """Return what one hub says; what it does not say is ``{"error": why}``."""
        names = tuple(sections)
        answers = await _all(self._ask(to, name) for name in names)
        return dict(zip(names, answers, strict=True))

    def _ask(self, to: str | bytes, section: str) -> Deferred[Any]:
        most = {"most": MOST_ROWS} if section in HAS_ROWS else {}
        asked = self._hub.call(to, section, timeout=PATIENCE, retry=False, **most)
        return asked.addCallbacks(in_json, lambda failure: {"error": failure.getErrorMessage()})


async def _all(answers: Iterable[Deferred[Any]]) -> list[Any]:
    return [answer for _, answer in await DeferredList(list(answers), consumeErrors=True)]
