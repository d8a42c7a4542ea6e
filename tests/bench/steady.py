"""Steady calls: so many in a second, answered or not (an open loop), and how long the slowest take."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import find_spec

from tests.bench.rows import FAST, OURS, Row, Rows, RowsPart
from tests.bench.system import WARMING, start_part
from tests.bench.target import Target

RATE = 20_000
LONGER = 4
"""How many times as long as other loads this is measured, since one call in a thousand counts."""


def _round(seconds: float, say: Callable[[str], None]) -> Rows:
    rows: Rows = {}
    for name in (OURS, *([FAST] if find_spec("uvloop") else ())):
        say(name)
        rows[name] = _measure(LONGER * seconds, is_fast=name == FAST)
    return rows


def _measure(seconds: float, is_fast: bool) -> Row:
    hub = start_part("exchange_site", "hub", is_fast=is_fast)
    callee = start_part("exchange_site", "callee", hub.port, is_fast=is_fast)
    caller = start_part("steady_site", "caller", hub.port, is_fast=is_fast)
    try:
        caller.ask(do="begin", amount=RATE)
        time.sleep(0.2 + WARMING * seconds)
        before = caller.ask(do="report")
        time.sleep(seconds)
        after = caller.ask(do="report")
        caller.ask(do="end")
    finally:
        for part in (caller, callee, hub):
            part.end()
    if not after["taken"]:
        raise SystemExit("bench: steady calls are not answered")
    shares = {f"{share} us": after[share] for share in ("p50", "p99", "p99.9")}
    return {"answered/s": (after["count"] - before["count"]) / (after["now"] - before["now"]), **shares}


def _slowest(ours: str) -> Callable[[Rows], float]:
    return lambda each: each[ours]["p99.9 us"] / each[ours]["p50 us"]


STEADY = RowsPart(
    f"{RATE:,} calls/s, open loop",
    {"answered/s": 0, "p50 us": 0, "p99 us": 0, "p99.9 us": 0},
    _round,
    [
        (Target(f"p99.9 of calls at {RATE:,}/s, in their p50", _slowest(OURS), 10), [OURS]),
        (Target(f"p99.9 of calls at {RATE:,}/s, in their p50, with uvloop", _slowest(FAST), 10), [FAST]),
    ],
)
