"""What endpoints say as text."""

from __future__ import annotations

import pytest

from exchange.net.endpoint_text import fields_of, host_in, is_tcp


def test_an_endpoint_string_has_fields_of_which_some_are_quoted() -> None:
    assert fields_of(r"tcp:\:\:1:11111:bindAddress=a\:b") == ["tcp", "::1", "11111", "bindAddress=a:b"]


@pytest.mark.parametrize(
    ("text", "tcp"),
    [
        ("tcp:1", True),
        ("tcp4:1", True),
        ("tcp6:1", True),
        ("unix:tcp", False),
        ("ssl:1", False),
        ("systemd:1", False),
        ("systemd:domain=INET:index=0", True),
        ("systemd:domain=INET6:name=a", True),
        ("systemd:domain=UNIX:index=0", False),
    ],
)
def test_tls_goes_over_tcp_alone(text: str, tcp: bool) -> None:
    assert is_tcp(text) is tcp


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("tcp:localhost:11111", "localhost"),
        (r"tcp:\:\:1:11111", "::1"),
        ("tcp:host=hosta:port=1", "hosta"),
        ("tcp:port=1:host=hosta", "hosta"),
        ("tcp", ""),
    ],
)
def test_who_is_dialled(text: str, host: str) -> None:
    assert host_in(text) == host
