"""Which word leads from which state to which."""

from __future__ import annotations

from exchange.wire.layouts import FIRST_TRAFFIC, Kind
from exchange.wire.steps import SPEAKING, STEPS, State


def test_bye_ends_a_dialogue_from_every_state_in_which_something_is_read() -> None:
    for dialling in (True, False):
        # At the dialling side HELLO was said before anything is read, and only that side is welcomed.
        states = set(State) - {State.CLOSING, State.CLOSED, State.NEW if dialling else State.WELCOMED}
        assert {state for state in states if STEPS.get((dialling, state, Kind.BYE)) is State.CLOSED} == states


def test_traffic_is_no_step() -> None:
    assert all(kind < FIRST_TRAFFIC for _, _, kind in STEPS)


def test_whoever_speaks_may_leave_and_speaks_on() -> None:
    for dialling in (True, False):
        for state in SPEAKING:
            assert STEPS[dialling, state, Kind.LEAVING] is State.LEAVING
            assert STEPS[dialling, state, Kind.PING] is state


def test_nothing_leads_out_of_the_end() -> None:
    assert not any(state in (State.CLOSING, State.CLOSED) for _, state, _ in STEPS)
