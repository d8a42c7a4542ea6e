"""How much one principal may use, all its links together."""

from __future__ import annotations

import pytest

from exchange.routing.allotment import MOST_KEPT, Allotment, Allotments, Holding, Quota

ONE, TWO = b"1", b"2"


def test_what_several_links_have_told_counts_once() -> None:
    holding = Holding(1)
    assert holding.has_room_for(ONE)
    holding.add(ONE)
    holding.add(ONE)
    assert holding.has_room_for(ONE)
    assert not holding.has_room_for(TWO)
    holding.discard(ONE)
    assert not holding.has_room_for(TWO)
    holding.discard(ONE)
    assert holding.has_room_for(TWO)
    holding.discard(ONE)
    assert len(holding) == 0


def test_without_a_most_there_is_always_room() -> None:
    holding = Holding(None)
    holding.add(ONE)
    assert holding.has_room_for(TWO)


def test_calls_and_bytes_are_each_limited_and_the_longer_wait_counts() -> None:
    allotment = Allotment(Quota(calls_per_second=10, bytes_per_second=1000))
    assert allotment.is_paced
    assert allotment.use(10, 1000, 0) == 0
    assert allotment.use(1, 500, 0) == pytest.approx(0.5)
    assert allotment.use(10, 0, 0) == pytest.approx(1.1)


@pytest.mark.parametrize("rate", [0.5, 100])
def test_at_least_one_call_may_be_made_at_once(rate: float) -> None:
    assert Allotment(Quota(calls_per_second=rate)).use(1, 10_000, 0) == 0


def test_who_is_limited_in_what_is_held_alone_is_never_paced() -> None:
    allotment = Allotment(Quota(max_instances=1))
    assert not allotment.is_paced
    assert allotment.use(1000, 1_000_000, 0) == 0


def test_a_principal_has_one_allotment_by_however_many_links_and_one_that_no_rule_limits_has_none() -> None:
    allotments = Allotments(lambda who: Quota(calls_per_second=1) if who == "press" else Quota())
    first = allotments.of("press", 0)
    assert first is not None
    first.use(100, 0, 0)
    assert allotments.of("press", 1) is first
    assert allotments.of("ann", 0) is None
    assert len(allotments) == 1


def test_those_are_forgotten_that_are_as_new_when_there_are_too_many() -> None:
    allotments = Allotments(lambda who: Quota(calls_per_second=1, max_instances=5, max_subscriptions=5))
    owing, holding, wanting, linked = [allotments.of(who, 0) for who in ("owing", "holding", "wanting", "linked")]
    assert owing is not None
    assert holding is not None
    assert wanting is not None
    for number in range(MOST_KEPT - 4):
        allotments.of(f"guest {number}", 0)
    owing.use(50, 0, 0)
    holding.instances.add(ONE)
    wanting.subscriptions.add(ONE)
    allotments.of("one more", 10)
    assert len(allotments) == 4
    assert [allotments.of(who, 10) for who in ("owing", "holding", "wanting", "linked")] == [
        owing,
        holding,
        wanting,
        linked,
    ]


def test_what_is_used_is_taken_over_by_whoever_may_use_as_much_as_before() -> None:
    before = Allotments(lambda who: Quota(max_instances=5))
    ann, bob = before.of("ann", 0), before.of("bob", 0)
    after = Allotments(lambda who: Quota(max_instances=5 if who == "ann" else 6))
    after.take_over(before)

    assert len(after) == 1
    assert after.of("ann", 0) is ann
    assert after.of("bob", 0) is not bob
