"""Shapes: what an annotation says of a value, so that values can be described and checked.

Each has a text, the one that stands in descriptions, and can fit a value: return it
as the annotation wants it, or say what is wrong. Nothing is turned into something
else but an integer into a float, an array into a list, tuple or set, a dict into a
dataclass, a value into its enum: what a far end in another language can send.

msgspec could convert, but not strictly: it takes fields that may not be given, drops
those that do not exist, and knows no ``bytes | str``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

SCALARS: dict[type, str] = {
    bool: "bool",
    bytes: "bytes",
    complex: "complex",
    date: "date",
    datetime: "datetime",
    Decimal: "Decimal",
    float: "float",
    int: "int",
    str: "str",
    time: "time",
    timedelta: "timedelta",
    type(None): "None",
    UUID: "UUID",
}
"""Types without parts, and what they are called in a description."""

_NAMES = SCALARS | {list: "list", tuple: "tuple", dict: "dict", set: "set", frozenset: "frozenset"}


class Misfit(Exception):
    """A value does not fit.

    Args:
        problem: What is wrong, to be read after the path: ``"must be float, not str"``.
        path: Where, inside the value.
    """

    def __init__(self, problem: str, path: str = "") -> None:
        super().__init__(f"{path} {problem}" if path else problem)
        self.problem = problem
        self.path = path


class Shape:
    """Any value at all; the others say more.

    Attributes:
        text: How it is written in a description.
        is_made: Whether what it takes travels as something else: a dataclass as a dict, an enum as its values.
    """

    text = "any"
    is_made = False

    def fit(self, value: Any) -> Any:
        """Return ``value`` as the annotation wants it.

        Raises:
            Misfit: It does not fit.
        """
        return value

    def rebuild(self, value: Any) -> Any:
        """Return ``value`` with the dataclasses in it made again that came as dicts, and the enums in those.

        Nothing else is looked at.

        Raises:
            Misfit: Such a dict is not of the fields of its dataclass.
        """
        return value

    def may_be(self, value: Any) -> bool:
        """Whether ``value`` may be meant for this, not looking at its parts."""
        return False

    def refuse(self, value: Any) -> Misfit:
        """Return what is wrong with a value that is of another kind."""
        return Misfit(f"must be {self.text}, not {name_of(value)}")


class Scalar(Shape):
    """A value without parts, of the type itself; an integer is a float too."""

    def __init__(self, kind: type) -> None:
        self.text = SCALARS[kind]
        self._kind = kind

    def fit(self, value: Any) -> Any:
        """Return the value, an integer as a float if that is wanted."""
        base = _base(value, SCALARS)
        if base is self._kind:
            return value
        if base is not int or self._kind is not float:
            raise self.refuse(value)
        try:
            return float(value)
        except OverflowError:
            raise Misfit("must be float, and is an integer too large for one") from None

    def may_be(self, value: Any) -> bool:
        """Whether it is of the type itself."""
        return _base(value, SCALARS) is self._kind


class Array(Shape):
    """Any number of values of one shape; a list, tuple, set or frozenset."""

    def __init__(self, build: type, item: Shape) -> None:
        self.text = f"tuple[{item.text}, ...]" if build is tuple else f"{build.__name__}[{item.text}]"
        self._build: Callable[[list[Any]], Any] = build
        self._takes = (list, tuple, set, frozenset) if build in (set, frozenset) else (list, tuple)
        self._item = item

    def fit(self, value: Any) -> Any:
        """Return the items, each fitted, in what the annotation wants."""
        if not isinstance(value, self._takes):
            raise self.refuse(value)
        items = [_within(self._item, item, f"[{index}]") for index, item in enumerate(value)]
        try:
            return self._build(items)
        except TypeError as error:
            raise Misfit(f"must be {self.text}: {error}") from None

    def rebuild(self, value: Any) -> Any:
        """Return a list or tuple with its items made again."""
        if type(value) not in (list, tuple):
            return value
        return type(value)([_rebuilt(self._item, item, f"[{index}]") for index, item in enumerate(value)])

    def may_be(self, value: Any) -> bool:
        """Whether it is a list or the like."""
        return isinstance(value, self._takes)


class Fixed(Shape):
    """A tuple of so many values, each of its own shape.

    Args:
        build: Makes what the annotation wants from the items.
    """

    def __init__(self, items: list[Shape], build: Callable[[list[Any]], Any] = tuple) -> None:
        self.text = f"tuple[{', '.join(item.text for item in items) or '()'}]"
        self._items = items
        self._build = build

    def fit(self, value: Any) -> Any:
        """Return the items, each fitted."""
        if not isinstance(value, list | tuple):
            raise self.refuse(value)
        if len(value) != len(self._items):
            raise Misfit(f"must be {self.text}, not {len(value)} item{'' if len(value) == 1 else 's'}")
        pairs = zip(self._items, value, strict=True)
        return self._build([_within(shape, item, f"[{index}]") for index, (shape, item) in enumerate(pairs)])

    def rebuild(self, value: Any) -> Any:
        """Return a list or tuple of as many items with each made again."""
        if type(value) not in (list, tuple) or not self.may_be(value):
            return value
        pairs = zip(self._items, value, strict=True)
        return type(value)([_rebuilt(shape, item, f"[{index}]") for index, (shape, item) in enumerate(pairs)])

    def may_be(self, value: Any) -> bool:
        """Whether it has as many items."""
        return isinstance(value, list | tuple) and len(value) == len(self._items)


class Table(Shape):
    """A dict, with keys of one shape and values of another."""

    def __init__(self, key: Shape, value: Shape) -> None:
        self.text = f"dict[{key.text}, {value.text}]"
        self._key = key
        self._value = value

    def fit(self, value: Any) -> Any:
        """Return a dict, its keys and values fitted."""
        if not isinstance(value, dict):
            raise self.refuse(value)
        return {
            _within(self._key, key, f"[{key!r}], as a key,"): _within(self._value, item, f"[{key!r}]")
            for key, item in value.items()
        }

    def rebuild(self, value: Any) -> Any:
        """Return a dict with its values made again; a key can have been no dict."""
        if not isinstance(value, dict):
            return value
        return {key: _rebuilt(self._value, item, f"[{key!r}]") for key, item in value.items()}

    def may_be(self, value: Any) -> bool:
        """Whether it is a dict."""
        return isinstance(value, dict)


class Choice(Shape):
    """One of some values; of an enum, the member that has the value.

    Args:
        choices: What is made of each value.
    """

    def __init__(self, choices: Iterable[tuple[Any, Any]]) -> None:
        self._choices = list(choices)
        self.is_made = any(value is not choice for value, choice in self._choices)
        self.text = f"literal[{', '.join(repr(value) for value, _ in self._choices)}]"

    def fit(self, value: Any) -> Any:
        """Return what the value stands for."""
        for known, choice in self._choices:
            if value is choice or (type(value) is type(known) and value == known):
                return choice
        raise Misfit(f"must be {self.text}, not {value!r}") if isinstance(value, int | str) else self.refuse(value)

    def rebuild(self, value: Any) -> Any:
        """Return what the value stands for, if it stands for something."""
        return self.fit(value) if self.may_be(value) else value

    def may_be(self, value: Any) -> bool:
        """Whether it is one of the values."""
        return any(type(value) is type(known) and value == known for known, _ in self._choices)


class Union(Shape):
    """One of several shapes: that which takes the value as it is, else the first that takes it at all."""

    def __init__(self, members: list[Shape]) -> None:
        self.text = " | ".join(dict.fromkeys(member.text for member in members))
        self._members = members
        self._under_way = 0
        self._fitted: dict[int, Any] = {}

    def fit(self, value: Any) -> Any:
        """Return the value as the fitting member wants it.

        Members may hold this union again, and each would have it fit what stands inside; so while
        a value is being fitted, what came of those inside is remembered.
        """
        if type(value) not in (dict, list, tuple):
            return self._fit(value)
        outcome = self._fitted.get(id(value))
        if outcome is None:
            self._under_way += 1
            try:
                outcome = self._fitted[id(value)] = self._outcome(value)
            finally:
                self._under_way -= 1
                if not self._under_way:
                    self._fitted.clear()
        result, misfit = outcome
        if misfit:
            raise Misfit(misfit.problem, misfit.path)
        return result

    def _outcome(self, value: Any) -> tuple[Any, Misfit | None]:
        try:
            return self._fit(value), None
        except Misfit as misfit:
            return None, misfit

    def _fit(self, value: Any) -> Any:
        fitted = []
        inside = []
        for member in self._members:
            try:
                result = member.fit(value)
            except Misfit as misfit:
                inside.append(misfit)
                continue
            if type(result) is type(value):
                return result
            fitted.append(result)
        if fitted:
            return fitted[0]
        deep = [misfit for misfit in inside if misfit.path]
        raise deep[0] if len(deep) == 1 else self.refuse(value)

    def rebuild(self, value: Any) -> Any:
        """Return the value as the first member makes it that may be meant; one that leaves it a dict goes first.

        No other is tried if that fails: of types that hold each other it would be one of so many at each depth.
        """
        members = [member for member in self._members if member.may_be(value)]
        chosen = next((member for member in members if not member.is_made), members[0] if members else None)
        made = [member for member in self._members if member.is_made and not isinstance(member, Choice)]
        if chosen is None and type(value) is dict and not any(type(member) in _OPEN for member in self._members):
            if len(made) > 1:
                raise self.refuse(value)
            chosen = made[0] if made else None
        return value if chosen is None else chosen.rebuild(value)


class Instance(Shape):
    """An instance of a class that is taught to the wire by `register_type`."""

    def __init__(self, kind: type, text: str) -> None:
        self.text = text
        self._kind = kind

    def fit(self, value: Any) -> Any:
        """Return the value, if it is one."""
        if not isinstance(value, self._kind):
            raise self.refuse(value)
        return value


class Unread(Shape):
    """An annotation that Python, or we, cannot read: it can be shown, and not be checked."""

    def __init__(self, text: str = Shape.text) -> None:
        self.text = text


_OPEN = (Shape, Unread)


def name_of(value: Any) -> str:
    """Return what the type of a value is called in a description."""
    base = _base(value, _NAMES)
    return _NAMES[base] if base else type(value).__qualname__


def _base(value: Any, known: dict[type, str]) -> type | None:
    """Return the nearest known base of a value's type: that of ``True`` is bool, not int."""
    return next((base for base in type(value).__mro__ if base in known), None)


def _within(shape: Shape, value: Any, step: str) -> Any:
    try:
        return shape.fit(value)
    except Misfit as misfit:
        raise Misfit(misfit.problem, f"{step}{misfit.path}") from None


def _rebuilt(shape: Shape, value: Any, step: str) -> Any:
    try:
        return shape.rebuild(value)
    except Misfit as misfit:
        raise Misfit(misfit.problem, f"{step}{misfit.path}") from None
