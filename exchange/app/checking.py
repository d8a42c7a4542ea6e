"""Checks what people write in files and options, and says in their words what is wrong.

A table is a msgspec struct. The type of each field carries, as its description, what
is expected there; so that a wrong value is answered with the name that was written,
what it should have been, and what it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, get_type_hints

import msgspec

from exchange.errors import ConfigurationError

LONGEST_SHOWN = 60


class Table(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """One table of a configuration file; subclasses have a field for each key."""


AnyTable = TypeVar("AnyTable", bound=Table)
Changes = Mapping[str, tuple[object, str]]
"""Field name to a value, which may still be text, and the name it was given by."""


def checked_table(kind: type[AnyTable], given: object, where: str) -> AnyTable:
    """Return the table that ``given``, read from a file, stands for.

    Args:
        where: How people find the table: ``site.toml: [hub]``.

    Raises:
        ConfigurationError: A key is unknown or missing, or a value is not what its field takes.
    """
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"{where}: expected a table, got {shown(given)}")
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for key in given:
        if key not in fields:
            raise ConfigurationError(f"{where} {key}: unknown key{nearest(key, fields)}")
    for key, field in fields.items():
        if field.required and key not in given:
            raise ConfigurationError(f"{where} {key}: missing; expected {_expected(kind, field.name)}")
    values = {
        fields[key].name: _checked_value(kind, fields[key].name, value, f"{where} {key}", strict=True)
        for key, value in given.items()
    }
    return _made(kind, values, f"{where}: ")


def changed_table(table: AnyTable, changes: Changes) -> AnyTable:
    """Return ``table`` with some values replaced by those of options or the environment.

    Raises:
        ConfigurationError: A value is not what its field takes, or they do not agree with one another.
    """
    kind = type(table)
    values = {field.name: getattr(table, field.name) for field in msgspec.structs.fields(kind)}
    for name, (value, label) in changes.items():
        values[name] = _checked_value(kind, name, value, label, strict=False)
    return _made(kind, values, "--")  # such an error begins with a key, which is an option here


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'name'?`` if a known name is near, else the list of what is known."""
    names = list(known)
    close = get_close_matches(word, names, 1)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; known here: {', '.join(names)}" if names else ""


def shown(value: object) -> str:
    """Return ``value`` as an error shows it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _checked_value(kind: type[Table], name: str, value: object, label: str, *, strict: bool) -> object:
    hint = get_type_hints(kind, include_extras=True)[name]
    try:
        return msgspec.convert(value, hint, strict=strict)
    except msgspec.ValidationError:
        raise ConfigurationError(f"{label}: expected {_expected(kind, name)}, got {shown(value)}") from None


def _expected(kind: type[Table], name: str) -> str:
    hint: Any = get_type_hints(kind, include_extras=True)[name]
    for meta in getattr(hint, "__metadata__", ()):
        if meta.description:
            return str(meta.description)
    raise TypeError(f"{kind.__name__}.{name} does not say what it expects")


def _made(kind: type[AnyTable], values: Mapping[str, object], before: str) -> AnyTable:
    try:
        return kind(**values)
    except ValueError as error:
        raise ConfigurationError(f"{before}{error}") from None
