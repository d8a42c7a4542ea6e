"""The page of limits: every limit is there as it is in the code, with a test that goes one past it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exchange import Limits
from exchange.app.policy import MEASURES

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "reference" / "limits.md").read_text()
LINKS = PAGE.partition("## Links")[2].partition("\n## Gateways")[0]
ROWS = [line for line in LINKS.splitlines() if line.startswith("| ") and not line.startswith(("| what |", "| ---"))]


@pytest.mark.parametrize("row", ROWS, ids=[row.split("|")[1].strip()[:40] for row in ROWS])
def test_each_limit_has_a_test(row: str) -> None:
    cell = row.rsplit("|", 2)[1]
    named = re.findall(r"`([\w/]+\.py)`((?:(?!`[\w/]+\.py).)*)", cell)
    assert named, "no test is named"
    for file, names in named:
        text = (ROOT / "tests" / file).read_text()
        missing = [name for name in re.findall(r"`(test_\w+)`", names) if f"def {name}(" not in text]
        assert missing == [], f"there is no such test in tests/{file}"


@pytest.mark.parametrize("name", Limits.__dataclass_fields__)
def test_each_key_is_there_with_its_default(name: str) -> None:
    key, usual = name.replace("_", "-"), getattr(Limits(), name)
    rows = [row for row in ROWS if f"`{key}`" in row.split("|")[2]]
    assert any(re.search(rf"\b{usual:g}\b" if isinstance(usual, float) else rf"\b{usual}\b", row) for row in rows)


@pytest.mark.parametrize("name", MEASURES)
def test_what_a_rule_may_limit_is_there(name: str) -> None:
    assert any(f"`{name.replace('_', '-')}`" in row.split("|")[2] for row in ROWS)
