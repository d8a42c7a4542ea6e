"""The kinds of words that options take."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import pytest

from exchange.app.cli.parsing import add_output_options, add_timeout, count, parser_of, patience, seconds, target


@pytest.mark.parametrize(
    ("kind", "word", "value"),
    [
        (patience, "0.5", 0.5),
        (seconds, "0", 0.0),
        (count, "3", 3),
        (target, "plant.hall-2.press.speed", ("plant.hall-2.press", "speed")),
    ],
)
def test_words_that_can_be(kind: Callable[[str], object], word: str, value: object) -> None:
    assert kind(word) == value


@pytest.mark.parametrize(
    ("kind", "word", "told"),
    [
        (patience, "0", "expected a number of seconds above 0, got '0'"),
        (patience, "nan", "expected a number of seconds above 0, got 'nan'"),
        (patience, "inf", "expected a number of seconds above 0, got 'inf'"),
        (seconds, "-1", "expected a number of seconds, 0 or more, got '-1'"),
        (seconds, "soon", "expected a number of seconds, 0 or more, got 'soon'"),
        (count, "0", "expected a whole number above 0, got '0'"),
        (count, "1.5", "expected a whole number above 0, got '1.5'"),
        (target, "multiply", "expected SERVICE.METHOD, such as math.multiply, got 'multiply'"),
    ],
)
def test_words_that_cannot_be_are_told_with_what_is_expected(
    kind: Callable[[str], object], word: str, told: str
) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as caught:
        kind(word)
    assert str(caught.value) == told


def test_the_form_of_the_output_is_text_unless_another_is_asked_for() -> None:
    parser = parser_of("look", "Look.", "examples:\n  exchange look")
    add_output_options(parser)
    add_timeout(parser, 5.0)

    assert vars(parser.parse_args([])) == {"output": "text", "timeout": 5.0}
    assert parser.parse_args(["-j"]).output == parser.parse_args(["--output", "json"]).output == "json"


def test_an_option_is_written_out_so_that_a_later_one_changes_no_script(capsys: pytest.CaptureFixture[str]) -> None:
    parser = parser_of("look", "Look.", "examples:\n  exchange look")
    add_output_options(parser)

    with pytest.raises(SystemExit):
        parser.parse_args(["--out", "json"])
    assert "unrecognized arguments: --out json" in capsys.readouterr().err
