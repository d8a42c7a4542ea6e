"""Traffic: how much has gone over a link, in frames and in bytes, each way."""

from __future__ import annotations

from collections.abc import Iterable


class Traffic:
    """What one link, or all of them, carried so far.

    Attributes:
        frames_in: Frames of the switch that came; what a dialogue says for itself is not among them.
        bytes_in: All bytes that came.
        frames_out: Frames that were sent, of both kinds.
        bytes_out: All bytes that were sent.
    """

    __slots__ = ("bytes_in", "bytes_out", "frames_in", "frames_out")

    def __init__(self) -> None:
        self.frames_in = self.bytes_in = self.frames_out = self.bytes_out = 0

    def add(self, others: Iterable[Traffic]) -> Traffic:
        """Add what others carried, and return this."""
        for other in others:
            for name in self.__slots__:
                setattr(self, name, getattr(self, name) + getattr(other, name))
        return self

    def told(self) -> dict[str, int]:
        """Return all four, by their names."""
        return {name: getattr(self, name) for name in self.__slots__}
