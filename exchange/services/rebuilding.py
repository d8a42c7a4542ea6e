"""A rebuilding makes the dataclasses again that a method is annotated with, and that came as dicts.

Which parameters may hold one is found out once for each function; a method that has
none has no rebuilding, and pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from inspect import Parameter, Signature
from types import FunctionType
from typing import Any

from exchange.services.annotations import AnnotationReader, hints_of, unwrapped
from exchange.services.shapes import Misfit, Shape

MOST_REMEMBERED = 1024
"""Functions whose annotations are not read again: those of a class are the same for all its instances."""


class Rebuilding:
    """Makes dataclasses of dicts in the arguments of one function; all else stays as it came.

    Args:
        signature: Its parameters.
        shapes: Of those parameters that may hold a dataclass, by name.
    """

    def __init__(self, signature: Signature, shapes: Mapping[str, Shape]) -> None:
        self._signature = signature
        self._shapes = shapes

    def fit(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments as the annotations want them.

        Raises:
            TypeError: It cannot be called with so many, or by these names.
            Misfit: A dict is not of the fields of its dataclass.
        """
        bound = self._signature.bind(*args, **kwargs)
        for name, shape in self._shapes.items():
            if name in bound.arguments:
                kind = self._signature.parameters[name].kind
                bound.arguments[name] = _rebuilt(kind, shape, bound.arguments[name], name)
        return bound.args, bound.kwargs


def rebuilding_of(function: Callable[..., Any], signature: Signature | None) -> Rebuilding | None:
    """Return what makes the dataclasses for a function; ``None`` if it is annotated with none."""
    if signature is None:
        return None
    inner = getattr(unwrapped(function), "__func__", unwrapped(function))
    if getattr(inner, "__annotations__", None) == {}:
        return None
    is_shared = type(inner) is FunctionType and inner.__closure__ is None  # else it may hold what it closes over
    shapes = _remembered_shapes(inner) if is_shared else _shapes_of(inner)
    shapes = {name: shape for name, shape in shapes.items() if name in signature.parameters}
    return Rebuilding(signature, shapes) if shapes else None


def _shapes_of(function: Callable[..., Any]) -> dict[str, Shape]:
    """Return the shapes of the parameters that may hold a dataclass, by name."""
    found = {}
    for name, hint in hints_of(function).items():
        reader = AnnotationReader()
        shape = reader.read(hint)
        if name != "return" and any(record.is_made for record in reader.records.values()):
            found[name] = shape
    return found


_remembered_shapes = lru_cache(MOST_REMEMBERED)(_shapes_of)


def _rebuilt(kind: Any, shape: Shape, value: Any, name: str) -> Any:
    if kind is Parameter.VAR_POSITIONAL:
        return tuple([_rebuilt_one(shape, item, f"{name}[{index}]") for index, item in enumerate(value)])
    if kind is Parameter.VAR_KEYWORD:
        return {keyword: _rebuilt_one(shape, item, keyword) for keyword, item in value.items()}
    return _rebuilt_one(shape, value, name)


def _rebuilt_one(shape: Shape, value: Any, name: str) -> Any:
    try:
        return shape.rebuild(value)
    except Misfit as misfit:
        raise Misfit(misfit.problem, f"{name}{misfit.path}") from None
