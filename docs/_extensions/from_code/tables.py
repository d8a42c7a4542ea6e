"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; what stands in a cell stays in one line."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def code(text: str) -> str:
    """Return a text as code; nothing for the empty one."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}" if text else ""


def prose(text: str) -> str:
    """Return the words of a docstring as Markdown: code in it has two ticks, and is not to be read as anything else."""
    return text.replace("``", "`").replace("<", "&lt;") if "`" not in text else _with_code(text)


def _with_code(text: str) -> str:
    parts = text.replace("``", "`").split("`")
    return "".join(f"`{part}`" if odd % 2 else part.replace("<", "&lt;") for odd, part in enumerate(parts))
