"""Retained reports: what a publisher keeps for those who come late, and for how long.

What has outlived its lifetime is dropped when there is twice as much as after the last
time, and whenever somebody is shown what there is. So it takes about as much memory as
what is alive, at most, and to look for it costs each report a constant time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from exchange.routing.patterns import matches
from exchange.services.report import Posting

FOR_EVER = float("inf")

FEW = 16
"""Reports among which it is not worth the while to look for what is over."""


class Kept(NamedTuple):
    """One report that is kept, its content encoded; ``since`` and ``until`` are by a clock that only goes forward."""

    content: bytes
    number: int
    posted: float
    since: float
    until: float


class Retained:
    """The last report on each subject, as long as its lifetime lasts.

    Args:
        monotonic: A clock that only goes forward, in seconds.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._kept: dict[str, Kept] = {}
        self._purge_at = FEW

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, subject: str) -> bool:
        return subject in self._kept

    def keep(self, subject: str, content: bytes, number: int, posted: float, lifetime: float) -> None:
        """Keep a report for ``lifetime`` seconds, for ever if negative; 0 only clears what was kept."""
        self._kept.pop(subject, None)
        if lifetime:
            now = self._monotonic()
            self._kept[subject] = Kept(content, number, posted, now, FOR_EVER if lifetime < 0 else now + lifetime)
            if len(self._kept) >= self._purge_at:
                self.purge()

    def take_over(self, other: Retained) -> None:
        """Keep what ``other`` keeps, by the same clock."""
        self._kept.update(other._kept)

    def matching(self, pattern: str) -> Iterator[tuple[str, Posting]]:
        """Give the subjects that fit ``pattern`` and what is kept on them, oldest first."""
        self.purge()
        now = self._monotonic()
        for subject, kept in list(self._kept.items()):
            if kept.until > now and matches(pattern, subject):
                remaining = None if kept.until == FOR_EVER else kept.until - now
                yield subject, Posting(kept.content, kept.number, kept.posted, remaining)

    def expire(self, pattern: str, age: float) -> int:
        """Forget what was kept ``age`` seconds ago or earlier, on subjects that fit, whatever its lifetime.

        Returns:
            How many.
        """
        before = self._monotonic() - age
        return self._drop(lambda subject, kept: kept.since <= before and matches(pattern, subject))

    def purge(self) -> int:
        """Forget what has outlived its lifetime; return how many."""
        now = self._monotonic()
        dropped = self._drop(lambda subject, kept: kept.until <= now)
        self._purge_at = 2 * len(self._kept) + FEW
        return dropped

    def _drop(self, is_over: Callable[[str, Kept], bool]) -> int:
        over = [subject for subject, kept in self._kept.items() if is_over(subject, kept)]
        for subject in over:
            del self._kept[subject]
        return len(over)
