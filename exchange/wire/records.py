"""Records: dataclasses, which travel as the dicts of their fields.

Few values hold one, so nobody looks for them: packing stops at the first, and what
holds it is packed again without.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from exchange.wire.extensions import PLAIN, TO_BYTES, registered
from exchange.wire.limits import DEEPEST
from exchange.wire.nesting import TooDeep

_ARRAYS: dict[type, Callable[[list[Any]], Any]] = {list: list, tuple: tuple, set: set, frozenset: frozenset}


class RecordMet(Exception):
    """A value holds a record; `without_records` makes one that does not."""


def is_record(value: Any) -> bool:
    """Whether a value that nobody was taught to send is an instance of a dataclass."""
    return is_dataclass(value) and not isinstance(value, type)


def fields_of(record: Any) -> dict[str, Any]:
    """Return the fields of a record, those with which another like it can be made."""
    return {field.name: getattr(record, field.name) for field in fields(record) if field.init}


def without_records(value: Any, depth: int = 0) -> Any:
    """Return a value with a dict in place of each record in it.

    Raises:
        TooDeep: More containers stand one in another than can be sent.
        TypeError: One is a key, or an item of a set, which no dict can be.
    """
    if depth > DEEPEST:
        raise TooDeep(f"more than {DEEPEST} containers stand one in another")
    for base in type(value).__mro__:
        if base in _ARRAYS:
            return _built(_ARRAYS[base], [without_records(item, depth + 1) for item in value])
        if base is dict:
            return _table(value, depth)
        if registered(base) or base in TO_BYTES or base in PLAIN:
            return value
    if isinstance(value, Enum):
        return without_records(value.value, depth)
    return _table(fields_of(value), depth) if is_record(value) else value


def _table(value: dict[Any, Any], depth: int) -> dict[Any, Any]:
    items = [(without_records(key, depth + 1), without_records(item, depth + 1)) for key, item in value.items()]
    made: dict[Any, Any] = _built(dict, items)
    return made


def _built(build: Callable[[list[Any]], Any], items: list[Any]) -> Any:
    try:
        return build(items)
    except TypeError:
        raise TypeError("a dataclass travels as a dict, which can be neither a key nor an item of a set") from None
