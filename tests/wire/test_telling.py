"""The texts of objects that may not let themselves be told."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.wire.telling import LONGEST_SHOWN, UNTOLD, plain, reason_of, shown, text_of, told


class Mute(Exception):
    """Has no text."""

    def __str__(self) -> str:
        raise SystemExit(9)

    __repr__ = __str__


class Shout(str):
    """Text that says something else when it is asked again."""

    def __str__(self) -> str:
        return self

    def encode(self, *args: Any) -> bytes:
        raise ValueError("never")


def test_what_has_no_text_is_told_all_the_same() -> None:
    assert text_of(Mute()) == UNTOLD
    assert text_of(Mute(), "(...)") == "(...)"
    assert told(Mute()) == f"Mute: {UNTOLD}"
    assert told(KeyError()) == "KeyError"
    assert shown(Mute()) == "<Mute>"
    assert shown(10**5000) == "<int>"


def test_a_text_is_text_and_nothing_that_looks_like_it() -> None:
    assert type(text_of(Shout("loud"))) is str
    assert text_of(Shout("loud")) == "loud"


def test_an_exception_without_a_text_gives_its_type_as_the_reason() -> None:
    assert reason_of(KeyError()) == "KeyError"
    assert reason_of(ValueError("not today")) == "not today"


def test_a_class_that_hides_its_name_has_it_told() -> None:
    class Nameless(type):
        @property
        def __name__(cls) -> str:  # type: ignore[override]
            raise RuntimeError("no name")

    class Thing(metaclass=Nameless):
        def __repr__(self) -> str:
            raise RuntimeError("no text")

    assert shown(Thing()) == "<Thing>"


def test_what_is_long_is_shown_shortly() -> None:
    assert shown("short") == "'short'"
    assert shown("x" * 1_000) == "'" + "x" * (LONGEST_SHOWN - 1) + "…"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
        ("one\r\n\ttwo", "one\\r\n\ttwo"),
        ("\x9b31m\x7f\x00", r"\x9b31m\x7f\x00"),
        ("grüße, 世界", "grüße, 世界"),
    ],
)
def test_characters_that_command_a_terminal_are_written_out(text: str, expected: str) -> None:
    assert plain(text) == expected
    assert told(ValueError(text)) == f"ValueError: {expected}"
