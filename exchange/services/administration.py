"""Administration: a hub tells what it sees and counts, and does what whoever may administer it asks.

That are the methods of `$exchange`, the service that every hub has itself. Under that name
the hub answers that one is attached to; another of the mesh is called by the id of its
number 0. Whoever has a grant must be allowed to administer ``$exchange``.
"""

from __future__ import annotations

import os
import platform
import socket
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from typing import Any

from exchange.errors import BadArguments, CallRefused
from exchange.net.links import Links
from exchange.net.surroundings import is_local, is_loopback
from exchange.routing.interest import BUILT_IN
from exchange.routing.switch import Switch
from exchange.services import rows
from exchange.services.current import current_call
from exchange.services.departures import Departures
from exchange.services.explaining import Explaining
from exchange.services.marking import method
from exchange.wire.identities import readable
from exchange.wire.layouts import is_text
from exchange.wire.limits import LONGEST_TEXT
from exchange.wire.terms import VERSIONS

MOST_ROWS = 5_000
"""Rows of one answer; whoever asks says how many they want, usually 1,000."""

LONGEST_LEAVING = 86_400.0
"""Seconds."""

ADDRESS = "REMOTE_ADDR"
"""The property of a call made for somebody over HTTP that tells from where."""

Drain = Callable[[float], Any]


class Administration(Explaining):
    """What `$exchange` answers at one hub.

    Args:
        links: Those of the hub.
        clock: Gives the time in seconds.

    Attributes:
        drained: Is called with the seconds when somebody asks the hub to leave.
    """

    def __init__(
        self, switch: Switch, links: Links, name: str, departures: Departures, clock: Callable[[], float]
    ) -> None:
        super().__init__(switch, lambda: links.policy, departures, clock)
        self.drained: Drain = lambda seconds: None
        self._links = links
        self._hub_name = name
        self._started = clock()

    @method
    def overview(self) -> dict[str, Any]:
        """Return who this hub is, which others it is linked with, and how much it has."""
        self._check(BUILT_IN)
        links, switch = self._links, self._switch
        hubs = [link for link in links.attached if link.is_hub]
        return {
            "hub": self._title,
            "name": self._hub_name,
            "id": readable(switch.role.identity),
            "identity": bytes(switch.role.identity),
            "group": self._group,
            "version": _version(),
            "wire": max(VERSIONS),
            "python": platform.python_version(),
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "started": self._started,
            "now": self._clock(),
            "links": len(links.attached),
            "peers": len(links.attached) - len(hubs),
            "hubs": [rows.hub_row(link) for link in hubs[:MOST_ROWS]],
            "instances": len(switch.registry),
            "services": switch.registry.count_names(),
            "subscriptions": len(switch.subscriptions),
            "calls": len(switch.debts.owed),
            "leaving": links.is_leaving,
        }

    @method
    def links(self, most: int = 1000) -> dict[str, Any]:
        """Return the links of this hub: who is at the far end, since when, and what went over it."""
        self._check(BUILT_IN)
        made = (rows.link_row(link, self._switch) for link in self._links.attached)
        return _table(len(self._links.attached), made, most)

    @method
    def instances(self, most: int = 1000, name: str | None = None) -> dict[str, Any]:
        """Return the instances of all services, or of one, that are known here."""
        self._check(BUILT_IN)
        registry = self._switch.registry
        found = list(registry.named(name)) if name is not None else None
        made = (rows.instance_row(each, self._switch) for each in (registry if found is None else found))
        return _table(len(registry) if found is None else len(found), made, most)

    @method
    def usage(self, most: int = 1000) -> dict[str, Any]:
        """Return who calls what through this hub, how often and with what outcome; of callers that went too."""
        self._check(BUILT_IN)
        return _table(rows.count_usage(self._switch), rows.usage_rows(self._switch), most)

    @method
    def subscriptions(self, most: int = 1000) -> dict[str, Any]:
        """Return who subscribes to the reports of what."""
        self._check(BUILT_IN)
        known = [each for each in self._switch.subscriptions if each.service != BUILT_IN]
        return _table(len(known), (rows.subscription_row(each, self._switch) for each in known), most)

    @method
    def metrics(self) -> dict[str, Any]:
        """Return what this hub has counted since it started, and how much it has now."""
        self._check(BUILT_IN)
        links, switch, usage = self._links, self._switch, self._switch.usage
        seconds = rows.seconds_of(switch)
        hubs = sum(link.is_hub for link in links.attached)
        return {
            "started": self._started,
            "now": self._clock(),
            "counters": switch.counters.told() | {"links_refused": links.refused},
            **links.carried().told(),
            "links": {"peer": len(links.attached) - hubs, "hub": hubs},
            "greetings": links.greetings,
            "outstanding": len(switch.debts.owed),
            "queued": sum(link.congestion.size for link in links.attached),
            "congested": sum(link.congested for link in links.attached),
            "instances": len(switch.registry),
            "subscriptions": len(switch.subscriptions),
            "services": {
                name: rows.outcomes_of(each, seconds.get(id(each), 0.0)) for name, each in usage.services.items()
            },
        }

    @method
    def kick(self, link: str, reason: str = "") -> int:
        """End the links with the exchange of this id, as `links` shows it, and return how many; it may dial again.

        Args:
            reason: What the far end is told.
        """
        self._check_to_act("kick")
        if not is_text(link, LONGEST_TEXT) or not is_text(reason, LONGEST_TEXT - 100):
            raise BadArguments("kick: expected the id of a link, as links shows it, and a reason in a few words")
        found = [each for each in self._links.attached if readable(each.identity) == link]
        if not found:
            raise BadArguments(f"kick: no link to {link!r} is here; links shows the ids of those that are")
        for each in found:
            # Whoever asked may be at that end, and is answered first.
            self._links.reactor.callLater(0, each.say_bye, "kicked", reason or "an administrator ended the link")
        return len(found)

    @method
    def drain(self, seconds: float = 30.0) -> None:
        """Leave in good order: all who are linked go elsewhere, and the process of this hub ends.

        Args:
            seconds: How long they have at most.
        """
        self._check_to_act("drain")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= LONGEST_LEAVING:
            raise BadArguments(f"drain: expected a number of seconds above 0, up to {LONGEST_LEAVING:g}")
        self._links.reactor.callLater(0, self.drained, float(seconds))

    def _check_to_act(self, deed: str) -> None:
        """Make sure that whoever asks may change something: without rules nobody from another machine may."""
        self._check(BUILT_IN)
        if not self._policy().rules and not self._is_asked_here():
            text = "this hub has no policy, and then only who is on its machine may do that; grant administer of"
            raise CallRefused(f"{deed}: {text} '{BUILT_IN}' by a rule")

    def _is_asked_here(self) -> bool:
        """Whether whoever asks is on this machine; of who asks at the page of the hub that says from where."""
        source: Any = self._asker()
        if source is not self._switch.local:
            return is_local(source.transport)
        address = (current_call().properties or {}).get(ADDRESS, "")
        return not address or is_loopback(address)


def _table(count: int, made: Iterable[dict[str, Any]], most: int) -> dict[str, Any]:
    if isinstance(most, bool) or not isinstance(most, int) or not 0 < most <= MOST_ROWS:
        raise BadArguments(f"most: expected a number of rows from 1 to {MOST_ROWS}")
    return {"count": count, "rows": list(islice(made, most))}


def _version() -> str:
    try:
        return version("exchange")
    except PackageNotFoundError:  # run from a folder, and installed nowhere
        return ""
