"""How people are told why TLS came to nothing."""

from __future__ import annotations

import pytest
from OpenSSL.SSL import Error, SysCallError
from twisted.python.failure import Failure

from exchange.net.tls_wording import told_of, told_of_name, told_of_verification


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Error([("SSL routines", "", "unsupported protocol")]), "the far end speaks TLS older than 1.2"),
        (Error([("SSL routines", "", "http request")]), "the far end speaks HTTP without TLS"),
        (
            Error([("SSL routines", "", "tlsv1 alert unknown ca")]),
            "the far end does not know the authority of our certificate",
        ),
        (
            Error([("x509", "", "something"), ("SSL routines", "", "ssl/tls alert bad certificate")]),
            "the far end does not take our certificate; its log says why",
        ),
        (Error([("SSL routines", "", "bad signature")]), "TLS failed: bad signature"),
        (Error([("SSL routines", "", "tlsv1 alert of tomorrow")]), "TLS failed: tlsv1 alert of tomorrow"),
        (SysCallError(-1, "Unexpected EOF"), "TLS failed: (-1, 'Unexpected EOF')"),
        (Error(), "TLS failed: Error"),
    ],
)
def test_an_error_of_openssl_is_told_in_words(error: Exception, told: str) -> None:
    assert told_of(Failure(error)) == told


def test_an_error_of_something_else_is_not_about_tls() -> None:
    assert told_of(Failure(ValueError("x"))) is None


def test_a_fault_of_a_certificate_that_has_no_words_is_told_by_its_number() -> None:
    assert told_of_verification(10) == "the certificate of the far end has expired: it must be renewed there"
    assert told_of_verification(99) == "the certificate of the far end cannot be verified (X509 error 99)"


def test_a_certificate_for_somebody_else_is_told_with_whom_it_is_for() -> None:
    assert (
        told_of_name("a", ["b", "c"])
        == "the certificate of the far end is for b, c, and not for 'a', which was dialled"
    )
    assert told_of_name("a", []) == "the certificate of the far end is not for 'a', which was dialled"
