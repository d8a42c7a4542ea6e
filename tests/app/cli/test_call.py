"""What the words of ``exchange call`` mean."""

from __future__ import annotations

import argparse

import pytest

from exchange.app.cli import calling
from exchange.app.cli.call import run
from exchange.app.cli.status import Status


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[argparse.Namespace]:
    """The options that reach the call, which is not made."""
    options: list[argparse.Namespace] = []

    def note(given: argparse.Namespace) -> Status:
        options.append(given)
        return Status.FINE

    monkeypatch.setattr(calling, "call_and_print", note)
    return options


def test_target_and_arguments_may_be_mixed_with_options(asked: list[argparse.Namespace]) -> None:
    assert (
        run(["-t", "5", "math.multiply", "6", "--wait", "1.5", "-7", "-k", "digits=2", "-k", "name=x", "--json"]) == 0
    )

    (options,) = asked
    assert options.target == ("math", "multiply")
    assert options.arguments == [6, -7]
    assert options.named == [("digits", 2), ("name", "x")]
    assert (options.timeout, options.wait, options.output) == (5.0, 1.5, "json")


def test_what_is_not_said_has_the_documented_value(asked: list[argparse.Namespace]) -> None:
    run(["math.multiply"])

    (options,) = asked
    assert (options.arguments, options.named, options.hub) == ([], [], None)
    assert (options.timeout, options.wait, options.output) == (30.0, 0.0, "text")


def test_the_last_dot_parts_service_and_method(asked: list[argparse.Namespace]) -> None:
    run(["plant.hall-2.press.speed"])

    assert asked[0].target == ("plant.hall-2.press", "speed")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["multiply"], "expected SERVICE.METHOD, such as math.multiply, got 'multiply'"),
        ([".multiply"], "expected SERVICE.METHOD"),
        (["math."], "expected SERVICE.METHOD"),
        (["math.multiply", "-t", "soon"], "expected a number of seconds above 0, got 'soon'"),
        (["math.multiply", "-t", "0"], "expected a number of seconds above 0, got '0'"),
        (["math.multiply", "--wait", "-1"], "expected a number of seconds, 0 or more, got '-1'"),
        (["math.multiply", "-t", "nan"], "expected a number of seconds above 0, got 'nan'"),
        (["math.multiply", "-t", "inf"], "expected a number of seconds above 0, got 'inf'"),
        (["math.multiply", "-k", "digits"], "'digits' is not NAME=VALUE"),
        (["math.multiply", "-k", "y=1", "-k", "y=2"], "-k y was given 2 times"),
        ([], "the following arguments are required: SERVICE.METHOD\n"),
        (["math.multiply", "--bogus"], "unrecognized arguments: --bogus"),
    ],
)
def test_wrong_words_end_with_status_2(words: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(words)

    assert caught.value.code == 2
    assert text in capsys.readouterr().err
