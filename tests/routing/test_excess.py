"""What waits above the soft limit: of each thing the last word."""

from __future__ import annotations

import pytest

from exchange.routing.excess import ENTRY_COST, Excess
from exchange.routing.wishes import About
from exchange.wire.frames import encode
from exchange.wire.identities import make_id
from exchange.wire.layouts import Kind
from tests.routing.waiting import FEED, OTHER, Behind, announced, reply, report, told, withdrawn

HUB = make_id(b"h" * 16, 0)  # type: ignore[arg-type]


class Queue:
    """An excess, and whether there is room."""

    def __init__(self) -> None:
        self.behind = Behind()
        self.is_full = True
        self.skipped: list[tuple[bytes, str]] = []
        self.excess = Excess(self.behind.wishes, lambda: self.is_full, self.make_room, self.skip)

    def make_room(self) -> None:
        if self.is_full:
            self.excess.drop_oldest()

    def skip(self, about: About) -> None:
        self.skipped.append((about.thing, about.subject))

    def add(self, *frames: bytes) -> bool:
        taken = [self.excess.add(frame) for frame in frames]
        return all(taken)

    def rest(self) -> list[str]:
        """Take all that waits, and make sure that nothing is left of it."""
        words = told([self.excess.take() for _ in range(len(self.excess))])
        assert self.excess.size == 0
        assert [len(left) for left in (self.excess._last, self.excess._reports, self.excess._droppable)] == [0, 0, 0]
        return words


@pytest.fixture
def queue() -> Queue:
    return Queue()


# Instances and subscriptions


def test_of_an_instance_the_last_announcement_is_told_where_the_first_stood(queue: Queue) -> None:
    queue.add(announced("one"), report("1", kept=True), announced("two"), announced("other", OTHER), announced("three"))
    assert queue.rest() == ["ANNOUNCE three", "1", "ANNOUNCE other"]


def test_of_what_came_and_went_only_its_going_is_told(queue: Queue) -> None:
    queue.add(announced("one"), reply("between"), withdrawn())
    assert queue.rest() == ["between", "WITHDRAW"]


def test_of_what_went_and_came_both_are_told_and_no_more_however_often(queue: Queue) -> None:
    for number in range(5):
        queue.add(withdrawn(), announced(str(number)))
    assert queue.rest() == ["WITHDRAW", "ANNOUNCE 4"]
    for number in range(5):
        queue.add(withdrawn(), announced(str(number)))
    queue.add(withdrawn())
    assert queue.rest() == ["WITHDRAW"]


def test_reports_of_what_went_are_told_between_its_coming_and_its_going(queue: Queue) -> None:
    queue.behind.subscribe("disconnect")
    queue.is_full = False
    queue.add(announced("one"), report("1"), withdrawn(), announced("two"), announced("three"))
    assert queue.rest() == ["ANNOUNCE one", "1", "WITHDRAW", "ANNOUNCE three"]


def test_what_has_gone_out_already_is_not_the_last_word(queue: Queue) -> None:
    queue.add(announced("one"))
    queue.excess.take()
    queue.add(announced("two"), withdrawn())
    assert queue.rest() == ["WITHDRAW"]


def test_subscriptions_likewise(queue: Queue) -> None:
    one, two = (encode(Kind.SUBSCRIBE, FEED, ("feed", "*", overflow, 0))[3] for overflow in ("latest", "disconnect"))
    end = encode(Kind.UNSUBSCRIBE, FEED)[3]
    queue.add(one, announced("same id"), two)
    assert [queue.excess.take(), queue.excess.take()] == [two, announced("same id")]
    queue.add(end, one, report("of that id", kept=True), end)
    assert queue.rest() == ["UNSUBSCRIBE", "of that id"]


# What is kept


def test_of_what_is_kept_the_last_is_told_where_it_stood_and_the_others_are_skipped(queue: Queue) -> None:
    said = ("a1", "b1", "a2", "c1", "a3")
    assert queue.add(*[report(text, text[0], kept=True) for text in said])
    assert queue.rest() == ["b1", "c1", "a3"]
    assert queue.skipped == [(FEED, "a"), (FEED, "a")]


