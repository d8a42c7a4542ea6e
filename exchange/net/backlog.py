"""A backlog: frames that wait because the transport of their link has enough for now."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

PORTION = 65_536
"""Bytes that are taken at one time, at least, while there are so many."""

FRAME_COST = 64
"""Bytes that a frame takes in memory besides its own: of the smallest that is nearly all."""


class Backlog:
    """Frames in the order in which they will go out.

    Attributes:
        size: What they take, in bytes.
    """

    __slots__ = ("_frames", "size")

    def __init__(self) -> None:
        self.size = 0
        self._frames: deque[bytes] = deque()

    def add(self, frames: Iterable[bytes]) -> None:
        """Let more frames wait."""
        for frame in frames:
            self._frames.append(frame)
            self.size += len(frame) + FRAME_COST

    def take(self) -> list[bytes]:
        """Return the next portion, whole frames, to be written now; nothing if there is none."""
        portion: list[bytes] = []
        size = 0
        while self._frames and size < PORTION:
            portion.append(self._frames.popleft())
            size += len(portion[-1])
        self.size -= size + len(portion) * FRAME_COST
        return portion

    def clear(self) -> None:
        """Forget all of them."""
        self._frames.clear()
        self.size = 0
