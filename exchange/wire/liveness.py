"""Liveness: whether the far end of a link still lives, by what is heard of it.

Any byte is a sign of life. After a silence the far end is asked for one by PING;
when a third of the time that it then has is over, it is suspected; when nothing was
heard until the dead-link time is over, it is dead. Time during which this process
itself was held up, or did not read, is not counted against it.
"""

from __future__ import annotations

from enum import Enum

LONGEST_TICK = 1.0

SUSPECTED_AFTER = 1 / 3
"""Of the time from the question until it is dead."""


class Verdict(Enum):
    """What is to be done about a silence."""

    FINE = "fine"
    ASK = "ask"
    DEAD = "dead"


class Liveness:
    """The silence of one far end. All times are seconds of one clock that only goes forward.

    Attributes:
        heard: Set it whenever bytes came.
        suspected: Whether the far end owed a sign of life at the last tick, and for long.
        tick_every: How often `tick` wants to be called.
    """

    __slots__ = (
        "_asked_at",
        "_dead_after",
        "_heard_at",
        "_heartbeat",
        "_ticked_at",
        "heard",
        "suspected",
        "tick_every",
    )

    def __init__(self, heartbeat: float, dead_after: float, now: float) -> None:
        self.heard = self.suspected = False
        self.tick_every = tick_every(heartbeat)
        self._heartbeat = heartbeat
        self._dead_after = dead_after
        self._heard_at = self._ticked_at = now
        self._asked_at: float | None = None

    def tick(self, now: float) -> Verdict:
        """Return what is to be done at ``now``; the far end is asked once for each silence."""
        late = now - self._ticked_at
        self._ticked_at = now
        if self.heard:
            self.excuse(now)
        if self._asked_at is None:
            if now - self._heard_at < self._heartbeat:
                return Verdict.FINE
            self._asked_at = now
            return Verdict.ASK
        if late > 2 * self.tick_every:
            self._asked_at += late - self.tick_every
        patience = self._dead_after - self._heartbeat - self.tick_every
        silence = now - self._asked_at
        self.suspected = silence >= patience * SUSPECTED_AFTER
        return Verdict.DEAD if silence >= patience else Verdict.FINE

    def excuse(self, now: float) -> None:
        """Count no silence up to ``now``: something came, or we did not read."""
        self.heard = self.suspected = False
        self._heard_at = now
        self._asked_at = None


def tick_every(heartbeat: float) -> float:
    """Return how often, in seconds, links with this heartbeat want to be looked at."""
    return min(LONGEST_TICK, heartbeat / 4)
