"""The tutorial, followed from its first page to its last, in one folder: what it says is so."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.system.conftest import StartProcess
from tests.system.howto import DOCS, Howto, chosen_ports
from tests.system.processes import Process

pytestmark = pytest.mark.system

INDEX = DOCS / "tutorial/index.md"
PAGES = re.findall(r"^[\w-]+$", INDEX.read_text().partition("```{toctree}")[2], re.MULTILINE)


def test_all_that_the_tutorial_shows_works_in_its_order(process: StartProcess, tmp_path: Path) -> None:
    ports = chosen_ports(*(page.read_text() for page in INDEX.parent.glob("*.md")))
    running: list[tuple[str, Process]] = []
    for name in PAGES:
        page = Howto(f"../tutorial/{name}.md", process, tmp_path, ports)
        page.running = running
        page.carry_out()
        assert page.left == [], f"{name}.md"
        running = page.running
    assert running == [], "the last page ends what it has started"


def test_each_page_leads_to_the_next() -> None:
    for name, after in pairwise(PAGES):
        assert re.search(
            rf"^Next: \[[^]]*\]\({after}\.md\)\.$", (INDEX.parent / f"{name}.md").read_text(), re.MULTILINE
        )
    assert {f"{name}.md" for name in PAGES} == {page.name for page in INDEX.parent.glob("*.md")} - {"index.md"}
