"""A hub that other machines reach asks who links, unless it was told to let everybody in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exchange.app.admission import check_admission, hubs_believed, is_authenticated, warn_of_admission
from exchange.app.hub import Options
from exchange.app.tables import HubTable
from exchange.errors import ConfigurationError
from tests.app.planning import complaint, planned
from tests.logbook import Logbook

OPEN = "other machines reach 'tcp:1', and nobody is asked who they are; ask them by"


@pytest.mark.parametrize(
    "keys",
    [
        {"listen": ["tcp:1:interface=127.0.0.1", "unix:hub", r"tcp6:1:interface=\:\:1"]},
        {"listen": "tcp:1", "token_file": "t"},
        {"listen": "tcp:1", "password_file": "p"},
        {"listen": "tcp:1", "checker": "a:B"},
        {"listen": "tcp:1", "certificate": "c", "key": "k", "authority": "a"},
        {"listen": "tcp:1", "insecure": True},
        {},
    ],
)
def test_a_hub_of_this_machine_or_one_that_asks_may_start(keys: dict[str, Any]) -> None:
    check_admission(HubTable(**keys), "")


@pytest.mark.parametrize("keys", [{}, {"certificate": "c", "key": "k"}, {"hubs": "x"}])
@pytest.mark.parametrize("listen", ["tcp:1", "ssl:1:privateKey=k", "systemd:domain=INET:index=0"])
def test_a_hub_that_others_reach_and_that_asks_nobody_may_not(keys: dict[str, Any], listen: str) -> None:
    with pytest.raises(ConfigurationError, match=f"other machines reach '{listen}'"):
        check_admission(HubTable(listen=["unix:hub", listen], **keys), "")


def test_so_is_its_page(tmp_path: Path) -> None:
    assert complaint(Options, "--http", "tcp:8080") == (
        "--http: other machines reach 'tcp:8080', and nobody is asked who they are; ask them by --token-file, "
        "--password-file or --authority, listen at 127.0.0.1, or let everybody in with --insecure"
    )
    file = tmp_path / "site.toml"
    file.write_text('[hub]\nhttp = "tcp:8080"\n')
    assert complaint(Options, "--config", str(file)).startswith(f"{file}: [hub] http: other machines reach 'tcp:8080'")
    check_admission(HubTable(http="tcp:8080:interface=127.0.0.1"), "")
    check_admission(HubTable(http="tcp:8080", token_file="t"), "")


def test_what_is_said_names_the_mends_as_they_are_written_where_it_was_asked_for(tmp_path: Path) -> None:
    assert complaint(Options, "--listen", "tcp:1") == (
        f"--listen: {OPEN} --token-file, --password-file or --authority, "
        "listen at 127.0.0.1, or let everybody in with --insecure"
    )
    file = tmp_path / "site.toml"
    file.write_text('[hub]\nlisten = "tcp:1"\n')
    assert complaint(Options, "--config", str(file)) == (
        f"{file}: [hub] listen: {OPEN} token-file, password-file or authority, "
        "listen at 127.0.0.1, or let everybody in with insecure = true"
    )


def test_everybody_is_let_in_by_option_environment_or_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "site.toml"
    file.write_text('[hub]\nlisten = "tcp:1"\ninsecure = true\n')
    for words in (["--config", str(file)], ["--listen", "tcp:1", "--insecure"]):
        hub = planned(Options, *words).hub
        assert hub is not None
        assert hub.insecure
    monkeypatch.setenv("EXCHANGE_INSECURE", "true")
    assert planned(Options, "--listen", "tcp:1").hub is not None
    monkeypatch.setenv("EXCHANGE_INSECURE", "perhaps")
    assert complaint(Options, "--listen", "tcp:1") == "EXCHANGE_INSECURE: expected true or false, got 'perhaps'"


def test_a_part_that_does_not_run_the_hub_is_not_asked(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text('[hub]\nlisten = "tcp:1"\n[services.math]\nclass = "m:C"\n')
    assert planned(Options, "--config", str(file), "--only", "services.math").hub is None


@pytest.mark.parametrize(
    ("keys", "believed"),
    [
        ({}, None),
        ({"insecure": True}, ["*"]),
        ({"insecure": True, "hubs": "hub-*"}, ["hub-*"]),
        ({"insecure": True, "token_file": "t"}, None),
        ({"token_file": "t", "hubs": ["a", "b"]}, ["a", "b"]),
    ],
)
def test_whoever_is_let_in_unasked_is_believed_as_a_hub_too(keys: dict[str, Any], believed: list[str] | None) -> None:
    assert hubs_believed(HubTable(**keys)) == believed


@pytest.mark.parametrize(
    ("keys", "lines"),
    [
        ({"listen": "tcp:1:interface=127.0.0.1"}, []),
        ({"listen": "tcp:1", "insecure": True}, ["believed, as a hub too", "can read and change"]),
        ({"listen": "tcp:1", "insecure": True, "hubs": "a"}, ["as a hub too if 'hubs' says so", "can read"]),
        ({"listen": "ssl:1", "insecure": True}, ["insecure: whoever reaches ssl:1 is let in"]),
        ({"listen": "tcp:1", "token_file": "t"}, ["can read and change what passes at tcp:1"]),
        ({"listen": "tcp:1", "token_file": "t", "certificate": "c", "key": "k"}, []),
    ],
)
def test_what_is_risky_is_said_in_the_log_each_time(keys: dict[str, Any], lines: list[str], logbook: Logbook) -> None:
    table = HubTable(**keys)
    warn_of_admission(table)
    found = logbook.lines("whoever")
    assert len(found) == len(lines)
    assert all(part in line for part, line in zip(lines, found, strict=True))
    assert is_authenticated(table) is ("token_file" in keys)
