"""The bounds of the wire hang together."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from exchange.wire.failures import LONGEST_DESCRIPTION, LONGEST_DETAILS
from exchange.wire.identities import ID_SIZE
from exchange.wire.limits import (
    LARGEST_GREETING,
    LARGEST_HEADER,
    LONGEST_NAME,
    LONGEST_TEXT,
    MIB,
    SMALLEST_FRAME,
    Limits,
    taken_by,
)


def test_a_header_fits_in_the_smallest_frame_that_a_far_end_may_ask_for() -> None:
    assert LARGEST_HEADER + ID_SIZE < SMALLEST_FRAME == 131_072 < Limits().max_frame


def test_any_failure_fits_in_the_smallest_frame() -> None:
    assert 2 * LONGEST_DESCRIPTION + LONGEST_DETAILS + LONGEST_NAME + ID_SIZE < SMALLEST_FRAME


def test_a_greeting_has_room_for_its_longest_texts() -> None:
    assert 2 * LONGEST_NAME + 2 * LONGEST_TEXT < LARGEST_GREETING


def test_a_link_is_congested_before_it_is_ended_and_takes_one_whole_frame_before_that() -> None:
    limits = Limits()

    assert limits.max_frame <= limits.soft_limit < limits.hard_limit
    assert limits.max_frame == 16 * MIB


def test_limits_do_not_change_while_links_rely_on_them() -> None:
    with pytest.raises(FrozenInstanceError):
        Limits().max_frame = 1  # type: ignore[misc]


def test_a_hub_tells_what_is_not_as_usual_and_who_hears_it_knows_the_same() -> None:
    assert Limits(max_calls=3).told() == {"max-frame": 16 * MIB}
    limits = Limits(max_frame=200_000, max_instances=1, max_subscriptions=2, max_kept=3)
    told = limits.told()
    assert told == {"max-frame": 200_000, "max-instances": 1, "max-subscriptions": 2, "max-kept": 3}
    assert taken_by(told) == limits


def test_a_hub_that_says_nothing_takes_what_is_usual_and_what_nobody_knows_is_passed_over() -> None:
    assert taken_by({}) == Limits()
    assert taken_by({"max-moons": 3, "max-subscriptions": 5}) == Limits(max_subscriptions=5)
