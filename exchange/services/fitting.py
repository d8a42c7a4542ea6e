"""A fitting checks the arguments of a method against its annotations, before it starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from inspect import Parameter, Signature
from typing import Any

from exchange.services.annotations import AnnotationReader
from exchange.services.shapes import Misfit, Shape


class Fitting:
    """Fits arguments to the parameters of one function.

    Args:
        signature: Its parameters.
        hints: Its annotations, resolved.

    Raises:
        ValueError: An annotation cannot be checked; the text says which.
    """

    def __init__(self, signature: Signature, hints: Mapping[str, Any]) -> None:
        self._signature = signature
        self._shapes = {
            parameter.name: _shape_of(parameter, hints.get(parameter.name, Any))
            for parameter in signature.parameters.values()
        }

    def fit(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments as the annotations want them.

        Raises:
            TypeError: It cannot be called with so many, or by these names.
            Misfit: One of them does not fit.
        """
        bound = self._signature.bind(*args, **kwargs)
        for name, value in bound.arguments.items():
            bound.arguments[name] = self._fit_parameter(self._signature.parameters[name], value)
        return bound.args, bound.kwargs

    def _fit_parameter(self, parameter: Parameter, value: Any) -> Any:
        name, shape = parameter.name, self._shapes[parameter.name]
        if parameter.kind is Parameter.VAR_POSITIONAL:
            return tuple([_fit(shape, item, f"{name}[{index}]") for index, item in enumerate(value)])
        if parameter.kind is Parameter.VAR_KEYWORD:
            return {keyword: _fit(shape, item, keyword) for keyword, item in value.items()}
        return _fit(shape, value, name)


def _shape_of(parameter: Parameter, annotation: Any) -> Shape:
    reader = AnnotationReader()
    shape = reader.read(annotation)
    if reader.unread:
        raise ValueError(f"nothing can be compared with '{reader.unread[0]}', the annotation of '{parameter.name}'")
    return shape


def _fit(shape: Shape, value: Any, name: str) -> Any:
    try:
        return shape.fit(value)
    except Misfit as misfit:
        raise Misfit(misfit.problem, f"{name}{misfit.path}") from None
