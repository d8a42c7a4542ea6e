"""The line of a password file, made for somebody who types or pipes a password."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from twisted.internet.task import Clock

from exchange import PasswordAuthenticator
from exchange.app.cli import password
from exchange.app.cli.status import Status


class Terminal(io.StringIO):
    """Standard input, typed at."""

    def isatty(self) -> bool:
        return True


def type_in(monkeypatch: pytest.MonkeyPatch, *typed: str | BaseException) -> None:
    words: Iterator[str | BaseException] = iter(typed)

    def answer(prompt: str) -> str:
        word = next(words)
        if isinstance(word, BaseException):
            raise word
        return word

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(password, "getpass", answer)


def pipe_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_the_line_is_printed_and_a_hub_takes_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pipe_in(monkeypatch, "secret word\r\nmore\n")

    assert password.run(["ann"]) is Status.FINE

    line = capsys.readouterr().out
    assert line.startswith("ann:SCRAM-SHA-256$")
    assert "secret" not in line
    (tmp_path / "passwords").write_text(line)
    PasswordAuthenticator(tmp_path / "passwords", Clock().seconds)


def test_it_is_asked_for_twice_on_a_terminal_and_put_into_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "passwords"
    for told in ("was added", "has a new password"):
        type_in(monkeypatch, "secret", "secret")
        assert password.run(["ann", "--file", str(file)]) is Status.FINE
        assert capsys.readouterr().out == f"ann {told} in {file}\n"
    assert file.read_text().count("ann:") == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["secret", "sekret"], "the two are not the same; nothing was made"),
        (["", ""], "no password was given; nothing was made"),
        ([EOFError()], "no password was given; nothing was made"),
        (["se\x01cret", "se\x01cret"], "this cannot be a password: control characters forbidden: other-error"),
    ],
)
def test_what_cannot_be_is_told_without_what_was_typed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: Sequence[str | BaseException],
    told: str,
) -> None:
    type_in(monkeypatch, *typed)

    assert password.run(["ann"]) is Status.USAGE

    assert capsys.readouterr().err == f"exchange password: {told}\n"


def test_a_name_that_cannot_be_is_told_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch)

    assert password.run(["ann:lee"]) is Status.USAGE

    assert capsys.readouterr().err == "exchange password: a principal with a password has no ':' in it\n"


def test_ctrl_c_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, KeyboardInterrupt())

    assert password.run(["ann"]) is Status.INTERRUPTED


def test_a_file_that_cannot_be_written_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pipe_in(monkeypatch, "secret\n")

    assert password.run(["ann", "-f", f"{tmp_path}/none/passwords"]) is Status.USAGE

    assert capsys.readouterr().err.startswith(f"exchange password: {tmp_path}/none/passwords: cannot be written")
