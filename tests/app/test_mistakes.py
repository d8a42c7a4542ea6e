"""Mistakes are gathered, and told a line each."""

from __future__ import annotations

import pytest

from exchange.app.mistakes import ConfigurationErrors, Mistakes, lines_of, refusal
from exchange.errors import ConfigurationError


def note(mistakes: Mistakes, error: Exception) -> None:
    with mistakes.noted():
        raise error


def test_where_nothing_is_wrong_nothing_is_raised() -> None:
    mistakes = Mistakes()

    mistakes.raise_if_any()

    assert not mistakes


def test_all_mistakes_are_raised_together_each_once() -> None:
    mistakes = Mistakes()
    mistakes.add("a: wrong", "a")
    note(mistakes, ConfigurationErrors(["b: wrong", "a: wrong"]))
    note(mistakes, ConfigurationError("c: wrong"))

    with pytest.raises(ConfigurationErrors, match=r"^a: wrong\nb: wrong\nc: wrong$") as caught:
        mistakes.raise_if_any()

    assert caught.value.lines == ("a: wrong", "b: wrong", "c: wrong")
    assert mistakes.keys == {"a"}


def test_a_mistake_is_one_line_whatever_a_key_is_called() -> None:
    mistakes = Mistakes()
    mistakes.add("[hub] a\nb\x1b[2J: unknown key")

    assert mistakes.lines == ["[hub] a\\nb\\x1b[2J: unknown key"]


def test_what_is_no_mistake_of_a_configuration_is_not_noted() -> None:
    with pytest.raises(KeyError):
        note(Mistakes(), KeyError("x"))


def test_an_error_has_a_line_for_each_thing_that_is_wrong() -> None:
    assert lines_of(ConfigurationError("a")) == ("a",)
    assert lines_of(ConfigurationErrors(["a", "b"])) == ("a", "b")


def test_a_refusal_commands_no_terminal() -> None:
    text = refusal("exchange config", ConfigurationErrors(["a: \x1b[2J", "b"]))

    assert text == "exchange config: a: \\x1b[2J\nexchange config: b"
