"""Certificates: whoever TLS has verified is the principal that the certificate names."""

from __future__ import annotations

import pytest

from exchange import Certificate, CertificateAuthenticator
from exchange.net.examination import Denied, Granted, Newcomer, Unproved
from exchange.wire.identities import Identity

WHO = Identity(b"i" * 16)


def verdict_of(name: str) -> object:
    return CertificateAuthenticator().examine(Newcomer(WHO, True, name)).step(None)


def test_the_name_in_the_certificate_is_the_principal() -> None:
    assert verdict_of("press") == Granted("press")


@pytest.mark.parametrize("name", ["", "p" * 256, "a\nb"])
def test_no_certificate_or_no_name_is_nobody(name: str) -> None:
    assert isinstance(verdict_of(name), Denied)


def test_there_is_nothing_to_say_about_it() -> None:
    with pytest.raises(Unproved):
        Certificate().begin(WHO).answer(b"")
