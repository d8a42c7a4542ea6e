"""A process that stops reading while others publish: nobody else notices, and it has what is kept when it is back."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.system.attacks.stage import Stage
from tests.system.conftest import StartProcess
from tests.system.processes import Process

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[3]
PROGRAM = str(Path(__file__).with_name("flood.py"))

MUCH = 10_000
"""Reports that are published while the reader is stopped: more than twice what may wait."""


def start(process: StartProcess, stage: Stage, *what: str, ready: str = "linked.") -> Process:
    return process("python", PROGRAM, stage.where, *what, ready=ready, env={"PYTHONPATH": str(ROOT)})


def published(flood: Process) -> int:
    """Return how many were published, the next time that it is said."""
    return int(flood.wait_for("published", after=flood.count).split()[1].rstrip("."))


@pytest.mark.parametrize("overflow", ["latest", "drop-oldest", "drop-newest"])
def test_others_notice_nothing_and_what_is_kept_is_there_when_it_reads_again(
    process: StartProcess, overflow: str
) -> None:
    stage = Stage(process, "--heartbeat", "60", "--dead-after", "180")  # on a busy machine it is stopped for long
    flood = start(process, stage, "flood")
    reader = start(process, stage, "read", overflow)
    published(flood)
    with stage.attack(f"a reader that stops ({overflow})", grows=48):
        reader.signal(signal.SIGSTOP)
        goal = published(flood) + MUCH
        while published(flood) < goal:
            pass
    asking = start(process, stage, "ask", ready="halted")
    count, kept = json.loads(asking.wait_for("halted").partition(" ")[2])
    reader.signal(signal.SIGCONT)
    last, missed, told = json.loads(asking.wait_for("held").partition(" ")[2])

    assert {subject: number for subject, number in last.items() if subject != "live"} == kept
    assert len(told) == 1
    assert told[0] > 1_000
    if overflow != "drop-newest":
        assert last["live"] == count
        assert missed == told[0]
