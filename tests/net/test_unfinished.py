"""Parts of frames that wait for the rest."""

from __future__ import annotations

from exchange.net.unfinished import Unfinished


class Holder:
    """Forgets what it holds when it is ended, as a link does."""

    def __init__(self, unfinished: Unfinished) -> None:
        self.unfinished = unfinished
        self.said: list[tuple[str, str]] = []

    def say_bye(self, code: str, text: str) -> None:
        self.said.append((code, text))
        self.unfinished.forget(self)


def holders(most: int, count: int) -> tuple[Unfinished, list[Holder]]:
    unfinished = Unfinished(most)
    return unfinished, [Holder(unfinished) for _ in range(count)]


def test_what_is_within_the_budget_disturbs_nobody() -> None:
    unfinished, (one, other) = holders(100, 2)
    unfinished.note(one, 60, True)
    unfinished.note(other, 40, True)
    assert unfinished.size == 100
    assert one.said == other.said == []


def test_of_too_much_the_frame_that_began_first_goes_however_small_it_is() -> None:
    unfinished, (one, other) = holders(100, 2)
    unfinished.note(one, 10, True)
    unfinished.note(other, 80, True)
    unfinished.note(one, 30, False)
    text = "frames that have not wholly come take more than 100 bytes, yours for longest"
    assert one.said == [("limit", text)]
    assert other.said == []
    assert unfinished.size == 80


def test_as_many_go_as_must() -> None:
    unfinished, (*early, last) = holders(100, 5)
    for each in early:
        unfinished.note(each, 25, True)
    unfinished.note(last, 60, True)
    assert [len(each.said) for each in early] == [1, 1, 1, 0]
    assert unfinished.size == 85


def test_whoever_finishes_its_frames_is_never_the_first() -> None:
    unfinished, (busy, idle, third) = holders(100, 3)
    unfinished.note(busy, 40, True)
    unfinished.note(idle, 40, True)
    unfinished.note(busy, 40, True)
    unfinished.note(third, 40, True)
    assert (len(idle.said), busy.said, third.said) == (1, [], [])


def test_what_is_finished_counts_no_more() -> None:
    unfinished, (one, other) = holders(100, 2)
    unfinished.note(one, 90, True)
    unfinished.note(one, 0, True)
    assert unfinished.size == 0
    unfinished.note(other, 90, True)
    assert one.said == other.said == []


def test_one_that_alone_holds_more_than_there_may_be_goes_itself() -> None:
    unfinished, (one,) = holders(100, 1)
    unfinished.note(one, 101, True)
    assert len(one.said) == 1
    assert unfinished.size == 0
