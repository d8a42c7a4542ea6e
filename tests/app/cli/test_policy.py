"""``exchange policy check`` on files that are right, doubtful and wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exchange.app.cli import policy
from exchange.app.cli.status import Status


def site_file(folder: Path, text: str) -> str:
    file = folder / "site.toml"
    file.write_text(text)
    return str(file)


def test_the_rules_are_shown_and_what_is_doubtful_after_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = site_file(tmp_path, "[hub]\n[[policy]]\nwatch = '*'\ncall = 'math'\n")

    assert policy.run(["check", file]) is Status.FINE

    assert capsys.readouterr().out.splitlines() == [
        f"{file}: 1 rule",
        "  1  *: call math; watch *",
        "warning: rule 1: call 'math' fits no call, which is SERVICE.METHOD; write 'math.*'",
    ]


def test_programs_get_the_rules_and_people_the_warnings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = site_file(tmp_path, "[hub]\n[[policy]]\nwatch = '*'\ncall = 'math'\ncalls-per-second = 3\n")

    assert policy.run(["check", file, "--output", "json"]) is Status.FINE

    told = capsys.readouterr()
    assert json.loads(told.out) == [
        {"rule": 1, "principal": ["*"], "call": ["math"], "watch": ["*"], "calls-per-second": 3}
    ]
    assert told.err.startswith("warning: rule 1: call 'math' fits no call")


def test_what_is_wrong_is_one_line_and_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = site_file(tmp_path, "[hub]\n[[policy]]\ncalls = '*'\n")

    assert policy.run(["check", file]) is Status.USAGE

    assert capsys.readouterr().err == (
        f"exchange policy: {file}: [[policy]] 1 calls: unknown key; did you mean 'call'?\n"
    )


def test_without_a_verb_it_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        policy.run([])
    assert caught.value.code == 2
    assert "usage: exchange policy" in capsys.readouterr().err
