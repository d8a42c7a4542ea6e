"""Names for XML: namespaces of services, and texts that are no names of XML written as such.

A service may be called anything, and so may its methods, parameters and types. The
namespace of service ``a b/c`` is ``urn:exchange:service:a%20b/c``: what stands behind the
prefix is its name, percent-encoded. A character that cannot stand in a name of XML is
written as ``_x0020_``, its number in hexadecimal digits; what looks like that by
accident has its underscore written so; the empty text is ``_x_``. Both ways lead back.
"""

from __future__ import annotations

import re
import sys
from urllib.parse import quote, unquote

SERVICES = "urn:exchange:service:"
TYPES = "urn:exchange:types"
"""The namespace of types that are the same for all services: a list of anything, and so on."""

XSD = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSI_NIL = f"{{{XSI}}}nil"
XSI_TYPE = f"{{{XSI}}}type"

PREFIXES = {"xs": XSD, "xsi": XSI, "x": TYPES}
"""Those under which the names of types are written: whoever puts an element of ours into another must not
declare one of these namespaces there under another prefix."""

_BY_NAMESPACE = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_LETTERS = "A-Za-z_À-ÖØ-öø-ÿΑ-ΡΣ-ώА-яぁ-ゔァ-ヺ一-龥가-힣"
"""Those that all editions of XML take, of the scripts in use; the rest would be as good escaped."""

_ODD = re.compile(rf"_(?=x[0-9A-F]{{4,6}}(_|[^{_LETTERS}0-9.\-]))|[^{_LETTERS}0-9.\-]")
_ODD_FIRST = re.compile(r"^[0-9.\-]")
_ESCAPE = re.compile(r"_x([0-9A-F]{4,6})_")
_EMPTY = "_x_"


def namespace_of(service: str) -> str:
    """Return the namespace of a service."""
    return SERVICES + quote(service, safe="/-._~", errors="backslashreplace")


def service_of(namespace: str) -> str | None:
    """Return the service whose namespace it is, if it is one."""
    return unquote(namespace.removeprefix(SERVICES)) if namespace.startswith(SERVICES) else None


def xml_name(text: str) -> str:
    """Return the name of XML, without a colon, that stands for a text."""
    if text in ("", _EMPTY):
        return _EMPTY if not text else "_x005F_x_"
    return _ODD_FIRST.sub(_escaped, _ODD.sub(_escaped, text))


def text_of(name: str) -> str:
    """Return the text that a name of XML stands for."""
    return "" if name == _EMPTY else _ESCAPE.sub(_plain, name)


def qualified(namespace: str, name: str) -> str:
    """Return a name with its namespace, as lxml has it."""
    return f"{{{namespace}}}{name}"


def prefixed(tag: str) -> str:
    """Return a name of one of the `PREFIXES` as it is told, as the type of something."""
    namespace, _, name = tag[1:].partition("}")
    return f"{_BY_NAMESPACE[namespace]}:{name}"


def _escaped(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


def _plain(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if code <= sys.maxunicode else found[0]
