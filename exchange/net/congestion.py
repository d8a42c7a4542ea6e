"""Congestion: what a link does while its transport has enough, and when it wants more again.

What is sent meanwhile waits in a backlog. Above the soft limit the link is congested: it
is sent no requests, and the backlog leaves out what may be left out. When all has gone
out, those subscriptions are told that have lost something. Above the hard limit, or
when a subscription would rather lose the link than a report, it is ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred

from exchange.routing.backlog import Backlog
from exchange.routing.interest import BUILT_IN
from exchange.routing.notices import COUNT, SKIPPED
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Identity, make_id
from exchange.wire.layouts import Kind
from exchange.wire.limits import Limits
from exchange.wire.values import encode_value

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol
    from exchange.net.links import Links


class Congestion:
    """The backlog of one link, and what follows from it."""

    __slots__ = ("_backlog", "_identity", "_limits", "_link", "_resumed", "_switch")

    def __init__(self, link: LinkProtocol, links: Links) -> None:
        self._link = link
        self._switch = links.switch
        self._limits: Limits = links.terms.limits
        self._identity: Identity = links.terms.identity
        self._backlog: Backlog | None = None
        self._resumed: list[Deferred[None]] = []

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return 0 if self._backlog is None else self._backlog.size

    def hold_back(self, frames: list[bytes]) -> None:
        """Let frames wait, or end the link; what is in the list is taken out of it."""
        limits, backlog = self._limits, self._backlog
        if backlog is None:
            backlog = self._backlog = Backlog(limits.soft_limit, self._switch.wishes_of(self._link))
        is_taken = backlog.add(frames)
        frames.clear()
        self._link.congested = backlog.size > limits.soft_limit
        if backlog.size > limits.hard_limit:
            self._end(f"more than {limits.hard_limit} bytes are waiting for you")
        elif not is_taken:
            why = "a subscription of yours ends the link rather than miss a report"
            self._end(f"more than {limits.soft_limit} bytes are waiting for you, and {why}")

    def go_on(self) -> None:
        """The transport wants more: give it what waits, until it has enough again."""
        link, backlog = self._link, self._backlog
        while backlog is not None and backlog.size and not link.is_paused:
            link.write_all(backlog.take())
        if link.is_paused or backlog is None or self._backlog is not backlog:
            return  # what was written at once may have brought us here again, and then all is said
        self._backlog, link.congested = None, False
        self._switch.counters.skipped += sum(backlog.skipped.values())
        if link.is_attached:
            for subscription, count in backlog.skipped.items():
                link.send(self._notice(subscription, count))

    def when_resumed(self) -> Deferred[None]:
        """Return a Deferred that fires when nothing waits any more, or the link is gone."""
        resumed: Deferred[None] = Deferred()
        self._resumed.append(resumed)
        return resumed

    def tell_resumed(self) -> None:
        """Nothing waits any more."""
        resumed, self._resumed = self._resumed, []
        for each in resumed:
            each.callback(None)

    def clear(self) -> None:
        """Nothing that waits will be sent."""
        self._backlog = None

    def _end(self, text: str) -> None:
        self._backlog = None
        self._link.say_bye("slow", text)

    def _notice(self, subscription: bytes, count: int) -> Frame:
        body = encode_value([{COUNT: count}, 0, self._link.now, 0], 0, "content")
        array = (BUILT_IN, SKIPPED, subscription, False, False)
        return encode(Kind.REPORT, make_id(self._identity, 0), array, body)
