"""The signatures of a method, as `system.methodSignature` tells them: lists of XML-RPC's names of types.

XML-RPC has eight names; a method whose parameters or result may be anything has no
signature in them. One whose parameters have defaults has several, and so has one of
which a parameter may be of several types.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import product

from exchange import MethodDescription, ParameterDescription
from exchange.gateways.type_text import TypeNode, read_type

Signatures = list[list[str]] | str
"""Each the type of the result and then those of the arguments; or `UNDEFINED`."""

UNDEFINED = "undef"

MOST = 32
"""Signatures of one method; a method that would have more is told of as one that has none."""

NAMES = {
    "None": "nil",
    "bool": "boolean",
    "int": "int",
    "float": "double",
    "complex": "string",
    "str": "string",
    "bytes": "base64",
    "datetime": "dateTime.iso8601",
    "date": "dateTime.iso8601",
    "time": "string",
    "timedelta": "double",
    "Decimal": "string",
    "UUID": "string",
    "NoneType": "nil",
    "list": "array",
    "tuple": "array",
    "fixed": "array",
    "set": "array",
    "frozenset": "array",
    "dict": "struct",
    "record": "struct",
}
"""What XML-RPC calls each kind of type, and the type of each value of a literal."""


class Undefined(Exception):
    """XML-RPC has no name for a type."""


def signatures_of(method: MethodDescription, records: Collection[str]) -> Signatures:
    """Return the signatures of a method.

    Args:
        records: Names of the types that are sent as dicts.
    """
    by_place = [each for each in method.parameters if each.kind != "rest-keyword"]
    try:
        returned = _types(method.returns, records)
        choices = [_types(each.type, records) for each in by_place if not _is_left_out(each)]
    except Undefined:
        return UNDEFINED
    least = sum(each.required for each in by_place)
    made: list[list[str]] = []
    for count in range(least, len(choices) + 1):
        for each in product(returned, *choices[:count]):
            made.append(list(each))
            if len(made) > MOST:
                return UNDEFINED
    return made


def _is_left_out(parameter: ParameterDescription) -> bool:
    """Whether no caller of XML-RPC gives it, who has only places.

    Raises:
        Undefined: They would have to; or may give any number.
    """
    if parameter.kind == "rest-positional" or (parameter.kind == "keyword" and parameter.required):
        raise Undefined(parameter.name)
    return parameter.kind == "keyword"


def _types(text: str, records: Collection[str]) -> list[str]:
    """Return what XML-RPC calls a type; of a union, each member once."""
    return list(dict.fromkeys(_names(read_type(text, records))))


def _names(node: TypeNode) -> Iterator[str]:
    if node.kind == "union":
        for part in node.parts:
            yield from _names(part)
    elif node.kind == "literal":
        yield from (NAMES[type(value).__name__] for value in node.values)
    elif node.kind in NAMES:
        yield NAMES[node.kind]
    else:
        raise Undefined(node.kind)
