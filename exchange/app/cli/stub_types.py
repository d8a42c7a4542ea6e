"""Types of a description, as a typed stub writes them: records become typed dicts, which is what callers get."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from exchange.app.cli.stub_names import StubNames, class_name
from exchange.gateways.type_text import TypeNode, read_type
from exchange.services.description import ParameterDescription, TypeDescription

LONGEST_DEFAULT = 60
"""Characters of a default; a longer one is only said to be there."""

_LITERALS = (bool, int, str, bytes, type(None))
_SHOWN = (*_LITERALS, float)


class StubTypes:
    """Writes annotations, with the records under names of their own.

    Args:
        types: The records, by the names that the description gives them.
    """

    def __init__(self, types: Mapping[str, TypeDescription], names: StubNames) -> None:
        self._names = names
        self.classes = {name: names.make(class_name(name.rpartition(".")[2]), class_name(name)) for name in types}

    def node(self, text: str) -> TypeNode:
        """Return the type that a description has as ``text``."""
        return read_type(text, self.classes)

    def written(self, text: str) -> str:
        """Return the annotation for a type of the description."""
        return self._of(self.node(text))

    def default(self, parameter: ParameterDescription) -> str:
        """Return a default as the stub shows it: ``...`` where it is long, or nothing that one could write."""
        value = parameter.default
        if parameter.default_text or not _may_be(self.node(parameter.type), value):
            return "..."
        text = repr(value)
        return text if len(text) <= LONGEST_DEFAULT else "..."

    def _of(self, node: TypeNode) -> str:
        parts = [self._of(part) for part in node.parts]
        match node.kind:
            case "any":
                return self._names.use("Any")
            case "None":
                return "None"
            case "union":
                return " | ".join(dict.fromkeys(parts))
            case "record":
                return self.classes[node.name]
            case "literal":
                return self._literal(node.values)
            case "fixed":
                return f"{self._names.use('tuple')}[{', '.join(parts) or '()'}]"
            case "tuple":
                return f"{self._names.use('tuple')}[{parts[0]}, ...]"
            case "list" | "set" | "frozenset" | "dict":
                return f"{self._names.use(node.kind)}[{', '.join(parts)}]"
            case _:
                return self._names.use(node.kind)

    def _literal(self, values: tuple[Any, ...]) -> str:
        """Return the literal of ``values``; where Python has none of such, their types."""
        if values and all(type(value) in _LITERALS for value in values):
            return f"{self._names.use('Literal')}[{', '.join(map(repr, values))}]"
        if values and all(type(value) in _SHOWN for value in values):
            kinds = ("None" if value is None else self._names.use(type(value).__name__) for value in values)
            return " | ".join(dict.fromkeys(kinds))
        return self._names.use("Any")


def _may_be(node: TypeNode, value: Any) -> bool:
    """Whether a default can be written, and is of the type that its parameter is said to have."""
    if type(value) not in _SHOWN or (type(value) is float and not math.isfinite(value)):
        return False
    match node.kind:
        case "any":
            return True
        case "union":
            return any(_may_be(part, value) for part in node.parts)
        case "literal":
            return value in node.values
        case "float":
            return type(value) in (int, float)
        case _:
            return node.kind == ("None" if value is None else type(value).__name__)
