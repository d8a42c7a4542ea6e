"""The rounds of reports: one publisher to many subscriptions, and many instances to one watcher."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.bench.fanout import Deliveries, Fanout, exchange_fanout, nats_fanout
from tests.bench.learning import INSTANCES, learn
from tests.bench.nats_server import NatsServer, missing
from tests.bench.reports_table import NATS, OURS, SIZES, ReportsRound


def measured_reports(rounds: int, seconds: float, say: Callable[[str], None]) -> list[ReportsRound]:
    """Start the systems, measure them, and return what each round gave.

    Args:
        say: Is told of every step.
    """
    with _systems() as systems:
        return [_round(systems, seconds, f"round {number + 1}", say) for number in range(rounds)]


def _round(systems: list[Fanout], seconds: float, title: str, say: Callable[[str], None]) -> ReportsRound:
    deliveries: dict[tuple[str, int], Deliveries] = {}
    for subscriptions in SIZES:
        for system in systems:
            say(f"{title}: reports to {subscriptions} subscriptions, {system.name}")
            deliveries[system.name, subscriptions] = system.measure(subscriptions, seconds)
    say(f"{title}: {INSTANCES} instances, {OURS}")
    return ReportsRound(deliveries, learn())


@contextmanager
def _systems() -> Iterator[list[Fanout]]:
    """Give the systems, NATS among them if it is installed."""
    server = None if missing() else NatsServer()
    systems = [exchange_fanout(OURS)]
    try:
        if server:
            systems.append(nats_fanout(NATS, server))
        yield systems
    finally:
        for system in systems:
            system.end()
        if server:
            server.end()
