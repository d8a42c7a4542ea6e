"""Certificates of a private authority: made, written, read and told of, with the package `cryptography`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from exchange.errors import ConfigurationError

if TYPE_CHECKING:
    from cryptography import x509

EARLIER = timedelta(hours=1)
"""So much before now certificates begin to hold: clocks differ."""

LONGEST_NAME = 64
"""Characters that a common name may have."""

HOST = re.compile(r"[\w-]+(\.[\w-]+)*", re.ASCII)
MINE = 0o600
EVERYBODYS = 0o644


class Pair(NamedTuple):
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Any


class Files(NamedTuple):
    """Where a certificate and its key are."""

    certificate: Path
    key: Path


def make_authority(name: str, days: int, now: datetime) -> Pair:
    """Return a new authority."""
    from cryptography import x509

    key = _new_key()
    builder = _begun(name, key, _named(name), days, now)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(is_authority=True), critical=True)
    return Pair(builder.sign(key, _hash()), key)


def make_hub(name: str, hosts: Iterable[str], authority: Pair, days: int, now: datetime) -> Pair:
    """Return a certificate to listen with at ``hosts``, and to join other hubs with as principal ``name``."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    both = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    names = x509.SubjectAlternativeName([_general_name(host) for host in dict.fromkeys(hosts)])
    return _made(name, [both, names], authority, days, now)


def make_peer(name: str, authority: Pair, days: int, now: datetime) -> Pair:
    """Return a certificate to dial hubs with as principal ``name``; nobody can listen with it."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    return _made(name, [x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])], authority, days, now)


def read_pair(files: Files) -> Pair:
    """Read a certificate and its key.

    Raises:
        ConfigurationError: One cannot be read, or they do not belong together.
    """
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    certificate = read_certificate(files.certificate)
    try:
        key: Any = load_pem_private_key(_read(files.key), None)
    except (ValueError, TypeError):
        raise ConfigurationError(f"{files.key}: it is no private key in PEM without a password") from None
    if key.public_key() != certificate.public_key():
        raise ConfigurationError(f"{files.key}: it is not the key of {files.certificate}")
    return Pair(certificate, key)


def read_certificate(file: Path) -> x509.Certificate:
    """Read the first certificate of a file.

    Raises:
        ConfigurationError: There is none.
    """
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificate(_read(file))
    except ValueError:
        raise ConfigurationError(f"{file}: there is no certificate in it; expected PEM") from None


def write_pair(pair: Pair, files: Files, *, may_replace: bool) -> None:
    """Write both files, the key for our eyes only; each is there wholly or not at all.

    Raises:
        ConfigurationError: There is one already, or it cannot be written.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    there = [file for file in files if file.exists()]
    if there and not may_replace:
        raise ConfigurationError(f"{there[0]}: it is there already; --force replaces it")
    try:
        for file in files:
            file.parent.mkdir(parents=True, exist_ok=True)
        _write(files.key, pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), MINE)
        _write(files.certificate, pair.certificate.public_bytes(Encoding.PEM), EVERYBODYS)
    except OSError as error:
        raise ConfigurationError(f"{error.filename}: cannot be written: {error.strerror}") from None


def told_of(certificate: x509.Certificate, now: datetime) -> list[str]:
    """Return what people want to know of a certificate, in lines."""
    facts = facts_of(certificate, now)
    hosts = [f"hosts: {', '.join(facts['hosts'])}"] if facts["hosts"] else []
    left = f"{facts['days_left']} days left" if facts["days_left"] >= 0 else "it has expired"
    until = f"good until: {certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC ({left})"
    return [f"name: {facts['name']}", f"authority: {facts['authority']}", *hosts, until]


def facts_of(certificate: x509.Certificate, now: datetime) -> dict[str, Any]:
    """Return the same for programs; days that are left are below 0 if it has expired."""
    from cryptography import x509

    try:
        hosts = list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        hosts = []
    return {
        "name": _common_name(certificate.subject),
        "authority": _common_name(certificate.issuer),
        "hosts": [str(each.value) for each in hosts],
        "good_until": certificate.not_valid_after_utc.isoformat(),
        "days_left": (certificate.not_valid_after_utc - now).days,
    }


def _made(name: str, extensions: Iterable[Any], authority: Pair, days: int, now: datetime) -> Pair:
    from cryptography import x509

    key = _new_key()
    builder = _begun(name, key, authority.certificate.subject, days, now)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(is_authority=False), critical=True)
    known = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    for each in (known, *extensions):
        builder = builder.add_extension(each, critical=False)
    return Pair(builder.sign(authority.key, _hash()), key)


def _begun(name: str, key: Any, issuer: x509.Name, days: int, now: datetime) -> Any:
    from cryptography import x509

    try:
        until = now + timedelta(days=days)
    except OverflowError:
        raise ConfigurationError(f"--days: {days} days from now is beyond all calendars") from None
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, until) - EARLIER)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _new_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _hash() -> Any:
    from cryptography.hazmat.primitives.hashes import SHA256

    return SHA256()


def _named(name: str) -> x509.Name:
    from cryptography import x509

    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise ConfigurationError(f"{name!r}: a name in a certificate has 1 to {LONGEST_NAME} characters, all printable")
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _general_name(host: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        pass
    try:
        name = host.removeprefix("*.").encode("idna").decode()
    except UnicodeError:
        name = ""
    if not HOST.fullmatch(name):
        raise ConfigurationError(f"--host: {host!r} is neither a name nor an address of a host")
    return x509.DNSName(f"*.{name}" if host.startswith("*.") else name)


def _common_name(name: x509.Name) -> str:
    from cryptography import x509

    found = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from None


def _write(file: Path, content: bytes, mode: int) -> None:
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as opened:
        opened.write(content)
    os.replace(beside, file)
