"""Paced reports: how long one takes to each of five hundred subscriptions, while there is little to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

from tests.bench.nats_server import NatsServer
from tests.bench.rows import FAST, NATS, OURS, Row, Rows, RowsPart, beside_nats, has_nats
from tests.bench.system import WARMING, Part, start_part
from tests.bench.tally import HEARERS

PACE = 200
"""Reports in a second."""

SUBSCRIPTIONS = 500

ROLES = ["publisher", *HEARERS * ["hearer"]]


def _round(seconds: float, say: Callable[[str], None]) -> Rows:
    rows: Rows = {}
    for name in (OURS, *([FAST] if find_spec("uvloop") else ())):
        say(name)
        hub = start_part("paced_site", "hub", is_fast=name == FAST)
        parts = [start_part("paced_site", role, hub.port, is_fast=name == FAST) for role in ROLES]
        rows[name] = _measure(parts, seconds, [hub])
    if has_nats():
        say(NATS)
        server = NatsServer()
        parts = [Part("tests.bench.paced_nats", role, ports=[server.port]) for role in ROLES]
        rows[NATS] = _measure(parts, seconds, [server])
    return rows


def _measure(parts: list[Part], seconds: float, others: Sequence[Any]) -> Row:
    publisher, *hearers = parts
    try:
        for hearer in hearers:
            hearer.ask(do="begin", amount=SUBSCRIPTIONS // HEARERS)
        publisher.ask(do="begin", amount=PACE)
        time.sleep(0.2 + WARMING * seconds)
        _ask(hearers)
        time.sleep(2 * seconds)
        heard = _ask(hearers)
        publisher.ask(do="end")
    finally:
        for part in (*parts, *others):
            part.end()
    if not all(each["taken"] for each in heard):
        raise SystemExit("bench: paced reports are not heard")
    return {name: max(each[name.split()[0]] for each in heard) for name in ("p50 us", "p99 us")}


def _ask(parts: list[Part]) -> list[dict[str, Any]]:
    for part in parts:
        part.say(do="report")
    return [part.hear() for part in parts]


PACED = RowsPart(
    f"{PACE} reports/s to {SUBSCRIPTIONS} subscriptions",
    {"p50 us": 0, "p99 us": 0},
    _round,
    [
        beside_nats(f"delivery p50 of paced reports to {SUBSCRIPTIONS}", "p50 us", 0.6),
        beside_nats(f"delivery p50 of paced reports to {SUBSCRIPTIONS}, with uvloop", "p50 us", 0.3, FAST),
    ],
)
