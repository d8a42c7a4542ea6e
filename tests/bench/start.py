"""The start: from the start of a process until its first call is answered."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from tests.bench.nats_server import NatsServer
from tests.bench.rows import NATS, OURS, Row, Rows, RowsPart, alone, has_nats
from tests.bench.system import ROOT, Part, start_part

AIO = "exchange.aio"
TIMES = 3
"""How often each starts in a round."""

SECONDS = "seconds"


def _round(seconds: float, say: Callable[[str], None]) -> Rows:
    rows: Rows = {}
    hub = start_part("exchange_site", "hub")
    parts: list[Any] = [hub, start_part("exchange_site", "callee", hub.port)]
    ways: Sequence[tuple[str, str, int]] = [(OURS, "blocking", hub.port), (AIO, "aio", hub.port)]
    if has_nats():
        server = NatsServer()
        parts += [server, Part("tests.bench.nats_calls", "callee", ports=[server.port])]
        ways = [*ways, (NATS, "nats", server.port)]
    try:
        for name, way, port in ways:
            say(name)
            rows[name] = _measure(way, port)
    finally:
        for part in reversed(parts):
            part.end()
    return rows


def _measure(way: str, port: int) -> Row:
    return {SECONDS: median(_start(way, port) for _ in range(TIMES))}


def _start(way: str, port: int) -> float:
    argv = [sys.executable, "-m", "tests.bench.first_call", way, str(port)]
    begun = time.perf_counter()
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        answer = process.stdout.readline()
        took = time.perf_counter() - begun
    if answer != "42\n":
        raise SystemExit(f"bench: the first call of {way} gave {answer!r}")
    return took


START = RowsPart(
    "start of a process to its first answer",
    {SECONDS: 2},
    _round,
    [
        alone("seconds from the start of a process to the first answered call", SECONDS, 0.5),
        alone("seconds from the start of a process to the first answered call, on asyncio", SECONDS, 0.5, AIO),
    ],
)
