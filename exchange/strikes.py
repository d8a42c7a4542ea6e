"""How often somebody failed to log in, so that nobody may guess for ever: after some failures one has to wait."""

from __future__ import annotations

from collections.abc import Callable

FREE = 10
"""Failures that cost nothing but themselves."""

LONGEST_WAIT = 60.0
"""Seconds."""

FORGIVEN = 600.0
"""Seconds after the last failure until all are forgotten."""

MOST_KNOWN = 10_000


class Strikes:
    """The failures of each who asks, of the last ten thousand who failed.

    Args:
        clock: Returns the time in seconds.
    """

    def __init__(self, clock: Callable[[], float], most: int = MOST_KNOWN) -> None:
        self._clock = clock
        self._most = most
        self._known: dict[bytes, tuple[int, float]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def wait(self, who: bytes) -> float:
        """Return for how many seconds they may not try again; 0 if they may."""
        count, last = self._of(who)
        if count <= FREE:
            return 0.0
        return max(0.0, last + _pause(count) - self._clock())

    def are_many(self, who: bytes) -> bool:
        """Whether they failed so often that they may try one thing at a time only."""
        return self._of(who)[0] >= FREE

    def add(self, who: bytes) -> None:
        """Count a failure."""
        count, _ = self._of(who)
        self._known.pop(who, None)
        self._known[who] = count + 1, self._clock()
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]

    def forgive(self, who: bytes) -> bool:
        """Somebody has logged in: their failures are forgotten; return whether there were any."""
        return self._known.pop(who, None) is not None

    def _of(self, who: bytes) -> tuple[int, float]:
        count, last = self._known.get(who, (0, 0.0))
        return (count, last) if 0 <= self._clock() - last < FORGIVEN else (0, 0.0)


def _pause(count: int) -> float:
    return min(LONGEST_WAIT, 2.0 ** min(count - FREE - 1, 10))
