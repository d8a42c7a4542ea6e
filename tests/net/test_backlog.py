"""Frames that wait for their transport."""

from __future__ import annotations

from exchange.net.backlog import PORTION, Backlog


def test_frames_are_taken_in_the_order_in_which_they_were_added() -> None:
    backlog = Backlog()
    backlog.add([b"a", b"b"])
    backlog.add([b"c"])
    assert backlog.take() == [b"a", b"b", b"c"]
    assert backlog.take() == []


def test_its_size_is_that_of_what_still_waits() -> None:
    backlog = Backlog()
    backlog.add([bytes(PORTION - 1), bytes(2), bytes(5)])
    assert backlog.size == PORTION + 6
    assert backlog.take() == [bytes(PORTION - 1), bytes(2)]
    assert backlog.size == 5
    backlog.take()
    assert backlog.size == 0


def test_a_portion_is_as_small_as_whole_frames_allow() -> None:
    backlog = Backlog()
    backlog.add([bytes(10 * PORTION), b"next"])
    assert backlog.take() == [bytes(10 * PORTION)]
    assert backlog.take() == [b"next"]


def test_nothing_waits_after_clearing() -> None:
    backlog = Backlog()
    backlog.add([b"a", b"b"])
    backlog.clear()
    assert (backlog.size, backlog.take()) == (0, [])
