"""The entries of one listener that were not written yet, and the last of those that were; numbered, and bounded.

So a listener that reads too slowly costs no more than the bound, and one that comes
back soon hears what it has missed.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

MOST_UNWRITTEN = 2**18
"""Bytes that may wait for one listener, unless told otherwise."""

MOST_WRITTEN = 2**15
"""Bytes that are kept of what was written, for a listener that may not have got it."""

WEIGHT = 100
"""Bytes that an entry takes in memory besides its text."""


class Taken(NamedTuple):
    """Entries to write.

    Attributes:
        missed: How many were thrown away before the first of them.
        entries: Each with its number.
    """

    missed: int
    entries: list[tuple[int, str]]


class Backlog:
    """What is there for one listener.

    Args:
        most_unwritten: Bytes that may wait; the oldest entries go first when there are more.
        most_written: Bytes that are kept of what was written.

    Attributes:
        last: The number of the newest entry; 0 if there was none.
        heard: The number of the last that the listener has heard, as far as we know.
    """

    def __init__(self, most_unwritten: int = MOST_UNWRITTEN, most_written: int = MOST_WRITTEN) -> None:
        self.last = 0
        self.heard = 0
        self._most_unwritten = most_unwritten
        self._most_written = most_written
        self._written: deque[str] = deque()
        self._waiting: deque[str] = deque()
        self._written_size = self._waiting_size = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def size(self) -> int:
        """Bytes that it takes in memory, about."""
        return self._written_size + self._waiting_size

    def add(self, entry: str) -> None:
        """An entry came; it may cost the oldest."""
        self.last += 1
        self._waiting.append(entry)
        self._waiting_size += _weight(entry)
        while self._waiting_size > self._most_unwritten:
            self._waiting_size -= _weight(self._waiting.popleft())
            self._written.clear()  # a listener who lacks one of these has a gap now in any case
            self._written_size = 0

    def take(self, size: int) -> Taken:
        """Return entries to write, about ``size`` bytes of them; they count as heard."""
        number = self.last - len(self._waiting)
        missed, entries = number - self.heard, list[tuple[int, str]]()
        while self._waiting and size > 0:
            entry = self._waiting.popleft()
            number, size = number + 1, size - len(entry)
            entries.append((number, entry))
            self._waiting_size -= _weight(entry)
            self._written_size += _weight(entry)
            self._written.append(entry)
        self.heard = number
        while self._written_size > self._most_written:
            self._written_size -= _weight(self._written.popleft())
        return Taken(missed, entries)

    def go_back(self, number: int) -> bool:
        """Let all that came after entry ``number`` be written again; return whether it is kept."""
        written = self.last - len(self._waiting)
        if not written - len(self._written) <= number <= self.last:
            return False
        for _ in range(written - number):
            entry = self._written.pop()
            self._written_size -= _weight(entry)
            self._waiting_size += _weight(entry)
            self._waiting.appendleft(entry)
        self.heard = number
        return True


def _weight(entry: str) -> int:
    return len(entry) + WEIGHT
