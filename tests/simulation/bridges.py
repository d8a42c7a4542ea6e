"""Bridges of the simulation: the real ones, each between two exchanges of one simulated process.

What a bridge asks of an exchange, its picture and new ids above all, an `Abutment` gives it.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from twisted.application.service import MultiService

from exchange.routing.bridge_end import BridgeEnd
from exchange.services.bridge import Bridge
from exchange.services.exchange import Exchange
from tests.simulation.exchanges import SimulatedExchange

SHAPES = ("", "line", "ring", "parallel", "double ring")
"""How exchange groups are bridged; the first is: there is one group, and no bridge."""

MOST_GROUPS = 4


class Abutment(MultiService):
    """An exchange, as a bridge sees it."""

    def __init__(self, exchange: SimulatedExchange) -> None:
        super().__init__()
        self.is_hub = exchange.switch.role.is_hub
        self.group = exchange.group
        self.identity = exchange.terms.identity
        self._switch = exchange.switch
        self._picture = exchange.seen
        self._calls = exchange.caller
        self._new_subscription = exchange.new_thing
        # No service is in two exchange groups itself.
        self._offers: Any = SimpleNamespace(service_of=lambda thing: None)


class SimulatedBridge:
    """A bridge, and the two exchanges that it joins; they are one process from now on.

    Attributes:
        exchanges: The two.
    """

    def __init__(self, first: SimulatedExchange, second: SimulatedExchange) -> None:
        self.exchanges = first, second
        self._abutments = Abutment(first), Abutment(second)
        process = list(dict.fromkeys([*first.process, *second.process]))
        for exchange in process:
            exchange.process = process
            exchange.is_touched = True
        self._bridge = Bridge(*(cast(Exchange, abutment) for abutment in self._abutments))
        for abutment in self._abutments:
            abutment.startService()
        for exchange, end in self.ends():
            exchange.bridge_ends.append(end)

    def stop(self) -> None:
        """End the bridge; its exchanges go on."""
        for exchange, end in self.ends():
            exchange.bridge_ends.remove(end)
            exchange.is_touched = True
        self._bridge.stop()

    def ends(self) -> list[tuple[SimulatedExchange, BridgeEnd]]:
        """Return both exchanges, each with its end of the bridge."""
        return [(exchange, side.end) for exchange, side in zip(self.exchanges, self._bridge._sides, strict=True)]


def edges(shape: str, groups: int) -> list[tuple[int, int]]:
    """Return between which groups, by their places, there are bridges; twice, where two are parallel."""
    line = [(place, place + 1) for place in range(groups - 1)]
    if "ring" in shape:
        line.append((groups - 1, 0))
    return line * 2 if shape in ("parallel", "double ring") else line
