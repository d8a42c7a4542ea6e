"""A service whose methods say what they take and give, for tests of SOAP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from twisted.internet.defer import Deferred

from exchange import BadArguments, CallError, CurrentCall, Service, current_call, method


@dataclass
class Point:
    """A place on the floor."""

    x: float
    y: float = 0.0


class Plant(Service):
    """Makes things."""

    name = "plant"
    groups = ("web-services",)

    def __init__(self, name: str = "plant") -> None:
        self.name = name
        self.cancelled = 0
        self.calls: list[CurrentCall] = []
        self.owed: list[Deferred[Any]] = []

    @method
    def add(self, x: int, y: int = 1) -> int:
        """Return the sum."""
        return x + y

    @method
    def halve(self, number: float) -> float:
        """Return the half."""
        return number / 2

    @method
    def turn(self, on: bool) -> bool:
        """Return the opposite."""
        return not on

    @method
    def later(self, day: date) -> datetime:
        """Return noon of a day."""
        return datetime(day.year, day.month, day.day, 12)

    @method
    def price(self, each: Decimal, names: list[str]) -> dict[str, Decimal]:
        """Return a price for each name."""
        return dict.fromkeys(names, each)

    @method
    def mirror(self, at: Point) -> Point:
        """Return the point opposite."""
        return Point(-at.x, -at.y)

    @method
    def flip(self, data: bytes) -> bytes:
        """Return bytes from the last to the first."""
        return data[::-1]

    @method
    def same(self, value):  # type: ignore[no-untyped-def]
        """Return what came, whatever it is."""
        return value

    @method
    def maybe(self, value: str | None = None) -> str | None:
        """Return what came, if anything."""
        return value

    @method
    def paint(self, colour: str, *, times: int = 1) -> str:
        """Return a colour as often as one likes."""
        return colour * times

    @method
    def gather(self, *values: int, **named: int) -> int:
        """Return the sum of all."""
        return sum(values) + sum(named.values())

    @method(name="plant.line.speed")
    def speed(self) -> int:
        """Return a number, under a name with dots."""
        return 90

    @method(name="what now?")
    def odd(self) -> str:
        """Answer to a name that is none in XML."""
        return "nothing"

    @method
    def slow(self) -> Deferred[Any]:
        """Answer when the test says so."""
        answer: Deferred[Any] = Deferred(self._cancel)
        self.owed.append(answer)
        return answer

    @method
    def refuse(self, number: int, description: str, origin: str, details: str) -> None:
        """Fail, as the caller asks."""
        raise CallError(description, number=number, origin=origin, details=details)

    @method
    def deceive(self) -> None:
        """Fail as if there had been no such call."""
        raise BadArguments("these arguments are bad", delivered=False)

    @method
    def divide(self, x: float, y: float) -> float:
        """Return the quotient, or fail as Python does."""
        return x / y

    @method
    def odd_text(self) -> str:
        """Return what XML cannot hold."""
        return "\0"

    @method
    def whose(self) -> None:
        """Note who called."""
        self.calls.append(current_call())

    def _cancel(self, answer: Deferred[Any]) -> None:
        self.cancelled += 1
