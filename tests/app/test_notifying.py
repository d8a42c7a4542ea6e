"""What systemd is told, by a socket that stands in for its own."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from twisted.internet.testing import MemoryReactorClock

from exchange.app.notifying import Notifying
from tests.logbook import Logbook


class Systemd:
    """Listens as systemd does."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.setblocking(False)

    def heard(self) -> list[list[str]]:
        """Return what was told since the last look."""
        told = []
        while True:
            try:
                told.append(self.socket.recv(4096).decode().splitlines())
            except BlockingIOError:
                return told


@pytest.fixture
def place(tmp_path: Path) -> str:
    return str(tmp_path / "notify")


@pytest.fixture
def systemd(place: str) -> Iterator[Systemd]:
    listening = Systemd(place)
    yield listening
    listening.socket.close()


def test_it_is_told_when_all_serves_and_when_it_ends(systemd: Systemd, place: str) -> None:
    reactor = MemoryReactorClock()
    notifying = Notifying(reactor, {"NOTIFY_SOCKET": place})
    notifying.startService()
    assert systemd.heard() == []

    assert notifying.ready("exchange serves: hub rome\n") == "exchange serves: hub rome\n"
    assert systemd.heard() == [["READY=1", "STATUS=exchange serves: hub rome", f"MAINPID={os.getpid()}"]]

    reactor.triggers["before"]["shutdown"][0][0]()
    assert systemd.heard() == [["STOPPING=1", "STATUS=leaving in good order"]]


def test_it_is_told_of_a_reload_from_its_beginning_to_its_end(systemd: Systemd, place: str) -> None:
    notifying = Notifying(MemoryReactorClock(), {"NOTIFY_SOCKET": place})
    notifying.ready("all serves")
    systemd.heard()

    notifying.reloading()
    notifying.reloaded("reloaded: [hub] hubs")

    (begun, ended) = systemd.heard()
    assert begun[0] == "RELOADING=1"
    assert begun[1].startswith("MONOTONIC_USEC=")
    assert begun[1].partition("=")[2].isdigit()
    assert ended == ["READY=1", "STATUS=all serves; reloaded: [hub] hubs"]


def test_signs_of_life_come_twice_as_often_as_they_are_wanted_and_until_the_end(systemd: Systemd, place: str) -> None:
    clock = MemoryReactorClock()
    environ = {"NOTIFY_SOCKET": place, "WATCHDOG_USEC": "4000000", "WATCHDOG_PID": str(os.getpid())}
    notifying = Notifying(clock, environ)

    notifying.startService()
    assert systemd.heard() == [["WATCHDOG=1"]]
    clock.advance(1.9)
    assert systemd.heard() == []
    clock.advance(0.1)
    assert systemd.heard() == [["WATCHDOG=1"]]
    notifying.stopService()
    clock.advance(2)
    assert systemd.heard() == [["WATCHDOG=1"]]


@pytest.mark.parametrize("changed", [{"WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "0"}])
def test_no_sign_of_life_is_given_that_nobody_wants_of_us(
    systemd: Systemd, place: str, changed: dict[str, str]
) -> None:
    Notifying(MemoryReactorClock(), {"NOTIFY_SOCKET": place, "WATCHDOG_USEC": "4000000"} | changed).startService()

    assert systemd.heard() == []


def test_a_socket_may_have_a_name_that_is_no_file() -> None:
    name = f"exchange-test-{os.getpid()}"
    systemd = Systemd(f"\0{name}")
    Notifying(MemoryReactorClock(), {"NOTIFY_SOCKET": f"@{name}"}).ready("all serves")

    assert systemd.heard()[0][0] == "READY=1"
    systemd.socket.close()


def test_without_systemd_nothing_is_said(logbook: Logbook) -> None:
    notifying = Notifying(MemoryReactorClock(), {"WATCHDOG_USEC": "1000000"})
    notifying.startService()
    notifying.ready("all serves")
    notifying.stopService()

    assert logbook.lines() == []


def test_a_socket_that_is_gone_is_warned_of_once(logbook: Logbook, place: str) -> None:
    notifying = Notifying(MemoryReactorClock(), {"NOTIFY_SOCKET": place})
    notifying.ready("all serves")
    notifying.reloading()

    assert logbook.lines() == [f"systemd cannot be told at {place}: No such file or directory"]
