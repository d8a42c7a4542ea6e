"""Annotations of Python, read into shapes.

What is written as text (``from __future__ import annotations``) is resolved, each
annotation for itself: a name that exists only for type checkers spoils no other.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import types
import typing
from collections import abc
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import Deferred

from exchange.services.record import ABSENT, Record, RecordField
from exchange.services.shapes import SCALARS, Array, Choice, Fixed, Instance, Scalar, Shape, Table, Union, Unread
from exchange.wire.extensions import PLAIN, TO_BYTES, TO_PARTS, registered

_ARRAYS: dict[Any, type] = {
    list: list,
    abc.Sequence: list,
    abc.MutableSequence: list,
    abc.Collection: list,
    abc.Iterable: list,
    set: set,
    abc.Set: set,
    abc.MutableSet: set,
    frozenset: frozenset,
}
_TABLES = (dict, abc.Mapping, abc.MutableMapping)
_LATER = (Deferred, abc.Awaitable, abc.Coroutine, types.CoroutineType)
_WRAPPERS = (typing.Annotated, typing.Required, typing.NotRequired, typing.Final)
_FACTORIES = (list, dict, set, tuple, frozenset)
_NEVER_SENT = (type, abc.Callable, abc.Iterator, abc.Generator, *_LATER)
_BASES = {*TO_BYTES, *TO_PARTS, *PLAIN, bytes}
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the annotations of a function by parameter; one that cannot be resolved as the text that it is."""
    return _resolved(unwrapped(function))


def result_of(annotation: Any) -> Any:
    """Return what a caller gets of what a function is said to return: of a Deferred, what it fires with."""
    origin, args = _taken_apart(annotation)
    if origin in _LATER:
        return args[-1] if args else Any
    if origin in (typing.Union, types.UnionType):
        return typing.Union[tuple(map(result_of, args))]  # noqa: UP007
    return annotation


class AnnotationReader:
    """Reads annotations, and notes what it met on the way.

    Attributes:
        records: The dataclasses and typed dicts, each once, however deep inside.
        unread: Texts of what could not be read, and so cannot be checked.
    """

    def __init__(self) -> None:
        self.records: dict[type, Record] = {}
        self.unread: list[str] = []
        self._aliases: list[Any] = []

    def read(self, annotation: Any) -> Shape:
        """Return the shape that an annotation stands for."""
        if isinstance(annotation, str):
            return self._unread(annotation, annotation)
        if not _is_hashable(annotation):
            return self._unread(str(annotation))
        if annotation in (inspect.Parameter.empty, Any, object):
            return Shape()
        if annotation is None or annotation in SCALARS:
            return Scalar(annotation or type(None))
        return self._parts(annotation) or self._of_typing(annotation) or self._class(annotation)

    def _parts(self, annotation: Any) -> Shape | None:
        origin, args = _taken_apart(annotation)
        if origin in (typing.Union, types.UnionType):
            return Union([self.read(arg) for arg in args])
        if origin in _ARRAYS:
            return Array(_ARRAYS[origin], self.read(args[0] if args else Any))
        if origin in _TABLES:
            key, value = args or (Any, Any)
            return Table(self.read(key), self.read(value))
        if origin is tuple:
            if args[1:] == (...,) or annotation in (tuple, typing.Tuple):  # noqa: UP006
                return Array(tuple, self.read(args[0] if args else Any))
            return Fixed([self.read(arg) for arg in args])
        return None

    def _of_typing(self, annotation: Any) -> Shape | None:
        origin, args = _taken_apart(annotation)
        if origin is typing.Literal:
            return Choice((value, value) for value in args)
        if origin in _WRAPPERS:
            return self.read(args[0])
        if isinstance(annotation, dataclasses.InitVar):
            return self.read(annotation.type)
        if isinstance(annotation, typing.NewType):
            return self.read(annotation.__supertype__)
        if isinstance(annotation, typing.TypeVar):
            return self.read(typing.Union[annotation.__constraints__ or annotation.__bound__ or Any])  # noqa: UP007
        if type(origin).__name__ == "TypeAliasType":  # of typing since Python 3.12, or of typing_extensions
            return self._alias(origin)
        return None

    def _alias(self, alias: Any) -> Shape:
        """Return what an alias stands for; one that stands inside itself cannot be written down."""
        if alias in self._aliases:
            return self._unread(str(alias))
        self._aliases.append(alias)
        try:
            return self.read(alias.__value__)
        finally:
            self._aliases.pop()

    def _class(self, annotation: Any) -> Shape:
        kind = _taken_apart(annotation)[0]
        if not isinstance(kind, type) or kind in _NEVER_SENT:
            return self._unread(str(annotation))
        if issubclass(kind, enum.Enum) and not issubclass(kind, enum.Flag):
            return Choice((member.value, member) for member in kind)
        if dataclasses.is_dataclass(kind) or typing.is_typeddict(kind):
            return self.records.get(kind) or self._record(kind)
        if issubclass(kind, tuple) and hasattr(kind, "_fields"):
            hints = _resolved(kind)
            return Fixed([self.read(hints.get(name, Any)) for name in kind._fields], lambda items: kind(*items))
        known = registered(kind)
        if not known and not _can_arrive(kind):
            return self._unread(str(annotation))
        return Instance(kind, known.name if known else qualified(kind))

    def _record(self, kind: type) -> Record:
        record = self.records[kind] = Record(kind, qualified(kind), _documentation(kind))
        hints = _resolved(kind)
        if typing.is_typeddict(kind):
            for name, hint in hints.items():
                record.fields[name] = RecordField(self.read(hint), _is_required(kind, name, hint), ABSENT)
            return record
        for parameter in inspect.signature(kind).parameters.values():
            if parameter.kind in _NAMED:
                shape = self.read(hints.get(parameter.name, Any))
                required = parameter.default is parameter.empty
                record.fields[parameter.name] = RecordField(shape, required, _default_of(kind, parameter))
        return record

    def _unread(self, annotation: str, text: str = Shape.text) -> Unread:
        self.unread.append(annotation)
        return Unread(text)


