"""A connection that is too many is refused, in all and of one address."""

from __future__ import annotations

import pytest

from exchange.gateways.crowd import MOST_TOLD, Crowd


@pytest.fixture
def crowd() -> Crowd:
    """Three connections, two of one address."""
    return Crowd(3, 2)


def test_as_many_come_as_may_and_no_more(crowd: Crowd) -> None:
    for number in range(3):
        assert crowd.come(number, f"10.0.0.{number}") is None

    refusal = crowd.come(3, "10.0.0.3")

    assert refusal is not None
    assert (refusal.status, refusal.text) == (503, "this gateway takes 3 connections at one time")


def test_as_many_come_of_one_address_as_may_and_no_more(crowd: Crowd) -> None:
    assert crowd.come(0, "10.0.0.1") is None
    assert crowd.come(1, "10.0.0.1") is None

    refusal = crowd.come(2, "10.0.0.1")

    assert refusal is not None
    assert (refusal.status, refusal.text) == (429, "this gateway takes 2 connections of one address at one time")
    assert refusal.headers == ((b"retry-after", b"5"),)
    assert crowd.come(3, "10.0.0.2") is None


def test_when_one_goes_another_may_come(crowd: Crowd) -> None:
    crowd.come(0, "10.0.0.1")
    crowd.come(1, "10.0.0.1")

    crowd.go(1)
    crowd.go(1)

    assert crowd.come(2, "10.0.0.1") is None
    assert crowd.come(3, "10.0.0.1") is not None


def test_one_that_was_refused_and_goes_makes_no_room(crowd: Crowd) -> None:
    for number in range(3):
        crowd.come(number, "10.0.0.1")

    crowd.go(2)

    assert crowd.come(3, "10.0.0.1") is not None


def test_those_of_no_address_are_not_of_one(crowd: Crowd) -> None:
    assert [crowd.come(number, "") for number in range(3)] == [None] * 3

    assert crowd.come(3, "") is not None


def test_so_many_are_told_why_and_no_more(crowd: Crowd) -> None:
    for number in range(2 + MOST_TOLD):
        crowd.come(number, "10.0.0.1")
    pressing = [crowd.is_pressing]
    crowd.come("one more", "10.0.0.1")
    pressing.append(crowd.is_pressing)
    crowd.go("one more")
    pressing.append(crowd.is_pressing)

    assert pressing == [False, True, False]


def test_how_many_may_come_can_change_while_some_are_there() -> None:
    crowd = Crowd(1, 1)
    assert crowd.come("a", "here") is None
    assert crowd.come("b", "there") is not None

    crowd.change(2, None)

    assert crowd.come("c", "there") is None
    assert crowd.come("d", "there") is not None
