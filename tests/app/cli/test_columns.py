"""Tables for people, plain and in colour, of text that may come from afar."""

from __future__ import annotations

import io

import pytest

from exchange.app.cli import columns
from exchange.app.cli.columns import Field, harmless, has_colour, plain_lines, print_in_colour, told, width_of

FIELDS = [Field("name"), Field("calls", is_number=True), Field("notes", "remarks")]
ROWS = [
    {"name": "math", "calls": 12, "notes": ["a", "b"]},
    {"name": "\x1b[31m数学\n", "calls": 7, "notes": None},
]


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    assert plain_lines(FIELDS, ROWS) == [
        "NAME            CALLS  REMARKS",
        "math               12  a, b",
        "\\x1b[31m数学\\n      7  -",
    ]


def test_characters_that_command_a_terminal_are_written_out() -> None:
    assert harmless("a\x1b[2J\x9b\r\n\t\u202eb\u2066") == "a\\x1b[2J\\x9b\\r\\n\\t\\u202eb\\u2066"
    assert harmless("naïve 数学") == "naïve 数学"


def test_values_are_told_as_people_read_them() -> None:
    values = [None, "", True, False, 0.123456789, 7, ["a", "b"], [], [1, {"x": "y"}], {"a": b"x"}]
    assert [told(each) for each in values] == [
        *("-", "-", "yes", "no", "0.123457", "7", "a, b", "-"),
        '[1, {"x": "y"}]',
        '{"a": "eA=="}',
    ]


def test_wide_and_combining_characters_take_the_places_that_they_take() -> None:
    assert [width_of(each) for each in ("abc", "数学", "e\u0301")] == [3, 4, 1]


def test_colour_is_for_terminals_that_can_and_people_who_want_it() -> None:
    assert has_colour(Terminal(), {"TERM": "xterm"})
    assert not has_colour(Terminal(), {"TERM": "dumb"})
    assert not has_colour(Terminal(), {"TERM": "xterm", "NO_COLOR": "1"})
    assert not has_colour(io.StringIO(), {"TERM": "xterm"})


def test_without_the_package_rich_there_are_plain_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "find_spec", lambda name: None)

    assert not has_colour(Terminal(), {"TERM": "xterm"})


def test_a_table_in_colour_commands_the_terminal_by_no_word_of_others() -> None:
    stream = Terminal()

    print_in_colour(stream, FIELDS, [*ROWS, {"name": "[bold]x[/bold]", "calls": 1}])

    text = stream.getvalue()
    assert "math" in text
    assert "\\x1b[31m" in text
    assert "\x1b[31m" not in text
    assert "[bold]x[/bold]" in text
