"""A view: the instances that one hub has told of.

While a process moves from one link to another, two links may lead to one hub for a
moment, and what comes by the older may come after what comes by the newer. So each
report of a hub's directory bears a number, and what is older than what is known is
dropped. A picture bears the number of its first report: when it is whole, whatever
has no report since then has gone unheard.
"""

from __future__ import annotations

from exchange.services.presence import Presence
from exchange.wire.identities import Id


class View:
    """What one hub has told.

    Attributes:
        instances: Those that are there, by their ids.
        is_whole: Whether the hub has shown all it knows, at least once.
    """

    __slots__ = ("_first", "_last", "_numbers", "_since", "instances", "is_whole")

    def __init__(self) -> None:
        self.instances: dict[Id, Presence] = {}
        self.is_whole = False
        self._numbers: dict[Id, int] = {}
        self._last = 0
        self._first = 0
        self._since = 0

    def is_news(self, thing: Id, number: int, in_picture: bool) -> bool:
        """Note that a report about ``thing`` came; return whether it is newer than what is known.

        Args:
            number: Of the report; 0 is of a hub that does not count, whose reports come in order.
            in_picture: Whether it belongs to a picture that is being shown.
        """
        number = self._counted(number)
        if in_picture and not self._first:
            self._first = number
        if number < max(self._since, self._numbers.get(thing, 0)):
            return False
        self._numbers[thing] = number
        return True

    def forget(self, thing: Id, is_in_order: bool) -> None:
        """``thing`` went.

        Args:
            is_in_order: Whether nothing older can come any more, so that its number need not be kept.
        """
        self.instances.pop(thing, None)
        if is_in_order:
            self._numbers.pop(thing, None)

    def complete(self, first: int | None) -> list[Id]:
        """All is shown; return what is there still and was not named.

        Args:
            first: The number of the first report of the picture; ``None`` if the hub does not count.
        """
        since = (self._first or self._counted(0)) if first is None else first
        self._since = max(self._since, since)
        self._first = 0
        self.is_whole = True
        unheard = [thing for thing in self.instances if self._numbers[thing] < self._since]
        self._numbers = {thing: number for thing, number in self._numbers.items() if number >= self._since}
        return unheard

    def _counted(self, number: int) -> int:
        self._last = max(self._last, number) if number else self._last + 1
        return number or self._last
