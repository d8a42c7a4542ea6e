"""Moving: a peer whose hub is leaving attaches to another, and goes from there only then (R12).

So for a while a dialer has two links. The newer is proved by a PONG, which says that the
hub has heard all that was announced over it; then the older is left. If no other hub can
be dialled the peer stays, and says at once that it waits for nothing.
"""

from __future__ import annotations

from exchange.net.link import LinkProtocol

AT_ONCE_AFTER = 1.0
"""Seconds that a link must have stood, for the next endpoint to be dialled at once when it is lost."""


class Moving:
    """The links of one dialer: the present one, and those that it is about to leave.

    Attributes:
        present: That which was opened last; it may be lost.
        since: When that was.
        tries_at_once: How many attempts are to follow without delay, one for each endpoint that may serve instead.
    """

    def __init__(self) -> None:
        self.present: LinkProtocol | None = None
        self.since = 0.0
        self.tries_at_once = 0
        self._leaves: list[LinkProtocol] = []

    @property
    def is_linked(self) -> bool:
        """Whether one of them is open."""
        return any(link is not None and link.is_attached for link in (self.present, *self._leaves))

    def opened(self, link: LinkProtocol, now: float) -> None:
        """A link was opened; when it is proved, those are left that it was made to take the place of."""
        self.present, self.since, self.tries_at_once = link, now, 0
        if self._leaves:
            link.ask().addCallback(lambda _: self._leave_all())

    def is_to_move(self, link: LinkProtocol, others: int) -> bool:
        """The far end of ``link`` is leaving, or it is lost: whether another is to be made while it is still there.

        Args:
            others: How many endpoints there are besides that of ``link``.
        """
        if not link.is_attached:
            return False
        if not others:
            link.leave("no other hub is known here", link.leaving_time)
            return False
        self._leaves.append(link)
        self.tries_at_once = others
        return True

    def lost(self, now: float, others: int) -> None:
        """The present link is lost: others are tried at once, unless it was lost as soon as it was made."""
        self.tries_at_once = others if now - self.since >= AT_ONCE_AFTER else 0

    def is_next_at_once(self) -> bool:
        """Whether the next attempt is made without delay; it is counted."""
        is_at_once = self.tries_at_once > 0
        self.tries_at_once -= is_at_once
        return is_at_once

    def _leave_all(self) -> None:
        leaves, self._leaves = self._leaves, []
        for link in leaves:
            link.leave("this process has moved to another hub", link.leaving_time)
