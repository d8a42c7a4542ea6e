"""The rounds of calls: every load on every system."""

from __future__ import annotations

from collections.abc import Callable

from tests.bench.amp_direct import LARGEST
from tests.bench.loads import LOADS
from tests.bench.system import System
from tests.bench.table import AMP, OURS, RELAY, Round


def measured_calls(rounds: int, seconds: float, say: Callable[[str], None]) -> list[Round]:
    """Start the systems, measure them, and return what each round gave.

    Args:
        say: Is told of every step.
    """
    systems = [
        System(OURS, "exchange_site", ["hub", "callee", "caller"]),
        System(AMP, "amp_direct", ["callee", "caller"], LARGEST),
        System(RELAY, "bare_relay", ["callee", "relay", "caller"]),
    ]
    try:
        return [_round(systems, seconds, f"round {number + 1}", say) for number in range(rounds)]
    finally:
        for system in systems:
            system.end()


def _round(systems: list[System], seconds: float, title: str, say: Callable[[str], None]) -> Round:
    figures: Round = {}
    for load in LOADS:
        for system in systems:
            if system.takes(load):
                say(f"{title}: {load.name}, {load.outstanding} outstanding, {system.name}")
                figures[system.name, load] = system.measure_best(load, seconds)
    return figures
