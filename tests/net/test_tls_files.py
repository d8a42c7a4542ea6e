"""Certificates that are renewed on disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from exchange import ConfigurationError, Tls
from tests.logbook import Logbook
from tests.net.authority import make_files
from tests.net.secured import Pair, tls_of


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_files(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "files"
    shutil.copytree(made, copied)
    return copied


class Now:
    """A clock."""

    time = 0.0

    def __call__(self) -> float:
        return self.time


def put(folder: Path, name: str, place: str) -> None:
    for end in (".pem", "-key.pem"):
        shutil.copy(folder / f"{name}{end}", folder / f"{place}{end}")


def is_good(hub: Tls, folder: Path) -> bool:
    pair = Pair(hub, tls_of(folder, None, "authority"))
    pair.say(b"hello")
    return pair.accepting.data == b"hello"


def test_a_renewed_certificate_is_used_by_whoever_connects_a_second_later(folder: Path, logbook: Logbook) -> None:
    now = Now()
    put(folder, "late-hub", "used")
    hub = tls_of(folder, "used", None, clock=now)
    assert not is_good(hub, folder)

    put(folder, "hub", "used")
    now.time = 0.9
    assert not is_good(hub, folder)
    now.time = 1.0
    assert is_good(hub, folder)
    assert logbook.lines("certificates have changed, and were read again: ")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ("key", "used-key.pem: it cannot be used with the certificate"),
        ("nonsense", "used.pem: there is no certificate in it; expected PEM"),
        ("gone", "used.pem: cannot be read: No such file or directory"),
    ],
)
def test_what_cannot_be_used_is_an_error_in_the_log_once_and_what_was_good_goes_on(
    folder: Path, logbook: Logbook, spoil: str, told: str
) -> None:
    now = Now()
    put(folder, "hub", "used")
    hub = tls_of(folder, "used", None, clock=now)

    if spoil == "key":
        shutil.copy(folder / "peer-key.pem", folder / "used-key.pem")
    elif spoil == "nonsense":
        (folder / "used.pem").write_text("nonsense")
    else:
        (folder / "used.pem").unlink()
    for now.time in (2.0, 4.0):
        assert is_good(hub, folder)
    (line,) = logbook.lines("what was read before goes on")
    assert told in line

    put(folder, "hub", "used")
    now.time = 6.0
    assert is_good(hub, folder)
    assert logbook.lines("certificates have changed, and were read again")


@pytest.mark.parametrize(
    ("certificate", "key", "authority", "told"),
    [
        ("none.pem", "hub-key.pem", None, "none.pem: cannot be read: No such file"),
        ("hub.pem", "none.pem", None, "none.pem: cannot be read: No such file"),
        ("hub.pem", "hub-key.pem", "none.pem", "none.pem: cannot be read: No such file"),
        ("hub-key.pem", "hub-key.pem", None, "hub-key.pem: there is no certificate in it; expected PEM"),
        ("hub.pem", "hub.pem", None, "hub.pem: there is no private key in it; expected PEM"),
        (
            "hub.pem",
            "peer-key.pem",
            None,
            "peer-key.pem: it cannot be used with the certificate .*hub.pem; is it",
        ),
        ("hub.pem", "hub-key.pem", "hub-key.pem", "hub-key.pem: there is no certificate of an authority in it"),
    ],
)
def test_at_the_start_what_cannot_be_used_is_refused_by_its_name(
    made: Path, certificate: str, key: str, authority: str | None, told: str
) -> None:
    with pytest.raises(ConfigurationError, match=told):
        Tls(made / certificate, made / key, made / authority if authority else None)


def test_a_key_that_everybody_may_read_is_warned_of(folder: Path, logbook: Logbook) -> None:
    tls_of(folder, "hub", None)
    assert logbook.lines("every user of this machine") == []

    (folder / "hub-key.pem").chmod(0o644)
    tls_of(folder, "hub", None)
    assert len(logbook.lines("every user of this machine may read the key")) == 1
