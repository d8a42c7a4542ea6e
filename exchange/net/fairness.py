"""Fairness: a peer that sends without pause is read less, so that others keep their turn.

It floods if a quarter of a mebibyte of small frames comes from it in one go, without a read that
finds less than there could be. Then little of it is read at once, and nothing for as long
as that takes to be passed on, times the number of those that flood: at least half of
the time is for others. It ends a second after the last such read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from exchange.wire.limits import KIB

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol

USUAL_READ = 64 * KIB
FULL_READ = 16 * KIB
"""Bytes; a read of so many, of TLS or not, may have left more behind."""

SMALL_READ = 4 * KIB
FLOOD = 256 * KIB
SMALL_FRAME = 256
"""Bytes on average, below which frames cost more than what is in them."""

TIME_PER_FRAME = 10e-6
GOING_ON = 0.05
"""Seconds within which one full read follows another, if they are of one flood."""

CALM = 1.0
"""Seconds without a full read after which a flood is over."""

CROWD = 3
"""Links of a hub from which on somebody could suffer: whoever floods, whom it calls, and one more."""


class Fairness:
    """The links that flood, among all of one hub.

    Args:
        clock: Returns the time in seconds.
        crowd: Returns how many links there are.
    """

    def __init__(self, clock: Callable[[], float], crowd: Callable[[], int]) -> None:
        self._clock = clock
        self._crowd = crowd
        self._came: dict[LinkProtocol, tuple[int, float]] = {}
        self._flooding: dict[LinkProtocol, float] = {}

    def __len__(self) -> int:
        return len(self._flooding)

    def note(self, link: LinkProtocol, size: int, frames: int) -> None:
        """A link has read so many bytes, which were as many as it reads at once."""
        if link.is_hub or not link.is_attached or frames * SMALL_FRAME < size:
            return
        now = self._clock()
        if link in self._flooding:
            self._flooding[link] = now
            link.reading.stop_for(frames * TIME_PER_FRAME * len(self._flooding), "flood")
            return
        before, last = self._came.get(link, (0, now))
        self._came[link] = size + (before if now - last <= GOING_ON else 0), now
        if self._came[link][0] >= FLOOD and self._crowd() >= CROWD:
            del self._came[link]
            self._flooding[link] = now
            link.read_at_most(SMALL_READ)

    def tick(self, now: float) -> None:
        """Time passed: some floods may be over."""
        for link in [link for link, last in self._flooding.items() if now - last > CALM]:
            del self._flooding[link]
            link.read_at_most(USUAL_READ)
        for link in [link for link, (_, last) in self._came.items() if now - last > GOING_ON]:
            del self._came[link]

    def forget(self, link: LinkProtocol) -> None:
        """A link is gone."""
        self._came.pop(link, None)
        self._flooding.pop(link, None)
