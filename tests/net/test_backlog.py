"""Frames that wait for their transport."""

from __future__ import annotations

from sys import getsizeof

from exchange.net.backlog import FRAME_COST, PORTION, Backlog


def test_frames_are_taken_in_the_order_in_which_they_were_added() -> None:
    backlog = Backlog()
    backlog.add([b"a", b"b"])
    backlog.add([b"c"])
    assert backlog.take() == [b"a", b"b", b"c"]
    assert backlog.take() == []


def test_its_size_is_what_those_take_that_still_wait() -> None:
    backlog = Backlog()
    backlog.add([bytes(PORTION - 1), bytes(2), bytes(5)])
    assert backlog.size == PORTION + 6 + 3 * FRAME_COST
    assert backlog.take() == [bytes(PORTION - 1), bytes(2)]
    assert backlog.size == 5 + FRAME_COST
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


def test_many_small_frames_count_as_what_they_take_in_memory() -> None:
    backlog = Backlog()
    frames = [bytes([number]) * 10 for number in range(100)]
    backlog.add(frames)
    assert backlog.size >= sum(map(getsizeof, frames))
    backlog.take()
    assert backlog.size == 0
