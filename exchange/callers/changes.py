"""Changes that wait to be read: of each instance only what they come to.

So they are bounded by the number of instances, however long nobody reads, and whoever
reads them still ends with the true picture.
"""

from __future__ import annotations

from exchange import PresenceChange


class Changes:
    """A queue in which later changes of an instance settle earlier ones that nobody has read.

    What came and went is not told. What went and came back is told as both.
    """

    def __init__(self) -> None:
        self._waiting: dict[tuple[bytes, bool], PresenceChange] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, change: PresenceChange) -> None:
        """Add the newest."""
        gone, there = (change.instance.id, True), (change.instance.id, False)
        unread = self._waiting.get(there)
        if change.kind != "went":
            kind = unread.kind if unread else change.kind
            self._waiting[there] = change._replace(kind=kind)
            return
        self._waiting.pop(there, None)
        if unread is None or unread.kind != "came":
            self._waiting[gone] = change

    def pop(self) -> PresenceChange:
        """Take the oldest."""
        return self._waiting.pop(next(iter(self._waiting)))

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()
