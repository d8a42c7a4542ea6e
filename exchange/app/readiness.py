"""Whether a process may be sent work: all of it serves, no part has lost its hub, and it is not about to end.

A hub that another hub cannot be reached from serves its own peers all the same, so it is
ready once it has tried each of those that it joins; else one hub that is away would have all
others taken for unready.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, gatherResults

from exchange.services.exchange import Exchange
from exchange.services.hub import Hub
from exchange.services.link_change import LinkChange

STARTING = "starting"
DRAINING = "draining"
UNLINKED = "unlinked"

LONGEST_TRY = 5.0
"""Seconds for which a hub waits for what comes of the first try to link with others."""


class Readiness:
    """What is known of the parts of one process.

    Args:
        is_ending: Whether the process is about to end.
    """

    def __init__(self, is_ending: Callable[[], bool]) -> None:
        self._is_ending = is_ending
        self._is_starting = True
        self._linked: list[Links] = []

    def begin(self, *known: Deferred[Any]) -> None:
        """Be no longer starting when all of these have fired."""
        gatherResults(known).addCallbacks(self._begun, lambda _: None)

    def needs(self, exchange: Exchange) -> None:
        """Be unready whenever ``exchange`` has no link to a hub."""
        self._linked.append(Links(exchange))

    def why_not(self) -> str | None:
        """Return a word for why no work should be sent here; ``None`` if it may be."""
        if self._is_ending():
            return DRAINING
        if self._is_starting:
            return STARTING
        return None if all(links.some for links in self._linked) else UNLINKED

    def _begun(self, _: Any) -> None:
        self._is_starting = False


class Links:
    """Those of one exchange.

    Attributes:
        some: Whether there is one.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._open = 0
        exchange.watch_links(self._changed)

    @property
    def some(self) -> bool:
        """Whether there is a link now."""
        return self._open > 0

    def _changed(self, change: LinkChange) -> None:
        self._open += 1 if change.is_open else -1


def tried(hub: Hub) -> Deferred[Any]:
    """Return a Deferred that fires when a hub has tried to link with those that it joins, whatever came of it."""
    first = hub.when_linked(1).addTimeout(LONGEST_TRY, hub.reactor)
    return first.addErrback(lambda _: None)
