"""A description as the page needs it, to make a form for each method."""

from __future__ import annotations

from typing import Any

from exchange import Description, MethodDescription, ParameterDescription
from exchange.gateways.dashboard.told import told
from exchange.gateways.json_schema import schema_of
from exchange.gateways.openrpc import openrpc_of

LONGEST_DEFAULT = 1_000


def form_of(description: Description) -> dict[str, Any]:
    """Return what a service offers: its methods, their parameters in order, and the schemas of its types."""
    return {
        "name": description.name,
        "documentation": description.documentation,
        "methods": [_method(each, description) for each in description.methods.values()],
        "types": openrpc_of(description)["components"]["schemas"],
    }


def _method(method: MethodDescription, description: Description) -> dict[str, Any]:
    return {
        "name": method.name,
        "documentation": method.documentation,
        "returns": method.returns,
        "idempotent": method.idempotent,
        "parameters": [_parameter(each, description) for each in method.parameters],
    }


def _parameter(parameter: ParameterDescription, description: Description) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": parameter.name,
        "kind": parameter.kind,
        "type": parameter.type,
        "required": parameter.required and not parameter.kind.startswith("rest-"),
        "schema": schema_of(parameter.type, description.types),
    }
    if not made["required"] and not parameter.kind.startswith("rest-"):
        made["default"] = parameter.default_text or told(parameter.default, LONGEST_DEFAULT).text
    return made
