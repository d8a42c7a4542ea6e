"""Rows and values, for people and for programs."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from typing import Any, TextIO

import pytest

from exchange.app.cli.columns import Field
from exchange.app.cli.output import Output

FIELDS = [Field("name", width=6), Field("calls", is_number=True), Field("id", for_people=False)]
ROWS: list[dict[str, Any]] = [
    {"name": "math", "calls": 12, "id": "a", "more": "unshown"},
    {"name": 'a "b"\n\x1b\x9b, c', "calls": None, "id": ["x"]},
]


def printed(form: str, rows: list[dict[str, Any]] = ROWS) -> str:
    stream = io.StringIO()
    Output(form, stream).rows(FIELDS, rows)
    return stream.getvalue()


def valued(form: str, value: object) -> str:
    stream = io.StringIO()
    Output(form, stream).value(value)
    return stream.getvalue()


def test_people_get_columns_and_where_there_is_nothing_a_remark(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed("text").splitlines() == [
        "NAME                CALLS",
        "math                   12",
        'a "b"\\n\\x1b\\x9b, c      -',
    ]
    stream = io.StringIO()
    Output("text", stream).rows(FIELDS, [], none="no services")
    assert stream.getvalue() == ""
    assert capsys.readouterr().err == "no services\n"


def test_json_is_one_document_with_a_row_on_each_line_and_all_keys() -> None:
    text = printed("json")

    assert json.loads(text) == [
        {"name": "math", "calls": 12, "id": "a"},
        {"name": 'a "b"\n\x1b\x9b, c', "calls": None, "id": ["x"]},
    ]
    assert text.count("\n") == 4
    assert "\x9b" not in text
    assert printed("json", []) == "[]\n"


def test_jsonl_is_a_document_on_each_line() -> None:
    assert [json.loads(line)["id"] for line in printed("jsonl").splitlines()] == ["a", ["x"]]
    assert printed("jsonl", []) == ""


def test_csv_has_the_keys_above_and_is_read_by_whoever_reads_csv() -> None:
    text = printed("csv")

    assert text.startswith("name,calls,id\r\nmath,12,a\r\n")
    assert list(csv.reader(io.StringIO(text, newline="")))[2] == ['a "b"\n\\x1b\\x9b, c', "", '["x"]']
    assert printed("csv", []) == "name,calls,id\r\n"


def test_a_stream_shows_each_row_when_it_comes() -> None:
    said = []
    for form in ("text", "json", "jsonl", "csv"):
        written = io.StringIO()
        stream = Output(form, written).stream(FIELDS)
        stream.row(ROWS[0])
        said.append(written.getvalue())
        stream.end()
    assert said == [
        "NAME    CALLS\nmath       12\n",
        '[\n{"name": "math", "calls": 12, "id": "a"}\n',
        '{"name": "math", "calls": 12, "id": "a"}\n',
        "name,calls,id\r\nmath,12,a\r\n",
    ]


def test_a_stream_of_json_is_one_document_at_its_end() -> None:
    for count in range(3):
        written = io.StringIO()
        stream = Output("json", written).stream(FIELDS)
        for _ in range(count):
            stream.row(ROWS[0])
        stream.end()
        assert json.loads(written.getvalue()) == [{"name": "math", "calls": 12, "id": "a"}] * count


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        ("text", "two\twords\n\x1b[2J", "two\twords\n\\x1b[2J\n"),
        ("text", [1, "x"], '[1, "x"]\n'),
        ("json", "x\x1b", '"x\\u001b"\n'),
        ("json", [1], "[1]\n"),
        ("jsonl", [1, "x"], '1\n"x"\n'),
        ("jsonl", "x", '"x"\n'),
        ("csv", "x,y", '"x,y"\r\n'),
        ("csv", [[1, "a"], [2, None]], "1,a\r\n2,\r\n"),
        ("csv", [{"a": 1}, {"b": True}], "a,b\r\n1,\r\n,true\r\n"),
        ("csv", {"a": [1]}, "a\r\n[1]\r\n"),
    ],
)
def test_a_value_in_each_form(form: str, value: object, text: str) -> None:
    assert valued(form, value) == text


def test_facts_are_lines_for_people_and_an_object_for_programs() -> None:
    said = []
    for form in ("text", "json", "jsonl", "csv"):
        stream = io.StringIO()
        Output(form, stream).facts(FIELDS, ROWS[0])
        said.append(stream.getvalue())
    document = '{"name": "math", "calls": 12, "id": "a"}\n'
    assert said == ["name   math\ncalls  12\n", document, document, "name,calls,id\r\nmath,12,a\r\n"]


def test_what_is_said_to_people_is_not_said_to_programs(capsys: pytest.CaptureFixture[str]) -> None:
    streams = io.StringIO(), io.StringIO()
    for form, stream in zip(("text", "json"), streams, strict=True):
        output = Output(form, stream)
        output.say("hello\x1b\nyou")
        output.remark("by the way\n")
    assert [stream.getvalue() for stream in streams] == ["hello\\x1b\nyou\n", ""]
    assert capsys.readouterr().err == "by the way\\n\n"


@pytest.fixture
def unread() -> Iterator[TextIO]:
    """A pipe that nobody reads from."""
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as stream:
        yield stream


def test_when_nobody_reads_any_more_whoever_prints_is_told_and_nothing_is_raised(unread: TextIO) -> None:
    output, ended = Output("text", unread), []
    output.ended = lambda: ended.append(True)

    output.write("a\n")
    output.write("b\n")

    assert ended == [True]
    assert (output.is_over, output.failure) == (True, None)


def test_a_disk_that_is_full_is_told() -> None:
    with open("/dev/full", "w") as stream:
        output = Output("json", stream)
        output.value(1)
    assert str(output.failure) == "the output cannot be written: No space left on device"


def test_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True)

    Output("text", stream, {"TERM": "xterm"}).rows(FIELDS, ROWS)

    assert "\x1b[" in stream.getvalue()
    assert "math" in stream.getvalue()
