"""The body of an XML-RPC request to a method and its arguments.

The document is read strictly, element by element as the parser meets them, so that
nothing is built of a document that is not a call. A DOCTYPE, and with it every
entity, is refused where it begins.

How a document is encoded is told by its first bytes (a byte order mark, or those of
UTF-16), else by the ``charset`` of its content type, else by the document itself; if
nothing tells it, it is UTF-8.
"""

from __future__ import annotations

import re
from base64 import b64decode
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable
from datetime import datetime
from functools import partial
from math import isfinite
from typing import Any, NamedTuple
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.xmlrpc import DefusedExpatParser

from exchange.errors import UnsuitableValue

DEEPEST = 64
"""How many arrays and structs may stand one in another."""

LONGEST_NUMBER = 400
"""In digits; a double that is written out has fewer."""

_WHOLE = re.compile(r"[+-]?[0-9]{1,20}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")


_MARKS = (BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, b"<\0", b"\0<")
"""How a document begins of which the parser itself sees how it is encoded."""

_CHARSET = re.compile(r"utf-8|utf8|us-ascii|iso-8859-\d{1,2}|windows-125\d", re.IGNORECASE)
"""Those that are known besides UTF-16; others of Python's take long, or are none of text."""


class Asked(NamedTuple):
    """What a request asks for."""

    method: str
    args: list[Any]


class Malformed(ValueError):
    """The document is XML, but not a call."""


def read_call(body: bytes, charset: str = "") -> Asked:
    """Return what the body of a request asks for.

    Args:
        charset: How the content type says that it is encoded; empty if it says nothing.

    Raises:
        UnsuitableValue: 54; the body is no XML document, has a DOCTYPE, or is no call.
    """
    if not body:
        raise _unreadable("the body is empty")
    reader = CallReader()
    try:
        parser = DefusedExpatParser(reader, forbid_dtd=True)
        parser.feed(_decoded(body, charset) if charset else body)
        parser.close()
        return reader.close()
    except DefusedXmlException:
        raise _unreadable("the body has a DOCTYPE, which is not taken") from None
    except Malformed as error:
        raise _unreadable(f"the body is not a call of XML-RPC: {error}") from None
    except ExpatError as error:
        raise _unreadable(f"the body is not XML: {error}") from None
    except (ValueError, LookupError):  # from the codec that is named
        raise _unreadable("the body is in an encoding that cannot be read") from None


def _decoded(body: bytes, charset: str) -> str | bytes:
    """Return what the parser is to be given; of text it does not ask how it was encoded."""
    if body.startswith(_MARKS):
        return body
    if not _CHARSET.fullmatch(charset):
        raise LookupError(charset)
    return body.decode(charset)


def _unreadable(text: str) -> UnsuitableValue:
    return UnsuitableValue(text, number=UnsuitableValue.CANNOT_DECODE_REQUEST, delivered=False)


def _whole(text: str, bits: int) -> int:
    if not _WHOLE.fullmatch(text.strip()) or not -(2 ** (bits - 1)) <= int(text) < 2 ** (bits - 1):
        raise Malformed(f"{_shown(text)} is not a whole number of {bits} bits")
    return int(text)


def _double(text: str) -> float:
    number = text.strip()
    if len(number) > LONGEST_NUMBER or not _NUMBER.fullmatch(number) or not isfinite(float(number)):
        raise Malformed(f"{_shown(text)} is not a double")
    return float(number)


def _boolean(text: str) -> bool:
    if text.strip() not in ("0", "1"):
        raise Malformed(f"{_shown(text)} is not a boolean: 0 or 1")
    return text.strip() == "1"


def _bytes(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise Malformed(f"{_shown(text)} is not base64") from None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise Malformed(f"{_shown(text)} is not a date and time such as 20260131T23:59:59") from None


def _nothing(text: str) -> None:
    if text.strip():
        raise Malformed("a nil must be empty")


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}...")


