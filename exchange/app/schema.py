"""The JSON Schema of a configuration file, by which editors complete keys, explain them and mark mistakes.

It comes of the classes of the tables. What no schema can say, such as that two keys do not
agree, or that a file is not there, ``exchange config check`` says.
"""

from __future__ import annotations

from typing import Any

import msgspec

from exchange.app.checking import Table
from exchange.app.meanings import MEANINGS
from exchange.app.policy import PolicyTable
from exchange.app.tables import (
    FACES,
    FILES,
    BridgeTable,
    GatewayTable,
    HubTable,
    LimitsTable,
    LoggingTable,
    ServiceTable,
    TracingTable,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"

KINDS: dict[str, type[Table]] = {
    "hub": HubTable,
    "limits": LimitsTable,
    "logging": LoggingTable,
    "tracing": TracingTable,
    "policy": PolicyTable,
    "services": ServiceTable,
    "gateways": GatewayTable,
    "bridges": BridgeTable,
}
"""The class of each kind of table."""

NAMED = ("services", "gateways", "bridges")
"""Kinds of which there may be many, each with a name."""

ABOUT = {
    "hub": "The hub of the site. Without this table the file has none.",
    "limits": "What hub, services and gateways of the file take from the far ends of their links.",
    "logging": "What every process of the file writes to its log.",
    "tracing": "Where the spans of OpenTelemetry go.",
    "policy": "Rules of what principals may do at the hub of the file; nothing else is granted if there is one.",
    "services": "Services to run, each by a name for --only.",
    "gateways": "HTTP faces to services, each by a name for --only.",
    "bridges": "Exchange groups to join, each bridge by a name for --only.",
}

SIDES = {"propertyNames": {"enum": ["inner", "outer"]}}
MORE: dict[str, dict[str, dict[str, Any]]] = {
    "bridges": dict.fromkeys(("hubs", "groups", "credentials", "certificate", "key", "authority"), SIDES),
    "gateways": {"mount": {"additionalProperties": {"type": "string", "pattern": f"^({'|'.join(FACES)}|{FILES}.+)$"}}},
}
"""What msgspec does not tell of some keys."""


def schema() -> dict[str, Any]:
    """Return the schema."""
    tables = {kind: _table(kind, made) for kind, made in KINDS.items()}
    properties = {kind: _placed(kind, table) for kind, table in tables.items()}
    return {
        "$schema": DIALECT,
        "title": "The configuration of an exchange site",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def _placed(kind: str, table: dict[str, Any]) -> dict[str, Any]:
    about = {"description": ABOUT[kind]}
    if kind in NAMED:
        return {"type": "object", **about, "additionalProperties": table}
    return {"type": "array", **about, "items": table} if kind == "policy" else {**table, **about}


def _table(kind: str, made: type[Table]) -> dict[str, Any]:
    (raw,) = msgspec.json.schema_components([made])[1].values()
    properties = {key: _key(each, MEANINGS[kind][key]) for key, each in raw["properties"].items()}
    for key, more in MORE.get(kind, {}).items():
        properties[key] |= more
    table = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**table, "required": raw["required"]} if raw.get("required") else table


def _key(raw: dict[str, Any], meaning: str) -> dict[str, Any]:
    """Return the schema of one key: TOML has no null, and a default of none is no value that one could write."""
    said = {word: each for word, each in raw.items() if word != "default" or each is not None}
    choices = [each for each in said.get("anyOf", ()) if each.get("type") != "null"]
    if "anyOf" in said:
        del said["anyOf"]
        said = {**(choices[0] if len(choices) == 1 else {"anyOf": choices}), **said}
    expected = said.get("description", "")
    takes = "" if expected.startswith(("where", "the ")) else f" Takes {expected}."
    return {**said, "description": f"{meaning[:1].upper()}{meaning[1:]}.{takes}"}
