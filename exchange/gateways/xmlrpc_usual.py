"""A call of plain arguments, written as nearly all libraries write it: what most requests bring.

The reader takes a document element by element, which is most of the time that a call
needs in XML-RPC. A document of the usual form is taken here at once; if there is
anything unusual about it, it is left to the reader. So nothing is taken here that the
reader would refuse, or take otherwise.
"""

from __future__ import annotations

import re

from exchange.gateways.xmlrpc_reader import SCALARS, Asked, Malformed

CHARSETS = frozenset({"", "utf-8", "UTF-8"})
LARGEST = 4096
"""In bytes; with what is larger, most of the time goes elsewhere."""

_SPACE = r"[ \t\r\n]*"
_TEXT = r"[\t\n -%'-;=?-~]*"
"""ASCII, less what XML gives a meaning to."""

_DECLARATION = r"""<\?xml version=(?:'1\.0'|"1\.0")(?: encoding=(?:'utf-8'|"utf-8"|'UTF-8'|"UTF-8"))?\?>"""
_VALUE = rf"<value><(?P<tag>int|i4|i8|double|boolean|string)>(?P<text>{_TEXT})</(?P=tag)></value>"
_PARAM = rf"<param>{_SPACE}{_VALUE}{_SPACE}</param>{_SPACE}"
_PARAMS = rf"<params>{_SPACE}(?P<params>(?:{_PARAM})*)</params>{_SPACE}"
_METHOD = r"<methodName>(?P<method>[A-Za-z0-9_.:/]+)</methodName>"

CALL = re.compile(
    rf"(?:{_DECLARATION})?{_SPACE}<methodCall>{_SPACE}{_METHOD}{_SPACE}(?:{_PARAMS})?</methodCall>{_SPACE}"
)
PARAM = re.compile(_PARAM)


def read_usual(body: bytes, charset: str = "") -> Asked | None:
    """Return what the body of a request asks for, or ``None`` if it is not of the usual form.

    Args:
        charset: How the content type says that it is encoded; empty if it says nothing.
    """
    if len(body) > LARGEST or charset not in CHARSETS or not body.isascii():
        return None
    call = CALL.fullmatch(body.decode("ascii"))
    if call is None:
        return None
    try:
        return Asked(call["method"], [SCALARS[tag](text) for tag, text in PARAM.findall(call["params"] or "")])
    except Malformed:
        return None
