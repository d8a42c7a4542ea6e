"""Unfinished frames: how much the links of one exchange hold of frames that have not wholly come.

A frame is kept until its last byte is there, so that a few links which never send it
could hold any amount of memory. All links share one budget. When it is spent, the
frame that began first is the one that is least likely to be finished; its link ends.
"""

from __future__ import annotations

from typing import Protocol


class Holder(Protocol):
    """Who holds part of a frame."""

    def say_bye(self, code: str, text: str) -> None:
        """End the link with a reason."""


class Unfinished:
    """The parts of frames that wait for the rest.

    Attributes:
        size: Of all of them, in bytes.
    """

    __slots__ = ("_most", "_sizes", "size")

    def __init__(self, most: int) -> None:
        self.size = 0
        self._most = most
        self._sizes: dict[Holder, int] = {}  # whose frame began first stands first

    def note(self, link: Holder, size: int, is_new: bool) -> None:
        """Note that ``link`` holds so many bytes; end links until all parts are within the budget.

        Args:
            is_new: They are of another frame than those that were noted last.
        """
        if is_new or not size:
            self.forget(link)
        if size:
            self.size += size - self._sizes.get(link, 0)
            self._sizes[link] = size
        while self.size > self._most:
            first = next(iter(self._sizes))
            self.forget(first)
            first.say_bye(
                "limit", f"frames that have not wholly come take more than {self._most} bytes, yours for longest"
            )

    def forget(self, link: Holder) -> None:
        """``link`` holds nothing any more."""
        self.size -= self._sizes.pop(link, 0)
