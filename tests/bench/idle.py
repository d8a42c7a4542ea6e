"""Idle links: the memory of the hub for each, with one service announced over it."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

from tests.bench.nats_server import NatsServer
from tests.bench.rows import NATS, OURS, Row, Rows, RowsPart, beside_nats, has_nats
from tests.bench.system import Part, start_part

FEW = 1_000
"""Links; more than a process may have open by default."""

RESTING = 0.5
"""Seconds in which what is done after the last link is over."""

BYTES = "bytes per link"


def _round(seconds: float, say: Callable[[str], None]) -> Rows:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8 * FEW)), hard))
    rows: Rows = {}
    say(OURS)
    hub = start_part("idle_site", "hub")
    rows[OURS] = _measure(hub, start_part("idle_site", "holder", hub.port))
    if has_nats():
        say(NATS)
        server = NatsServer()
        rows[NATS] = _measure(server, Part("tests.bench.idle_nats", "holder", ports=[server.port]))
    return rows


def _measure(hub: Part | NatsServer, holder: Part) -> Row:
    try:
        time.sleep(RESTING)
        empty = _memory(hub)
        holder.ask(do="begin", amount=FEW)
        time.sleep(RESTING)
        full = _memory(hub)
    finally:
        holder.end()
        hub.end()
    return {BYTES: (full - empty) / FEW}


def _memory(hub: Part | NatsServer) -> float:
    hub.say(do="report")
    return float(hub.hear()["memory"])


IDLE = RowsPart(
    f"{FEW:,} idle links, each with a service",
    {BYTES: 0},
    _round,
    [beside_nats("memory of the hub per idle link with one service announced", BYTES, 0.25)],
)
