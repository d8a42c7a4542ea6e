"""Sockets that systemd opened: found by what it says, and told apart from what they are not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor
from twisted.internet.address import UNIXAddress
from twisted.python.systemd import ListenFDs

from exchange.app.endpoints import listened, stays_here, way_in
from exchange.app.inherited import NoSuchSocket, address_of
from exchange.errors import ConfigurationError
from twisted.plugins import twisted_core

TEXT = "systemd:domain=INET:index=0"


@pytest.fixture
def inherited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[int]:
    """The port of the first of two sockets, as if systemd had passed them; the other is a Unix socket."""
    core: Any = twisted_core
    with socket.create_server(("127.0.0.1", 0)) as first, socket.socket(socket.AF_UNIX) as second:
        second.bind(str(tmp_path / "hub.sock"))
        passed = ListenFDs([first.fileno(), second.fileno()], ["web", "hub"])
        monkeypatch.setattr(core.systemdEndpointParser, "_sddaemon", passed, raising=True)
        yield first.getsockname()[1]


def test_where_an_inherited_socket_listens_is_known(inherited: int, tmp_path: Path) -> None:
    assert listened(reactor, TEXT) == TEXT
    assert way_in(TEXT) == f"tcp:127.0.0.1:{inherited}"
    assert stays_here(TEXT)
    assert address_of("systemd:domain=UNIX:name=hub") == UNIXAddress(str(tmp_path / "hub.sock").encode())
    assert way_in("systemd:domain=UNIX:name=hub") == f"unix:{tmp_path}/hub.sock"


def test_of_a_socket_that_was_not_passed_it_is_said_how_to_get_it() -> None:
    with pytest.raises(NoSuchSocket, match=r"^--listen: 'systemd:domain=INET:index=0': systemd has passed no such "):
        listened(reactor, TEXT)
    assert address_of(TEXT) is None
    assert way_in(TEXT) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("systemd", "is not an endpoint; one looks like systemd:domain=INET:index=0 or systemd:domain=INET:name=hub"),
        ("systemd:domain=INET", "is not an endpoint"),
        ("systemd:domain=INET:index=first", "is not an endpoint"),
        ("systemd:domain=INET:index=0:name=hub", "is not an endpoint"),
        ("systemd:domain=INET:index=0:colour=red", "is not an endpoint"),
        ("systemd:index=0", "domain is one of INET, INET6, UNIX"),
        ("systemd:domain=TCP:index=0", "domain is one of INET, INET6, UNIX"),
    ],
)
def test_what_cannot_be_an_endpoint_of_systemd_is_told(text: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        listened(reactor, text)

    assert str(caught.value).startswith(f"--listen: '{text}'")
    assert told in str(caught.value)
    assert not isinstance(caught.value, NoSuchSocket)