def qualified(kind: type) -> str:
    """Return the name of a class with that of its module; of one that is built in, its name."""
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def unwrapped(function: Any) -> Any:
    """Return the function inside a partial or a callable object: the one with annotations and documentation."""
    while isinstance(function, partial):
        function = function.func
    if isinstance(function, type):
        return getattr(function, "__init__")  # noqa: B009 (as an attribute, mypy takes it for unsound)
    is_function = hasattr(function, "__code__") or hasattr(function, "__wrapped__")
    return function if is_function else getattr(type(function), "__call__", function)  # noqa: B004


def _resolved(annotated: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(annotated, include_extras=True)
    except Exception:
        bare = dict(getattr(annotated, "__annotations__", {}))
    names = _names_of(annotated)
    return {name: _resolved_one(hint, names) for name, hint in bare.items()}


def _resolved_one(hint: Any, names: dict[str, Any]) -> Any:
    try:
        return typing.get_type_hints(SimpleNamespace(__annotations__={"hint": hint}), names, include_extras=True)[
            "hint"
        ]
    except Exception:
        return hint if isinstance(hint, str) else str(hint)


def _names_of(annotated: Any) -> dict[str, Any]:
    if isinstance(annotated, type):
        return vars(inspect.getmodule(annotated) or SimpleNamespace())
    found: dict[str, Any] = getattr(inspect.unwrap(annotated), "__globals__", {})
    return found


def _taken_apart(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    return typing.get_origin(annotation) or annotation, typing.get_args(annotation)


def _is_hashable(annotation: Any) -> bool:
    try:
        hash(annotation)
    except TypeError:
        return False
    return True


def _can_arrive(kind: type) -> bool:
    """Whether `isinstance` can tell an instance, and it does not travel as one of a base."""
    if any(base in _BASES for base in kind.__mro__):
        return False
    try:
        isinstance(None, kind)
    except TypeError:
        return False
    return True


def _documentation(kind: type) -> str:
    """Return the docstring of a class, without what `dataclasses` writes where there is none."""
    text = kind.__doc__ or ""
    is_written_by_python = dataclasses.is_dataclass(kind) and text.startswith(f"{kind.__name__}(")
    return "" if is_written_by_python else inspect.cleandoc(text)


def _is_required(kind: type, name: str, hint: Any) -> bool:
    """Whether a typed dict must have a key; Python itself cannot tell if its annotations are text."""
    marked = typing.get_origin(hint)
    return marked is typing.Required or (marked is not typing.NotRequired and name in vars(kind)["__required_keys__"])


def _default_of(kind: type, parameter: inspect.Parameter) -> Any:
    """Return what a field has when it is not given; of what is made anew each time, only what is always equal."""
    field = kind.__dataclass_fields__.get(parameter.name)  # type: ignore[attr-defined]
    if parameter.default is parameter.empty or field is None:
        return ABSENT
    if field.default is not dataclasses.MISSING:
        return field.default
    return field.default_factory() if field.default_factory in _FACTORIES else ABSENT
