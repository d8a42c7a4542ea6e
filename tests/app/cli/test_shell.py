"""What the words of ``exchange shell`` mean."""

from __future__ import annotations

import argparse

import pytest

from exchange.app.cli import shelling
from exchange.app.cli.shell import run


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[argparse.Namespace]:
    """The options that reach the shell, which is not opened."""
    options: list[argparse.Namespace] = []

    def note(given: argparse.Namespace) -> int:
        options.append(given)
        return 0

    monkeypatch.setattr(shelling, "run_shell", note)
    return options


def test_programs_may_be_given_in_the_command(asked: list[argparse.Namespace]) -> None:
    assert run(["-c", "x = 1", "--code", "x", "-t", "2", "--wait", "3"]) == 0

    assert (asked[0].code, asked[0].timeout, asked[0].wait) == (["x = 1", "x"], 2.0, 3.0)


def test_without_any_they_are_typed(asked: list[argparse.Namespace]) -> None:
    run([])

    assert (asked[0].code, asked[0].timeout, asked[0].wait) == (None, 30.0, 0.0)
