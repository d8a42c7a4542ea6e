"""The fan-out: to which ports a report goes, and once to each (R6).

The ports for a pair of instance and subject are worked out once and remembered
until a subscription to that service, or the way to an instance of it, changes.
"""

from __future__ import annotations

from collections.abc import Callable

from exchange.routing.counters import Counters
from exchange.routing.patterns import matches
from exchange.routing.port import Port
from exchange.routing.subscriptions import Subscriptions
from exchange.wire.frames import SIZE_SIZE, Frame

MOST_REMEMBERED = 65_536
"""Pairs of instance and subject."""


class Fanout:
    """Gives reports to those ports that have a matching subscription."""

    def __init__(self, subscriptions: Subscriptions, passes: Callable[[Port, Port], bool], counters: Counters) -> None:
        self._subscriptions = subscriptions
        self._passes = passes
        self._counters = counters
        self._ports: dict[str, dict[tuple[bytes, str], tuple[Port, ...]]] = {}
        self._remembered = 0

    def give(self, source: Port, frame: Frame) -> None:
        """Give a report to all who want it."""
        _, thing, (name, subject, _, _), raw = frame
        remembered = self._ports.get(name)
        ports = remembered.get((thing, subject)) if remembered else None
        if ports is None:
            ports = self._work_out(source, thing, name, subject)
        for port in ports:
            if len(raw) - SIZE_SIZE > port.max_frame:
                self._counters.too_large += 1
            else:
                port.send(frame)

    def forget(self, name: str) -> None:
        """Something about the reports of the services of this name changed."""
        self._remembered -= len(self._ports.pop(name, ()))

    def _work_out(self, source: Port, thing: bytes, name: str, subject: str) -> tuple[Port, ...]:
        ports: dict[Port, None] = {}
        for wanting in self._subscriptions.wanting(name, thing):
            way = self._subscriptions.in_use(wanting)
            if way and way.port not in ports and self._passes(source, way.port) and matches(way.pattern, subject):
                ports[way.port] = None
        if self._remembered >= MOST_REMEMBERED:
            self._ports.clear()
            self._remembered = 0
        self._remembered += 1
        found = tuple(ports)
        self._ports.setdefault(name, {})[thing, subject] = found
        return found
