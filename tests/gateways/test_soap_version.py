"""The versions of SOAP, and what each calls things."""

from __future__ import annotations

import pytest

from exchange.gateways.soap_version import VERSIONS, Code, Version, version_meant


def test_each_namespace_is_of_one_version() -> None:
    assert VERSIONS == {
        "http://schemas.xmlsoap.org/soap/envelope/": Version.ONE,
        "http://www.w3.org/2003/05/soap-envelope": Version.TWO,
    }


@pytest.mark.parametrize(
    ("code", "one", "two"),
    [
        (Code.CLIENT, ("Client", 500), ("Sender", 400)),
        (Code.SERVER, ("Server", 500), ("Receiver", 500)),
        (Code.MUST_UNDERSTAND, ("MustUnderstand", 500), ("MustUnderstand", 500)),
        (Code.VERSION_MISMATCH, ("VersionMismatch", 500), ("VersionMismatch", 500)),
        (Code.ENCODING_UNKNOWN, ("Client", 500), ("DataEncodingUnknown", 500)),
    ],
)
def test_each_version_has_its_word_and_its_status_for_a_fault(
    code: Code, one: tuple[str, int], two: tuple[str, int]
) -> None:
    assert (Version.ONE.code(code), Version.ONE.status(code)) == one
    assert (Version.TWO.code(code), Version.TWO.status(code)) == two


@pytest.mark.parametrize(
    ("content_type", "version"),
    [
        ("application/soap+xml", Version.TWO),
        ('Application/SOAP+XML ; charset=utf-8; action="urn:a"', Version.TWO),
        ("text/xml; charset=utf-8", Version.ONE),
        ("application/xml", Version.ONE),
        ("", Version.ONE),
    ],
)
def test_a_content_type_speaks_of_a_version(content_type: str, version: Version) -> None:
    assert version_meant(content_type) is version


def test_the_content_type_of_an_answer_is_that_of_its_version() -> None:
    assert Version.ONE.content_type == b"text/xml; charset=utf-8"
    assert Version.TWO.content_type == b"application/soap+xml; charset=utf-8"
