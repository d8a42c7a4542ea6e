"""Telling: a long tale goes out as its link drains, so that a new link takes no more memory than an old one.

The frames come from a generator, which makes each when its turn has come. Between
portions everybody else has a turn, and whatever else is sent over the link meanwhile is
sent between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from exchange.wire.frames import Frame

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol

PORTION = 256
"""Frames for one turn of the reactor."""


class Telling:
    """What is still to be sent over one link."""

    __slots__ = ("_frames", "_is_waiting", "_link")

    def __init__(self, link: LinkProtocol, frames: Iterator[Frame]) -> None:
        self._link = link
        self._frames = frames
        self._is_waiting = False

    def go_on(self) -> bool:
        """Send a portion if the link takes it; call it again when the link wants more. Return whether all is sent."""
        if self._is_waiting:
            return False
        for frame in islice(self._frames, PORTION):
            self._link.tell(frame)
            if self._link.is_paused or not self._link.is_attached:
                return False
        return self._is_over()

    def _is_over(self) -> bool:
        """Whether there is no more; if there is, it is sent in the next turn."""
        frame = next(self._frames, None)
        if frame is None:
            return True
        self._link.tell(frame)
        self._is_waiting = True
        self._link.later(0, self._next_turn)
        return False

    def _next_turn(self) -> None:
        self._is_waiting = False
        self._link.go_on_telling()
