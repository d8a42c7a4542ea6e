"""What one callback is told: nothing twice, nothing older after newer, gaps as skipped."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import Report
from exchange.services.numbers import EPOCH, Numbers
from exchange.services.subscription import Subscription
from exchange.wire.identities import identity_of, make_id

ONE, TWO = make_id(identity_of(bytes(32)), 16), make_id(identity_of(bytes(32)), 17)


class Alone:
    """A subscription, and what it handed over."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []
        self.ended = 0
        self.subscription = Subscription(make_id(identity_of(bytes(32)), 1), "feed", "*", self._see, self._end)

    def _see(self, content: Any, report: Report) -> None:
        self.told.append((report.number, report.skipped))

    def _end(self, subscription: Subscription) -> None:
        self.ended += 1

    def deliver(self, *numbers: int, subject: str = "a", instance: Any = ONE) -> list[tuple[int, int]]:
        """Deliver reports of these numbers; return what was handed over of them."""
        self.told.clear()
        for number in numbers:
            self.subscription.deliver(None, Report(subject, instance, number, 0.0, False, 0, "feed", 0))
        return list(self.told)


def test_the_first_number_is_where_it_begins() -> None:
    assert Alone().deliver(7, 8) == [(7, 0), (8, 0)]


def test_nothing_is_told_twice_and_nothing_older_after_newer() -> None:
    assert Alone().deliver(2, 2, 1, 3, 2) == [(2, 0), (3, 0)]


def test_a_gap_is_told_with_the_report_after_it() -> None:
    assert Alone().deliver(1, 5, 6, 8) == [(1, 0), (5, 3), (6, 0), (8, 1)]


def test_each_subject_of_each_instance_is_counted_for_itself() -> None:
    alone = Alone()
    assert alone.deliver(5) == alone.deliver(5, subject="b") == alone.deliver(5, instance=TWO) == [(5, 0)]


def test_what_was_addressed_is_not_counted() -> None:
    assert Alone().deliver(0, 3, 0, 4, 0) == [(0, 0), (3, 0), (0, 0), (4, 0), (0, 0)]


def test_an_instance_that_was_lost_goes_on_where_it_was_and_one_that_left_for_good_begins_anew() -> None:
    alone = Alone()
    alone.deliver(5)
    alone.subscription.publisher_went(ONE, for_good=False)
    alone.subscription.publisher_came(ONE)
    assert alone.deliver(5, 6) == [(6, 0)]
    alone.subscription.publisher_went(ONE, for_good=True)
    assert alone.deliver(1) == [(1, 0)]


def test_who_never_reported_leaves_nothing() -> None:
    alone = Alone()
    alone.subscription.publisher_went(TWO, for_good=False)
    alone.subscription.publisher_went(TWO, for_good=True)
    assert (alone.subscription._gone, len(alone.subscription._numbers)) == ({}, 0)


def test_of_ever_new_subjects_the_numbers_of_the_last_are_known_and_a_jump_of_the_publisher_is_no_gap() -> None:
    alone = Alone()
    alone.subscription._numbers = Numbers(most=2)
    for subject in "abcdef":
        alone.deliver(5, subject=subject)
    assert len(alone.subscription._numbers) <= 4
    assert alone.deliver(5, subject="f") == []
    assert alone.deliver(5, subject="a") == [(5, 0)]
    assert alone.deliver(EPOCH + 1, EPOCH + 3, subject="f") == [(EPOCH + 1, 0), (EPOCH + 3, 1)]


def test_a_cancelled_subscription_hands_nothing_over_and_ends_once() -> None:
    alone = Alone()
    alone.deliver(1)
    alone.subscription.cancel()
    alone.subscription.cancel()
    assert alone.deliver(2) == []
    assert alone.ended == 1
    assert alone.subscription.ready.called


def test_what_a_link_left_out_is_counted_and_told_until_it_is_cancelled() -> None:
    told: list[int] = []
    thing = make_id(identity_of(bytes(32)), 1)
    subscription = Subscription(thing, "feed", "*", lambda content: None, lambda each: None, skipped=told.append)
    subscription.note_skipped(3)
    subscription.note_skipped(4)
    subscription.cancel()
    subscription.note_skipped(5)
    assert (told, subscription.skipped) == ([3, 4], 7)


def test_who_does_not_ask_to_be_told_can_look() -> None:
    alone = Alone()
    alone.subscription.note_skipped(3)
    assert alone.subscription.skipped == 3


def test_who_is_told_must_be_a_function() -> None:
    wrong: Any = 3
    with pytest.raises(TypeError, match="skipped must be a function that takes how many reports were left out"):
        Subscription(ONE, "feed", "*", lambda content: None, lambda each: None, skipped=wrong)
