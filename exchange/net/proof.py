"""Proof: signs of life that one far end is asked for, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred

from exchange.net.patience import after
from exchange.wire.dialogue import Dialogue

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol

PROOF_TIME = 1.0
"""Seconds in which a link in doubt must show a sign of life."""


class Proof:
    """The questions to one far end that are not answered."""

    __slots__ = ("_dialogue", "_doubts", "_link", "_questions")

    def __init__(self, link: LinkProtocol, dialogue: Dialogue) -> None:
        self._link = link
        self._dialogue = dialogue
        self._doubts = 0
        self._questions: dict[int, Deferred[None]] = {}

    def ask(self) -> Deferred[None]:
        """Return a Deferred that fires when the far end has answered, and never if the link is lost."""
        answered: Deferred[None] = Deferred()
        self._questions[self._dialogue.ping()] = answered
        self._link.settle()
        return answered

    def heard(self) -> None:
        """Words came: the answer may be among them."""
        for number in [number for number in self._questions if number <= self._dialogue.last_pong]:
            self._questions.pop(number).callback(None)

    def demand(self) -> None:
        """End the link if no sign of life comes within a second."""
        self._doubts += 1
        if self._doubts == 1:
            number = self._dialogue.ping()
            self._link.settle()
            after(self._link, PROOF_TIME, self._check, number)

    def _check(self, number: int) -> None:
        doubts, self._doubts = self._doubts, 0
        if self._dialogue.last_pong < number:
            text = "you are attached by a newer link, and gave no sign of life over this one"
            self._link.say_bye("replaced", text)
        elif doubts > 1:  # it was in doubt again since it was asked
            self.demand()
