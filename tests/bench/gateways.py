"""The rounds of the gateways: calls over one HTTP connection, and over 64 that stay open."""

from __future__ import annotations

from collections.abc import Callable

from tests.bench.gateways_table import FLOOR, PLAIN, GatewaysRound
from tests.bench.loads import SMALL_64, SMALL_ONE
from tests.bench.system import System, start_parts

PROTOCOLS = {"XML-RPC": "xmlrpc", "JSON-RPC": "jsonrpc", "SOAP": "soap"}
"""What people call each protocol, and the role of who calls by it."""


def measured_gateways(rounds: int, seconds: float, say: Callable[[str], None]) -> list[GatewaysRound]:
    """Start the systems, measure them, and return what each round gave.

    Args:
        say: Is told of every step.
    """
    systems = [
        System(name, start_parts("gateway_site", "hub", "callee", "gateway", f"http_calls.{role}"), busiest="gateway")
        for name, role in PROTOCOLS.items()
    ]
    chain = ["bare_relay.callee", "bare_relay.relay", "chained", "http_calls.plain"]
    systems.append(System(FLOOR, start_parts("gateway_site", *chain), busiest="chained"))
    systems.append(System(PLAIN, start_parts("gateway_site", "plain", "http_calls.plain")))
    try:
        return [_round(systems, seconds, f"round {number + 1}", say) for number in range(rounds)]
    finally:
        for system in systems:
            system.end()


def _round(systems: list[System], seconds: float, title: str, say: Callable[[str], None]) -> GatewaysRound:
    figures: GatewaysRound = {}
    for load in (SMALL_ONE, SMALL_64):
        for system in systems:
            say(f"{title}: {load.name}, {load.outstanding} connections, {system.name}")
            figures[system.name, load] = system.measure_best(load, seconds)
    return figures
