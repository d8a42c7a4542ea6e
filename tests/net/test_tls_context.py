"""What OpenSSL is told to do."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from OpenSSL import SSL

from exchange.net.tls_context import accepting, dialling, make_context, trouble_of
from tests.net.authority import make_files


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_files(tmp_path_factory.mktemp("tls"))


def meet(one: SSL.Connection, other: SSL.Connection) -> list[str]:
    """Let two ends shake hands; return what OpenSSL says of it, if that comes to nothing."""
    faults: list[str] = []
    for _ in range(6):
        for here, there in ((one, other), (other, one)):
            try:
                here.do_handshake()
            except SSL.WantReadError:
                pass
            except SSL.Error as error:
                faults.append(error.args[0][-1][-1])
                return faults
            with suppress(SSL.WantReadError):
                there.bio_write(here.bio_read(65536))
    return faults


def hub_of(folder: Path) -> SSL.Connection:
    hub = accepting(make_context(str(folder / "hub.pem"), str(folder / "hub-key.pem"), ""), None, False, False)
    hub.set_accept_state()
    return hub


@pytest.mark.parametrize("version", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION])
def test_tls_1_2_and_1_3_are_spoken(folder: Path, version: int) -> None:
    context = make_context("", "", str(folder / "authority.pem"))
    context.set_max_proto_version(version)
    peer = dialling(context, None, "localhost")
    peer.set_connect_state()

    assert meet(peer, hub_of(folder)) == []
    assert peer.get_protocol_version() == version
    assert trouble_of(peer) is None


def test_tls_1_1_is_not(folder: Path) -> None:
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_min_proto_version(SSL.TLS1_1_VERSION)
    context.set_max_proto_version(SSL.TLS1_1_VERSION)
    context.set_cipher_list(b"ALL:@SECLEVEL=0")
    old = SSL.Connection(context, None)
    old.set_connect_state()

    assert meet(old, hub_of(folder)) == ["unsupported protocol"]


def test_what_is_wrong_with_a_certificate_is_remembered_with_its_connection(folder: Path) -> None:
    peer = dialling(make_context("", "", str(folder / "other-authority.pem")), None, "localhost")
    peer.set_connect_state()

    assert meet(peer, hub_of(folder)) == ["certificate verify failed"]
    assert trouble_of(peer) == "the certificate of the far end is not of an authority that is known here"


def test_a_key_with_a_password_is_refused_and_nobody_is_asked_for_it(folder: Path, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    key = load_pem_private_key((folder / "hub-key.pem").read_bytes(), None)
    locked = tmp_path / "locked.pem"
    locked.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))

    with pytest.raises(ValueError, match="it has a password"):
        make_context(str(folder / "hub.pem"), str(locked), "")
