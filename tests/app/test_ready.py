"""The line that says that all serves, and the command in it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress

from exchange.app.ready import hub_at, offer_of, serving_line, trial_of, web_at
from exchange.services.service import Service, method


class Math(Service):
    name = "math"

    @method
    def add(self, x: float, y: float = 1) -> float:
        return x + y

    @method
    def multiply(self, x: float, y: float, /, *more: float, digits: int = 2) -> float:
        return x * y

    @method
    def describe(self, subject: str, style: str, length: int) -> str:
        return subject


class Store(Service):
    name = "store"

    @method
    def put(self, key, value):  # type: ignore[no-untyped-def]
        return None


class Mute(Service):
    name = "mute"


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


def test_the_line_names_what_serves_and_what_to_try() -> None:
    assert serving_line(["hub at x", "service math"], "do this") == (
        "exchange serves: hub at x, service math; try: do this"
    )
    assert serving_line(["hub at x"], "") == "exchange serves: hub at x"


@pytest.mark.usefixtures("_found_by_the_shell")
def test_the_method_to_try_is_one_whose_arguments_can_be_made_up() -> None:
    assert trial_of([Store(), Math()], "tcp:localhost:11111", "") == "exchange call math.multiply 6 7"


@pytest.mark.usefixtures("_found_by_the_shell")
def test_other_arguments_are_shown_by_their_names() -> None:
    assert trial_of([Store()], "tcp:127.0.0.1:11111", "") == "exchange call store.put KEY VALUE"


@pytest.mark.usefixtures("_found_by_the_shell")
def test_hub_and_group_are_named_unless_they_are_the_usual_ones() -> None:
    assert trial_of([Store()], "tcp:hosta:1", "my plant") == (
        "exchange call --hub tcp:hosta:1 --group 'my plant' store.put KEY VALUE"
    )
    assert offer_of("tcp:localhost:1", "") == ("twistd -n exchange-services --hub tcp:localhost:1 package.module:Class")


def test_where_there_is_nothing_to_call_nothing_is_proposed() -> None:
    assert trial_of([], "tcp:hosta:1", "") == ""
    assert trial_of([Mute()], "tcp:hosta:1", "") == ""


def test_a_program_that_the_shell_does_not_find_is_named_by_its_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "")
    programs = Path(sys.executable).parent

    monkeypatch.chdir(programs.parent)
    assert trial_of([Store()], "tcp:localhost:11111", "") == f"{programs.name}/exchange call store.put KEY VALUE"

    monkeypatch.chdir(tmp_path)
    assert trial_of([Store()], "tcp:localhost:11111", "").startswith(f"{programs}/exchange call ")
