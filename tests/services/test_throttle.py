"""How many calls of one method run at once, and in which order the others do."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from exchange import Overloaded
from exchange.services.throttle import MOST_WAITING, Stay, Throttle, Throttles, joined


class Gate:
    """A throttle, and the calls that are in it."""

    def __init__(self, limit: int, queue: int = MOST_WAITING, throttle: Throttle | Throttles | None = None) -> None:
        self.throttle: Any = throttle or Throttle(limit, queue)
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


@pytest.mark.parametrize("queue", [-1, 1.5, "2", True, None])
def test_a_queue_is_a_whole_number(queue: Any) -> None:
    with pytest.raises(ValueError, match="the queue of service 'math' must be a whole number"):
        Throttle(1, queue, "service 'math'")


def test_who_comes_when_the_queue_is_full_is_refused_and_without_one_all_that_do_not_run_are() -> None:
    gate, none = Gate(1, 2), Gate(1, 0)
    for number in range(3):
        gate.enter(number)
    none.enter(0)
    for full in (gate, none):
        with pytest.raises(Overloaded):
            full.enter(9)
    none.leave(0)
    none.enter(1)
    assert none.order == [0, 1]


# One behind the other


def two(limit: int, limit_of_both: int, queue: int = MOST_WAITING) -> tuple[Gate, Gate]:
    """Return the gates of two methods of one service."""
    both = Throttle(limit_of_both, queue)
    first, second = (Gate(0, throttle=Throttles(Throttle(limit), both)) for _ in range(2))
    return first, second


def test_what_has_one_limit_or_none_needs_no_second() -> None:
    one = Throttle(1)
    assert joined(None, None) is None
    assert joined(one, None) is joined(None, one) is one
    assert isinstance(joined(one, one), Throttles)


def test_of_all_methods_so_many_run_as_the_service_lets_and_of_each_as_many_as_it_lets_itself() -> None:
    first, second = two(2, 3)
    for number in range(3):
        first.enter(number)
        second.enter(10 + number)
    assert (first.order, second.order) == ([0, 1], [10])
    first.leave(0)
    assert (first.order, second.order) == ([0, 1], [10, 11])
    second.leave(10)
    second.leave(11)
    assert (first.order, second.order) == ([0, 1, 2], [10, 11, 12])


def test_who_waits_for_a_narrow_method_takes_no_place_of_the_service() -> None:
    first, second = two(1, 2)
    for number in range(5):
        first.enter(number)
    second.enter(10)
    assert (first.order, second.order) == ([0], [10])


def test_a_queue_of_the_service_that_is_full_refuses_at_once() -> None:
    first, second = two(1, 1, queue=1)
    first.enter(0)
    second.enter(10)
    for gate in (first, second):
        with pytest.raises(Overloaded):
            gate.enter(9)
    first.leave(0)
    second.leave(10)
    assert second.order == [10]


def test_who_is_forgotten_gives_its_place_to_the_next_wherever_it_waits() -> None:
    first, second = two(1, 1)
    second.enter(10)
    for number in range(3):
        first.enter(number)
    for number in (0, 1, 7):  # it waits for the service, or for the method, or not at all
        first.throttle.forget(number.to_bytes(4, "big"))
    second.leave(10)
    assert first.order == [2]
    first.leave(2)
    first.enter(3)
    assert first.order == [2, 3]
