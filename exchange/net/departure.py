"""A departure: one link ends in good order, from LEAVING to BYE (R12).

What is to be done next is decided in `exchange.routing.leaving`; here it is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange.routing.leaving import Leaving, Step
from exchange.routing.switch import Switch
from exchange.wire.dialogue import Dialogue

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol


class Departure:
    """Says LEAVING at once, and BYE when the time for it has come.

    Args:
        waits: Whether the far end shall say LEAVING too.
    """

    def __init__(
        self, link: LinkProtocol, dialogue: Dialogue, switch: Switch, text: str, seconds: float, waits: bool, now: float
    ) -> None:
        self._link = link
        self._dialogue = dialogue
        self._switch = switch
        self._text = text
        self._looks = False
        dialogue.leave(text, seconds)
        self._leaving = Leaving(link, dialogue.ping(), now + seconds, waits)
        link.later(seconds, link.settle)

    def go_on(self, now: float) -> None:
        """Something came, or time passed: say BYE if it is time."""
        dialogue = self._dialogue
        self._looks = False
        if not dialogue.is_open:
            return
        step = self._leaving.step(now, dialogue.last_pong, dialogue.far_is_leaving)
        if step is Step.LEFT:
            dialogue.bye("left", self._text)
        elif step is Step.GIVE_UP:
            self._switch.give_up(self._link, f"{self._text}, and its time was over")
            dialogue.bye("stopped", f"{self._text}, and the time was over")

    def go_on_soon(self) -> None:
        """Something was written, perhaps the last answer: look when all that goes on now is over."""
        if not self._looks:
            self._looks = True
            self._link.later(0, self._link.settle)
