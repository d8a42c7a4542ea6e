"""The fan-out: to which ports a report goes, and once to each (R6).

The ports for a pair of instance and subject are worked out once and remembered
until a subscription to that service, or the way to an instance of it, changes. They
depend on where the report came from, which while a publisher moves may be two places. The
local port comes last, after the bridges: what a callback here publishes must not
overtake, on a link, the report that it was told of.
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


Reaches = Callable[[Port, bytes, Port], bool]
"""Whether a report that came from a port, about an instance, may go to a port."""


class Fanout:
    """Gives reports to those ports that have a matching subscription.

    Args:
        is_lasting: Whether more may come of an instance over a port; else nothing is remembered.
    """

    def __init__(
        self,
        local: Port,
        subscriptions: Subscriptions,
        reaches: Reaches,
        is_lasting: Callable[[Port, bytes], bool],
        counters: Counters,
    ) -> None:
        self._local = local
        self._subscriptions = subscriptions
        self._reaches = reaches
        self._is_lasting = is_lasting
        self._counters = counters
        self._found: dict[str, dict[tuple[bytes, str], tuple[Port, tuple[Port, ...]]]] = {}
        self._remembered = 0

    def __len__(self) -> int:
        return self._remembered

    def give(self, source: Port, frame: Frame) -> None:
        """Give a report to all who want it."""
        _, thing, (name, subject, _, _, _), raw = frame
        remembered = self._found.get(name)
        found = remembered.get((thing, subject)) if remembered else None
        if found is None or found[0] is not source:
            found = self._work_out(source, thing, name, subject)
        for port in found[1]:
            if len(raw) - SIZE_SIZE > port.max_frame:
                self._counters.too_large += 1
                port.note_too_large(frame)
            else:
                port.send(frame)

    def forget(self, name: str) -> None:
        """Something about the reports of the services of this name changed."""
        self._remembered -= len(self._found.pop(name, ()))

    def forget_all(self) -> None:
        """Something changed, and it is not known about whose reports."""
        self._found.clear()
        self._remembered = 0

    def _work_out(self, source: Port, thing: bytes, name: str, subject: str) -> tuple[Port, tuple[Port, ...]]:
        ports: dict[Port, None] = {}
        for wanting in self._subscriptions.wanting(name, thing):
            way = self._subscriptions.in_use(wanting)
            if way is None or way.port in ports or not matches(way.pattern, subject):
                continue
            grant = way.port.grant
            is_granted = grant is None or grant.may("subscribe", name)
            if is_granted and self._reaches(source, thing, way.port):
                ports[way.port] = None
        found = (source, tuple(sorted(ports, key=self._nearness)))
        if self._is_lasting(source, thing):
            self._remember(name, (thing, subject), found)
        return found

    def _remember(self, name: str, key: tuple[bytes, str], found: tuple[Port, tuple[Port, ...]]) -> None:
        if self._remembered >= MOST_REMEMBERED:
            self.forget_all()
        remembered = self._found.setdefault(name, {})
        self._remembered += key not in remembered
        remembered[key] = found

    def _nearness(self, port: Port) -> int:
        return 2 if port is self._local else port.is_bridge
