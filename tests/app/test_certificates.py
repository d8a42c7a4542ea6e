"""Certificates of a private authority."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange.app.certificates import (
    Files,
    facts_of,
    make_authority,
    make_hub,
    make_peer,
    read_certificate,
    read_pair,
    told_of,
    write_pair,
)
from exchange.errors import ConfigurationError

NOW = datetime(2030, 5, 1, 12, tzinfo=UTC)
OURS = make_authority("ours", 10, NOW)


def test_what_is_written_can_be_read_and_only_we_may_read_the_key(tmp_path: Path) -> None:
    files = Files(tmp_path / "new" / "a.pem", tmp_path / "new" / "a-key.pem")
    write_pair(OURS, files, may_replace=False)

    read = read_pair(files)
    assert read.certificate == OURS.certificate
    assert files.key.stat().st_mode & 0o777 == 0o600
    assert files.key.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    assert sorted(each.name for each in files.key.parent.iterdir()) == ["a-key.pem", "a.pem"]


def test_nothing_is_replaced_unless_that_is_asked_for(tmp_path: Path) -> None:
    files = Files(tmp_path / "a.pem", tmp_path / "a-key.pem")
    write_pair(OURS, files, may_replace=False)
    other = make_authority("other", 10, NOW)
    for file in files:
        file.rename(tmp_path / "kept")
        with pytest.raises(ConfigurationError, match=r"it is there already; --force replaces it"):
            write_pair(other, files, may_replace=False)
        (tmp_path / "kept").rename(file)
    assert read_pair(files).certificate == OURS.certificate

    write_pair(other, files, may_replace=True)
    assert read_pair(files).certificate == other.certificate


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    files = Files(tmp_path / "file" / "a.pem", tmp_path / "file" / "a-key.pem")
    with pytest.raises(ConfigurationError, match=r"file: cannot be written: "):
        write_pair(OURS, files, may_replace=True)


def test_a_certificate_tells_whose_it_is_and_until_when() -> None:
    hub = make_hub("rome", ["localhost", "127.0.0.1", "localhost", "*.plant.example"], OURS, 5, NOW).certificate
    assert told_of(hub, NOW) == [
        "name: rome",
        "authority: ours",
        "hosts: localhost, 127.0.0.1, *.plant.example",
        "good until: 2030-05-06 12:00 UTC (5 days left)",
    ]
    peer = make_peer("press", OURS, 5, NOW).certificate
    assert told_of(peer, NOW + timedelta(days=6))[-1] == "good until: 2030-05-06 12:00 UTC (it has expired)"
    assert facts_of(peer, NOW + timedelta(days=6))["days_left"] < 0


@pytest.mark.parametrize("name", ["", "x" * 65, "a\nb"])
def test_a_name_that_cannot_stand_in_a_certificate_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="a name in a certificate has 1 to 64 characters"):
        make_peer(name, OURS, 5, NOW)


@pytest.mark.parametrize("host", ["", "a" * 70, "-\u0000"])
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(ConfigurationError, match="is neither a name nor an address of a host"):
        make_hub("rome", [host], OURS, 5, NOW)


def test_days_beyond_the_calendar_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="--days: 9999999 days from now is beyond all calendars"):
        make_peer("press", OURS, 9_999_999, NOW)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    files = Files(tmp_path / "a.pem", tmp_path / "a-key.pem")
    with pytest.raises(ConfigurationError, match=r"a.pem: cannot be read: No such file"):
        read_certificate(files.certificate)
    files.certificate.write_text("nonsense")
    with pytest.raises(ConfigurationError, match=r"a.pem: there is no certificate in it; expected PEM"):
        read_pair(files)

    write_pair(OURS, files, may_replace=True)
    files.key.write_text("nonsense")
    with pytest.raises(ConfigurationError, match=r"a-key.pem: it is no private key in PEM"):
        read_pair(files)

    other = Files(tmp_path / "b.pem", files.key)
    write_pair(make_authority("other", 10, NOW), other, may_replace=True)
    with pytest.raises(ConfigurationError, match=r"a-key.pem: it is not the key of .*a.pem"):
        read_pair(files)
