"""The hot path keeps within its budget."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.budgets import MARGIN, exceeded

ROOT = Path(__file__).parents[1]
PATIENCE = 120


def test_no_call_and_no_report_costs_more_than_its_budget() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.budgets"], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )

    assert told.returncode == 0, f"{told.stderr}\nIf it must cost more: python -m tests.budgets --renew\n{told.stdout}"


def test_what_costs_more_than_its_budget_and_the_margin_is_named() -> None:
    allowed = {"call, hub": {"instructions": 100.0, "functions": 10.0}}

    assert exceeded({"call, hub": {"instructions": 100 * (1 + MARGIN), "functions": 9.0}}, allowed) == []
    assert exceeded({"call, hub": {"instructions": 104.0, "functions": 10.0}}, allowed) == [
        "call, hub: 104 instructions, and the budget is 100.0"
    ]


def test_what_has_no_budget_is_named() -> None:
    assert exceeded({"call, hub": {"functions": 1.0}}, {}) == ["call, hub: 1 functions, and the budget is None"]
