"""A rate: how much may be used in a second, kept by a bucket that fills at the rate and can be owed to."""

from __future__ import annotations


class Bucket:
    """What may be used now, and how long to wait if more was.

    What has been read has been read: it is taken even if there is not so much, and then owed. So
    the rate holds in the long run, whatever comes at once.

    Args:
        rate: What flows in, in a second.
        most: What it holds, and what it holds at first.
    """

    __slots__ = ("_held", "_most", "_rate", "_then")

    def __init__(self, rate: float, most: float) -> None:
        self._rate = rate
        self._most = self._held = most
        self._then = 0.0

    def take(self, count: float, now: float) -> float:
        """Take so much; return the seconds until nothing is owed."""
        held = min(self._most, self._held + (now - self._then) * self._rate)
        self._held, self._then = held - count, now
        return max(0.0, -self._held / self._rate)

    def is_full(self, now: float) -> bool:
        """Whether it holds all that it can, as one does that is new."""
        return self._held + (now - self._then) * self._rate >= self._most
