"""An envelope to the element that it holds, and an element to an envelope."""

from __future__ import annotations

import pytest
from lxml import etree

from exchange.gateways.soap_envelope import Envelope, Rejected, read_envelope, write_envelope
from exchange.gateways.soap_version import Code, Version
from tests.gateways.soap_web import ONE, TWO, enveloped

MUST = 's:mustUnderstand="1"'
NEXT = "http://schemas.xmlsoap.org/soap/actor/next"


def rejected(body: bytes, content_type: str = "text/xml") -> Rejected:
    with pytest.raises(Rejected) as caught:
        read_envelope(body, content_type)
    return caught.value


def raw(parts: str, version: str = ONE) -> bytes:
    return f'<s:Envelope xmlns:s="{version}">{parts}</s:Envelope>'.encode()


@pytest.mark.parametrize(("namespace", "version"), [(ONE, Version.ONE), (TWO, Version.TWO)])
@pytest.mark.parametrize("content_type", ["text/xml", "application/soap+xml", ""])
def test_the_version_is_that_of_the_envelope_whatever_the_head_says(
    namespace: str, version: Version, content_type: str
) -> None:
    envelope = read_envelope(enveloped("<add/>", version=namespace), content_type)

    assert (envelope.version, envelope.wrapper.tag) == (version, "add")


@pytest.mark.parametrize("header", ["", "<s:Header/>", "<s:Header><a/><b>text</b></s:Header>"])
def test_a_header_may_be_there_and_means_nothing(header: str) -> None:
    assert read_envelope(raw(f"{header} <!-- --><s:Body>\n<add/> </s:Body>\n")).wrapper.tag == "add"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "the body is empty"),
        (b"<methodCall/>", "the body must be an Envelope of SOAP, not 'methodCall'"),
        (raw(""), "the Envelope has no Body"),
        (raw("<s:Header/>"), "the Envelope has no Body"),
        (raw("<Body><add/></Body>"), "the Envelope has no Body"),
        (
            raw("<s:Body><add/></s:Body><s:Body><add/></s:Body>"),
            "the Envelope must hold one Header at most, then one Body, and nothing else",
        ),
        (
            raw("<s:Body><add/></s:Body><s:Header/>"),
            "the Envelope must hold one Header at most, then one Body, and nothing else",
        ),
        (
            raw("<s:Header/><s:Header/><s:Body><add/></s:Body>"),
            "the Envelope must hold one Header at most, then one Body, and nothing else",
        ),
        (raw("<s:Body/>"), "the Body must hold one element, which names the method; it holds 0"),
        (raw("<s:Body><a/><b/></s:Body>"), "the Body must hold one element, which names the method; it holds 2"),
        (raw("<s:Body>x<a/></s:Body>"), "there is text in the Body, between its elements"),
        (raw("<s:Header>x</s:Header><s:Body><a/></s:Body>"), "there is text in the Header, between its elements"),
        (raw("x<s:Body><a/></s:Body>"), "there is text in the Envelope, between its elements"),
        (raw("<s:Body><s:Fault/></s:Body>"), "what the Body holds is SOAP's own, and no call"),
        (
            raw('<s:Header><a s:mustUnderstand="yes"/></s:Header><s:Body><a/></s:Body>'),
            "mustUnderstand must be 0 or 1, not 'yes'",
        ),
    ],
)
def test_what_is_no_envelope_with_one_call_is_rejected(body: bytes, text: str) -> None:
    error = rejected(body)

    assert (str(error), error.code, error.version) == (text, Code.CLIENT, Version.ONE)
    assert rejected(body.replace(ONE.encode(), TWO.encode()), "application/soap+xml").version is Version.TWO


@pytest.mark.parametrize("namespace", ["", "urn:else", "http://www.w3.org/2001/12/soap-envelope"])
@pytest.mark.parametrize(("head", "version"), [("text/xml", Version.ONE), ("application/soap+xml", Version.TWO)])
def test_an_envelope_of_another_version_is_told_in_that_which_the_head_speaks_of(
    namespace: str, head: str, version: Version
) -> None:
    error = rejected(f'<Envelope xmlns="{namespace}"><Body><add/></Body></Envelope>'.encode(), head)

    assert (error.code, error.version) == (Code.VERSION_MISMATCH, version)
    assert f"'{namespace}'" in str(error)


@pytest.mark.parametrize(
    ("entry", "version"),
    [
        (f'<a xmlns="urn:x" {MUST}/>', ONE),
        (f'<a xmlns="urn:x" {MUST} s:actor="{NEXT}"/>', ONE),
        (f'<a xmlns="urn:x" {MUST}/>', TWO),
        ('<a xmlns="urn:x" s:mustUnderstand="true"/>', TWO),
        (f'<a xmlns="urn:x" {MUST} s:role="{TWO}/role/next"/>', TWO),
        (f'<a xmlns="urn:x" {MUST} s:role=" {TWO}/role/ultimateReceiver "/>', TWO),
    ],
)
def test_an_entry_of_the_header_that_must_be_understood_is_not(entry: str, version: str) -> None:
    error = rejected(enveloped("<add/>", header=f"<b/>{entry}{entry}", version=version))

    assert (error.code, error.not_understood) == (Code.MUST_UNDERSTAND, ("{urn:x}a",))
    assert str(error) == "entries of the Header must be understood, and nobody here understands any: a, a"


@pytest.mark.parametrize(
    ("entry", "version"),
    [
        ('<a s:mustUnderstand="0"/>', ONE),
        ('<a s:mustUnderstand="false"/>', TWO),
        ('<a mustUnderstand="1"/>', ONE),
        (f'<a {MUST} s:actor="urn:somebody-else"/>', ONE),
        (f'<a {MUST} s:role="{TWO}/role/none"/>', TWO),
    ],
)
def test_an_entry_that_need_not_be_understood_here_means_nothing(entry: str, version: str) -> None:
    assert read_envelope(enveloped("<add/>", header=entry, version=version)).wrapper.tag == "add"


def test_only_some_of_many_entries_are_named() -> None:
    entries = "".join(f"<a{number} {MUST}/>" for number in range(1000))

    error = rejected(enveloped("<add/>", header=entries))

    assert len(error.not_understood) == 20
    assert len(str(error)) < 400


def test_an_encoding_of_arguments_that_is_not_known_is_rejected_in_the_newer_version() -> None:
    encoded = '<add s:encodingStyle="http://www.w3.org/2003/05/soap-encoding"/>'

    assert rejected(enveloped(encoded, version=TWO)).code is Code.ENCODING_UNKNOWN
    assert read_envelope(enveloped(encoded, version=ONE)).wrapper.tag == "add"
    none = f'<add s:encodingStyle="{TWO}/encoding/none"/>'
    assert read_envelope(enveloped(none, version=TWO)).wrapper.tag == "add"


@pytest.mark.parametrize("version", list(Version))
def test_what_is_written_is_read(version: Version) -> None:
    written = write_envelope(version, etree.Element("{urn:a}add"))

    assert written.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    read = read_envelope(written)
    assert isinstance(read, Envelope)
    assert (read.version, read.wrapper.tag) == (version, "{urn:a}add")
    assert b"Header" not in written


def test_a_header_can_be_written() -> None:
    def fill(header: etree._Element) -> None:
        etree.SubElement(header, "entry")

    written = etree.fromstring(write_envelope(Version.TWO, etree.Element("add"), fill))

    assert [[child.tag for child in part] for part in written] == [["entry"], ["add"]]
