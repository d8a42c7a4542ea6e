"""The names in a typed stub: what is imported, and what is called otherwise because something else has its name."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

HOMES = {
    **dict.fromkeys(("Any", "Literal", "NotRequired", "Protocol", "TypedDict"), "typing"),
    **dict.fromkeys(("date", "datetime", "time", "timedelta"), "datetime"),
    "Callable": "collections.abc",
    "Decimal": "decimal",
    "Deferred": "twisted.internet.defer",
    "UUID": "uuid",
    **dict.fromkeys(("bool", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "set"), "builtins"),
    **dict.fromkeys(("property", "str", "tuple"), "builtins"),
}
"""The module of each name that a stub may need."""

_WORDS = re.compile(r"[^\W_]+")


class StubNames:
    """Hands out names, each for one thing.

    Args:
        hidden: Names of methods and fields, which within a class hide what else has them.
    """

    def __init__(self, hidden: Iterable[str]) -> None:
        self._hidden = frozenset(hidden)
        self._taken = {*HOMES, *self._hidden, "exchange", "cast"}
        self._used: dict[str, str] = {}

    def use(self, name: str) -> str:
        """Return what one of `HOMES` is called here, and have it imported."""
        if name not in self._used:
            self._used[name] = self._free(name) if name in self._hidden else name
        return self._used[name]

    def make(self, *wanted: str) -> str:
        """Return the first of ``wanted`` that nothing else is called, or else something like it."""
        name = next((each for each in wanted if each not in self._taken), "") or self._free(wanted[0])
        self._taken.add(name)
        return name

    def imports(self) -> list[str]:
        """Return the lines that import what is used."""
        wanted: dict[str, list[str]] = {}
        for name, called in sorted(self._used.items()):
            if called != name:
                wanted.setdefault(HOMES[name], []).append(f"{name} as {called}")
            elif HOMES[name] != "builtins":
                wanted.setdefault(HOMES[name], []).append(name)
        homes = sorted(wanted, key=lambda home: (home.startswith("twisted"), home))
        return [f"from {home} import {', '.join(wanted[home])}" for home in homes]

    def _free(self, name: str) -> str:
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name


def is_attribute(name: str) -> bool:
    """Whether one can write ``proxy.name`` and it is a call."""
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")


def class_name(text: str) -> str:
    """Return a name for a class that is about ``text``: of ``plant.hall-2.press`` it is ``PlantHall2Press``."""
    words = [word for word in _WORDS.findall(text) if f"x{word}".isidentifier()]
    name = "".join(word[0].upper() + word[1:] for word in words)
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"Service{name}"
