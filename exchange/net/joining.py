"""Joining: one link between our hub and another, while it is decided which of several stays.

It carries out at the link what `exchange.routing.joins` decides, and tells the joins what
becomes of the link.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from exchange.routing.joins import PATIENCE, Joins
from exchange.wire.dialogue import Dialogue
from exchange.wire.identities import Identity


class Joined(Protocol):
    """What a link between two hubs can do about it."""

    def say_bye(self, code: str, text: str) -> None:
        """End the link with a reason."""

    def flush_words(self) -> None:
        """Write what the dialogue has to say."""

    def later(self, seconds: float, do: Callable[..., None], *args: Any) -> None:
        """Do something after so many seconds, if the link is still there."""


class Joining:
    """One link, as the joins of our hub see it; a `exchange.routing.joins.Contender`.

    Args:
        dialogue: Of the link; its far end is known.
        attach: Attaches the link once READY is said.
    """

    __slots__ = ("_attach", "_dialogue", "_joins", "_link", "_ping", "_question", "identity")

    def __init__(self, link: Joined, dialogue: Dialogue, joins: Joins, attach: Callable[[], None]) -> None:
        far = dialogue.far_identity
        assert far is not None
        self.identity: Identity = far
        self._link = link
        self._dialogue = dialogue
        self._joins = joins
        self._attach = attach
        self._question = 0
        self._ping = 0

    def go_on(self) -> None:
        """The link is decided for: say WELCOME, or READY and be attached."""
        if self._dialogue.dialling:
            self._dialogue.ready()
            self._attach()
        else:
            self._dialogue.accept()
        self._link.flush_words()

    def refuse(self) -> None:
        """Another link to this hub is there, and alive."""
        self._link.say_bye("joined", "our hubs have joined by another link already, and that one is alive")

    def give_way(self) -> None:
        """Another link takes the place of this one."""
        self._link.say_bye("replaced", "another link between our hubs takes the place of this one")

    def ask(self, number: int, is_open: bool) -> None:
        """Ask for a sign of life, which before READY is READY itself."""
        self._question = number
        if is_open:
            self._ping = self._dialogue.ping()
            self._link.flush_words()
        self._link.later(PATIENCE, self._joins.overdue, self, number)

    def heard(self) -> None:
        """Words came: the PONG may be among them."""
        if self._ping and self._dialogue.last_pong >= self._ping:
            self._ping = 0
            self._joins.answered(self, self._question)
