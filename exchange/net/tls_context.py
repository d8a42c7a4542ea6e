"""What OpenSSL is told to do: TLS 1.2 or later, our certificate, whose certificates we believe, and for which host."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from exchange.net.tls_wording import told_of_name, told_of_verification

if TYPE_CHECKING:
    from OpenSSL.crypto import X509
    from OpenSSL.SSL import Connection, Context

CIPHERS = b"ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2; those of 1.3 are all good."""

_troubles: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def make_context(certificate: str, key: str, authority: str) -> Context:
    """Return what OpenSSL makes connections by; each of the three files is left out if its name is empty.

    Raises:
        OpenSSL.SSL.Error: OpenSSL does not take one of them.
        ValueError: The key is none, or has a password.
        OSError: A file cannot be read.
    """
    from OpenSSL import SSL

    context = SSL.Context(SSL.TLS_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION | SSL.OP_NO_TICKET)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)
    context.set_cipher_list(CIPHERS)
    if certificate:
        context.use_certificate_chain_file(certificate)
        context.use_privatekey(_key_in(key))
        context.check_privatekey()
    if authority:
        context.load_verify_locations(authority)
    else:
        context.set_default_verify_paths()
    return context


def trust_itself(context: Context, certificate: str) -> None:
    """Believe this one certificate, whoever signed it: it is that of the hub of the same file."""
    from OpenSSL.crypto import X509StoreFlags

    context.load_verify_locations(certificate)
    store = context.get_cert_store()
    if store is not None:
        store.set_flags(X509StoreFlags.PARTIAL_CHAIN)


def accepting(context: Context, protocol: Any, asks: bool, insists: bool) -> Connection:
    """Return the accepting end of a connection.

    Args:
        asks: Whether the far end is asked for a certificate of our authority.
        insists: Whether it must show one.
    """
    from OpenSSL import SSL

    connection = SSL.Connection(context, None)
    connection.set_app_data(protocol)
    insisting = SSL.VERIFY_FAIL_IF_NO_PEER_CERT if insists else 0
    connection.set_verify(SSL.VERIFY_PEER | insisting if asks else SSL.VERIFY_NONE, _verifying(None))
    return connection


def dialling(context: Context, protocol: Any, host: str) -> Connection:
    """Return the dialling end of a connection to ``host``, whose certificate must be for it."""
    from OpenSSL import SSL

    connection = SSL.Connection(context, None)
    connection.set_app_data(protocol)
    if host and not _is_address(host):
        connection.set_tlsext_host_name(host.encode("idna"))
    connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, _verifying(host))
    return connection


def trouble_of(connection: Any) -> str | None:
    """Return what was wrong with the certificate that the far end of a connection showed, if anything was."""
    return _troubles.get(connection)


def _verifying(host: str | None) -> Callable[[Connection, X509, int, int, int], bool]:
    """Return what OpenSSL asks about each certificate of a chain; the last is that of the far end itself."""

    def verify(connection: Connection, certificate: X509, number: int, depth: int, is_good: int) -> bool:
        trouble = ""
        if not is_good:
            trouble = told_of_verification(number)
        elif depth == 0 and host is not None:
            trouble = _trouble_with_name(certificate, host)
        if trouble:
            _troubles[connection] = trouble
        return not trouble

    return verify


def _trouble_with_name(certificate: X509, host: str) -> str:
    from service_identity import CertificateError, VerificationError
    from service_identity.cryptography import (
        extract_patterns,
        verify_certificate_hostname,
        verify_certificate_ip_address,
    )

    shown = certificate.to_cryptography()
    try:
        if _is_address(host):
            verify_certificate_ip_address(shown, host)
        else:
            verify_certificate_hostname(shown, host.encode("idna").decode())
    except (VerificationError, CertificateError, ValueError):
        try:
            names = [_told(getattr(pattern, "pattern", pattern)) for pattern in extract_patterns(shown)]
        except (CertificateError, ValueError):
            names = []
        return told_of_name(host, names)
    return ""


def _told(pattern: Any) -> str:
    return pattern.decode("ascii", "replace") if isinstance(pattern, bytes) else str(pattern)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _key_in(file: str) -> Any:
    """Return a key; OpenSSL, left alone with one that has a password, would ask for it at the terminal."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    with open(file, "rb") as opened:
        content = opened.read()
    try:
        key: Any = load_pem_private_key(content, None)
    except TypeError:
        raise ValueError("it has a password") from None
    return key
