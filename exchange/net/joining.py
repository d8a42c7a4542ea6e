"""Joining: one link between our hub and another, while it is decided which of several stays.

It carries out at the link what `exchange.routing.joins` decides, and tells the joins what
becomes of the link.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from exchange.net.patience import after
from exchange.routing.joins import PATIENCE, Joins
from exchange.wire.dialogue import Dialogue
from exchange.wire.identities import Identity

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol


class Joining:
    """One link, as the joins of our hub see it; a `exchange.routing.joins.Contender`.

    Args:
        dialogue: Of the link; its far end is known.
        attach: Attaches the link once READY is said.
        principal: Who the far end has proved to be, if it dialled.
    """

    __slots__ = ("_attach", "_dialogue", "_joins", "_link", "_principal", "identity")

    def __init__(
        self,
        link: LinkProtocol,
        dialogue: Dialogue,
        joins: Joins,
        attach: Callable[[], None],
        principal: str | None = None,
    ) -> None:
        far = dialogue.far_identity
        assert far is not None
        self.identity: Identity = far
        self._link = link
        self._dialogue = dialogue
        self._joins = joins
        self._attach = attach
        self._principal = principal

    def go_on(self) -> None:
        """The link is decided for: say WELCOME, or READY and be attached."""
        if self._dialogue.dialling:
            self._dialogue.ready()
            self._attach()
        else:
            self._dialogue.accept(self._principal)
        self._link.settle()

    def refuse(self) -> None:
        """Another link to this hub is there, and alive."""
        self._link.say_bye("joined", "our hubs have joined by another link already, and that one is alive")

    def give_way(self) -> None:
        """Another link takes the place of this one."""
        self._link.say_bye("replaced", "another link between our hubs takes the place of this one")

    def ask(self, number: int, is_open: bool) -> None:
        """Ask for a sign of life, which before READY is READY itself."""
        if is_open:
            self._link.ask().addCallback(lambda _: self._joins.answered(self, number))
        after(self._link, PATIENCE, self._joins.overdue, self, number)
