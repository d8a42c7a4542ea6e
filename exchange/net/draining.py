"""Draining: an exchange leaves all its links in good order, those to its peers first (R12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred

from exchange.net.links import Links

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol

LEAST_FOR_HUBS = 1.0
"""Seconds, at least, for the links to hubs, when the peers have taken all the time there was."""


class Draining:
    """The links of one exchange, on their way out.

    A hub goes from other hubs only when its peers have gone: until then it is the way to them.

    Attributes:
        done: Fires when no link is attached any more. To cancel it is to look no longer.

    Args:
        text: Why, for the far ends.
        seconds: How long the far ends have to go, and all that is owed to be answered.
    """

    def __init__(self, links: Links, text: str, seconds: float) -> None:
        self.done: Deferred[None] = Deferred(lambda _: self._end())
        self._links = links
        self._text = text
        self._until = links.reactor.seconds() + seconds
        self._leaves_hubs = False
        links.told.append(self._told)
        links.refuse_greeting("stopped", text)
        for link in list(links.attached):
            if not link.is_hub:
                self._leave(link)
        self._look()

    def _told(self, link: LinkProtocol, is_attached: bool) -> None:
        if is_attached and (self._leaves_hubs or not link.is_hub):
            self._leave(link)
        self._look()

    def _leave(self, link: LinkProtocol) -> None:
        left = self._until - self._links.reactor.seconds()
        if link.is_hub:
            link.leave(self._text, max(left, LEAST_FOR_HUBS))
        else:
            link.leave(self._text, max(left, 0.0), waits=True)

    def _look(self) -> None:
        attached = list(self._links.attached)
        if not self._leaves_hubs and all(link.is_hub for link in attached):
            self._leaves_hubs = True
            for link in attached:
                self._leave(link)
        if not self._links.attached and not self.done.called:
            self._end()
            self.done.callback(None)

    def _end(self) -> None:
        if self._told in self._links.told:
            self._links.told.remove(self._told)
