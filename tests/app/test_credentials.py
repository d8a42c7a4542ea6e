"""The file in which a process has what it shows hubs: read, or refused in words that show no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange import Certificate, ConfigurationError, Password, PlainPassword, Token
from exchange.app.credentials import CredentialsFile
from exchange.net.examination import Credentials
from tests.logbook import Logbook

SECRET = "q9bJ3xv0m2kT7sWd"


def read(folder: Path, text: str | bytes, mode: int = 0o600) -> Credentials:
    file = folder / "secret"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    file.chmod(mode)
    return CredentialsFile(str(file), "--credentials").read()


@pytest.mark.parametrize(
    ("line", "kind", "principal"),
    [
        (f"token:press:{SECRET}", Token, "press"),
        (f"  token: press : {SECRET} \r\n", Token, "press"),
        ("password:ann:se:cret", Password, "ann"),
        ("plain:ann:secret ", PlainPassword, "ann"),
    ],
)
def test_each_kind_of_line_is_read(tmp_path: Path, line: str, kind: type[Token], principal: str) -> None:
    found = read(tmp_path, f"# who we are\n\n{line}")

    assert isinstance(found, kind)
    assert found.principal == principal


def test_a_certificate_needs_no_more_than_the_word(tmp_path: Path) -> None:
    assert isinstance(read(tmp_path, " certificate\n"), Certificate)


def test_a_password_is_taken_as_it_stands_with_colons_and_spaces(tmp_path: Path) -> None:
    found = read(tmp_path, "plain:ann:se:cret ")

    assert isinstance(found, PlainPassword)
    assert found._password == "se:cret "


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no line in it says who this is; expected token:PRINCIPAL:TOKEN"),
        ("# nothing\n", "no line in it says who this is"),
        (f"token:{SECRET}", "line 1: expected token:PRINCIPAL:TOKEN, password:NAME:PASSWORD"),
        (f"{SECRET}", "line 1: expected token:"),
        (f"\npress:{SECRET}:x", "line 2: expected token:"),
        (f"token::{SECRET}", "line 1: a principal or a name has 1 to 255 bytes"),
        (f"token:{SECRET}\x01:{SECRET}", "line 1: a principal or a name has 1 to 255 bytes"),
        (f"token:press:{SECRET[:9]}", "line 1: the token has 9 characters, and 16 are the fewest; make one with"),
        ("password:ann:", "line 1: nothing stands behind the second ':'"),
        ("token:a-token-of-mine-secret:", "line 1: nothing stands behind the second ':'"),
        (f"password:ann:{SECRET}\x01", "line 1: this cannot be a password: control characters forbidden"),
        (f"certificate\ntoken:press:{SECRET}", "line 2: a process shows one thing, and line 1 is it"),
        (b"token:press:\xff" + SECRET.encode(), "line 1: it is not text in UTF-8"),
    ],
)
def test_what_cannot_be_used_is_told_with_file_and_line_and_without_a_secret(
    tmp_path: Path, text: str | bytes, told: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, text)

    line = str(caught.value)
    assert line.startswith(f"--credentials: {tmp_path}/secret: {told}")
    assert SECRET[:9] not in line
    assert "\n" not in line


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^\[hub\] credentials: .*/none: cannot be read: No such file"):
        CredentialsFile(str(tmp_path / "none"), "[hub] credentials").read()


def test_that_others_can_read_it_is_warned_of(tmp_path: Path, logbook: Logbook) -> None:
    read(tmp_path, f"token:press:{SECRET}")
    assert logbook.lines("can be read") == []
    read(tmp_path, f"token:press:{SECRET}", mode=0o644)

    (line,) = logbook.lines("can be read by every user of this machine")
    assert f"chmod o-r {tmp_path}/secret" in line
    assert SECRET not in line