def test_instances_and_subscriptions_are_told_apart(queue: Queue) -> None:
    to = [queue.behind.subscribe("latest"), queue.behind.subscribe("latest"), None]
    expected = [f"{thing.hex()} {number}" for thing in (FEED, OTHER) for number in range(3)]
    queue.add(
        *[report(f"{thing.hex()} {n}", thing=thing, to=to[n], kept=True) for thing in (FEED, OTHER) for n in range(3)]
    )
    assert queue.rest() == expected


def test_what_is_shown_to_one_is_shown_before_the_picture_is_whole(queue: Queue) -> None:
    to = queue.behind.subscribe("latest")
    whole = [report(f"whole {number}", "", to=to) for number in range(2)]
    queue.add(report("1", to=to, kept=True), whole[0], report("2", to=to, kept=True))
    queue.add(report("1", "b", to=to, kept=True), whole[1])
    assert queue.rest() == ["2", "1", "whole 1"]
    assert queue.skipped == []


def test_of_a_directory_the_last_word_on_each_instance_is_told(queue: Queue) -> None:
    to = queue.behind.subscribe("disconnect", "$exchange")
    for text, subject in ("came", "one"), ("came too", "two"), ("went", "one"), ("changed", "two"):
        assert queue.add(report(text, subject, thing=HUB, to=to, kept=True, name="$exchange"))
    assert queue.rest() == ["went", "changed"]


def test_notices_are_never_left_out(queue: Queue) -> None:
    to = queue.behind.subscribe("latest")
    queue.add(*[report(text, "skipped", thing=HUB, to=to, name="$exchange") for text in ("three", "four")])
    assert queue.rest() == ["three", "four"]


# What nobody keeps


def test_latest_leaves_the_last_of_each_subject(queue: Queue) -> None:
    queue.behind.subscribe("latest")
    queue.add(report("1a"), report("1b", "b"), report("kept", kept=True), report("2a"))
    assert queue.rest() == ["1b", "kept", "2a"]
    assert queue.skipped == [(FEED, "a")]


def test_drop_oldest_leaves_out_the_oldest_of_these_alone(queue: Queue) -> None:
    queue.behind.subscribe("drop-oldest")
    queue.is_full = False
    queue.add(reply("answer"), report("1"), report("kept", kept=True), report("2"), report("3", "b"))
    queue.is_full = True
    queue.add(report("4"), report("5"))
    assert queue.rest() == ["answer", "kept", "3", "4", "5"]
    assert queue.skipped == [(FEED, "a"), (FEED, "a")]


def test_when_none_is_left_to_drop_the_new_one_waits_all_the_same(queue: Queue) -> None:
    queue.add(reply("answer"), report("1"))
    assert queue.rest() == ["answer", "1"]


def test_drop_newest_leaves_out_what_comes_while_too_much_waits(queue: Queue) -> None:
    queue.behind.subscribe("drop-newest")
    assert queue.add(report("1"))
    queue.is_full = False
    queue.add(report("2"), reply("answer"))
    assert queue.rest() == ["2", "answer"]
    assert queue.skipped == [(FEED, "a")]


def test_disconnect_would_rather_not_have_the_link(queue: Queue) -> None:
    queue.behind.subscribe("disconnect")
    queue.is_full = False
    assert queue.add(report("1"))
    queue.is_full = True
    assert queue.add(report("kept", kept=True))
    assert not queue.add(report("2"))
    assert queue.skipped == []


def test_what_is_for_one_follows_its_wish(queue: Queue) -> None:
    queue.behind.subscribe("disconnect")
    to = queue.behind.subscribe("drop-newest", pattern="nothing")
    assert queue.add(report("private", to=to))
    assert queue.rest() == []
    assert queue.skipped == [(FEED, "a")]


def test_what_goes_out_is_not_dropped_any_more(queue: Queue) -> None:
    queue.is_full = False
    queue.add(report("1"), report("2"))
    assert told([queue.excess.take()]) == ["1"]
    queue.is_full = True
    queue.add(report("3"))
    assert queue.rest() == ["3"]
    assert not queue.excess.drop_oldest()


def test_its_size_is_what_waits(queue: Queue) -> None:
    frames = [announced("one"), reply("two"), report("three", kept=True)]
    queue.add(*frames)
    assert queue.excess.size == sum(map(len, frames)) + 3 * ENTRY_COST
    queue.add(announced("longer"), report("four", kept=True))
    assert queue.excess.size == len(announced("longer")) + len(frames[1]) + len(frames[2]) - 1 + 3 * ENTRY_COST
    queue.rest()
