"""Envelopes for tests, written by hand, and what comes back, taken apart."""

from __future__ import annotations

from typing import NamedTuple

from lxml import etree

from tests.gateways.web import Answer, Web, posted

SOAP = "/soap"
ONE = "http://schemas.xmlsoap.org/soap/envelope/"
TWO = "http://www.w3.org/2003/05/soap-envelope"
TEXT_XML = "Content-Type: text/xml; charset=utf-8"
SOAP_XML = "Content-Type: application/soap+xml; charset=utf-8"
OSE = "{http://www.dscpl.com.au/schemas/OSE/}ServiceFailure"


class Fault(NamedTuple):
    """What a fault says.

    Attributes:
        detail: Number, description, origin and details; empty if there is none.
    """

    code: str
    text: str
    detail: tuple[str, ...]


def enveloped(content: str, header: str = "", version: str = ONE) -> bytes:
    """Return an envelope whose Body holds ``content``."""
    head = f"<s:Header>{header}</s:Header>" if header else ""
    return (
        f'<s:Envelope xmlns:s="{version}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema">{head}<s:Body>{content}</s:Body></s:Envelope>'
    ).encode()


def post(web: Web, body: bytes, *headers: str, name: str = "math") -> Answer:
    """Post a body to a service; it is XML unless the headers say otherwise."""
    return web.ask(posted(body, *(headers or (TEXT_XML,)), path=f"{SOAP}/{name}"))


def ask(web: Web, content: str, name: str = "math", version: str = ONE) -> Answer:
    """Post an envelope whose Body holds ``content``."""
    return post(web, enveloped(content, version=version), TEXT_XML if version == ONE else SOAP_XML, name=name)


def result_of(answer: Answer) -> etree._Element:
    """Return the element that holds the result."""
    assert answer.status == 200, answer
    response = _content(answer)
    assert response.tag.endswith("Response")
    (result,) = response
    return result


def fault_of(answer: Answer) -> Fault:
    """Return what a fault says, of either version."""
    fault = _content(answer)
    namespace = fault.tag.removesuffix("Fault")[1:-1]
    assert fault.tag == f"{{{namespace}}}Fault", answer
    names = {"s": namespace}
    if namespace == ONE:
        code, text, failure = "faultcode", "faultstring", "detail/*"
    else:
        code, text, failure = "s:Code/s:Value", "s:Reason/s:Text", "s:Detail/*"
    failures = fault.findall(failure, namespaces=names)
    assert [each.tag for each in failures] == [OSE] * len(failures)
    prefix, _, word = str(fault.findtext(code, namespaces=names)).partition(":")
    assert fault.nsmap[prefix] == namespace
    detail = tuple(part.text or "" for each in failures for part in each)
    return Fault(word, fault.findtext(text, namespaces=names) or "", detail)


def _content(answer: Answer) -> etree._Element:
    """Return the one element that the Body of an answer holds."""
    envelope = etree.fromstring(answer.body)
    namespace = etree.QName(envelope).namespace
    kind = {ONE: "text/xml", TWO: "application/soap+xml"}[str(namespace)]
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    body = envelope.find(f"{{{namespace}}}Body")
    assert body is not None
    assert len(body) == 1
    return body[0]
