"""What waits for a listener, and what of it can be had again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.gateways.live_backlog import WEIGHT, Backlog, Taken

ALL = 10**6


def holding(*entries: str, most_unwritten: int = ALL, most_written: int = ALL) -> Backlog:
    backlog = Backlog(most_unwritten, most_written)
    for entry in entries:
        backlog.add(entry)
    return backlog


def test_entries_are_numbered_and_taken_once() -> None:
    backlog = holding("a", "b")

    assert backlog.take(ALL) == Taken(0, [(1, "a"), (2, "b")])
    assert backlog.take(ALL) == Taken(0, [])
    backlog.add("c")
    assert backlog.take(ALL) == Taken(0, [(3, "c")])


def test_no_more_is_taken_at_once_than_is_wanted_but_always_something() -> None:
    backlog = holding("aaaa", "bbbb", "cccc")

    assert backlog.take(5).entries == [(1, "aaaa"), (2, "bbbb")]
    assert backlog.take(1).entries == [(3, "cccc")]


def test_the_oldest_go_when_more_wait_than_may_and_how_many_is_told() -> None:
    backlog = holding("a", "b", "c", "d", most_unwritten=2 * (1 + WEIGHT))

    assert backlog.take(ALL) == Taken(2, [(3, "c"), (4, "d")])
    assert backlog.take(ALL).missed == 0


def test_an_entry_that_is_larger_than_may_wait_is_missed() -> None:
    backlog = holding("a" * 1000, most_unwritten=500)
    backlog.add("b")

    assert backlog.take(ALL) == Taken(1, [(2, "b")])


def test_what_was_written_can_be_had_again_from_where_the_listener_was() -> None:
    backlog = holding("a", "b", "c")
    backlog.take(ALL)
    backlog.add("d")

    assert backlog.go_back(1)
    assert backlog.take(ALL) == Taken(0, [(2, "b"), (3, "c"), (4, "d")])
    assert backlog.go_back(4)
    assert backlog.take(ALL) == Taken(0, [])


def test_what_was_not_written_yet_may_have_been_read_elsewhere_never() -> None:
    assert not holding("a").go_back(2)


@pytest.mark.parametrize(("number", "is_kept"), [(0, False), (1, True), (2, True), (3, True), (4, False)])
def test_only_the_last_of_what_was_written_is_kept(number: int, is_kept: bool) -> None:
    backlog = holding("a", "b", "c", most_written=2 * (1 + WEIGHT))
    backlog.take(ALL)

    assert backlog.go_back(number) == is_kept


def test_what_stands_before_a_gap_cannot_be_gone_back_to() -> None:
    backlog = holding("a", most_unwritten=2 * (1 + WEIGHT))
    backlog.take(ALL)
    for entry in "bcd":
        backlog.add(entry)

    assert not backlog.go_back(1)
    assert backlog.take(ALL) == Taken(1, [(3, "c"), (4, "d")])


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 300)),
        st.tuples(st.just("take"), st.integers(1, 1000)),
        st.tuples(st.just("back"), st.integers(0, 60)),
    ),
    max_size=60,
)


@given(STEPS)
def test_whatever_happens_each_entry_is_written_in_its_order_or_counted_as_missed(steps: list[tuple[str, int]]) -> None:
    backlog = Backlog(1500, 800)
    heard = added = 0
    for step, amount in steps:
        if step == "add":
            added += 1
            backlog.add(f"{added}".ljust(amount))
        elif step == "back":
            heard = amount if backlog.go_back(amount) else heard
        else:
            missed, entries = backlog.take(amount)
            heard += missed
            for number, entry in entries:
                heard += 1
                assert (number, int(entry)) == (heard, heard)
        assert backlog.heard == heard <= backlog.last == added
        assert backlog.size <= 1500 + 800 + 300 + WEIGHT
