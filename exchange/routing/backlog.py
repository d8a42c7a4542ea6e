"""A backlog: frames that wait because the transport of their link has enough for now.

Up to the soft limit they just wait. From then on, until nothing waits any more, what
follows is an `Excess`, of which each thing's last word alone waits; and reports may be
left out, even of those that came before. How many, of which subscription, is counted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from exchange.routing.excess import Excess
from exchange.routing.interest import BUILT_IN
from exchange.routing.wishes import About, Wishes
from exchange.wire.frames import parse
from exchange.wire.layouts import Kind

PORTION = 65_536
"""Bytes that are taken at one time, at least, while there are so many."""

FRAME_COST = 64
"""Bytes that a frame takes in memory besides its own: of the smallest that is nearly all."""

MOST_LOOKED_AT = 256
"""Frames that are looked at for one that comes, to find such as may be left out."""

_REPORT = int(Kind.REPORT)


class Backlog:
    """Frames in the order in which they will go out.

    Args:
        soft_limit: Bytes above which not all waits that comes.
        wishes: What is to be left out, of reports.

    Attributes:
        size: What they take, in bytes.
        skipped: How many reports were left out of each subscription.
    """

    def __init__(self, soft_limit: int, wishes: Wishes) -> None:
        self.skipped: dict[bytes, int] = {}
        self._soft_limit = soft_limit
        self._wishes = wishes
        self._size = 0
        self._looked_at: deque[bytes] = deque()
        self._frames: deque[bytes] = deque()
        self._excess = Excess(wishes, self._is_full, self._make_room, self._skip)

    @property
    def size(self) -> int:
        """What they take, in bytes."""
        return self._size + self._excess.size

    def add(self, frames: Iterable[bytes]) -> bool:
        """Let more frames wait; return false if one may neither wait nor be left out, and the link must be ended."""
        excess = self._excess
        is_over = len(excess) > 0 or self._size > self._soft_limit
        for frame in frames:
            if not is_over:
                self._frames.append(frame)
                self._size += len(frame) + FRAME_COST
                is_over = self._size > self._soft_limit
            elif not excess.add(frame):
                return False
        return True

    def take(self) -> list[bytes]:
        """Return the next portion, whole frames, to be written now; nothing if there is none."""
        portion: list[bytes] = []
        size = 0
        while size < PORTION:
            frame = self._next()
            if frame is None:
                break
            portion.append(frame)
            size += len(frame)
        return portion

    def _next(self) -> bytes | None:
        for frames in (self._looked_at, self._frames):
            if frames:
                frame = frames.popleft()
                self._size -= len(frame) + FRAME_COST
                return frame
        return self._excess.take() if self._excess else None

    def _is_full(self) -> bool:
        return self.size > self._soft_limit

    def _make_room(self) -> None:
        """Leave out the oldest reports that may be, until there is room, or enough were looked at for now."""
        for _ in range(MOST_LOOKED_AT):
            if not self._is_full():
                return
            if self._frames:
                self._look_at(self._frames.popleft())
            elif not self._excess.drop_oldest():
                return

    def _look_at(self, frame: bytes) -> None:
        about = self._about(frame)
        if about is None:
            self._looked_at.append(frame)
        else:
            self._size -= len(frame) + FRAME_COST
            self._skip(about)

    def _about(self, frame: bytes) -> About | None:
        """Return what a report is about that may be left out to make room for a newer one."""
        if frame[4] != _REPORT:
            return None
        _, thing, (name, subject, to, _, kept), _ = parse(frame[4], frame[6] << 8 | frame[7], frame)
        if kept or (to is not None and not subject) or name == BUILT_IN:
            return None
        about = About(thing, name, subject, to)
        return about if self._wishes.of(about).overflow == "drop-oldest" else None

    def _skip(self, about: About) -> None:
        for subscription in self._wishes.of(about).subscriptions:
            self.skipped[subscription] = self.skipped.get(subscription, 0) + 1
