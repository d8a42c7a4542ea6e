"""Wishes: what the far end of a link would rather do without, of those reports that it cannot take in time.

Several subscriptions behind one link may want the same report, which travels once. What
becomes of it is then what the strictest of them chose: that which leaves out most.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from exchange.routing.patterns import matches
from exchange.routing.port import Port
from exchange.routing.subscriptions import Subscription, Subscriptions

STRICTEST_FIRST = ("latest", "drop-oldest", "drop-newest", "disconnect")
USUAL = "drop-oldest"

MOST_REMEMBERED = 4_096
"""Pairs of instance and subject."""


class About(NamedTuple):
    """Whose report it is, on what, and for whom: all, or one subscription."""

    thing: bytes
    name: str
    subject: str
    to: bytes | None


class Wish(NamedTuple):
    """What is to be left out, and which subscriptions lose something by it."""

    overflow: str
    subscriptions: tuple[bytes, ...]


class Wishes:
    """The wishes of those behind one port; they are remembered until a subscription comes or goes."""

    def __init__(self, subscriptions: Subscriptions, port: Port) -> None:
        self._subscriptions = subscriptions
        self._port = port
        self._known: dict[About, Wish] = {}
        self._since = subscriptions.changes

    def of(self, about: About) -> Wish:
        """Return what is wished of a report."""
        if self._since != self._subscriptions.changes or len(self._known) >= MOST_REMEMBERED:
            self._since = self._subscriptions.changes
            self._known.clear()
        wish = self._known.get(about)
        if wish is None:
            wish = self._known[about] = self._find(about)
        return wish

    def _find(self, about: About) -> Wish:
        thing, name, subject, to = about
        wanting = self._subscriptions.wanting(name, thing) if to is None else [to]
        ways = (self._subscriptions.in_use(each) for each in wanting)
        here = [way for way in ways if way is not None and way.port is self._port]
        return _strictest(here if to is not None else [way for way in here if matches(way.pattern, subject)])


def _strictest(ways: Iterable[Subscription]) -> Wish:
    chosen = {way.id: way.array[2] if way.array[2] in STRICTEST_FIRST else USUAL for way in ways}
    return Wish(min(chosen.values(), key=STRICTEST_FIRST.index, default=USUAL), tuple(chosen))
