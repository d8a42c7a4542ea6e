"""A service with much to describe and to check; its annotations are text, as this line below makes them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, TypedDict, TypeVar

from twisted.internet.defer import Deferred, succeed

from exchange import Service, method

if TYPE_CHECKING:
    from collections import OrderedDict as OnlyForTypeCheckers

T = TypeVar("T")


class Urgency(Enum):
    LOW = "low"
    HIGH = 2


class Place(NamedTuple):
    row: int
    shelf: str


class Address(TypedDict, total=False):
    city: str


@dataclass
class Line:
    """One thing that is ordered."""

    article: str
    count: int = 1
    extras: list[Line] = field(default_factory=list)
    made: object = field(default_factory=object)
    total: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("there is nothing to order")


class Orders(Service):
    """Takes orders."""

    name = "orders"

    @method(check=True, idempotent=True)
    def order(self, lines: Sequence[Line], by: date | None = None, /, *, price: Decimal = Decimal("0.10")) -> str:
        """Order something.

        By a day, if it is urgent.
        """
        return f"{[type(line).__name__ for line in lines]} by {by} for {price}"

    @method(check=True)
    def add(self, *numbers: float, **named: int) -> list[Any]:
        return [numbers, named]

    @method(check=True)
    def store(self, place: Place, urgency: Urgency, how: Literal["dry", 4], where: Address) -> str:
        return f"{place} {urgency} {how} {where}"

    @method(check=True)
    def mixed(self, value: bytes | str | tuple[int, ...] | dict[str, set[int]] | bool, anything=None) -> Any:  # type: ignore[no-untyped-def]
        return [value, anything]

    @method
    def free(self, rows: Mapping[str, list[tuple[int, str]]], how: Annotated[complex, "far"], t: T) -> Deferred[int]:
        return succeed(len(rows))

    @method
    def later(self, what: OnlyForTypeCheckers[str, int], then: Callable[[int], int] = len) -> Awaitable[bytes] | None:  # type: ignore[assignment]
        return None

    @method
    async def nothing(self) -> None:
        return None
