"""The line that says that all serves, and what it proposes."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress

from exchange.app.ready import hub_at, offer_of, serving_line, trial_of, use_of, web_at


@pytest.fixture
def _found_by_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert shutil.which("exchange")


@pytest.mark.parametrize(
    ("address", "hub", "url"),
    [
        (IPv4Address("TCP", "127.0.0.1", 1), "tcp:127.0.0.1:1", "http://127.0.0.1:1/rpc"),
        (IPv4Address("TCP", "0.0.0.0", 1), "tcp:localhost:1", "http://localhost:1/rpc"),
        (IPv6Address("TCP", "::1", 1), "tcp:\\:\\:1:1", "http://[::1]:1/rpc"),
        (IPv6Address("TCP", "::", 1), "tcp:localhost:1", "http://localhost:1/rpc"),
        (UNIXAddress("hub.sock"), "unix:hub.sock", "hub.sock, path /rpc"),
    ],
)
def test_an_address_is_shown_as_what_one_dials(address: Any, hub: str, url: str) -> None:
    assert hub_at(address) == hub
    assert web_at(address, "/rpc") == url


def test_where_tls_is_spoken_the_url_says_so() -> None:
    assert web_at(IPv4Address("TCP", "127.0.0.1", 1), "/rpc", is_secure=True) == "https://127.0.0.1:1/rpc"


def test_the_line_names_what_serves_and_what_to_do() -> None:
    assert serving_line(["hub at x", "service math"], "try: this") == (
        "exchange serves: hub at x, service math; try: this"
    )
    assert serving_line(["hub at x"], "") == "exchange serves: hub at x"


@pytest.mark.usefixtures("_found_by_the_shell")
def test_what_the_configuration_chose_is_proposed_as_a_whole_command() -> None:
    assert trial_of("math.multiply 6 7", "tcp:localhost:11111", "") == "try: exchange call math.multiply 6 7"


@pytest.mark.usefixtures("_found_by_the_shell")
def test_where_nothing_was_chosen_no_method_is_named() -> None:
    assert use_of("store", "tcp:127.0.0.1:11111", "") == "to call it: exchange call store.METHOD ARGUMENT ..."


@pytest.mark.usefixtures("_found_by_the_shell")
def test_hub_and_group_are_named_unless_they_are_the_usual_ones() -> None:
    assert use_of("store", "tcp:hosta:1", "my plant") == (
        "to call it: exchange call --hub tcp:hosta:1 --group 'my plant' store.METHOD ARGUMENT ..."
    )
    assert trial_of("a.b", "tcp:hosta:1", "") == "try: exchange call --hub tcp:hosta:1 a.b"
    assert offer_of("tcp:localhost:1", "") == (
        "try: twistd -n exchange-services --hub tcp:localhost:1 package.module:Class"
    )


def test_a_program_that_the_shell_does_not_find_is_named_by_its_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "")
    programs = Path(sys.executable).parent

    monkeypatch.chdir(programs.parent)
    assert trial_of("a.b", "tcp:localhost:11111", "") == f"try: {programs.name}/exchange call a.b"

    monkeypatch.chdir(tmp_path)
    assert trial_of("a.b", "tcp:localhost:11111", "").startswith(f"try: {programs}/exchange call ")
