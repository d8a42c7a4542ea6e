"""A succession: things in the order in which they came, while others come and go.

Whoever walks along it needs to know nothing but how far they are. So that many may do so at
the same time, as slowly as they like, and none has a copy of it all.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

FEW = 64
"""Gaps that it is not worth the while to close."""


class Succession(Generic[T]):
    """Things, each with a number that is higher than those of all before it.

    Attributes:
        newest: The number of the last that came; 0 if none ever did.
    """

    def __init__(self) -> None:
        self.newest = 0
        self._numbers: list[int] = []
        self._things: list[T | None] = []
        self._gaps = 0

    def __len__(self) -> int:
        return len(self._things) - self._gaps

    def append(self, thing: T) -> int:
        """Take a thing in; return its number."""
        self.newest += 1
        self._numbers.append(self.newest)
        self._things.append(thing)
        return self.newest

    def remove(self, number: int) -> None:
        """Forget the thing with this number, which must be there."""
        self._things[bisect_left(self._numbers, number)] = None
        self._gaps += 1
        if self._gaps > max(FEW, len(self._things) // 2):
            there = [place for place, thing in enumerate(self._things) if thing is not None]
            self._numbers = [self._numbers[place] for place in there]
            self._things = [self._things[place] for place in there]
            self._gaps = 0

    def after(self, number: int, last: int) -> Iterator[T]:
        """Make those that are there now, after one number and up to another; nothing may change meanwhile."""
        for place in range(bisect_right(self._numbers, number), bisect_right(self._numbers, last)):
            thing = self._things[place]
            if thing is not None:
                yield thing
