"""The rounds of calls: every load on every system."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from tests.bench.amp_direct import LARGEST
from tests.bench.broker_direct import LARGEST as LARGEST_OF_PB
from tests.bench.loads import HOP_LOADS, LOADS, SMALL, Load
from tests.bench.nats_server import NatsServer, missing
from tests.bench.system import Part, System, start_parts
from tests.bench.table import AMP, FAST, NATS, OURS, PB, RELAY, TWO_HUBS, Round


def measured_calls(rounds: int, seconds: float, say: Callable[[str], None], hop_only: bool = False) -> list[Round]:
    """Start the systems, measure them, and return what each round gave.

    Args:
        say: Is told of every step.
        hop_only: Measure only what a second hub costs.
    """
    systems = [
        System(OURS, start_parts("exchange_site", "hub", "callee", "caller"), crowds=True),
        System(TWO_HUBS, start_parts("exchange_site", "hub", "callee", "far_hub", "caller"), SMALL),
    ]
    if not hop_only:
        if find_spec("uvloop"):
            parts = start_parts("exchange_site", "hub", "callee", "caller", is_fast=True)
            systems.append(System(FAST, parts, crowds=True))
        systems.append(System(AMP, start_parts("amp_direct", "callee", "caller"), LARGEST))
        systems.append(System(PB, start_parts("broker_direct", "callee", "caller"), LARGEST_OF_PB))
        systems.append(System(RELAY, start_parts("bare_relay", "callee", "relay", "caller")))
        systems += [] if missing() else [_nats()]
    loads = [load for load in LOADS if not hop_only or load in HOP_LOADS]
    try:
        return [_round(systems, loads, seconds, f"round {number + 1}", say) for number in range(rounds)]
    finally:
        for system in systems:
            system.end()


def _nats() -> System:
    server = NatsServer()
    parts = (Part("tests.bench.nats_calls", role, ports=[server.port]) for role in ("callee", "caller"))
    return System(NATS, [server, *parts], crowds=True)


def _round(systems: list[System], loads: list[Load], seconds: float, title: str, say: Callable[[str], None]) -> Round:
    figures: Round = {}
    for load in loads:
        for system in systems:
            if system.takes(load):
                say(f"{title}: {load.title}, {load.outstanding} outstanding, {system.name}")
                figures[system.name, load] = system.measure_best(load, seconds)
    return figures
