"""Describes a service: its methods, from their signatures, annotations, defaults and docstrings.

A description must be the same wherever the same program runs, for its digest tells
whether two instances differ; so nothing in it depends on the order in which methods
were found, on addresses in memory, or on what a default factory makes.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from inspect import Parameter
from types import FunctionType
from typing import Any
from uuid import UUID

from exchange.errors import UnsuitableValue
from exchange.services.annotations import AnnotationReader, result_of, unwrapped
from exchange.services.description import LARGEST_DESCRIPTION, canonical
from exchange.services.export import Export
from exchange.services.record import ABSENT, Record
from exchange.wire.values import decode_value, encode_value

_KINDS = {
    Parameter.POSITIONAL_ONLY: "positional",
    Parameter.KEYWORD_ONLY: "keyword",
    Parameter.POSITIONAL_OR_KEYWORD: "either",
    Parameter.VAR_POSITIONAL: "rest-positional",
    Parameter.VAR_KEYWORD: "rest-keyword",
}
_PLAIN = (type(None), bool, int, float, str, bytes, complex, date, datetime, time, timedelta, Decimal, UUID)
_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")
_UNSENT = object()

MOST_REMEMBERED = 256
_read_before: dict[tuple[Any, ...], tuple[list[Any], list[Any]]] = {}
"""Methods and types of the classes described last, for a process may have thousands of instances of one."""


def describe(name: str, documentation: str, exports: Iterable[Export]) -> tuple[dict[str, Any], bytes]:
    """Return the description of a service as plain data, and in its canonical bytes.

    Raises:
        ValueError: It is too large, or cannot be sent.
    """
    methods, types = _offered(sorted(exports, key=lambda export: export.name))
    plain = {"name": name, "documentation": _sendable(documentation), "methods": methods, "types": types}
    try:
        packed = canonical(plain)
    except UnsuitableValue as error:
        raise ValueError(f"the description of service '{name}' cannot be sent: {error}") from None
    if len(packed) > LARGEST_DESCRIPTION:
        what = f"the description of service '{name}' has {len(packed)} bytes"
        raise ValueError(f"{what}; at most {LARGEST_DESCRIPTION} can be: shorten docstrings and defaults")
    return plain, packed


def documentation_of(kind: type, base: type) -> str:
    """Return the docstring of a class, or that of the nearest class below ``base`` that it derives from."""
    below = (each for each in kind.__mro__ if each is not base and issubclass(each, base))
    return next((inspect.cleandoc(each.__doc__) for each in below if each.__doc__), "")


def _offered(exports: list[Export]) -> tuple[list[Any], list[Any]]:
    """Return methods and types; those of a class are read once for all its instances."""
    functions = [getattr(export.function, "__func__", None) for export in exports]
    key = tuple((export.name, function, export.options) for export, function in zip(exports, functions, strict=True))
    if not all(isinstance(function, FunctionType) for function in functions):
        return _read(exports)
    if key not in _read_before:
        if len(_read_before) >= MOST_REMEMBERED:
            _read_before.clear()
        _read_before[key] = _read(exports)
    return _read_before[key]


def _read(exports: list[Export]) -> tuple[list[Any], list[Any]]:
    reader = AnnotationReader()
    methods = [_method(export, reader) for export in exports]
    records = {record.text: record for record in reader.records.values()}
    return methods, [_type(records[text]) for text in sorted(records)]


def _method(export: Export, reader: AnnotationReader) -> dict[str, Any]:
    hints = export.hints
    parameters = export.signature.parameters.values() if export.signature else ()
    returns = hints.get("return", Any)
    return {
        "name": export.name,
        "documentation": _sendable(inspect.getdoc(unwrapped(export.function)) or ""),
        "parameters": [_parameter(parameter, hints, reader) for parameter in parameters],
        "returns": reader.read(result_of(returns)).text,
        "idempotent": export.options.idempotent,
    }


def _parameter(parameter: Parameter, hints: Mapping[str, Any], reader: AnnotationReader) -> dict[str, Any]:
    text = reader.read(hints.get(parameter.name, Any)).text
    is_rest = parameter.kind in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    required = parameter.default is parameter.empty and not is_rest
    default = ABSENT if required or is_rest else parameter.default
    return _named(parameter.name, _KINDS[parameter.kind], text, required, default)


def _type(record: Record) -> dict[str, Any]:
    fields = [
        _named(name, "keyword", field.shape.text, field.required, field.default)
        for name, field in record.fields.items()
    ]
    return {"name": record.text, "documentation": _sendable(record.documentation), "fields": fields}


def _named(name: str, kind: str, text: str, required: bool, default: Any) -> dict[str, Any]:
    plain = {"name": name, "kind": kind, "type": text, "required": required}
    if default is ABSENT:
        return plain
    sent = _as_sent(default)
    return plain | ({"default_text": _text_of(default)} if sent is _UNSENT else {"default": sent})


def _as_sent(value: Any) -> Any:
    """Return a default as it would arrive anywhere: one of a registered type would not."""
    number = UnsuitableValue.CANNOT_ENCODE_REPLY
    try:
        sent = decode_value(encode_value(value, number), number)
    except UnsuitableValue:
        return _UNSENT
    return sent if _is_plain(sent) else _UNSENT


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_plain, value)) and all(map(_is_plain, value.values()))
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(_is_plain, value))
    return type(value) in _PLAIN


def _text_of(value: Any) -> str:
    """Return a value as Python writes it, without its address in memory."""
    try:
        return _sendable(_ADDRESS.sub("", repr(value)))
    except Exception:
        return f"<{type(value).__qualname__}>"


def _sendable(text: str) -> str:
    """Return text without the halves of characters that no encoding has."""
    return text.encode("utf-8", "backslashreplace").decode()
