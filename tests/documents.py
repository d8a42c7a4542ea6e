"""What the documents show: their blocks, and why some of them are not run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"

BLOCK = re.compile(
    r"^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```"
    r"|(?<=\n\n)(?P<commands>(?:    [^\n]+\n)+)"
    r"|^<!-- (?P<told>not run|says): (?P<why>[^\n]+?) -->$",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^    (?:\$ )?(?:twistd|exchange|python3?|make|pip|curl|systemctl|htpasswd|cd) ", re.MULTILINE)
SHOWN = ("", "text", "none")
"""Blocks of these kinds are drawings, tables of figures, or what a program says."""


class Block(NamedTuple):
    """One block of a page.

    Attributes:
        kind: The language, ``command`` for commands that stand indented.
        excuse: Why it is not run, if the page says so.
    """

    page: Path
    line: int
    kind: str
    text: str
    excuse: str

    @property
    def name(self) -> str:
        """How people find it."""
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


def pages() -> list[Path]:
    """Return all pages of the documents."""
    return [ROOT / "README.md", *(page for page in sorted(DOCS.rglob("*.md")) if page.parent.name != "changes")]


def blocks_of(page: Path) -> Iterator[Block]:
    """Yield what a page shows that could be run: programs, files, and commands."""
    text, excuse = page.read_text(encoding="utf-8"), ""
    for found in BLOCK.finditer(text):
        if found["told"]:
            excuse = found["why"]
            continue
        line = text.count("\n", 0, found.start()) + 1
        if found["commands"]:
            if COMMAND.search(found["commands"]):
                yield Block(page, line, "command", found["commands"], excuse)
        elif found["kind"].strip("{}") == found["kind"] and found["kind"] not in SHOWN:
            yield Block(page, line, found["kind"], found["text"], excuse)
        excuse = ""
