"""Passwords: by SCRAM-SHA-256, so that nothing that could be said again crosses the link."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exchange import ConfigurationError, Password, PasswordAuthenticator
from exchange.net.examination import Challenge, Denied, Granted, Newcomer, Unproved
from exchange.net.passwords import is_right, line_of
from exchange.wire.identities import Identity
from tests.logbook import Logbook

WHO = Identity(b"i" * 16)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "passwords"
    path.write_text(f"{line_of('ann', 'pencil of ann')}\n{line_of('ümit', 'Füller')}\n")
    return path


@pytest.fixture
def authenticator(file: Path) -> PasswordAuthenticator:
    return PasswordAuthenticator(file, lambda: 0.0)


def examined(authenticator: PasswordAuthenticator, password: Password) -> tuple[object, list[bytes]]:
    examination, proving = authenticator.examine(Newcomer(WHO)), password.begin(WHO)
    said: list[bytes] = []
    verdict = examination.step(None)
    while isinstance(verdict, Challenge):
        said += [verdict.data, proving.answer(verdict.data)]
        verdict = examination.step(said[-1])
    return verdict, said


@pytest.mark.parametrize(("name", "password"), [("ann", "pencil of ann"), ("ümit", "Füller")])
def test_whoever_knows_the_password_is_let_in_and_it_is_never_told(
    authenticator: PasswordAuthenticator, name: str, password: str
) -> None:
    verdict, said = examined(authenticator, Password(name, password))

    assert verdict == Granted(name)
    assert not any(password.encode() in each for each in said)
    assert len(said) == 6, "three questions, three answers"


@pytest.mark.parametrize(("name", "password"), [("ann", "Pencil of ann"), ("bob", "pencil of ann"), ("ann,", "x")])
def test_whoever_does_not_is_denied(authenticator: PasswordAuthenticator, name: str, password: str) -> None:
    assert examined(authenticator, Password(name, password))[0] == Denied()


@pytest.mark.parametrize(
    ("name", "password", "right"),
    [
        ("ann", "pencil of ann", True),
        ("ümit", "Füller", True),
        ("ümit", "Fu\u0308ller", True),
        ("ann", "Füller", False),
        ("bob", "pencil of ann", False),
        ("ann", "\x00", False),
        ("ann", "", False),
    ],
)
def test_a_password_that_is_said_in_full_is_compared_with_the_same(
    authenticator: PasswordAuthenticator, name: str, password: str, right: bool
) -> None:
    assert is_right(password, authenticator.verifier_of(name)) is right


def test_nobody_learns_which_names_are_known(authenticator: PasswordAuthenticator) -> None:
    def first(name: str) -> str:
        examination = authenticator.examine(Newcomer(WHO))
        examination.step(None)
        challenge = examination.step(Password(name, "x").begin(WHO).answer(b""))
        assert isinstance(challenge, Challenge)
        return re.sub("r=[^,]*,", "", challenge.data.decode())

    assert first("bob") == first("bob") != first("carol")
    assert first("bob").rpartition(",i=")[2] == first("ann").rpartition(",i=")[2]


def test_what_was_said_once_is_of_no_use_again(authenticator: PasswordAuthenticator) -> None:
    _, said = examined(authenticator, Password("ann", "pencil of ann"))
    again = authenticator.examine(Newcomer(WHO))
    again.step(None)
    again.step(said[1])

    assert again.step(said[3]) == Denied()


@pytest.mark.parametrize(
    "told", [b"", b"n,,", b"\xff", b"n,,n=ann,r=", b"y,,n=ann,r=abc", b"n,,n=a\0,r=x", b"," * 9000]
)
def test_nonsense_is_denied(authenticator: PasswordAuthenticator, told: bytes) -> None:
    examination = authenticator.examine(Newcomer(WHO))
    examination.step(None)
    verdict = examination.step(told)
    if isinstance(verdict, Challenge):  # as far as it went it was right
        verdict = examination.step(told)

    assert verdict == Denied()


def test_a_hub_that_does_not_know_the_password_is_found_out(authenticator: PasswordAuthenticator) -> None:
    examination, proving = authenticator.examine(Newcomer(WHO)), Password("ann", "pencil of ann").begin(WHO)
    examination.step(None)
    first = examination.step(proving.answer(b""))
    assert isinstance(first, Challenge)
    proving.answer(first.data)

    with pytest.raises(Unproved):
        proving.answer(b"v=" + b"A" * 43 + b"=")
    with pytest.raises(Unproved):
        proving.answer(b"more")


@pytest.mark.parametrize("iterations", [b"2000000", b"4095", b"1", b"0", b"-1"])
def test_a_hub_that_would_keep_us_busy_or_guess_the_password_quickly_is_found_out(iterations: bytes) -> None:
    proving = Password("ann", "pencil").begin(WHO)
    nonce = proving.answer(b"").rpartition(b"r=")[2]

    with pytest.raises(Unproved, match="iteration|4096"):
        proving.answer(b"r=" + nonce + b"x,s=c2FsdHNhbHRzYWx0,i=" + iterations)


@pytest.mark.parametrize(
    "line",
    ["ann", "ann:pencil", "ann:SCRAM-SHA-256$1:c2FsdA==$eA==:eA==", "ann:SCRAM-SHA-256$4096:c2FsdA==$eA==:eA=="],
)
def test_a_line_that_cannot_be_used_is_named_with_the_mend(tmp_path: Path, line: str) -> None:
    path = tmp_path / "passwords"
    path.write_text(line)

    with pytest.raises(ConfigurationError, match="line 1: .*exchange password NAME"):
        PasswordAuthenticator(path, lambda: 0.0)


@pytest.mark.parametrize("change", [("$20000:", "$4095:"), ("$20000:", "$1000001:"), ("ann:", ":")])
def test_numbers_and_names_that_cannot_be_are_named(file: Path, change: tuple[str, str]) -> None:
    file.write_text(file.read_text().replace(*change))

    with pytest.raises(ConfigurationError, match="line 1: "):
        PasswordAuthenticator(file, lambda: 0.0)


@pytest.mark.parametrize(("name", "password"), [("", "x"), ("a:b", "x"), ("ann", "\x07")])
def test_a_line_that_could_not_be_used_is_not_made(name: str, password: str) -> None:
    with pytest.raises(ConfigurationError):
        line_of(name, password)


@pytest.mark.parametrize(("mode", "warned"), [(0o600, 0), (0o644, 1)])
def test_a_file_that_everybody_can_read_is_warned_of(file: Path, mode: int, warned: int, logbook: Logbook) -> None:
    file.chmod(mode)
    PasswordAuthenticator(file, lambda: 0.0)

    assert len(logbook.lines("can be read by every user")) == warned


def test_a_password_is_not_shown_and_must_be_one() -> None:
    assert repr(Password("ann", "pencil")) == "<password of 'ann'>"
    with pytest.raises(ConfigurationError, match="cannot be a password"):
        Password("ann", "\x07")


def test_who_has_a_password_by_now_is_known(file: Path) -> None:
    times = iter(range(9))
    authenticator = PasswordAuthenticator(file, lambda: 2.0 * next(times))
    assert authenticator.knows("ann")
    assert not authenticator.knows("nobody")

    file.write_text("# nobody\n")

    assert not authenticator.knows("ann")
