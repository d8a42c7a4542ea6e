"""Leaving a link in good order: when BYE may be said."""

from __future__ import annotations

import pytest

from exchange.routing.leaving import Leaving, Step
from exchange.routing.port import Port


@pytest.fixture
def port() -> Port:
    return Port()


def test_who_leaves_says_bye_when_nothing_new_will_come_and_nothing_is_owed(port: Port) -> None:
    leaving = Leaving(port, asked=3, until=30)
    assert leaving.step(1, last_pong=2, far_is_leaving=False) is Step.WAIT
    assert leaving.step(1, last_pong=3, far_is_leaving=False) is Step.LEFT


@pytest.mark.parametrize("direction", ["owing", "asking"])
def test_who_leaves_waits_for_what_is_owed_in_either_direction(port: Port, direction: str) -> None:
    leaving = Leaving(port, asked=1, until=30)
    setattr(port, direction, 1)
    assert leaving.step(29, last_pong=1, far_is_leaving=True) is Step.WAIT
    setattr(port, direction, 0)
    assert leaving.step(29, last_pong=1, far_is_leaving=True) is Step.LEFT


def test_a_hub_waits_for_its_peer_to_go_first(port: Port) -> None:
    leaving = Leaving(port, asked=1, until=30, waits=True)
    assert leaving.step(1, last_pong=1, far_is_leaving=False) is Step.WAIT
    assert leaving.step(1, last_pong=1, far_is_leaving=True) is Step.LEFT


@pytest.mark.parametrize(("owing", "last_pong", "far_is_leaving"), [(1, 1, True), (0, 0, True), (0, 1, False)])
def test_nobody_waits_longer_than_the_seconds_that_were_given(
    port: Port, owing: int, last_pong: int, far_is_leaving: bool
) -> None:
    leaving = Leaving(port, asked=1, until=30, waits=True)
    port.owing = owing
    assert leaving.step(29.9, last_pong, far_is_leaving) is Step.WAIT
    assert leaving.step(30, last_pong, far_is_leaving) is Step.GIVE_UP


def test_what_is_done_in_the_last_moment_is_done(port: Port) -> None:
    assert Leaving(port, asked=1, until=30).step(31, last_pong=1, far_is_leaving=False) is Step.LEFT
