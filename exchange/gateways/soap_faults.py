"""Errors to SOAP faults.

Whatever the version, the detail of a fault has the four things that a program of netsvc
is told of a failure: number, description, origin and details. What is wrong with the
header or the version has no detail, as SOAP wants it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from lxml import etree

from exchange.errors import BadArguments, CallError, MethodUnavailable, UnsuitableValue
from exchange.gateways.faults import fault_text
from exchange.gateways.jsonrpc_errors import Told
from exchange.gateways.soap_envelope import write_envelope
from exchange.gateways.soap_names import qualified
from exchange.gateways.soap_scalars import legible
from exchange.gateways.soap_schema import FAILURE, FAILURES
from exchange.gateways.soap_version import Code, Version

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NUMBERS = range(-(2**63), 2**63)
FillHeader = Callable[[etree._Element], None]
CALLERS_OWN = (UnsuitableValue.CANNOT_ENCODE_REQUEST, UnsuitableValue.CANNOT_DECODE_REQUEST)


def code_of(error: CallError) -> Code:
    """Return whose fault it is that a call failed: that of whoever calls, if there is no such call.

    What a method says of calls of its own is not the fault of whoever called it.
    """
    kinds = (MethodUnavailable, BadArguments)
    is_callers = type(error) in kinds or (type(error) is UnsuitableValue and error.number in CALLERS_OWN)
    return Code.CLIENT if is_callers and not error.delivered and not error.origin else Code.SERVER


def fault_text_of(told: Told) -> str:
    """Return what people are told of a failure: who says so, if anybody, and what it is."""
    return fault_text(told.origin, told.description, "") or CallError.__name__


def write_fault(
    version: Version, code: Code, text: str, told: Told | None = None, not_understood: Sequence[str] = ()
) -> bytes:
    """Return the body of an answer that brings a fault; characters that XML cannot hold are replaced.

    Args:
        text: For people.
        told: What programs are told, if it is about what the Body asked for.
        not_understood: The names of entries of the header, as lxml writes them.
    """
    fault = etree.Element(version.tag("Fault"), nsmap={"soap": version.namespace})
    write = _write_one if version is Version.ONE else _write_two
    write(fault, f"soap:{version.code(code)}", legible(text), None if told is None else _detail(told))
    fill_header: FillHeader | None = None
    if code is Code.VERSION_MISMATCH:
        fill_header = _tell_versions
    elif not_understood and version is Version.TWO:
        fill_header = partial(_tell_not_understood, not_understood)
    return write_envelope(version, fault, fill_header)


def _write_one(fault: etree._Element, code: str, text: str, detail: etree._Element | None) -> None:
    etree.SubElement(fault, "faultcode").text = code
    etree.SubElement(fault, "faultstring").text = text
    if detail is not None:
        etree.SubElement(fault, "detail").append(detail)


def _write_two(fault: etree._Element, code: str, text: str, detail: etree._Element | None) -> None:
    tag = Version.TWO.tag
    etree.SubElement(etree.SubElement(fault, tag("Code")), tag("Value")).text = code
    reason = etree.SubElement(etree.SubElement(fault, tag("Reason")), tag("Text"), {XML_LANG: "en"})
    reason.text = text
    if detail is not None:
        etree.SubElement(fault, tag("Detail")).append(detail)


def _detail(told: Told) -> etree._Element:
    number = told.error if told.error in NUMBERS else CallError.usual_number
    failure = etree.Element(qualified(FAILURES, FAILURE), nsmap={"ose": FAILURES})
    for name, value in zip(Told._fields, (str(number), *told[1:]), strict=True):
        etree.SubElement(failure, name).text = legible(value)
    return failure


def _tell_not_understood(tags: Iterable[str], header: etree._Element) -> None:
    for tag in tags:
        _set_name(etree.SubElement(header, Version.TWO.tag("NotUnderstood")), tag)


def _tell_versions(header: etree._Element) -> None:
    """Say which versions are taken, in an entry that is the same in both."""
    upgrade = etree.SubElement(header, Version.TWO.tag("Upgrade"), nsmap={"soap12": Version.TWO.namespace})
    for version in reversed(Version):
        _set_name(etree.SubElement(upgrade, Version.TWO.tag("SupportedEnvelope")), version.tag("Envelope"))


def _set_name(element: etree._Element, tag: str) -> None:
    """Let an element name another by a prefix, which is declared wherever that is needed."""
    name: Any = etree.QName(tag)
    element.set("qname", name)
