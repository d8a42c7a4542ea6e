"""Checks what people write in files and options, and says in their words what is wrong.

A table is a msgspec struct. The type of each field carries, as its description, what
is expected there; so that a wrong value is answered with the name that was written,
what it should have been, and what it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, get_type_hints

import msgspec

from exchange.app.mistakes import Mistakes
from exchange.errors import ConfigurationError

LONGEST_SHOWN = 60


class Table(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """One table of a configuration file; subclasses have a field for each key."""

    def faults(self) -> Iterator[str]:
        """Return how values do not agree with one another; each text begins with a key."""
        return iter(())


AnyTable = TypeVar("AnyTable", bound=Table)
Changes = Mapping[str, tuple[object, str]]
"""Field name to a value, which may still be text, and the name it was given by."""


def checked_table(kind: type[AnyTable], given: object, where: str) -> AnyTable:
    """Return the table that ``given``, read from a file, stands for.

    Args:
        where: How people find the table: ``site.toml: [hub]``.

    Raises:
        ConfigurationErrors: A key is unknown or missing, a value is not what its field takes, or values do not
            agree with one another; of whatever is wrong there is a line.
    """
    mistakes = Mistakes()
    table = read_table(kind, given, where, mistakes)
    mistakes.raise_if_any()
    assert table is not None
    return table


def read_table(kind: type[AnyTable], given: object, where: str, mistakes: Mistakes) -> AnyTable | None:
    """Return the table that ``given`` stands for, with the usual values for keys that are wrong.

    Args:
        mistakes: Are told of whatever is wrong.

    Returns:
        Nothing, if a key has no usual value.
    """
    if not isinstance(given, Mapping):
        mistakes.add(f"{where}: expected a table, got {shown(given)}")
        return None
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    wrong: set[str] = set()
    values: dict[str, object] = {}
    for key, value in given.items():
        if key not in fields:
            wrong.update(get_close_matches(key, fields, 1))
            mistakes.add(f"{where} {key}: unknown key{nearest(key, fields)}")
            continue
        try:
            values[fields[key].name] = _checked_value(kind, fields[key].name, value, f"{where} {key}", strict=True)
        except ConfigurationError as error:
            wrong.add(key)
            mistakes.add(str(error), f"{where} {key}")
    for key, field in fields.items():
        if field.required and key not in given:
            mistakes.add(f"{where} {key}: missing; expected {_expected(kind, field.name)}", f"{where} {key}")
    if any(field.required and field.name not in values for field in fields.values()):
        return None
    table = kind(**values)
    for fault in table.faults():
        if not any(key in fault for key in wrong):  # else it is about the usual value, which nobody gave
            mistakes.add(f"{where}: {fault}")
    return table


def changed_table(table: AnyTable, changes: Changes) -> AnyTable:
    """Return ``table`` with some values replaced by those of options or the environment.

    Raises:
        ConfigurationErrors: A value is not what its field takes, or they do not agree with one another.
    """
    kind, mistakes = type(table), Mistakes()
    values = {field.name: getattr(table, field.name) for field in msgspec.structs.fields(kind)}
    for name, (value, label) in changes.items():
        with mistakes.noted():
            values[name] = _checked_value(kind, name, value, label, strict=False)
    mistakes.raise_if_any()
    changed, before = kind(**values), set(table.faults())
    for fault in changed.faults():
        if fault not in before:
            mistakes.add(f"--{fault}")  # it begins with a key, which is an option here
    mistakes.raise_if_any()
    return changed


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'name'?`` if a known name is near, else the list of what is known."""
    names = list(known)
    close = get_close_matches(word, names, 1)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; known here: {', '.join(names)}" if names else ""


def shown(value: object) -> str:
    """Return ``value`` as an error shows it, cut where it is long."""
    try:
        text = repr(value)
    except RecursionError:
        return "lists and tables that stand one in another without end"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _checked_value(kind: type[Table], name: str, value: object, label: str, *, strict: bool) -> object:
    hint = get_type_hints(kind, include_extras=True)[name]
    try:
        if _has_nul(value):
            raise msgspec.ValidationError
        return msgspec.convert(value, hint, strict=strict)
    except (msgspec.ValidationError, RecursionError):
        raise ConfigurationError(f"{label}: expected {_expected(kind, name)}, got {shown(value)}") from None


def _has_nul(value: object) -> bool:
    """Whether the character of the number 0 is in a text, or in one of a list or a table: no name or path has it."""
    if isinstance(value, Mapping):
        return any(map(_has_nul, value)) or any(map(_has_nul, value.values()))
    return any(map(_has_nul, value)) if isinstance(value, list | tuple) else isinstance(value, str) and "\0" in value


def _expected(kind: type[Table], name: str) -> str:
    hint: Any = get_type_hints(kind, include_extras=True)[name]
    for meta in getattr(hint, "__metadata__", ()):
        if meta.description:
            return str(meta.description)
    raise TypeError(f"{kind.__name__}.{name} does not say what it expects")
