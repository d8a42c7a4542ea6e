"""The `exchange` command finds the verb, or says what there is."""

from __future__ import annotations

import pytest

from exchange.app.cli.main import main


def ended(*words: str) -> object:
    with pytest.raises(SystemExit) as caught:
        main(words)
    return caught.value.code


def test_the_help_lists_the_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("--help") == 0
    assert "call      Call a method of a service" in capsys.readouterr().out


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("--version") == 0
    assert capsys.readouterr().out == "exchange 0.1.0\n"


@pytest.mark.parametrize("words", [[], ["cull"], ["--bogus"], ["--", "call"]])
def test_without_a_known_verb_it_ends_with_status_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(*words) == 2
    assert capsys.readouterr().err.startswith("usage: exchange [-h] [--version] VERB ...\nexchange: error: ")


def test_a_verb_has_help_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("call", "--help") == 0
    assert "exit status:" in capsys.readouterr().out
