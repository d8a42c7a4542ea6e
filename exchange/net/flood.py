"""A flood of words: no exchange has much to say about its link, and yet a flood of it would cost all time.

So a link in which very many words come together is not read for a moment, and others
have their turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol

MANY_WORDS = 256
WORDS_A_SECOND = 10_000
"""Above so many words in one read, their link is read on only when this many a second would be over."""


class Flood:
    """The words of one link.

    Args:
        longest: Seconds for which it is not read at most.
    """

    __slots__ = ("_link", "_longest")

    def __init__(self, link: LinkProtocol, longest: float) -> None:
        self._link = link
        self._longest = longest

    def mind(self, words: int) -> None:
        """So many words came in one read."""
        if words > MANY_WORDS and self._link.is_attached:
            self._link.reading.stop_for(min(words / WORDS_A_SECOND, self._longest), "words")
