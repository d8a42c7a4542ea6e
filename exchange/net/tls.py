"""TLS: wraps the endpoints that are listened at and dialled, so that nobody reads along or is somebody else."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IListeningPort,
    IOpenSSLClientConnectionCreator,
    IOpenSSLServerConnectionCreator,
    IProtocol,
    IProtocolFactory,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
)
from zope.interface import implementer

from exchange.errors import ConfigurationError
from exchange.net import tls_context
from exchange.net.tls_files import TlsFiles

if TYPE_CHECKING:
    from OpenSSL.SSL import Connection, Context

HANDSHAKE = b"\x16"
"""The first byte of all that is TLS."""

Path = str | os.PathLike[str]


class Tls:
    """Certificates and whom to believe, for `Exchange(tls=…)` or for endpoints.

    Files are in PEM. Renewed on disk, they are used by whoever connects from then on.

    Args:
        certificate: The file of our certificate, and of those between it and its authority; needed to listen.
        key: The file of its private key, without a password.
        authority: The file of the authorities whose certificates we believe. At endpoints that we listen at,
            far ends must show one of them. Left out, those who dial believe what this machine does.
        insists: Whether far ends must show a certificate where there is an authority; else they may.
        believes_itself: Whether whoever dials believes ``certificate`` too: for the hub of the same files.
        clock: Returns the time in seconds; files are looked at once a second at most.

    Raises:
        ConfigurationError: A file cannot be used, or what TLS needs is not installed.
    """

    def __init__(
        self,
        certificate: Path | None = None,
        key: Path | None = None,
        authority: Path | None = None,
        *,
        insists: bool = True,
        believes_itself: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        _check_installed()
        names = (_name(certificate), _name(key), _name(authority))
        if bool(names[0]) != bool(names[1]):
            given = names[0] or names[1]
            raise ConfigurationError(f"certificate and key go together, and only {given} is given")
        self.has_certificate = bool(names[0])
        self.has_authority = bool(names[2])
        self._insists = insists
        self._believes_itself = believes_itself
        self._files = TlsFiles(names, self._make, clock)

    def take_over(self, other: Tls) -> None:
        """Do from now on what another does: by its files, for whoever connects."""
        self.has_certificate, self.has_authority = other.has_certificate, other.has_authority
        self._insists, self._believes_itself, self._files = other._insists, other._believes_itself, other._files

    def listening(self, reactor: Any, endpoint: IStreamServerEndpoint) -> IStreamServerEndpoint:
        """Return an endpoint to listen at that speaks TLS over ``endpoint``.

        Raises:
            ConfigurationError: There is no certificate.
        """
        if not self.has_certificate:
            raise ConfigurationError("to listen with TLS needs certificate and key")
        return ListeningEndpoint(reactor, endpoint, self)

    def dialling(self, reactor: Any, endpoint: IStreamClientEndpoint, host: str) -> IStreamClientEndpoint:
        """Return an endpoint to dial that speaks TLS over ``endpoint`` with whoever has a certificate for ``host``.

        Args:
            host: A name, or an address.
        """
        return DialledEndpoint(reactor, endpoint, self, host)

    def accept(self, protocol: Any) -> Connection:
        """Return the accepting end of one connection."""
        asks = self.has_authority
        return tls_context.accepting(self._files.context, protocol, asks, asks and self._insists)

    def dial(self, protocol: Any, host: str) -> Connection:
        """Return the dialling end of one connection."""
        return tls_context.dialling(self._files.context, protocol, host)

    def _make(self, certificate: str, key: str, authority: str) -> Context:
        context = tls_context.make_context(certificate, key, authority)
        if certificate and self._believes_itself:
            tls_context.trust_itself(context, certificate)
        return context


@implementer(IOpenSSLServerConnectionCreator)
class Accepting:
    """Makes accepting ends."""

    def __init__(self, tls: Tls) -> None:
        self._tls = tls

    def serverConnectionForTLS(self, tlsProtocol: Any) -> Any:
        """Return one of them."""
        return self._tls.accept(tlsProtocol)


@implementer(IOpenSSLClientConnectionCreator)
class Dialling:
    """Makes dialling ends."""

    def __init__(self, tls: Tls, host: str) -> None:
        self._tls = tls
        self._host = host

    def clientConnectionForTLS(self, tlsProtocol: Any) -> Any:
        """Return one of them."""
        return self._tls.dial(tlsProtocol, self._host)


@implementer(IStreamServerEndpoint)
class ListeningEndpoint:
    """TLS over an endpoint that is listened at."""

    def __init__(self, reactor: Any, endpoint: IStreamServerEndpoint, tls: Tls) -> None:
        self._reactor = reactor
        self._endpoint = endpoint
        self._tls = tls

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Listen there."""
        return self._endpoint.listen(_layered(Accepting(self._tls), False, protocolFactory, self._reactor))


@implementer(IStreamClientEndpoint)
class DialledEndpoint:
    """TLS over an endpoint that is dialled."""

    def __init__(self, reactor: Any, endpoint: IStreamClientEndpoint, tls: Tls, host: str) -> None:
        self._reactor = reactor
        self._endpoint = endpoint
        self._tls = tls
        self._host = host

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect; the Deferred has the protocol that speaks over TLS, which has only begun then."""
        layered = _layered(Dialling(self._tls, self._host), True, protocolFactory, self._reactor)
        return self._endpoint.connect(layered).addCallback(_wrapped)


def _layered(creator: Any, dials: bool, factory: IProtocolFactory, reactor: Any) -> Any:
    """Return a factory of TLS around ``factory``; unlike Twisted's it takes a no for an answer.

    If the factory has a ``plain_answer``, whoever begins without TLS is told that before they are closed.
    If it ``gathers`` what it writes by itself, Twisted does not do so once more, which takes a turn.
    """
    from twisted.protocols.tls import TLSMemoryBIOFactory, TLSMemoryBIOProtocol

    plain_answer: bytes = b"" if dials else getattr(factory, "plain_answer", b"")

    wrapping: Any = TLSMemoryBIOProtocol if getattr(factory, "gathers", False) else TLSMemoryBIOFactory.protocol

    class LayeredProtocol(wrapping):  # type: ignore[misc]
        is_first = True

        def dataReceived(self, data: bytes) -> None:
            if self.is_first and data[:1] != HANDSHAKE and self.transport is not None:
                self.transport.write(plain_answer)
            self.is_first = False
            super().dataReceived(data)

    class Layered(TLSMemoryBIOFactory):
        protocol = LayeredProtocol

        def buildProtocol(self, addr: Any) -> Any:
            inner = factory.buildProtocol(addr)
            return None if inner is None else self.protocol(self, inner)

    return Layered(creator, dials, factory, reactor)


def _wrapped(protocol: Any) -> IProtocol:
    wrapped: IProtocol = protocol.wrappedProtocol
    return wrapped


def _name(file: Path | None) -> str:
    return "" if file is None else os.fspath(file)


def _check_installed() -> None:
    if find_spec("OpenSSL") is None or find_spec("service_identity") is None:
        raise ConfigurationError("TLS needs pyOpenSSL and service-identity: pip install 'exchange[tls]'")
