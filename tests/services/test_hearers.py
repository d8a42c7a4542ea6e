"""Hearers: many subscriptions at once hear what each would hear alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import Report
from exchange.services import hearers
from exchange.services.hearers import Hearers, HearersKnown
from exchange.services.subscription import Subscription
from exchange.wire.identities import identity_of, make_id

ONE, TWO = make_id(identity_of(bytes(32)), 16), make_id(identity_of(bytes(32)), 17)


class Heard:
    """A subscription, and the numbers that it heard, each with how many it missed before."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []
        self.subscription = Subscription(make_id(identity_of(bytes(32)), 1), "feed", "*", self._see, self._end)

    def _see(self, content: Any, report: Report) -> None:
        self.told.append((report.number, report.skipped))

    def _end(self, subscription: Subscription) -> None:
        pass


def report(number: int, instance: Any = ONE, subject: str = "a") -> Report:
    """Return a report of this number."""
    return Report(subject, instance, number, 0.0, False, 0, "feed", 0)


def test_all_hear_what_comes_in_order() -> None:
    pair = [Heard(), Heard()]
    together = Hearers(ONE, "a", [each.subscription for each in pair])
    for number in (3, 4, 5):
        together.deliver(None, report(number))

    assert [each.told for each in pair] == [[(3, 0), (4, 0), (5, 0)]] * 2


def test_who_heard_more_than_the_others_is_not_told_again() -> None:
    early, late = Heard(), Heard()
    together = Hearers(ONE, "a", [early.subscription, late.subscription])
    together.deliver(None, report(1))
    together.settle()
    early.subscription.deliver(None, report(2))
    for number in (2, 3, 4):
        together.deliver(None, report(number))

    assert early.told == late.told == [(1, 0), (2, 0), (3, 0), (4, 0)]


def test_each_knows_what_it_has_heard_when_they_part() -> None:
    known, heard = HearersKnown(), Heard()
    together = known.add(ONE, "a", [heard.subscription])
    for number in (1, 2, 3):
        together.deliver(None, report(number))
    known.forget_all()

    assert heard.subscription.last(ONE, "a") == 3
    assert (known.get(ONE, "a"), len(known)) == (None, 0)


def test_what_a_callback_ends_hears_nothing_more_and_the_others_hear_it() -> None:
    one, two, three = Heard(), Heard(), Heard()

    def stop(ends: bool) -> None:
        if ends:
            two.subscription.cancel()

    stopping = Subscription(TWO, "feed", "*", stop, print)
    together = Hearers(ONE, "a", [one.subscription, stopping, two.subscription, three.subscription])
    for number in (1, 2):
        together.deliver(False, report(number))
    together.deliver(True, report(3))

    assert len(one.told) == len(three.told) == 3
    assert two.told == [(1, 0), (2, 0)]


def test_the_subjects_of_one_instance_are_forgotten_without_those_of_others() -> None:
    known = HearersKnown()
    for instance in (ONE, TWO):
        for subject in ("a", "b"):
            known.add(instance, subject, [])
    known.forget(ONE)

    assert len(known) == 2
    assert (known.get(ONE, "a"), known.get(ONE, "b")) == (None, None)
    assert None not in (known.get(TWO, "a"), known.get(TWO, "b"))


def test_when_there_are_too_many_all_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearers, "MOST_REMEMBERED", 2)
    known, heard = HearersKnown(), Heard()
    for subject in ("a", "b", "c"):
        known.add(ONE, subject, [heard.subscription]).deliver(None, report(7, subject=subject))

    assert len(known) == 1
    assert [heard.subscription.last(ONE, subject) for subject in ("a", "b", "c")] == [7, 7, 7]


MOVES = st.one_of(
    st.tuples(st.just("all"), st.integers(0, 6)),
    st.tuples(st.just("next"), st.just(0)),
    st.tuples(st.sampled_from(["one", "cancel", "join"]), st.integers(0, 6)),
    st.tuples(st.sampled_from(["lost", "gone"]), st.just(0)),
)


@given(moves=st.lists(MOVES, max_size=60))
def test_together_they_hear_what_each_would_hear_alone(moves: list[tuple[str, int]]) -> None:
    known = HearersKnown()
    pairs = [(Heard(), Heard()), (Heard(), Heard())]
    newest = 0
    for move, number in moves:
        if move in ("all", "next"):
            newest = number = newest + 1 if move == "next" else number
            together = known.get(ONE, "a") or known.add(ONE, "a", [one.subscription for one, _ in pairs])
            together.deliver(None, report(number))
            for _, alone in pairs:
                alone.subscription.deliver(None, report(number))
        elif move == "one" and pairs:
            known.settle(ONE, "a")
            for each in pairs[number % len(pairs)]:
                each.subscription.deliver(None, report(number))
        elif move == "cancel" and pairs:
            for each in pairs[number % len(pairs)]:
                each.subscription.cancel()
            known.forget_all()
        elif move == "join":
            pairs.append((Heard(), Heard()))
            known.forget_all()
        elif move in ("lost", "gone"):
            known.forget(ONE)
            for each in (each for pair in pairs for each in pair):
                each.subscription.publisher_went(ONE, move == "gone")

        assert all(one.told == alone.told for one, alone in pairs)
