"""The bench runs: every system under every load, for a moment each. How fast is not asked here."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.bench.__main__ import ROWS_PARTS
from tests.bench.gateways import PROTOCOLS
from tests.bench.gateways_table import GATEWAY_TARGETS, PLAIN
from tests.bench.loads import HOP_LOADS, LOADS
from tests.bench.nats_server import missing
from tests.bench.reports_table import LEARNING, SIZES, TO_ONE
from tests.bench.rows import FAST, NATS, OURS
from tests.bench.security import SECURITY_TARGETS
from tests.bench.table import FAST_TARGETS, HOP_TARGETS, NATS_TARGETS, TARGETS
from tests.system.conftest import StartProcess

ROOT = Path(__file__).parents[2]

BESIDE_NATS = [] if missing() else [*NATS_TARGETS, *(FAST_TARGETS if find_spec("uvloop") else ())]
"""Targets that are asked only where there is a ``nats-server``."""

MEASURED = {NATS: not missing(), FAST: bool(find_spec("uvloop"))}

pytestmark = pytest.mark.system


def test_the_bench_prints_a_row_for_each_load_and_a_line_for_each_target(process: StartProcess) -> None:
    bench = process("python", "-m", "tests.bench", "--rounds", "1", "--seconds", "0.02", cwd=ROOT)

    assert bench.wait(timeout=300) == 0, bench.story()
    lines = bench.output.splitlines()
    for load in LOADS:
        ours = [line for line in lines if line.startswith(load.name) and f" {load.outstanding}  exchange " in line]
        assert len(ours) == 1, bench.story()
        through_two = [
            line for line in lines if line.startswith(load.name) and f" {load.outstanding}  two hubs " in line
        ]
        assert len(through_two) == (load in HOP_LOADS), bench.story()
    for connections in (1, 64):
        for system in (*PROTOCOLS, PLAIN):
            rows = [line for line in lines if f" {connections}  {system} " in line]
            assert len(rows) == 1, bench.story()
    for subscriptions in SIZES:
        ours = [line for line in lines if line.startswith("report") and f" {subscriptions}  exchange " in line]
        assert len(ours) == 1, bench.story()
    for part in ROWS_PARTS.values():
        at = lines.index(next(line for line in lines if line.startswith(f"{part.title} ")))
        assert lines[at + 1].startswith(f"{OURS} "), bench.story()
    asked = [
        *(target.text for target in (*TARGETS, *HOP_TARGETS, *BESIDE_NATS, *GATEWAY_TARGETS)),
        *([] if missing() else [TO_ONE]),
        *(f"million deliveries/s to {subscriptions} subscriptions" for subscriptions in SIZES[1:]),
        *(target.text for target in LEARNING),
        *(target.text for target in SECURITY_TARGETS),
        *(
            target.text
            for part in ROWS_PARTS.values()
            for target, systems in part.targets
            if all(MEASURED.get(system, True) for system in systems)
        ),
    ]
    assert [line[6:].split(":")[0].strip() for line in lines[-len(asked) :]] == asked
