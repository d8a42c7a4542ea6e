"""Errors to faults, of both versions."""

from __future__ import annotations

import pytest
from lxml import etree

from exchange import (
    BadArguments,
    CallError,
    CallTimeout,
    MethodUnavailable,
    RemoteError,
    ServiceWithdrawn,
    UnsuitableValue,
)
from exchange.gateways.jsonrpc_errors import Told
from exchange.gateways.soap_faults import code_of, fault_text_of, write_fault
from exchange.gateways.soap_version import Code, Version
from tests.gateways.soap_web import ONE, TWO, Fault, fault_of
from tests.gateways.web import Answer

TOLD = Told(1001, "Bad", "app", "why")


def read(body: bytes, version: Version) -> Fault:
    return fault_of(Answer(500, {"content-type": version.content_type.decode()}, body))


@pytest.mark.parametrize("version", list(Version))
@pytest.mark.parametrize("code", [Code.CLIENT, Code.SERVER])
def test_a_fault_has_code_text_and_the_four_things_as_detail(version: Version, code: Code) -> None:
    fault = read(write_fault(version, code, "app -- Bad", TOLD), version)

    assert fault == (version.code(code), "app -- Bad", ("1001", "Bad", "app", "why"))


def test_a_fault_of_the_older_version_is_written_as_programs_of_netsvc_know_it() -> None:
    body = write_fault(Version.ONE, Code.SERVER, "app -- Bad", TOLD)

    assert body.decode().partition("\n")[2] == (
        f'<soap:Envelope xmlns:soap="{ONE}"><soap:Body><soap:Fault>'
        "<faultcode>soap:Server</faultcode><faultstring>app -- Bad</faultstring><detail>"
        '<ose:ServiceFailure xmlns:ose="http://www.dscpl.com.au/schemas/OSE/">'
        "<error>1001</error><description>Bad</description><origin>app</origin><details>why</details>"
        "</ose:ServiceFailure></detail></soap:Fault></soap:Body></soap:Envelope>"
    )


def test_what_is_wrong_with_the_header_has_no_detail() -> None:
    fault = read(write_fault(Version.ONE, Code.MUST_UNDERSTAND, "what?", None, ["{urn:x}a"]), Version.ONE)

    assert fault == ("MustUnderstand", "what?", ())


def test_entries_that_were_not_understood_are_named_in_the_header_of_the_newer_version() -> None:
    body = write_fault(Version.TWO, Code.MUST_UNDERSTAND, "what?", None, ["{urn:x}a", "b"])

    header = etree.fromstring(body)[0]
    assert [entry.tag for entry in header] == [f"{{{TWO}}}NotUnderstood"] * 2
    prefix, _, name = str(header[0].get("qname")).partition(":")
    assert (header[0].nsmap[prefix], name, header[1].get("qname")) == ("urn:x", "a", "b")
    assert read(body, Version.TWO).code == "MustUnderstand"


@pytest.mark.parametrize("version", list(Version))
def test_versions_that_are_taken_are_named_when_another_came(version: Version) -> None:
    body = write_fault(version, Code.VERSION_MISMATCH, "no")

    (upgrade,) = etree.fromstring(body)[0]
    assert upgrade.tag == f"{{{TWO}}}Upgrade"
    names = [(each.nsmap[prefix], name) for each in upgrade for prefix, name in [str(each.get("qname")).split(":")]]
    assert names == [(TWO, "Envelope"), (ONE, "Envelope")]
    assert read(body, version) == ("VersionMismatch", "no", ())


def test_what_xml_cannot_hold_is_replaced() -> None:
    body = write_fault(Version.TWO, Code.SERVER, "a\0<b>\x1b", Told(2**70, "\ud800", "\ufffe", "]]>&"))

    assert read(body, Version.TWO) == ("Receiver", "a\ufffd<b>\ufffd", ("50", "\ufffd", "\ufffd", "]]>&"))


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (TOLD, "app -- Bad"),
        (Told(55, "no such method", "", ""), "no such method"),
        (Told(1, "", "", "why"), "CallError"),
    ],
)
def test_people_are_told_who_says_so_and_what(told: Told, text: str) -> None:
    assert fault_text_of(told) == text


@pytest.mark.parametrize(
    "error",
    [
        MethodUnavailable("no", delivered=False),
        BadArguments("no", delivered=False),
        BadArguments("no"),
        UnsuitableValue("no", number=54, delivered=False),
        UnsuitableValue("no", number=42, delivered=False),
    ],
)
def test_a_call_that_there_cannot_be_is_the_fault_of_whoever_calls(error: CallError) -> None:
    assert code_of(error) is Code.CLIENT


@pytest.mark.parametrize(
    "error",
    [
        MethodUnavailable("of a call of its own", delivered=True),
        BadArguments("as it says", origin="app", delivered=False),
        UnsuitableValue("no", number=52, delivered=True),
        UnsuitableValue("no", number=44, delivered=False),
        RemoteError("no"),
        ServiceWithdrawn("no"),
        CallTimeout("no"),
        CallError("no", number=55),
    ],
)
def test_all_else_is_not(error: CallError) -> None:
    assert code_of(error) is Code.SERVER
