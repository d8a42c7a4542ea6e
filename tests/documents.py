"""What the documents show: their blocks, and why some of them are not run."""

from __future__ import annotations

import re
import shlex
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
SYNOPSIS = re.compile(r"^    \w+ \[", re.MULTILINE)
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
            if COMMAND.search(found["commands"]) and not SYNOPSIS.search(found["commands"]):
                yield Block(page, line, "command", found["commands"], excuse)
        elif found["kind"].strip("{}") == found["kind"] and found["kind"] not in SHOWN:
            yield Block(page, line, found["kind"], found["text"], excuse)
        excuse = ""


def command_lines(block: Block) -> list[str]:
    """Return the commands of a block: what stands behind a dollar, or each line if they stand indented."""
    if block.kind == "console":
        return [line[2:] for line in block.text.splitlines() if line.startswith("$ ")]
    if block.kind != "command":
        return []
    return [line[4:].removeprefix("$ ") for line in block.text.splitlines()]


def ours(line: str) -> Iterator[list[str]]:
    """Yield the words of each command of twistd or exchange in a line of the shell."""
    if not re.search(r"\b(?:twistd|exchange) ", line):
        return  # others may be in any language, within quotes over several lines
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    try:
        said = [*lexer, ";"]
    except ValueError:  # a text over several lines begins here
        return
    for word in said:
        if set(word) <= set("();<>|&"):
            if words and Path(words[0]).name in ("twistd", "exchange"):
                yield [Path(words[0]).name, *words[1:]]
            words = []
        else:
            words.append(word)


def shown_alone(page: Path) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield each block of a page with commands of ``exchange`` that stand indented: its name, and their words."""
    for block in blocks_of(page):
        if block.kind == "command" and not block.excuse:
            lines = [line for line in command_lines(block) if not line.startswith("exchange [")]
            words = [words for line in lines for words in ours(line) if words[0] == "exchange"]
            if words:
                yield block.name, words
