"""Certificates: TLS has proved who the far end is; its principal is the common name of what it showed."""

from __future__ import annotations

from exchange.net.examination import Denied, Granted, Newcomer, Unproved, Verdict
from exchange.wire.identities import Identity
from exchange.wire.layouts import is_word

MECHANISM = "certificate"


class Certificate:
    """Credentials: the certificate that is shown by the endpoint that is dialled."""

    mechanism = MECHANISM
    needs_privacy = True  # where there is no TLS nobody has found out who the hub is

    def begin(self, identity: Identity) -> ProvingCertificate:
        """There is nothing more to say."""
        return ProvingCertificate()


class ProvingCertificate:
    """The peer's side on one link; who the hub is, TLS has found out."""

    is_satisfied = True

    def answer(self, challenge: bytes) -> bytes:
        """There is nothing to answer with."""
        raise Unproved("the hub asks for more than a certificate")


class CertificateAuthenticator:
    """Takes the word of TLS, at endpoints that ask for a certificate of an authority of ours."""

    mechanism = MECHANISM
    proves_hubs = True

    def examine(self, newcomer: Newcomer) -> CertificateExamination:
        """Begin, and end at once."""
        return CertificateExamination(newcomer.certificate_name)


class CertificateExamination:
    """The hub's side on one link."""

    def __init__(self, name: str) -> None:
        self._name = name

    def step(self, told: bytes | None) -> Verdict:
        """Return whose certificate it is."""
        if not self._name:
            return Denied("this link has shown no certificate: dial an endpoint of TLS with one of our authority")
        return Granted(self._name) if is_word(self._name) else Denied("the name in the certificate is no principal")
