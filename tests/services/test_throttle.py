"""How many calls of one method run at once, and in which order the others do."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from exchange import Overloaded
from exchange.services.throttle import MOST_WAITING, Stay, Throttle


class Gate:
    """A throttle, and the calls that are in it."""

    def __init__(self, limit: int) -> None:
        self.throttle = Throttle(limit)
        self.inside: dict[int, Stay] = {}
        self.order: list[int] = []

    def enter(self, number: int) -> None:
        def run(stay: Stay) -> None:
            self.inside[number] = stay
            self.order.append(number)

        self.throttle.enter(number.to_bytes(4, "big"), run)

    def leave(self, number: int) -> None:
        self.inside.pop(number).end()


def test_so_many_are_inside_and_the_next_comes_in_when_one_leaves() -> None:
    gate = Gate(2)
    for number in range(4):
        gate.enter(number)
    assert (sorted(gate.inside), len(gate.throttle)) == ([0, 1], 2)
    gate.leave(1)
    assert sorted(gate.inside) == [0, 2]
    gate.leave(0)
    gate.leave(2)
    gate.leave(3)
    assert gate.order == [0, 1, 2, 3]
    assert (gate.inside, len(gate.throttle)) == ({}, 0)


def test_a_call_stays_until_all_its_parts_have_ended() -> None:
    gate = Gate(1)
    gate.enter(0)
    gate.enter(1)
    gate.inside[0].begin()
    gate.inside[0].end()
    assert gate.order == [0]
    gate.inside[0].end()
    assert gate.order == [0, 1]


def test_who_is_forgotten_never_comes_in() -> None:
    gate = Gate(1)
    for number in range(3):
        gate.enter(number)
    gate.throttle.forget((1).to_bytes(4, "big"))
    gate.throttle.forget((1).to_bytes(4, "big"))
    gate.leave(0)
    assert gate.order == [0, 2]


def test_not_too_many_wait() -> None:
    gate = Gate(1)
    for number in range(1 + MOST_WAITING):
        gate.enter(number)
    with pytest.raises(Overloaded, match="wait already"):
        gate.enter(9_999)
    gate.leave(0)
    gate.enter(10_000)
    assert len(gate.throttle) == MOST_WAITING


def test_a_thousand_that_wait_may_all_end_at_once_without_standing_on_one_another() -> None:
    throttle, deepest = Throttle(1), 0
    stays: list[Stay] = []
    throttle.enter(b"first", stays.append)

    def end_at_once(stay: Stay) -> None:
        nonlocal deepest
        depth, frame = 0, sys._getframe()
        while frame.f_back:
            depth, frame = depth + 1, frame.f_back
        deepest = max(deepest, depth)
        stay.end()

    for number in range(MOST_WAITING):
        throttle.enter(number.to_bytes(4, "big"), end_at_once)
    stays[0].end()
    assert len(throttle) == 0
    assert deepest < 200


def test_who_raises_does_not_lock_the_others_out() -> None:
    throttle, order = Throttle(1), []

    def interrupt(stay: Stay) -> None:
        stay.end()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        throttle.enter(b"a", interrupt)
    throttle.enter(b"b", lambda stay: order.append("b"))
    assert order == ["b"]


@pytest.mark.parametrize("limit", [0, -1, 1.5, "2", True])
def test_a_limit_is_a_whole_number_above_zero(limit: Any) -> None:
    with pytest.raises(ValueError, match="limit"):
        Throttle(limit)
