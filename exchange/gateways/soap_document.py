"""The body of a request to the root of an XML document, safely.

What may make a small document large or costly is refused before anything is built of
it: a DOCTYPE, and with it all entities, tags without number, and encodings that nobody
needs. The parser fetches nothing, and has bounds of its own besides.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from lxml import etree

from exchange.errors import WRITTEN_OUT

DEEPEST = 200
"""How many elements may stand one in another; those of an argument may fewer, see `soap_reader`."""

MOST_TAGS = 200_000
LONGEST_TOLD = 200

LONGEST_NAMESPACE = 2048
"""In characters; each element that is in it costs as much as its name is long, though that is written once."""

CODECS = {
    **dict.fromkeys(["utf-8", "utf8"], "utf-8"),
    **dict.fromkeys(["us-ascii", "ascii"], "ascii"),
    **dict.fromkeys(["iso-8859-1", "latin1", "latin-1"], "latin-1"),
    "utf-16": "utf-16-be",
    "utf-16be": "utf-16-be",
    "utf-16le": "utf-16-le",
}
"""The encodings that are taken, by their names in small letters."""

MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
"""What a document may begin with to tell its encoding; it counts more than anything else said of that."""

BEGINNINGS = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}

_CHARSET = re.compile(r""";\s*charset\s*=\s*"?([^";\s]*)""", re.IGNORECASE)
_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]*)["']""")
_DOCTYPE = re.compile(r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_LONG_QUOTED = re.compile(rf"""=\s*+(?:"[^"<]{{{LONGEST_NAMESPACE + 1},}}+"|'[^'<]{{{LONGEST_NAMESPACE + 1},}}+')""")
_has_brace = etree.XPath("boolean(//*[contains(namespace-uri(), '}')] | //@*[contains(namespace-uri(), '}')])")
"""Such names lxml cannot take apart again."""

_is_too_deep = etree.XPath(f"boolean(/{'*/' * DEEPEST}*)")


class Malformed(ValueError):
    """The body is no XML that could be a request; the text says why."""


def read_document(body: bytes, content_type: str = "") -> etree._Element:
    """Return the root of the document that a body holds, without comments and processing instructions.

    Args:
        content_type: What the head of the request says of the body.

    Raises:
        Malformed: It is not XML; or has a DOCTYPE, more depth, more tags or a longer namespace than are
            taken, or another encoding.
    """
    if not body:
        raise Malformed("the body is empty")
    text = _decoded(body, content_type)
    if _DOCTYPE.match(text):
        raise Malformed("the body has a DOCTYPE, which is not taken")
    if text.count("<") > MOST_TAGS:
        raise Malformed(f"the body has more than {MOST_TAGS} tags")
    if _LONG_QUOTED.search(text) and _has_long_namespace(text):
        raise Malformed(f"a namespace has more than {LONGEST_NAMESPACE} characters")
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(**_SAFELY))
    except etree.XMLSyntaxError as error:
        raise Malformed(f"the body is not XML: {_told(error)}") from None
    if _is_too_deep(root):
        raise Malformed(f"more than {DEEPEST} elements stand one in another")
    if ("}" in text or "&#" in text) and _has_brace(root):
        raise Malformed("a namespace has a brace in it, which no URI has")
    return root


_SAFELY: dict[str, Any] = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""Of a parser that heeds no encoding but ours, resolves nothing, fetches nothing and has bounds."""


def _has_long_namespace(text: str) -> bool:
    """Whether a document declares one, found out where it is declared; what is no document, another finds out."""
    parser: Any = etree.XMLPullParser(events=("start-ns",), **_SAFELY)
    with suppress(etree.XMLSyntaxError):
        parser.feed(text.encode())
        parser.close()
    return any(len(namespace) > LONGEST_NAMESPACE for _, (_, namespace) in parser.read_events())


def _decoded(body: bytes, content_type: str) -> str:
    mark = next((mark for mark in MARKS if body.startswith(mark)), b"")
    codec = MARKS[mark] if mark else _codec(body, content_type)
    try:
        return body[len(mark) :].decode(codec)
    except UnicodeDecodeError as error:
        raise Malformed(f"the body is not {codec}: byte {error.start + len(mark)} is none of it") from None


def _codec(body: bytes, content_type: str) -> str:
    """Return the codec for a body that does not begin with a mark, by its head or else by itself."""
    said = _CHARSET.search(content_type)
    declared = _DECLARED.match(body)
    name = said[1] if said else declared[1].decode("latin-1") if declared else ""
    if name.lower() in ("", "utf-16") and body[:2] in BEGINNINGS:
        return BEGINNINGS[body[:2]]
    codec = CODECS.get(name.lower() or "utf-8")
    if codec is None:
        raise Malformed(f"the encoding {_short(name)!r} is not taken; utf-8 is")
    if not said and codec.startswith("utf-16"):
        raise Malformed(f"the body says of itself that it is {name}, and it is not")
    return codec


def _told(error: etree.XMLSyntaxError) -> str:
    return _short(str(error.msg or "it cannot be read").replace(", use XML_PARSE_HUGE option", ""))


def _short(text: str) -> str:
    return (text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}...").translate(WRITTEN_OUT)
