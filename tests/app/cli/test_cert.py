"""``exchange cert``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange.app import certificates
from exchange.app.certificates import read_certificate
from exchange.app.cli import cert
from exchange.app.cli.cert import run
from exchange.app.cli.status import Status


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def hosts_of(file: str) -> str:
    return certificates.told_of(read_certificate(Path(file)), datetime.now(UTC))[2]


def test_from_nothing_to_an_authority_a_hub_and_a_peer(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["ca"], ["hub", "rome"], ["peer", "press"], ["show", "press.pem"]):
        assert run(words) == Status.FINE
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == [
        "made authority.pem and authority-key.pem",
        "made rome.pem and rome-key.pem",
        "made press.pem and press-key.pem",
        "name: press",
        "authority: exchange",
    ]
    assert "(364 days left)" in lines[5]
    assert hosts_of("rome.pem").startswith("hosts: localhost, 127.0.0.1, ::1")


def test_hosts_days_name_and_folder_may_be_chosen() -> None:
    assert run(["ca", "--folder", "keys", "--name", "plant", "--days", "2"]) == Status.FINE
    assert run(["hub", "rome", "--folder", "keys", "--host", "rome.example", "--host", "192.0.2.7"]) == Status.FINE
    assert hosts_of("keys/rome.pem") == "hosts: rome.example, 192.0.2.7"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["hub", "rome"], "authority.pem: there is none yet; make it with: exchange cert ca"),
        (["show", "rome.pem"], "rome.pem: cannot be read: No such file or directory"),
    ],
)
def test_what_is_missing_is_said_in_a_line(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == Status.USAGE
    assert capsys.readouterr().err == f"exchange cert: {told}\n"


@pytest.mark.parametrize("name", ["authority", "a/b", ".hidden"])
def test_a_name_that_would_be_another_file_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["ca"])
    before = Path("authority.pem").read_bytes()
    assert run(["peer", name, "--force"]) == Status.USAGE
    assert "a file of this name cannot be made; choose another" in capsys.readouterr().err
    assert Path("authority.pem").read_bytes() == before


def test_nothing_is_overwritten_but_by_force(capsys: pytest.CaptureFixture[str]) -> None:
    run(["ca"])
    before = Path("authority.pem").read_bytes()
    assert run(["ca"]) == Status.USAGE
    assert "authority.pem: it is there already; --force replaces it" in capsys.readouterr().err
    assert Path("authority.pem").read_bytes() == before
    assert run(["ca", "--force"]) == Status.FINE
    assert Path("authority.pem").read_bytes() != before


@pytest.mark.parametrize("days", ["0", "-1", "x"])
def test_days_are_a_number_above_0(days: str) -> None:
    with pytest.raises(SystemExit):
        run(["ca", f"--days={days}"])


def test_a_package_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cert, "find_spec", lambda name: None)
    assert run(["ca"]) == Status.USAGE
    assert "pip install 'exchange[tls]'" in capsys.readouterr().err
