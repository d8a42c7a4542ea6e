"""Changes that wait to be read: each of them, and if nobody reads for long, what they come to.

So they are bounded by the number of instances, however long nobody reads, and whoever
reads them still ends with the true picture.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from exchange import PresenceChange

MOST_CHANGES = 10_000


class Changes:
    """A queue that settles what waits in it when that becomes too much.

    Of an instance that came and went, nothing is told then; of one that went and came
    back, both.

    Args:
        limit: How many may wait; more, only if there are that many instances.
    """

    def __init__(self, limit: int = MOST_CHANGES) -> None:
        self._limit = limit
        self._room = limit
        self._waiting: deque[PresenceChange] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, change: PresenceChange) -> None:
        """Add the newest."""
        self._waiting.append(change)
        if len(self._waiting) > self._room:
            self._waiting = deque(settled(self._waiting))
            # Where nothing could be settled, not with each that comes: that would be quadratic.
            self._room = max(self._limit, 2 * len(self._waiting))

    def pop(self) -> PresenceChange:
        """Take the oldest."""
        return self._waiting.popleft()

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()


def settled(changes: Iterable[PresenceChange]) -> Iterable[PresenceChange]:
    """Return what changes come to, for somebody who has seen none of them: at most two of each instance."""
    left: dict[tuple[bytes, bool], PresenceChange] = {}
    for change in changes:
        gone, there = (change.instance.id, True), (change.instance.id, False)
        before = left.get(there)
        if change.kind != "went":
            left[there] = change._replace(kind=before.kind) if before else change
            continue
        left.pop(there, None)
        if before is None or before.kind != "came":
            left[gone] = change
    return left.values()
