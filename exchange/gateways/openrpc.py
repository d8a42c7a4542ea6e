"""An OpenRPC document: what a service offers, for programs that know JSON-RPC and not us."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from exchange import Description, MethodDescription, ParameterDescription, TypeDescription
from exchange.gateways.inexpressible import Inexpressible
from exchange.gateways.json_schema import Schema, schema_of
from exchange.gateways.jsonrpc_writer import plain

OPENRPC = "1.3.2"
"""The version of its specification."""


OWN = "rpc."
"""How the names begin that JSON-RPC keeps for itself."""

LONGEST_NAME = 255
"""In bytes; no name is longer in an exchange."""


def is_callable(name: str) -> bool:
    """Whether a method of this name may be called; one with another may be there for others."""
    return not name.startswith(OWN) and 0 < len(name.encode()) <= LONGEST_NAME


def openrpc_of(description: Description) -> dict[str, Any]:
    """Return the document for a service; its version changes whenever the description does."""
    info = {"title": description.name, "version": description.digest.hex()}
    if description.documentation:
        info["description"] = description.documentation
    names = description.types
    return {
        "openrpc": OPENRPC,
        "info": info,
        "methods": [_method(method, names) for method in description.methods.values() if is_callable(method.name)],
        "components": {"schemas": {name: _type(each, names) for name, each in names.items()}},
    }


def _method(method: MethodDescription, names: Iterable[str]) -> dict[str, Any]:
    by_place = any(parameter.kind in ("positional", "rest-positional") for parameter in method.parameters)
    by_name = any(parameter.kind in ("keyword", "rest-keyword") for parameter in method.parameters)
    parameters = sorted(method.parameters, key=lambda each: not _is_required(each))
    made: dict[str, Any] = {
        "name": method.name,
        "paramStructure": "by-position" if by_place else "by-name" if by_name else "either",
        "params": [_parameter(parameter, names) for parameter in parameters],
        "result": {"name": "result", "schema": schema_of(method.returns, names)},
    }
    if method.documentation:
        made["summary"] = method.documentation.partition("\n")[0]
        made["description"] = method.documentation
    if method.idempotent:
        made["x-idempotent"] = True
    return made


def _is_required(parameter: ParameterDescription) -> bool:
    return parameter.required and not parameter.kind.startswith("rest-")


def _parameter(parameter: ParameterDescription, names: Iterable[str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": parameter.name,
        "required": _is_required(parameter),
        "schema": _with_default(parameter, names),
    }
    if parameter.kind.startswith("rest-"):
        made["x-repeats"] = True
        made["description"] = "Any number of these may be given."
    return made


def _type(each: TypeDescription, names: Iterable[str]) -> Schema:
    made: Schema = {
        "type": "object",
        "properties": {field.name: _with_default(field, names) for field in each.fields},
        "additionalProperties": False,
    }
    required = [field.name for field in each.fields if field.required]
    if required:
        made["required"] = required
    if each.documentation:
        made["description"] = each.documentation
    return made


def _with_default(parameter: ParameterDescription, names: Iterable[str]) -> Schema:
    schema = schema_of(parameter.type, names)
    if parameter.required or parameter.default is None:  # which may be that no default can be told
        return schema
    if "$ref" in schema:  # beside which nothing else counts
        schema = {"allOf": [schema]}
    try:
        return schema | {"default": plain(parameter.default)}
    except Inexpressible:
        return schema
