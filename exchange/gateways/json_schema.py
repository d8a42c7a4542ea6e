"""The types of a description to JSON Schema, as values of them travel in JSON.

What a schema says is what `json_types` takes and `jsonrpc_writer` writes. A type that
cannot be read, or is of a class that nobody described, is any value.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from exchange.gateways.inexpressible import Inexpressible
from exchange.gateways.jsonrpc_writer import plain, write_json
from exchange.gateways.type_text import TypeNode, read_type

Schema = dict[str, Any]

SCALARS: dict[str, Schema] = {
    "any": {},
    "None": {"type": "null"},
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "complex": {"type": "string", "description": "a complex number as Python writes it: (1+2j)"},
    "str": {"type": "string"},
    "bytes": {"type": "string", "contentEncoding": "base64"},
    "datetime": {"type": "string", "description": "date and time, in UTC or with an offset, or of no zone (ISO 8601)"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "description": "time of day, with an offset or without (ISO 8601)"},
    "timedelta": {"type": "number", "description": "seconds"},
    "Decimal": {"type": ["string", "integer"], "description": "a decimal number: text, to lose no digits"},
    "UUID": {"type": "string", "format": "uuid"},
}

NAMES: dict[str, Schema] = {
    "int": {"pattern": "^-?(0|[1-9][0-9]*)$"},
    "float": {"description": "a number"},
    **{name: SCALARS[name] for name in ("complex", "bytes", "datetime", "date", "time", "UUID")},
    "Decimal": {"description": "a decimal number"},
}
"""What is said of the names of the members of an object, which are text, when they stand for something else."""


def schema_of(text: str, names: Iterable[str] = ()) -> Schema:
    """Return the schema of a type.

    Args:
        names: Types whose schemas stand among the components of the same document.
    """
    return _schema(read_type(text, names))


def reference_to(name: str) -> Schema:
    """Return what stands for a type that is among the components."""
    return {"$ref": "#/components/schemas/" + quote(name.replace("~", "~0").replace("/", "~1"), safe="._~-")}


def _schema(node: TypeNode) -> Schema:
    parts = [_schema(part) for part in node.parts]
    if node.kind == "union":
        return {"anyOf": parts}
    if node.kind == "literal":
        return {"enum": told} if (told := _told(node.values)) else {}
    if node.kind == "record":
        return reference_to(node.name)
    if node.kind == "dict":
        about_names = NAMES.get(node.parts[0].kind)
        names: Schema = {"propertyNames": dict(about_names)} if about_names else {}
        return {"type": "object", "additionalProperties": parts[1], **names}
    if node.kind == "fixed":
        items: Schema = {"items": parts, "minItems": len(parts)} if parts else {}
        return {"type": "array", **items, "maxItems": len(parts)}
    if node.kind in ("list", "tuple"):
        return {"type": "array", "items": parts[0]}
    if node.kind in ("set", "frozenset"):
        return {"type": "array", "items": parts[0], "uniqueItems": True}
    return dict(SCALARS[node.kind])


def _told(values: Iterable[Any]) -> list[Any]:
    """Return the values of a literal as they travel, each once; those that cannot are left out."""
    told = {}
    for value in values:
        try:
            written = plain(value)
            told[write_json(written).encode()] = written
        except (Inexpressible, UnicodeEncodeError):
            continue
    return list(told.values())
