"""Endpoint strings as people write them, and how a hub that listens is dialled."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from twisted.internet.testing import MemoryReactor

from exchange.app.endpoints import dialled, is_secure, listened, tcp_listener, way_in
from exchange.errors import ConfigurationError
from tests.certificate import certify


@pytest.mark.parametrize(
    ("written", "endpoint"),
    [
        ("tcp:localhost:11111", "tcp:localhost:11111"),
        ("localhost:11111", "tcp:localhost:11111"),
        ("127.0.0.1:1", "tcp:127.0.0.1:1"),
        ("[::1]:11111", "tcp:\\:\\:1:11111"),
        ("tcp:host=hosta:port=2", "tcp:host=hosta:port=2"),
        ("unix:/run/hub.sock", "unix:/run/hub.sock"),
        ("unix:1234", "unix:1234"),
    ],
)
def test_a_hub_may_be_written_as_endpoint_or_for_short(written: str, endpoint: str) -> None:
    assert dialled(MemoryReactor(), written) == endpoint


@pytest.mark.parametrize("written", ["", "localhost", "tcp:11111", "tcp:localhost:x", "pigeon:1:2", "http://a:1"])
def test_what_cannot_be_dialled_is_answered_with_an_example(written: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        dialled(MemoryReactor(), written, "--hub")

    assert str(caught.value) == f"--hub: '{written}' is not an endpoint; one looks like tcp:localhost:11111"


@pytest.mark.parametrize("written", ["tcp:localhost:65536", "localhost:99999", "tcp:host=a:port=70000"])
def test_a_port_that_cannot_be_is_refused(written: str) -> None:
    with pytest.raises(ConfigurationError, match="is beyond port 65535, the highest"):
        dialled(MemoryReactor(), written)


def test_listening_takes_any_endpoint_of_twisted() -> None:
    for text in ("tcp:0", "tcp:1:interface=127.0.0.1", "unix:/run/hub.sock"):
        assert listened(MemoryReactor(), text) == text


def test_listening_with_tls_needs_a_key_and_a_certificate_that_are_there(tmp_path: Path) -> None:
    key, certificate = certify(tmp_path)
    text = f"ssl:0:privateKey={key}:certKey={certificate}"
    assert listened(MemoryReactor(), text) == text

    with pytest.raises(ConfigurationError) as caught:
        listened(MemoryReactor(), f"ssl:0:privateKey={key}:certKey={tmp_path}/nowhere")
    assert str(caught.value).endswith(f"'{tmp_path}/nowhere' cannot be read: No such file or directory")
    key.write_text("no key")
    with pytest.raises(ConfigurationError, match="its key and certificate cannot be used; are they PEM"):
        listened(MemoryReactor(), text)


def test_listening_with_tls_without_pyopenssl_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = certify(tmp_path)
    monkeypatch.setitem(sys.modules, "OpenSSL", None)
    monkeypatch.delitem(sys.modules, "twisted.internet.ssl", raising=False)
    monkeypatch.delattr("twisted.internet.ssl", raising=False)

    with pytest.raises(ConfigurationError, match=r"pip install 'exchange\[tls\]'"):
        listened(MemoryReactor(), f"ssl:0:privateKey={key}:certKey={certificate}")


@pytest.mark.parametrize(
    ("listening", "is_so"),
    [("ssl:8443", True), ("tls:8443", True), ("tcp:8443", False), ("unix:ssl", False)],
)
def test_whether_an_endpoint_speaks_tls_is_known_by_its_text(listening: str, is_so: bool) -> None:
    assert is_secure(listening) == is_so


@pytest.mark.parametrize(
    ("listening", "dialling"),
    [
        ("tcp:11111", "tcp:localhost:11111"),
        ("tcp:port=11111", "tcp:localhost:11111"),
        ("tcp:11111:interface=0.0.0.0", "tcp:localhost:11111"),
        ("tcp:11111:interface=127.0.0.1", "tcp:127.0.0.1:11111"),
        ("tcp:11111:interface=\\:\\:1:backlog=5", "tcp:\\:\\:1:11111"),
        ("unix:/run/hub.sock:mode=660", "unix:/run/hub.sock"),
        ("unix:address=/run/hub.sock", "unix:/run/hub.sock"),
        ("tcp:0", None),
        ("systemd:domain=INET:index=0", None),
    ],
)
def test_where_a_hub_listens_says_where_to_dial(listening: str, dialling: str | None) -> None:
    assert way_in(listening) == dialling
    if dialling is not None:
        assert dialled(MemoryReactor(), dialling) == dialling


def test_an_interface_with_colons_is_quoted() -> None:
    assert listened(MemoryReactor(), tcp_listener(1, "::1")) == "tcp:1:interface=\\:\\:1"
