"""Tables for people: with colour and lines where a terminal and the package rich are there, else plain columns.

What stands in a cell may come from afar, and must not command the terminal: every
character is written out that could.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, NamedTuple, TextIO

from exchange.app.cli.values import printed
from exchange.errors import WRITTEN_OUT

GAP = "  "

_HARMLESS = WRITTEN_OUT | {
    code: repr(chr(code))[1:-1]
    for code in (ord("\t"), ord("\n"), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
"""Those that end a line, or turn its direction, too."""


def harmless(text: str) -> str:
    """Return ``text`` on one line, with all written out that commands a terminal."""
    return text.translate(_HARMLESS)


def told(value: Any) -> str:
    """Return how people read a value of a row: lists by commas, nothing as nothing."""
    match value:
        case None | "":
            return "-"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.6g}"
        case list() | tuple() if all(isinstance(each, str) for each in value):
            return ", ".join(value) or "-"
        case _:
            return printed(value)


class Field(NamedTuple):
    """A field of a row.

    Attributes:
        key: By which a program finds it; it stays what it is.
        title: Of its column; that is the key, if this is left out.
        told: Returns how people read a value.
        is_number: Whether it stands at the right of its column.
        for_people: Whether there is a column for it at all.
        width: Of its column at least, where rows come one after another.
        style: Of its column, as rich knows styles.
    """

    key: str
    title: str = ""
    told: Callable[[Any], str] = told
    is_number: bool = False
    for_people: bool = True
    width: int = 0
    style: str = ""

    @property
    def heading(self) -> str:
        """What stands above its column."""
        return (self.title or self.key).upper()

    def cell(self, row: Mapping[str, Any]) -> str:
        """Return what stands in its column."""
        return harmless(self.told(row.get(self.key)))


def shown_of(fields: Iterable[Field]) -> list[Field]:
    """Return those fields that people see."""
    return [field for field in fields if field.for_people]


def plain_lines(fields: Sequence[Field], rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return a table in aligned columns, its headings first."""
    cells = [[field.heading for field in fields], *([field.cell(row) for field in fields] for row in rows)]
    widths = [max(map(width_of, column)) for column in zip(*cells, strict=True)]
    return [line_of(fields, each, widths) for each in cells]


def line_of(fields: Sequence[Field], cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return one line of a table."""
    padded = []
    for field, cell, width in zip(fields, cells, widths, strict=True):
        space = " " * max(0, width - width_of(cell))
        padded.append(f"{space}{cell}" if field.is_number else f"{cell}{space}")
    return GAP.join(padded).rstrip()


def width_of(text: str) -> int:
    """Return how many places of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in "WF") for each in text)


def has_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Return whether tables may be printed in colour: on a terminal that can, with rich, and nobody minds."""
    is_able = stream.isatty() and environ.get("TERM") != "dumb" and not environ.get("NO_COLOR")
    return is_able and find_spec("rich") is not None


def print_in_colour(stream: TextIO, fields: Sequence[Field], rows: Iterable[Mapping[str, Any]]) -> None:
    """Print a table by rich, which breaks what does not fit the terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, header_style="bold cyan", pad_edge=False)
    for field in fields:
        justify: Any = "right" if field.is_number else "left"
        table.add_column(field.heading, justify=justify, style=field.style, overflow="fold")
    for row in rows:
        table.add_row(*(Text(field.cell(row)) for field in fields))
    Console(file=stream, highlight=False).print(table)
