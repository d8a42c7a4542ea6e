"""The keys of the configuration, from the classes that check it."""

from __future__ import annotations

import json
from inspect import getdoc
from typing import Any

import msgspec

from exchange.app import tables
from exchange.app.checking import Table
from exchange.app.policy import PolicyTable
from from_code.tables import code, prose, table

KINDS: dict[str, type[Table]] = {
    "[hub]": tables.HubTable,
    "[[policy]]": PolicyTable,
    "[limits]": tables.LimitsTable,
    "[services.NAME]": tables.ServiceTable,
    "[gateways.NAME]": tables.GatewayTable,
    "[bridges.NAME]": tables.BridgeTable,
    "[logging]": tables.LoggingTable,
    "[tracing]": tables.TracingTable,
}


def keys(_: str) -> str:
    """Return a table for each table of the configuration, with its keys."""
    return "\n\n".join(f"## `{name}`\n\n{_about(kind)}\n\n{_keys(kind)}" for name, kind in KINDS.items())


def _about(kind: type[Table]) -> str:
    return prose((getdoc(kind) or "").partition(": ")[2]).capitalize()


def _keys(kind: type[Table]) -> str:
    said = described(kind)
    rows = [
        (code(field.encode_name), prose(said[field.encode_name]), _default(field))
        for field in msgspec.structs.fields(kind)
    ]
    return table(("key", "takes", "default"), rows)


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
