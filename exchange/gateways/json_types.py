"""The types of a description, as that which becomes of values that come in JSON.

JSON has no bytes, dates, decimals and the like; they travel as texts, and sets and tuples
as arrays. Where the annotation of a method leaves no doubt they are turned back, and what
cannot be is refused. What says nothing of the kind costs nothing: most types need no
`Turn` at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, ClassVar

from exchange import TypeDescription
from exchange.gateways.json_texts import KEYS, TEXTS
from exchange.gateways.json_turns import (
    Member,
    Turn,
    chosen,
    fixed,
    from_text,
    items_of,
    members_of,
    one_of,
    refuse,
    seconds,
    within,
)
from exchange.gateways.jsonrpc_writer import plain
from exchange.gateways.type_text import TypeNode, read_type


class JsonTypes:
    """The types of one description.

    Args:
        types: Those that have fields.
    """

    texts: ClassVar[frozenset[str]] = frozenset(TEXTS)
    """The kinds of values that come as texts."""

    member: ClassVar[type[Member]] = Member

    def __init__(self, types: Mapping[str, TypeDescription]) -> None:
        self._fields = {
            name: {field.name: read_type(field.type, types) for field in each.fields} for name, each in types.items()
        }
        self._turned = _those_that_hold(self._fields, self._is_turned)
        self._turns: dict[str, dict[str, Turn]] = {}

    def turn(self, text: str) -> Turn | None:
        """Return what makes values of a type of those of JSON; ``None`` if they are such already."""
        return self._of(read_type(text, self._fields))

    def _of(self, node: TypeNode) -> Turn | None:
        if node.kind == "record":
            return partial(self._record, node.name) if node.name in self._turned else None
        if not self._is_turned(node) and not any(name in self._turned for name in _names_in(node)):
            return None
        if node.kind in self.texts:
            return partial(self.from_text, node.kind)
        if node.kind == "timedelta":
            return seconds
        if node.kind == "union":
            return partial(one_of, [self.member(part, self._of(part)) for part in node.parts])
        if node.kind == "literal":
            texts = {value: value for value in node.values if isinstance(value, str)}
            return partial(chosen, {plain(value): value for value in node.values if isinstance(value, bytes)} | texts)
        if node.kind == "fixed":
            return partial(fixed, [self._of(part) for part in node.parts])
        if node.kind == "dict":
            return partial(members_of, KEYS.get(node.parts[0].kind), self._of(node.parts[1]))
        kind = node.kind
        if kind in ("set", "frozenset") and any(_names_in(node)):
            kind = "list"  # of dicts, which no set holds: what becomes of them, the method says
        return partial(items_of, kind, self._of(node.parts[0]))

    @staticmethod
    def from_text(kind: str, value: Any) -> Any:
        """Return a value of one of `texts`."""
        return from_text(kind, value)

    def _is_turned(self, node: TypeNode) -> bool:
        """Whether values of a type are not what JSON has, whatever records they hold."""
        if node.kind == "literal":
            return any(isinstance(value, bytes) for value in node.values)
        return (
            node.kind in self.texts
            or node.kind in ("timedelta", "set", "frozenset", "tuple", "fixed")
            or (node.kind == "dict" and node.parts[0].kind in KEYS)
            or any(map(self._is_turned, node.parts if node.kind != "dict" else node.parts[1:]))
        )

    def _record(self, name: str, value: Any) -> Any:
        if type(value) is not dict:
            refuse(name, value)
        if name not in self._turns:
            turns = {field: self._of(node) for field, node in self._fields[name].items()}
            self._turns[name] = {field: turn for field, turn in turns.items() if turn is not None}
        fields = self._turns[name]
        return {
            field: within(f".{field}", fields[field], each) if field in fields else each
            for field, each in value.items()
        }


def _those_that_hold(fields: Mapping[str, Mapping[str, TypeNode]], wanted: Callable[[TypeNode], bool]) -> set[str]:
    """Return the records that have a field that is wanted, or hold one of these, however deep inside."""
    holders: dict[str, list[str]] = {}
    for name, nodes in fields.items():
        for node in nodes.values():
            for inner in _names_in(node):
                holders.setdefault(inner, []).append(name)
    found = {name for name, nodes in fields.items() if any(map(wanted, nodes.values()))}
    pending = list(found)
    while pending:
        for name in holders.get(pending.pop(), ()):
            if name not in found:
                found.add(name)
                pending.append(name)
    return found


def _names_in(node: TypeNode) -> Iterable[str]:
    if node.kind == "record":
        yield node.name
    for part in node.parts:
        yield from _names_in(part)
