"""What the transport of a link tells of its far end: where it is, who can read along, what certificate it showed."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from twisted.internet.address import UNIXAddress
from twisted.internet.interfaces import IAddress, ISSLTransport, ITCPTransport, IUNIXTransport

NETWORK_SIZE = 8
"""Bytes of an address of IPv6 that tell its network."""


def address_of(transport: Any) -> bytes:
    """Return the host at the far end, in numbers; empty if it has none."""
    return host_of(transport.getPeer())


def host_of(address: IAddress | None) -> bytes:
    """Return the host of an address; empty if it has none."""
    return str(getattr(address, "host", "")).encode()


def counted_by(address: bytes) -> bytes:
    """Return what failures are counted by: the address, or of IPv6 its network, for one machine may have all of it."""
    try:
        found = ip_address(address.decode())
    except ValueError:
        return address
    if found.version == 4:
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped).encode()
    return found.packed[:NETWORK_SIZE]


def hasten(transport: Any) -> None:
    """Have what is small sent at once, and the connection tried when nothing is; Twisted does neither by itself."""
    if ITCPTransport.providedBy(transport) and not IUNIXTransport.providedBy(transport):
        transport.setTcpNoDelay(True)
        transport.setTcpKeepAlive(True)


def is_local(transport: Any) -> bool:
    """Whether the far end is on this machine."""
    peer = transport.getPeer()
    return isinstance(peer, UNIXAddress) or is_loopback(getattr(peer, "host", ""))


def is_loopback(host: str) -> bool:
    """Whether a host, in numbers, is this machine by an address that no other has."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_private(transport: Any) -> bool:
    """Whether nobody else can read what passes: by TLS, or because it does not leave this machine."""
    return bool(ISSLTransport.providedBy(transport)) or is_local(transport)


def certificate_name_of(transport: Any) -> str:
    """Return the common name in the certificate of the far end, if TLS was told to verify one; else nothing."""
    if not ISSLTransport.providedBy(transport):
        return ""
    from cryptography.x509.oid import NameOID
    from OpenSSL.SSL import VERIFY_PEER

    tls: Any = transport
    certificate = tls.getPeerCertificate()
    if certificate is None or not tls.getHandle().get_verify_mode() & VERIFY_PEER:
        return ""
    names = certificate.to_cryptography().subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if len(names) == 1 else ""
