"""How-tos whose programs are one, from the first block to the last, and run as they are, in memory."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HOWTO = Path(__file__).parent.parent / "docs/howto"
PAGES = ("offer-a-service.md", "call.md", "reports.md", "discovery.md", "tracing.md")


@pytest.mark.parametrize("page", PAGES)
def test_all_programs_of_the_page_run_one_after_the_other(page: str) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", (HOWTO / page).read_text(), re.DOTALL | re.MULTILINE)
    defined = {"__name__": page}
    for block in blocks:
        exec(compile(block, page, "exec"), defined)
    assert len(blocks) >= 3
    assert defined["network"].clock.getDelayedCalls() == []  # type: ignore[attr-defined]
