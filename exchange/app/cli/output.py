"""Output: whatever a verb prints, in the form that was asked for by ``-o text|json|jsonl|csv``.

A verb says what there is, once, and this module writes it for people or for programs:

* `Output.rows` prints rows, which are dicts of plain values, with their fields in order;
* `Output.stream` does so for rows that come one after another;
* `Output.value` prints one value, such as the result of a call;
* `Output.facts` prints one row: a line for each field for people, an object for programs;
* `Output.say` prints a line for people, and nothing for programs.

In ``json`` all of it is one document: an array of objects for rows, with one on each line.
In ``csv`` (RFC 4180) the first line has the keys; what is no text or number is JSON in its
cell. Keys stay what they are; what people see may change.
"""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TextIO

from exchange.app.cli.columns import (
    Field,
    harmless,
    has_colour,
    line_of,
    plain_lines,
    print_in_colour,
    shown_of,
    width_of,
)
from exchange.app.cli.values import as_json_has_it, printed
from exchange.errors import ExchangeError
from exchange.wire.telling import plain

Row = Mapping[str, Any]


class OutputFailed(ExchangeError):
    """What is printed cannot be written."""


class Output:
    """Prints for people or for programs.

    Args:
        form: ``"text"``, ``"json"``, ``"jsonl"`` or ``"csv"``.
        stream: Where to; standard output.

    Attributes:
        ended: Is called once, when nobody reads any more or nothing can be written.
        failure: Why nothing can be written, if something is wrong.
    """

    def __init__(self, form: str, stream: TextIO | None = None, environ: Mapping[str, str] = os.environ) -> None:
        self.form = form
        self.ended: Callable[[], None] = lambda: None
        self.failure: OutputFailed | None = None
        self.is_over = False
        self._stream = sys.stdout if stream is None else stream
        self._environ = environ
        if isinstance(self._stream, io.TextIOWrapper):
            self._stream.reconfigure(errors="backslashreplace")  # some terminals do not know all characters

    @property
    def is_for_people(self) -> bool:
        """Whether the form is ``text``."""
        return self.form == "text"

    @property
    def has_colour(self) -> bool:
        """Whether tables are printed in colour."""
        return self.is_for_people and has_colour(self._stream, self._environ)

    def rows(self, fields: Sequence[Field], rows: Iterable[Row], none: str = "") -> None:
        """Print rows that are all there.

        Args:
            none: What people are told, on standard error, if there are none.
        """
        rows = list(rows)
        if self.form == "json":
            lines = ",\n".join(printed(_chosen(fields, row), as_json=True) for row in rows)
            self.write(f"[\n{lines}\n]\n" if rows else "[]\n")
        elif not self.is_for_people:
            stream = self.stream(fields)
            for row in rows:
                stream.row(row)
        elif not rows:
            self.remark(none)
        elif self.has_colour:
            self._writing(lambda: print_in_colour(self._stream, shown_of(fields), rows))
        else:
            self.write("".join(f"{line}\n" for line in plain_lines(shown_of(fields), rows)))

    def stream(self, fields: Sequence[Field]) -> Stream:
        """Return what prints rows one by one; call its ``end()`` at last."""
        kinds = {"text": _Lines, "json": _Array, "jsonl": _JsonLines, "csv": _Csv}
        return kinds[self.form](self, fields)

    def facts(self, fields: Sequence[Field], row: Row) -> None:
        """Print one row, for people with a line for each field."""
        if self.form == "json":
            self.write(f"{printed(_chosen(fields, row), as_json=True)}\n")
        elif self.is_for_people:
            shown = shown_of(fields)
            width = max(width_of(field.title or field.key) for field in shown)
            for field in shown:
                self.write(f"{field.title or field.key:{width}}  {field.cell(row)}\n")
        else:
            self.rows(fields, [row])

    def value(self, value: Any) -> None:
        """Print one value; a text is printed as it is, but for what commands a terminal, if people read it."""
        if self.is_for_people:
            self.write(f"{plain(printed(value))}\n")
        elif self.form == "csv":
            self._table_of(value)
        elif self.form == "jsonl" and isinstance(value, list | tuple):
            self.write("".join(f"{printed(each, as_json=True)}\n" for each in value))
        else:
            self.write(f"{printed(value, as_json=True)}\n")

    def say(self, text: str) -> None:
        """Print a line, or several, for people alone."""
        if self.is_for_people:
            self.write(f"{plain(text)}\n")

    def remark(self, text: str) -> None:
        """Tell people something that is no part of what was asked for: on standard error."""
        if self.is_for_people and text:
            print(harmless(text), file=sys.stderr, flush=True)

    def write(self, text: str) -> None:
        """Write text at once. When nobody reads any more nothing happens, here and from now on."""
        self._writing(lambda: self._stream.write(text))

    def _writing(self, write: Callable[[], object]) -> None:
        if self.is_over:
            return
        try:
            write()
            self._stream.flush()
        except OSError as error:
            self.is_over = True
            if not isinstance(error, BrokenPipeError):
                self.failure = OutputFailed(f"the output cannot be written: {error.strerror}")
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())  # Python would try again at its end
            self.ended()

    def _table_of(self, value: Any) -> None:
        """Print a value as CSV: a list of objects has columns, a list of lists rows; anything else is one cell."""
        items = list(value) if isinstance(value, list | tuple) else [value]
        if items and all(isinstance(each, Mapping) for each in items):
            keys = dict.fromkeys(key for each in items for key in as_json_has_it(each))
            self.rows([Field(key) for key in keys], [as_json_has_it(each) for each in items])
            return
        for each in items:
            self.write(csv_line(each if isinstance(each, list | tuple) else [each]))


