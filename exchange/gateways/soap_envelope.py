"""A SOAP envelope: from the body of a request to the one element that it holds, and back.

The namespace of the envelope tells the version; what the head of the request says of
that does not matter, unless there is no envelope. Nobody here understands any entry of
a header: those that must be understood refuse the request, all others mean nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from lxml import etree

from exchange.gateways.soap_document import Malformed, read_document
from exchange.gateways.soap_version import VERSIONS, Code, Version, version_meant

NO_ENCODING = ("", "http://www.w3.org/2003/05/soap-envelope/encoding/none")
MOST_NAMED = 20
"""Entries of a header that are named when they are not understood."""


class Envelope(NamedTuple):
    """What a request holds: its version, and the element that asks for something."""

    version: Version
    wrapper: etree._Element


class Rejected(ValueError):
    """The body of a request is no envelope that is taken; the text says why.

    Attributes:
        version: That of the fault that tells it.
        code: What that fault is called.
        not_understood: The names of entries of the header, as lxml writes them.
    """

    def __init__(self, version: Version, text: str, code: Code = Code.CLIENT, not_understood: Iterable[str] = ()):
        super().__init__(text)
        self.version = version
        self.code = code
        self.not_understood = tuple(not_understood)


def read_envelope(body: bytes, content_type: str = "") -> Envelope:
    """Return what the body of a request holds.

    Args:
        content_type: What the head of the request says of it.

    Raises:
        Rejected: It is no envelope that is taken.
    """
    meant = version_meant(content_type)
    try:
        root = read_document(body, content_type)
    except Malformed as error:
        raise Rejected(meant, str(error)) from None
    name = etree.QName(root)
    if name.localname != "Envelope":
        raise Rejected(meant, f"the body must be an Envelope of SOAP, not '{name.localname[:80]}'")
    version = VERSIONS.get(name.namespace or "")
    if version is None:
        known = " or ".join(VERSIONS)
        text = f"the Envelope is of the namespace '{(name.namespace or '')[:255]}'; it must be of {known}"
        raise Rejected(meant, text, Code.VERSION_MISMATCH)
    header, content = _parts(root, version)
    if header is not None:
        _check_header(header, version)
    return Envelope(version, _only_child(content, version))


def write_envelope(
    version: Version, element: etree._Element, fill_header: Callable[[etree._Element], None] | None = None
) -> bytes:
    """Return the body of an answer that brings ``element``.

    Args:
        fill_header: Adds the entries of the header; without it there is none.
    """
    root = etree.Element(version.tag("Envelope"), nsmap={"soap": version.namespace})
    if fill_header is not None:
        fill_header(etree.SubElement(root, version.tag("Header")))
    etree.SubElement(root, version.tag("Body")).append(element)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _parts(root: etree._Element, version: Version) -> tuple[etree._Element | None, etree._Element]:
    """Return the Header, if there is one, and the Body."""
    _check_plain(root, version)
    parts = list(root)
    tags = [part.tag for part in parts]
    if version.tag("Body") not in tags:
        raise Rejected(version, "the Envelope has no Body")
    if tags == [version.tag("Body")]:
        return None, parts[0]
    if tags != [version.tag("Header"), version.tag("Body")]:
        raise Rejected(version, "the Envelope must hold one Header at most, then one Body, and nothing else")
    return parts[0], parts[1]


def _check_header(header: etree._Element, version: Version) -> None:
    _check_plain(header, version)
    unknown = [str(entry.tag) for entry in header if _must_be_understood(entry, version)]
    if unknown:
        names = ", ".join(etree.QName(tag).localname[:80] for tag in unknown[:MOST_NAMED])
        text = f"entries of the Header must be understood, and nobody here understands any: {names}"
        raise Rejected(version, text, Code.MUST_UNDERSTAND, dict.fromkeys(unknown[:MOST_NAMED]))


def _must_be_understood(entry: etree._Element, version: Version) -> bool:
    must = (entry.get(version.tag("mustUnderstand")) or "0").strip()
    if must not in ("0", "1", "false", "true"):
        raise Rejected(version, f"mustUnderstand must be 0 or 1, not '{must[:80]}'")
    role = (entry.get(version.tag(version.role)) or "").strip()
    return must in ("1", "true") and role in version.own_roles


def _only_child(content: etree._Element, version: Version) -> etree._Element:
    _check_plain(content, version)
    if len(content) != 1:
        raise Rejected(version, f"the Body must hold one element, which names the method; it holds {len(content)}")
    child = content[0]
    if etree.QName(child).namespace == version.namespace:
        raise Rejected(version, "what the Body holds is SOAP's own, and no call")
    encoding = (child.get(version.tag("encodingStyle")) or "").strip()
    if version is Version.TWO and encoding not in NO_ENCODING:
        text = f"the encodingStyle '{encoding[:255]}' is not known; arguments are written as the WSDL says"
        raise Rejected(version, text, Code.ENCODING_UNKNOWN)
    return child


def _check_plain(element: etree._Element, version: Version) -> None:
    """Raise `Rejected` if there is text where only elements may be."""
    texts = [element.text, *(child.tail for child in element)]
    if any(text and text.strip() for text in texts):
        raise Rejected(version, f"there is text in the {etree.QName(element).localname}, between its elements")