SCALARS: dict[str, Callable[[str], Any]] = {
    **{tag: partial(_whole, bits=bits) for tag, bits in {"int": 64, "i1": 8, "i2": 16, "i4": 32, "i8": 64}.items()},
    **dict.fromkeys(["double", "float"], _double),
    "boolean": _boolean,
    "string": str,
    "base64": _bytes,
    "dateTime.iso8601": _moment,
    "nil": _nothing,
}
"""What the text of an element becomes; ``i1``, ``i2``, ``i8``, ``float`` and ``nil`` are usual extensions.

An ``int`` has 32 bits by the specification; there are callers who send larger ones in it, and one takes them."""

INSIDE: dict[str, frozenset[str]] = {
    "": frozenset({"methodCall"}),
    "methodCall": frozenset({"methodName", "params"}),
    "params": frozenset({"param"}),
    "param": frozenset({"value"}),
    "value": frozenset({*SCALARS, "array", "struct"}),
    "array": frozenset({"data"}),
    "data": frozenset({"value"}),
    "struct": frozenset({"member"}),
    "member": frozenset({"name", "value"}),
}
"""Which elements may stand in which; in all others stands only text."""

Part = tuple[str, Any]
"""An element that is complete: its tag, and what became of it."""


class CallReader:
    """Takes the elements of a document from the parser, in its names, and builds the call."""

    def __init__(self) -> None:
        self._open: list[tuple[str, list[Part]]] = [("", [])]
        self._text: list[str] = []
        self._depth = 0
        self.data: Callable[[str], None] = self._text.append
        """Takes some text; that between elements means nothing."""

    def xml(self, encoding: str, standalone: Any) -> None:
        """The document begins; the parser takes care of its encoding."""

    def start(self, tag: str, attributes: Any) -> None:
        """An element begins."""
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        within, parts = self._open[-1]
        if tag not in INSIDE.get(within, ()):
            raise Malformed(
                f"<{tag[:40]}> must not stand in <{within}>" if within else "it must begin with <methodCall>"
            )
        if parts and within in ONE_PART:
            raise Malformed(f"<{within}> holds more than one thing")
        if tag in DEEPER:
            self._depth += 1
            if self._depth > DEEPEST:
                raise Malformed(f"more than {DEEPEST} arrays and structs stand one in another")
        self._open.append((tag, []))
        self._text.clear()

    def end(self, tag: str) -> None:
        """An element is complete."""
        tag, parts = self._open.pop()
        build = BUILD.get(tag)
        if build is not None:
            if tag in DEEPER:
                self._depth -= 1
            built = build(parts)
        elif parts:
            built = parts[0][1]
        else:
            text = "".join(self._text)
            built = SCALARS[tag](text) if tag in SCALARS else text
        self._open[-1][1].append((tag, built))
        self._text.clear()

    def close(self) -> Asked:
        """Return the call; the document is complete."""
        asked: Asked = self._open[0][1][0][1]
        return asked


def _array(parts: list[Part]) -> list[Any]:
    return [value for _, value in parts]


def _only_part(parts: list[Part]) -> Any:
    if len(parts) != 1:
        raise Malformed("<param> and <array> must hold one thing each")
    return parts[0][1]


def _struct(parts: list[Part]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for _, (name, value) in parts:
        if name in members:
            raise Malformed(f"a struct has two members {_shown(name)}")
        members[name] = value
    return members


def _member(parts: list[Part]) -> tuple[str, Any]:
    if [tag for tag, _ in parts] != ["name", "value"]:
        raise Malformed("a member must hold one <name> and then one <value>")
    return parts[0][1], parts[1][1]


def _call(parts: list[Part]) -> Asked:
    if [tag for tag, _ in parts] not in (["methodName"], ["methodName", "params"]):
        raise Malformed("it must hold one <methodName> and then at most one <params>")
    method = parts[0][1].strip()
    if not method:
        raise Malformed("<methodName> is empty")
    return Asked(method, parts[1][1] if len(parts) > 1 else [])


ONE_PART = frozenset({"value", "param", "array"})
DEEPER = frozenset({"array", "struct"})
BUILD: dict[str, Callable[[list[Part]], Any]] = {
    "methodCall": _call,
    "params": _array,
    "param": _only_part,
    "array": _only_part,
    "data": _array,
    "struct": _struct,
    "member": _member,
}
"""What the parts of an element become."""
