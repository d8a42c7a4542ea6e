"""What both ends bring to a dialogue."""

from __future__ import annotations

from exchange.wire.identities import identity_of
from exchange.wire.terms import OPEN_MECHANISM, Terms


def test_the_identity_is_that_of_the_secret_and_nothing_is_proved_unless_told() -> None:
    terms = Terms(bytes(32))

    assert terms.identity == identity_of(bytes(32))
    assert terms.mechanism == OPEN_MECHANISM


def test_a_dialogue_wants_the_time_several_times_within_a_heartbeat() -> None:
    assert 0 < Terms(bytes(32), heartbeat=4).tick_every <= 2
