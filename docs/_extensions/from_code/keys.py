"""The keys of the configuration, from the classes that check it."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from exchange.app.checking import Table
from exchange.app.meanings import MEANINGS
from exchange.app.schema import ABOUT, KINDS, NAMED
from from_code.tables import code, prose, table


def keys(_: str) -> str:
    """Return a table for each table of the configuration, with its keys."""
    return "\n\n".join(f"## `{title_of(name)}`\n\n{ABOUT[name]}\n\n{_keys(name)}" for name in KINDS)


def title_of(name: str) -> str:
    """Return how a table is written in a file."""
    return "[[policy]]" if name == "policy" else f"[{name}.NAME]" if name in NAMED else f"[{name}]"


def _keys(name: str) -> str:
    takes, means = described(KINDS[name]), MEANINGS[name]
    rows = [
        (code(key), prose(means[key]), prose(takes[key]), _default(field))
        for field in msgspec.structs.fields(KINDS[name])
        for key in [field.encode_name]
    ]
    return table(("key", "what it means", "takes", "default"), rows)


def described(kind: type[Table]) -> dict[str, str]:
    """Return what each key of a table takes, in words."""
    schema: dict[str, Any] = msgspec.json.schema(kind)
    own = schema["$defs"][kind.__name__]["properties"]
    return {name: _words(each) for name, each in own.items()}


def _words(schema: dict[str, Any]) -> str:
    return str(schema.get("description") or schema.get("type", ""))


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "must be given"
    value = field.default
    if value is msgspec.NODEFAULT:
        assert field.default_factory is not msgspec.NODEFAULT
        value = field.default_factory()
    return code(_written(value)) if value not in (None, "", {}, ()) else ""


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(key)} = {json.dumps(item)}' for key, item in value.items())} }}"
    return f"{value:g}" if isinstance(value, float) else json.dumps(value)