class Stream:
    """Prints rows one after another."""

    def __init__(self, output: Output, fields: Sequence[Field]) -> None:
        self._output = output
        self._fields = fields
        self._begin()

    def row(self, row: Row) -> None:
        """Print a row."""
        raise NotImplementedError

    def end(self) -> None:
        """There are no more."""

    def _begin(self) -> None:
        """Print what stands above all rows."""


class _Lines(Stream):
    """Columns as wide as is usual, since nobody knows what comes yet."""

    def _begin(self) -> None:
        self._shown = shown_of(self._fields)
        self._widths = [max(field.width, width_of(field.heading)) for field in self._shown]
        self._write([field.heading for field in self._shown])

    def row(self, row: Row) -> None:
        self._write([field.cell(row) for field in self._shown])

    def _write(self, cells: list[str]) -> None:
        self._output.write(f"{line_of(self._shown, cells, self._widths)}\n")


class _JsonLines(Stream):
    def row(self, row: Row) -> None:
        self._output.write(f"{printed(_chosen(self._fields, row), as_json=True)}\n")


class _Array(Stream):
    """Each row is a line at once, and the comma comes with the next, so that it can be read line by line too."""

    _before = "[\n"

    def row(self, row: Row) -> None:
        self._output.write(f"{self._before}{printed(_chosen(self._fields, row), as_json=True)}\n")
        self._before = ","

    def end(self) -> None:
        self._output.write("]\n" if self._before == "," else "[]\n")


class _Csv(Stream):
    def _begin(self) -> None:
        self._output.write(csv_line([field.key for field in self._fields]))

    def row(self, row: Row) -> None:
        self._output.write(csv_line([row.get(field.key) for field in self._fields]))


def csv_line(values: Iterable[Any]) -> str:
    """Return a line of CSV, and its end."""
    written = io.StringIO()
    csv.writer(written).writerow(["" if value is None else plain(printed(value)) for value in values])
    return written.getvalue()


def _chosen(fields: Sequence[Field], row: Row) -> dict[str, Any]:
    return {field.key: row.get(field.key) for field in fields}
