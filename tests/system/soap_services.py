"""Services with annotations of every kind, for a client of SOAP that knows them by their WSDL alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from twisted.internet.defer import Deferred

from exchange import Service, method


@dataclass
class Point:
    """A place on the floor."""

    x: float
    y: float = 0.0


@dataclass
class Load:
    """What a crane holds, and where it has been."""

    name: str
    at: Point
    way: list[Point]
    weight: Decimal | None = None


class Math(Service):
    """Calculates."""

    name = "math"
    groups = ("web-services",)

    @method
    def multiply(self, x: int, y: int) -> int:
        """Return the product."""
        return x * y

    @method
    def divide(self, x: float, y: float) -> float:
        """Return the quotient."""
        return x / y


class Mirror(Service):
    """Gives back what it is given, once for each type; a method is called as the type is."""

    name = "mirror"
    groups = ("web-services",)
    types: tuple[Any, ...] = (
        int, float, bool, str, bytes, datetime, date, time, timedelta, Decimal, UUID,
        list[int], tuple[int, str], set[str], dict[str, float], dict[int, Point], Point, list[Point], Load,
        str | None, int | str, Any,
    )  # fmt: skip

    def __init__(self) -> None:
        for number, kind in enumerate(self.types):
            self.export(mirror_of(kind), name=f"same{number}")


def mirror_of(kind: Any) -> Callable[[Any], Any]:
    """Return a method that takes and gives values of one type."""

    def same(value: Any) -> Any:
        return value

    same.__annotations__ = {"value": kind, "return": kind}
    return same


class Crane(Service):
    """Moves things."""

    name = "plant/crane 1"
    groups = ("web-services",)

    @method
    def move(self, load: Load, to: Point) -> Load:
        """Move a load; both are what their annotations say."""
        return Load(load.name, to, [*load.way, load.at], load.weight)

    @method
    def wait(self) -> Deferred[Any]:
        """Never answer."""
        print("wait has begun", flush=True)
        return Deferred(lambda _: print("wait was cancelled", flush=True))
