"""The greeting: how our end of a link answers HELLO and WELCOME, until it is attached."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from exchange.net.joining import Joining
from exchange.net.links import MOST_OF_ONE, Links
from exchange.wire.dialogue import OPEN_MECHANISM, Dialogue

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol


class Greeting:
    """The greeting of one link.

    Args:
        attach: Attaches the link, once its greeting is over.
    """

    __slots__ = ("_attach", "_dialogue", "_joining", "_link", "_links")

    def __init__(self, link: LinkProtocol, dialogue: Dialogue, links: Links, attach: Callable[[], None]) -> None:
        self._link = link
        self._dialogue = dialogue
        self._links = links
        self._attach = attach
        self._joining: Joining | None = None  # of a link between two hubs, once both are known

    def go_on(self, spoke: bool) -> None:
        """Bytes came: answer what is to be answered.

        Args:
            spoke: Whether there was traffic among them, so that the greeting is over whatever followed.
        """
        if self._dialogue.awaits_answer:
            if self._joining is None:  # else it is being decided about
                self._answer()
        elif self._dialogue.awaits_ready:
            self._join()
        elif self._dialogue.is_open or spoke:
            self._attach()

    def opened(self) -> None:
        """The link is about to be attached: an older one to the same hub goes first."""
        if self._joining:
            self._links.joins.opened(self._joining)

    def lost(self) -> None:
        """The link is detached: another takes its place only now that nothing of it is left."""
        if self._joining:
            self._links.joins.lost(self._joining)

    def _answer(self) -> None:
        dialogue, link = self._dialogue, self._link
        far = dialogue.far
        assert far is not None
        link.identity, link.attachment = far.identity, far.attachment
        if far.mechanism != OPEN_MECHANISM:
            dialogue.bye("mechanism", f"this hub knows the mechanism '{OPEN_MECHANISM}' only, not '{far.mechanism}'")
        elif not self._links.admit(link):
            dialogue.bye("limit", f"you have {MOST_OF_ONE} links to this hub already")
        elif far.is_hub:
            self._join()
        else:
            dialogue.accept(endpoints=self._links.advertised)

    def _join(self) -> None:
        """Let it be decided whether this link between two hubs goes on; nothing that comes meanwhile decides it."""
        if self._joining is None:
            self._joining = Joining(self._link, self._dialogue, self._links.joins, self._attach)
            self._links.joins.came(self._joining)
