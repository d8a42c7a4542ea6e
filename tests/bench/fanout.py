"""The fan-out: one publisher, and subscriptions held by two processes; deliveries per second."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from tests.bench.nats_server import NatsServer
from tests.bench.system import WARMING, Part, start_part
from tests.bench.tally import HEARERS

UNDER_WAY = 256
"""Reports that are published and not yet heard by all."""

ROLES = ["publisher", *HEARERS * ["hearer"]]


class Deliveries(NamedTuple):
    """What was measured of one system."""

    rate: float
    """Deliveries in a second, of all subscriptions together."""
    used: dict[str, float]
    """Microseconds of processor time for each report, by role; of both hearers together."""


class Fanout:
    """The processes of one system.

    Args:
        parts: The hub, if it is one of ours; the publisher; the hearers.
    """

    def __init__(self, name: str, parts: list[Part]) -> None:
        self.name = name
        self._parts = parts
        self._publisher, self._hearers = parts[-HEARERS - 1], parts[-HEARERS:]

    def measure(self, subscriptions: int, seconds: float) -> Deliveries:
        """Subscribe so many times, publish as fast as they hear, and return what they heard in ``seconds``."""
        hearing = self._hearers[:subscriptions]
        _ask(hearing, do="begin", amount=subscriptions // len(hearing))
        _ask([self._publisher], do="begin", amount=UNDER_WAY, hearers=len(hearing))
        time.sleep(WARMING * seconds)
        before = _ask(self._parts, do="report")
        time.sleep(seconds)
        after = _ask(self._parts, do="report")
        published = _ask([self._publisher], do="end")[0]["count"]
        heard = sum(end["count"] for end in _ask(hearing, do="end"))
        if heard != published * subscriptions:
            raise SystemExit(f"bench: {self.name} delivered {heard} of {published * subscriptions} reports")
        return self._deliveries(subscriptions, before, after)

    def end(self) -> None:
        """End its processes."""
        for part in self._parts:
            part.end()

    def _deliveries(self, subscriptions: int, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Deliveries:
        rate, used = 0.0, dict.fromkeys((part.role for part in self._parts), 0.0)
        for part, first, last in zip(self._parts, before, after, strict=True):
            seconds = last["now"] - first["now"]
            if part in self._hearers:
                rate += (last["count"] - first["count"]) / seconds
            used[part.role] += (last["used"] - first["used"]) / seconds
        if not rate:
            raise SystemExit(f"bench: {self.name} delivers no reports")
        return Deliveries(rate, {role: 1e6 * share * subscriptions / rate for role, share in used.items()})


def exchange_fanout(name: str) -> Fanout:
    """Start the processes of `exchange`."""
    hub = start_part("reports_site", "hub")
    return Fanout(name, [hub, *(start_part("reports_site", role, hub.port) for role in ROLES)])


def nats_fanout(name: str, server: NatsServer) -> Fanout:
    """Start those that use a ``nats-server``."""
    return Fanout(name, [Part("tests.bench.nats_site", role, ports=[server.port]) for role in ROLES])


def _ask(parts: list[Part], **words: Any) -> list[dict[str, Any]]:
    for part in parts:
        part.say(**words)
    return [part.hear() for part in parts]
