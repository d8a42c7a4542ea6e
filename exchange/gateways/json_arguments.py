"""The arguments of a method as they come in JSON, made what the method is annotated with."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from exchange import BadArguments, Description, MethodDescription
from exchange.gateways.json_turns import Misfit, Turn
from exchange.gateways.json_types import JsonTypes

MOST_REMEMBERED = 256

Given = tuple[list[Any], dict[str, Any]]
"""Arguments, and those with names."""

Fit = Callable[[list[Any], dict[str, Any]], Given]


class Arguments:
    """What becomes of the arguments of each method, found out once for each description.

    Args:
        types: What becomes of values of each type.
    """

    def __init__(self, types: type[JsonTypes] = JsonTypes) -> None:
        self._types = types
        self._fits: OrderedDict[bytes, Mapping[str, Fit]] = OrderedDict()

    def fits_of(self, description: Description) -> Mapping[str, Fit]:
        """Return what makes arguments fit, by methods; those that are taken as JSON has them are not in it.

        Each raises `BadArguments`, which names the argument that cannot be made to fit.
        """
        known = self._fits.get(description.digest)
        if known is not None:
            return known
        made = self._fits[description.digest] = _fits_of(description, self._types(description.types))
        if len(self._fits) > MOST_REMEMBERED:
            self._fits.popitem(last=False)
        return made


def _fits_of(description: Description, types: JsonTypes) -> Mapping[str, Fit]:
    made = {name: _Method(f"{description.name}.{name}", method, types) for name, method in description.methods.items()}
    return {name: method.fit for name, method in made.items() if method.turns_any}


class _Method:
    """What becomes of the arguments of one method."""

    def __init__(self, name: str, method: MethodDescription, types: JsonTypes) -> None:
        self._name = name
        self._by_place: list[tuple[str, Turn | None]] = []
        self._by_name: dict[str, Turn | None] = {}
        self._rest: tuple[str, Turn | None] = ("", None)
        self._rest_by_name: Turn | None = None
        for parameter in method.parameters:
            turn = types.turn(parameter.type)
            if parameter.kind in ("positional", "either"):
                self._by_place.append((parameter.name, turn))
            if parameter.kind in ("keyword", "either"):
                self._by_name[parameter.name] = turn
            if parameter.kind == "rest-positional":
                self._rest = parameter.name, turn
            if parameter.kind == "rest-keyword":
                self._rest_by_name = turn

    @property
    def turns_any(self) -> bool:
        """Whether there is an argument that is not taken as JSON has it."""
        turns = [*dict(self._by_place).values(), *self._by_name.values(), self._rest[1], self._rest_by_name]
        return any(turn is not None for turn in turns)

    def fit(self, args: list[Any], kwargs: dict[str, Any]) -> Given:
        """Return arguments as the method wants them; how many and which, it judges itself."""
        fitted = []
        for place, value in enumerate(args):
            if place < len(self._by_place):
                name, turn = self._by_place[place]
            else:
                name, turn = f"{self._rest[0]}[{place - len(self._by_place)}]", self._rest[1]
            fitted.append(value if turn is None else self._turned(name, turn, value))
        named = {}
        for name, value in kwargs.items():
            turn = self._by_name.get(name, self._rest_by_name)
            named[name] = value if turn is None else self._turned(name, turn, value)
        return fitted, named

    def _turned(self, name: str, turn: Turn, value: Any) -> Any:
        try:
            return turn(value)
        except Misfit as misfit:
            raise BadArguments(f"{self._name}: {name}{misfit.path} {misfit}", delivered=False) from None
