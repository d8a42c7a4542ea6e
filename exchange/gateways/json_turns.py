"""Values of JSON, turned into what the type of an argument wants, or refused.

A text that could be meant as one of several types stays a text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, NoReturn

from exchange.gateways.json_texts import NEVER_ALIKE, TEXTS, Text
from exchange.gateways.jsonrpc_reader import shown
from exchange.gateways.jsonrpc_writer import plain
from exchange.gateways.type_text import TypeNode

Turn = Callable[[Any], Any]
"""Returns a value of JSON as its type wants it, or raises `Misfit`."""

MOST_ALIKE = 512
"""Keys or items of one hash that are taken at once; more would keep a hash table busy for ever."""

CALLED = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "an array",
    dict: "an object",
    bytes: "bytes",
    datetime: "a date with a time",
}


ARRAYS: dict[str, Callable[[list[Any]], Any]] = {"set": set, "frozenset": frozenset, "tuple": tuple, "list": list}

JSON_KINDS: dict[str, frozenset[type]] = {
    **dict.fromkeys(TEXTS, frozenset({str})),
    **dict.fromkeys([*ARRAYS, "fixed"], frozenset({list})),
    **dict.fromkeys(["dict", "record"], frozenset({dict})),
    "None": frozenset({type(None)}),
    "bool": frozenset({bool}),
    "int": frozenset({int}),
    "float": frozenset({int, float}),
    "str": frozenset({str}),
    "timedelta": frozenset({int, float}),
    "Decimal": frozenset({str, int}),
}
"""What values of each type are in JSON; of ``any``, all."""

UNTOLD = object()


class Misfit(Exception):
    """A value cannot become what it must be; ``path`` leads to it."""

    path = ""

    def within(self, step: str) -> Misfit:
        """Return this, the path begun one step further out."""
        self.path = step + self.path
        return self


class Member:
    """One of the types of a union."""

    kinds: ClassVar[Mapping[str, frozenset[type]]] = JSON_KINDS

    def __init__(self, node: TypeNode, turn: Turn | None) -> None:
        self.name = "tuple" if node.kind == "fixed" else node.name or node.kind
        self.turn = turn
        self._kind = node.kind
        self._choices = {(type(told), told) for value in node.values if (told := self.told(value)) is not UNTOLD}

    @property
    def is_never_alike(self) -> bool:
        """Whether a text that is one of these is none of another such type."""
        return self.turn is not None and self._kind in NEVER_ALIKE

    def takes(self, value: Any) -> bool:
        """Whether a value of JSON may be one of these, by its kind."""
        if self._kind == "literal":
            return type(value) not in (list, dict) and (type(value), value) in self._choices
        return self._kind == "any" or type(value) in self.kinds[self._kind]

    @staticmethod
    def told(value: Any) -> Any:
        """Return a value of a literal as it travels, or `UNTOLD` if it is no simple one."""
        return plain(value) if type(value) in (type(None), bool, str, bytes, int) else UNTOLD

    def has_written(self, text: str) -> bool:
        """Whether a text is one of these."""
        if self._kind == "literal":
            return self.takes(text)
        try:
            TEXTS[self._kind].value_of(text)
        except ValueError:
            return False
        return True


def from_text(kind: str, value: Any) -> Any:
    """Return the value of a type that JSON has as text."""
    if kind == "Decimal" and type(value) is int:
        return Decimal(value)
    if type(value) is not str:
        refuse(kind, value)
    try:
        return TEXTS[kind].value_of(value)
    except ValueError:
        refuse(kind, value)


def seconds(value: Any) -> timedelta:
    """Return the time that a number of seconds is."""
    if type(value) not in (int, float):
        refuse("timedelta", value)
    try:
        return timedelta(seconds=value)
    except OverflowError:
        raise Misfit(f"must be timedelta, and {value!r} seconds are too many for one") from None


def chosen(choices: Mapping[str, Any], value: Any) -> Any:
    """Return the value of a literal that a text stands for; which there are, the method judges."""
    return choices.get(value, value) if type(value) is str else value


def items_of(kind: str, turn: Turn | None, value: Any) -> Any:
    """Return an array as a list, tuple, set or frozenset, each item turned."""
    if type(value) is not list:
        refuse(kind, value)
    items = [within(f"[{place}]", turn, item) for place, item in enumerate(value)] if turn else value
    if kind not in ("set", "frozenset"):
        return ARRAYS[kind](items)
    try:
        _check_hashes(items)
        made = ARRAYS[kind](items)
    except TypeError:
        raise Misfit(f"must be {kind}, whose items are not arrays or objects") from None
    if len(made) != len(items):
        raise Misfit(f"must be {kind}, and has an item twice")
    return made


def fixed(turns: list[Turn | None], value: Any) -> tuple[Any, ...]:
    """Return an array of so many items, each turned in its own way."""
    if type(value) is not list:
        refuse("tuple", value)
    if len(value) != len(turns):
        raise Misfit(f"must be an array of {len(turns)}, not {len(value)}")
    pairs = enumerate(zip(turns, value, strict=True))
    return tuple([within(f"[{place}]", turn, item) if turn else item for place, (turn, item) in pairs])


def members_of(keys: Text | None, turn: Turn | None, value: Any) -> dict[Any, Any]:
    """Return an object with its values turned, and its names, where they stand for something else than text."""
    if type(value) is not dict:
        refuse("dict", value)
    if turn:
        value = {name: within(f"[{shown(name)}]", turn, each) for name, each in value.items()}
    if keys is None:
        return dict(value)
    names = [_key(keys, name) for name in value]
    try:
        _check_hashes(names)
        made = dict(zip(names, value.values(), strict=True))
    except TypeError:
        raise Misfit("has a name that means nothing that could be a key") from None
    if len(made) != len(value):
        raise Misfit("has two names that mean the same")
    return made


def _key(keys: Text, name: str) -> Any:
    try:
        return keys.value_of(name)
    except ValueError:
        raise Misfit(f"must have names such as {keys.example}, not {shown(name)}") from None


def one_of(members: list[Member], value: Any) -> Any:
    """Return a value as the member of a union wants it that alone can be meant; as it is, if several can."""
    fitting = [member for member in members if member.takes(value)]
    if len(fitting) > 1 and all(member.is_never_alike for member in fitting):
        fitting = [member for member in fitting if member.has_written(value)]
    if not fitting:
        refuse(" | ".join(dict.fromkeys(member.name for member in members)), value)
    turn = fitting[0].turn if len(fitting) == 1 else None
    return turn(value) if turn is not None else value


def within(step: str, turn: Turn, value: Any) -> Any:
    """Return a value turned, which stands one step further in."""
    try:
        return turn(value)
    except Misfit as misfit:
        raise misfit.within(step) from None


def refuse(wanted: str, value: Any) -> NoReturn:
    """Raise that a value cannot be what is wanted."""
    example = f", such as {TEXTS[wanted].example}" if wanted in TEXTS else ""
    seconds = ", a number of seconds" if wanted == "timedelta" else ""
    came = shown(value) if type(value) is str else CALLED.get(type(value), "a number")
    raise Misfit(f"must be {wanted}{example}{seconds}, not {came}")


def _check_hashes(keys: list[Any]) -> None:
    if len(keys) > MOST_ALIKE and len(keys) - len(set(map(hash, keys))) > MOST_ALIKE:
        raise Misfit("has too many items or names that are alike to a computer")
