"""The text of a type in a description, taken apart.

A type that cannot be read, or is of a class that nobody described, is any value. The
grammar is in ``docs/reference/descriptions.md``.
"""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

SCALARS = frozenset(
    "None bool int float complex str bytes datetime date time timedelta Decimal UUID".split()  # noqa: SIM905
)
"""Types without parts, by their names in descriptions."""

DEEPEST = 16
"""How many types may stand one in another, or all of it is any value; a document about it has lines for each."""

_LITERAL = re.compile(r"""literal\[((?:[^\]'"]|'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+")*+)\]""")
_GENERIC = re.compile(r"(list|set|frozenset|dict|tuple)\[")
_NAME = re.compile(r"(?:[^\[\],| ]|(?<=\.)<locals>)+")


@dataclass(frozen=True)
class TypeNode:
    """A type, and those that stand in it.

    Attributes:
        kind: ``"any"``, ``"union"``, ``"literal"``, ``"record"``, one of `SCALARS`; ``"list"``, ``"set"``,
            ``"frozenset"``, ``"tuple"`` of any number of items of one type, ``"fixed"``, which is a tuple
            of so many, each of its own; or ``"dict"``.
        name: Of a record, under which it stands among the types.
        parts: The members of a union; the type of the items, of each item, or of the keys and the values.
        values: Those of a literal.
    """

    kind: str = "any"
    name: str = ""
    parts: tuple[TypeNode, ...] = ()
    values: tuple[Any, ...] = ()

    @property
    def takes_none(self) -> bool:
        """Whether ``None`` is a value of it."""
        if self.kind == "union":
            return any(part.takes_none for part in self.parts)
        return self.kind in ("any", "None") or (self.kind == "literal" and None in self.values)

    @property
    def besides_none(self) -> TypeNode:
        """It, without ``None`` where that is one of several."""
        if self.kind == "literal" and None in self.values and len(self.values) > 1:
            return TypeNode("literal", values=tuple(value for value in self.values if value is not None))
        if self.kind != "union":
            return self
        parts = tuple(part.besides_none for part in self.parts if part != NONE)
        return parts[0] if len(parts) == 1 else TypeNode("union", parts=parts)


ANY = TypeNode()
NONE = TypeNode("None")


def read_type(text: str, names: Iterable[str] = ()) -> TypeNode:
    """Return a type, taken apart.

    Args:
        names: The types that are described.
    """
    reader = _TypeReader(text, frozenset(names))
    try:
        node = reader.union()
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return ANY
    return node if reader.is_over else ANY


class _TypeReader:
    """Reads the text of a type from its beginning."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        self._text = text
        self._names = names
        self._place = 0
        self._depth = 0

    @property
    def is_over(self) -> bool:
        return self._place == len(self._text)

    def union(self) -> TypeNode:
        members = [self._alternative()]
        while self._skip(" | "):
            members.append(self._alternative())
        return members[0] if len(members) == 1 else TypeNode("union", parts=tuple(members))

    def _alternative(self) -> TypeNode:
        if literal := self._take(_LITERAL):
            return TypeNode("literal", values=tuple(literal_eval(f"[{literal[1]}]")))
        if generic := self._take(_GENERIC):
            self._depth += 1
            if self._depth > DEEPEST:
                raise ValueError(f"more than {DEEPEST} types stand one in another")
            container = self._container(generic[1])
            self._depth -= 1
            return container
        name = self._take(_NAME)
        if name is None:
            raise ValueError(f"no type at {self._place} of {self._text!r}")
        if name[0] in self._names:
            return TypeNode("record", name[0])
        return TypeNode(name[0]) if name[0] in SCALARS else ANY

    def _container(self, kind: str) -> TypeNode:
        if kind == "tuple" and self._skip("()]"):
            return TypeNode("fixed")
        items = [self.union()]
        while self._skip(", "):
            if kind == "tuple" and self._skip("...]"):
                return TypeNode("tuple", parts=(items[0],))
            items.append(self.union())
        if not self._skip("]"):
            raise ValueError(f"no end at {self._place} of {self._text!r}")
        if kind == "tuple":
            return TypeNode("fixed", parts=tuple(items))
        if len(items) != 1 + (kind == "dict"):
            raise ValueError(f"{kind} with {len(items)} types, at {self._place} of {self._text!r}")
        return TypeNode(kind, parts=tuple(items))

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._place)
        if found:
            self._place = found.end()
        return found

    def _skip(self, text: str) -> bool:
        if not self._text.startswith(text, self._place):
            return False
        self._place += len(text)
        return True
