"""The types of a description to JSON Schema, as values of them travel in JSON.

A type that cannot be read, or is of a class that nobody described, is any value.
"""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

Schema = dict[str, Any]

SCALARS: dict[str, Schema] = {
    "any": {},
    "None": {"type": "null"},
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "complex": {"type": "string"},
    "str": {"type": "string"},
    "bytes": {"type": "string", "contentEncoding": "base64"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "time"},
    "timedelta": {"type": "number", "description": "seconds"},
    "Decimal": {"type": "string"},
    "UUID": {"type": "string", "format": "uuid"},
}

_LITERAL = re.compile(r"""literal\[((?:[^\]'"]|b?'(?:[^'\\]|\\.)*'|b?"(?:[^"\\]|\\.)*")*)\]""")
_GENERIC = re.compile(r"(list|set|frozenset|dict|tuple)\[")
_NAME = re.compile(r"(?:[^\[\],| ]|(?<=\.)<locals>)+")


def schema_of(text: str, names: Iterable[str] = ()) -> Schema:
    """Return the schema of a type.

    Args:
        names: Types whose schemas stand among the components of the same document.
    """
    reader = _TypeReader(text, frozenset(names))
    try:
        schema = reader.union()
    except (ValueError, SyntaxError, RecursionError):
        return {}
    return schema if reader.is_over else {}


def reference_to(name: str) -> Schema:
    """Return what stands for a type that is among the components."""
    return {"$ref": "#/components/schemas/" + quote(name.replace("~", "~0").replace("/", "~1"), safe="._~-")}


class _TypeReader:
    """Reads the text of a type from its beginning."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        self._text = text
        self._names = names
        self._place = 0

    @property
    def is_over(self) -> bool:
        return self._place == len(self._text)

    def union(self) -> Schema:
        members = [self._alternative()]
        while self._skip(" | "):
            members.append(self._alternative())
        return members[0] if len(members) == 1 else {"anyOf": members}

    def _alternative(self) -> Schema:
        if literal := self._take(_LITERAL):
            return {"enum": list(_values(literal[1]))}
        if generic := self._take(_GENERIC):
            return self._container(generic[1])
        name = self._take(_NAME)
        if name is None:
            raise ValueError(f"no type at {self._place} of {self._text!r}")
        if name[0] in self._names:
            return reference_to(name[0])
        return dict(SCALARS.get(name[0], {}))

    def _container(self, kind: str) -> Schema:
        if kind == "tuple" and self._skip("()]"):
            return {"type": "array", "maxItems": 0}
        items = [self.union()]
        while self._skip(", "):
            if kind == "tuple" and self._skip("...]"):
                return {"type": "array", "items": items[0]}
            items.append(self.union())
        if not self._skip("]"):
            raise ValueError(f"no end at {self._place} of {self._text!r}")
        if kind == "dict":
            return {"type": "object", "additionalProperties": items[-1]}
        if kind == "tuple":
            return {"type": "array", "items": items, "minItems": len(items), "maxItems": len(items)}
        return {"type": "array", "items": items[0]} | ({} if kind == "list" else {"uniqueItems": True})

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._place)
        if found:
            self._place = found.end()
        return found

    def _skip(self, text: str) -> bool:
        if not self._text.startswith(text, self._place):
            return False
        self._place += len(text)
        return True


def _values(text: str) -> Iterable[Any]:
    """Return the values of a literal; those that JSON has not are left out."""
    return [value for value in literal_eval(f"[{text}]") if value is None or isinstance(value, bool | int | str)]
