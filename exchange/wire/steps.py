"""The steps of a dialogue: its states, and which word leads from which to which.

States and transitions are data; `exchange.wire.dialogue` takes them. What is not here
ends the link.
"""

from __future__ import annotations

from enum import Enum

from exchange.wire.layouts import Kind


class State(Enum):
    """How far a dialogue has come."""

    NEW = "new"
    GREETING = "greeting"
    WELCOMED = "welcomed"
    OPEN = "open"
    LEAVING = "leaving"
    CLOSING = "closing"
    CLOSED = "closed"


SPEAKING = frozenset({State.OPEN, State.LEAVING})
"""The states in which traffic may pass."""

STEPS: dict[tuple[bool, State, Kind], State] = {
    # dialling
    (True, State.GREETING, Kind.CHALLENGE): State.GREETING,
    (True, State.GREETING, Kind.WELCOME): State.WELCOMED,
    (True, State.GREETING, Kind.BYE): State.CLOSED,
    (True, State.WELCOMED, Kind.BYE): State.CLOSED,
    # accepting
    (False, State.NEW, Kind.HELLO): State.GREETING,
    (False, State.NEW, Kind.BYE): State.CLOSED,
    (False, State.GREETING, Kind.PROOF): State.GREETING,
    (False, State.GREETING, Kind.READY): State.OPEN,
    (False, State.GREETING, Kind.BYE): State.CLOSED,
}
"""Dialling or not, state, kind that came: next state."""

for _dialling in (True, False):
    for _state in SPEAKING:
        STEPS[_dialling, _state, Kind.PING] = _state
        STEPS[_dialling, _state, Kind.PONG] = _state
        STEPS[_dialling, _state, Kind.LEAVING] = State.LEAVING
        STEPS[_dialling, _state, Kind.BYE] = State.CLOSED
