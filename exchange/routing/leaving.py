"""Leaving: how one end goes away from a link in good order (R12).

It says LEAVING, so that the far end begins nothing new, and PING behind it: the PONG
says that no later request will come. It goes on serving. When nothing is owed over the
link in either direction it says BYE `left`, and then what was still on its way to it
was certainly not delivered.

A hub waits for its peers to say LEAVING themselves, which they do as soon as they are
attached elsewhere, or at once if they know no other hub. Nobody waits longer than the
seconds that were given.
"""

from __future__ import annotations

from enum import Enum

from exchange.routing.port import Port


class Step(Enum):
    """What the end that leaves does next."""

    WAIT = "wait"
    LEFT = "left"
    GIVE_UP = "give up"


class Leaving:
    """One end of a link, from its LEAVING to its BYE.

    Args:
        port: The link, as the switch sees it.
        asked: The number of the PING that was sent behind LEAVING.
        until: When the seconds are over.
        waits: Whether the far end shall say LEAVING too, before the link ends.
    """

    __slots__ = ("_asked", "_port", "_until", "_waits")

    def __init__(self, port: Port, asked: int, until: float, waits: bool = False) -> None:
        self._port = port
        self._asked = asked
        self._until = until
        self._waits = waits

    def step(self, now: float, last_pong: int, far_is_leaving: bool) -> Step:
        """Return what to do next.

        Args:
            last_pong: The number of the last PONG that came.
            far_is_leaving: Whether the far end has said LEAVING.
        """
        port = self._port
        is_heard = last_pong >= self._asked
        if is_heard and (far_is_leaving or not self._waits) and not port.owing and not port.asking:
            return Step.LEFT
        return Step.GIVE_UP if now >= self._until else Step.WAIT
