"""Frames that wait for their transport: in their order, and above the soft limit no more than must be told."""

from __future__ import annotations

from collections import Counter
from sys import getsizeof
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.routing import backlog as module
from exchange.routing.backlog import FRAME_COST, MOST_LOOKED_AT, PORTION, Backlog
from exchange.routing.patterns import matches
from exchange.wire.frames import body_of, encode
from exchange.wire.identities import make_id
from exchange.wire.layouts import Kind
from tests.routing.waiting import FEED, OTHER, Behind, announced, parsed, reply, report, told, withdrawn

ENOUGH = 1 << 30


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def backlog(behind: Behind) -> Backlog:
    return Backlog(ENOUGH, behind.wishes)


def all_of(backlog: Backlog) -> list[bytes]:
    frames = []
    while portion := backlog.take():
        frames += portion
    assert backlog.size == 0
    return frames


# As long as there is room


def test_frames_are_taken_in_the_order_in_which_they_were_added(backlog: Backlog) -> None:
    backlog.add([b"a", b"b"])
    backlog.add([b"c"])
    assert backlog.take() == [b"a", b"b", b"c"]
    assert backlog.take() == []


def test_its_size_is_what_those_take_that_still_wait(backlog: Backlog) -> None:
    backlog.add([bytes(PORTION - 1), bytes(2), bytes(5)])
    assert backlog.size == PORTION + 6 + 3 * FRAME_COST
    assert backlog.take() == [bytes(PORTION - 1), bytes(2)]
    assert backlog.size == 5 + FRAME_COST
    backlog.take()
    assert backlog.size == 0


def test_a_portion_is_as_small_as_whole_frames_allow(backlog: Backlog) -> None:
    backlog.add([bytes(10 * PORTION), b"next"])
    assert backlog.take() == [bytes(10 * PORTION)]
    assert backlog.take() == [b"next"]


def test_many_small_frames_count_as_what_they_take_in_memory(backlog: Backlog) -> None:
    frames = [bytes([number]) * 10 for number in range(100)]
    backlog.add(frames)
    assert backlog.size >= sum(map(getsizeof, frames))
    backlog.take()
    assert backlog.size == 0


def test_nothing_is_left_out_up_to_the_soft_limit(backlog: Backlog, behind: Behind) -> None:
    behind.subscribe("latest")
    backlog.add([announced("one"), report("1"), report("2", kept=True), report("3", kept=True), announced("two")])
    assert told(all_of(backlog)) == ["ANNOUNCE one", "1", "2", "3", "ANNOUNCE two"]
    assert backlog.skipped == {}


# Above the soft limit


def test_what_is_left_out_is_counted_for_each_subscription(behind: Behind) -> None:
    mine, also, _ = behind.subscribe("latest"), behind.subscribe("latest", FEED, "a"), behind.subscribe("latest", "log")
    backlog = Backlog(0, behind.wishes)
    assert backlog.add([reply("answer"), *(report(str(n), subject) for n in range(3) for subject in ("a", "b"))])
    assert told(all_of(backlog)) == ["answer", "2", "2"]
    assert backlog.skipped == {mine: 4, also: 2}


def test_the_oldest_are_those_that_waited_before_it_was_too_much(behind: Behind) -> None:
    wanted = behind.subscribe("drop-oldest")
    frames = [reply("answer"), *(report(str(number)) for number in range(4)), report("kept", "b", kept=True)]
    backlog = Backlog(sum(map(len, frames)) + len(frames) * FRAME_COST, behind.wishes)
    backlog.add([*frames, reply("last")])
    assert backlog.skipped == {}
    for number in range(4, 8):
        assert backlog.add([report(str(number))])
    assert told(all_of(backlog)) == ["answer", "kept", "last", "7"]
    assert backlog.skipped == {wanted: 7}


def test_what_may_not_be_left_out_waits_before_what_was_dropped_to_make_room(behind: Behind) -> None:
    """Nothing is dropped that others would rather have: those that end a picture, notices, what has another wish."""
    behind.subscribe("drop-oldest")
    to, other = behind.subscribe("drop-newest", "log"), behind.subscribe("drop-oldest", "log")
    whole, notice = report("whole", "", to=other), report("notice", "skipped", to=other, name="$exchange")
    first = [report("1"), whole, notice, report("for one", "c", to=to), report("for another", "c", to=other)]
    backlog = Backlog(sum(map(len, first)) + (len(first) - 1) * FRAME_COST, behind.wishes)
    backlog.add(first)
    backlog.add([report("2"), report("3")])
    assert told(all_of(backlog)) == ["whole", "notice", "for one", "3"]


def test_only_so_many_are_looked_at_for_one(behind: Behind) -> None:
    wanted = behind.subscribe("drop-oldest")
    answers = [reply(str(number)) for number in range(2 * MOST_LOOKED_AT + 10)]
    backlog = Backlog(sum(map(len, answers)) + len(answers) * FRAME_COST - 1, behind.wishes)
    backlog.add([*answers, report("1"), report("2")])
    assert backlog.skipped == {}
    backlog.add([report("3")])
    assert backlog.skipped == {wanted: 2}
    assert all_of(backlog) == [*answers, report("3")]


def test_a_subscription_that_would_rather_have_no_link_ends_it(behind: Behind) -> None:
    behind.subscribe("disconnect")
    backlog = Backlog(0, behind.wishes)
    assert backlog.add([report("1")])
    assert not backlog.add([report("2"), reply("answer")])


def test_those_who_lose_what_comes_cost_no_memory(behind: Behind) -> None:
    behind.subscribe("drop-newest")
    backlog = Backlog(1_000, behind.wishes)
    for number in range(1_000):
        backlog.add([report(str(number))])
    assert backlog.size < 1_200


# Whatever happens


class Said(NamedTuple):
    """One frame that is sent; reports bear the number of their place."""

    what: str
    thing: int = 0
    subject: int = 0
    to: int = -1
    takes: bool = False


THINGS = (FEED, OTHER, make_id(b"p" * 16, 18))  # type: ignore[arg-type]
SUBJECTS = ("a", "b", "c")
OVERFLOWS = ("latest", "drop-oldest", "drop-newest")

words = st.builds(
    Said,
    st.sampled_from(["announce", "withdraw", "live", "live", "live", "kept", "kept", "shown", "whole", "reply"]),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(0, 3),
    st.sampled_from([False] * 9 + [True]),
)
lives = st.lists(words, max_size=80)
subscribers = st.lists(st.sampled_from(OVERFLOWS), min_size=4, max_size=4)


class Life:
    """Frames that are sent as a switch would send them, taken out now and then, and what must be true of both."""

    def __init__(self, overflows: list[str], soft_limit: int) -> None:
        self.behind = Behind()
        services: tuple[str | bytes, ...] = ("feed", FEED, OTHER, "feed")
        patterns = ("*", "*", "?", "b")
        self.wanted = [self.behind.subscribe(o, s, p) for o, s, p in zip(overflows, services, patterns, strict=True)]
        self.patterns = dict(zip(self.wanted, zip(services, patterns, strict=True), strict=True))
        self.backlog = Backlog(soft_limit, self.behind.wishes)
        self.known: set[bytes] = set()
        self.sent: list[bytes] = []
        self.came: list[bytes] = []

    def say(self, said: Said) -> None:
        frame = self.frame(said)
        if frame is not None:
            self.sent.append(frame)
            assert self.backlog.add([frame])
        if said.takes:
            self.came += self.backlog.take()

    def frame(self, said: Said) -> bytes | None:
        thing, text = THINGS[said.thing], str(len(self.sent))
        if said.what == "reply":
            return reply(text)
        if said.what == "announce":
            self.known.add(thing)
            return announced(text, thing)
        if thing not in self.known:
            return None
        if said.what == "withdraw":
            self.known.remove(thing)
            return withdrawn(thing, text)
        to = self.wanted[said.to]
        if said.what == "whole":
            return report(text, "", thing=thing, to=to)
        to_whom = to if said.what == "shown" else None
        return report(text, SUBJECTS[said.subject], thing=thing, to=to_whom, kept=said.what != "live")


@given(lives, subscribers, st.sampled_from([0, 500, 3_000]))
def test_what_is_told_is_what_was_said_but_for_what_may_be_left_out(
    lives: list[Said], overflows: list[str], soft_limit: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PORTION", 400)
        life = Life(overflows, soft_limit)
        for said in lives:
            life.say(said)
        life.came += all_of(life.backlog)
    assert set(life.came) <= set(life.sent)
    check_order(life)
    check_instances(life)
    check_kept(life)
    check_pictures(life)
    check_skipped(life)


def check_order(life: Life) -> None:
    """What is never left out is all there; and nothing but what may be told earlier is out of its order."""
    is_moved = {frame for frame in life.sent if parsed(frame)[0] == Kind.ANNOUNCE or is_shown(frame)}
    places = [life.sent.index(frame) for frame in life.came if frame not in is_moved]
    assert places == sorted(places)
    assert [frame for frame in life.sent if frame[4] == Kind.REPLY] == [f for f in life.came if f[4] == Kind.REPLY]


def check_instances(life: Life) -> None:
    """At the end the far end knows the same; it never hears of an instance that it does not know."""
    known: dict[bytes, bytes] = {}
    for frame in life.came:
        kind, thing, _, _ = parsed(frame)
        if kind == Kind.ANNOUNCE:
            known[thing] = frame
        elif kind == Kind.WITHDRAW:
            known.pop(thing, None)
        elif kind == Kind.REPORT:
            assert thing in known
    last = {parsed(frame)[1]: frame for frame in life.sent if frame[4] == Kind.ANNOUNCE}
    assert known == {thing: last[thing] for thing in life.known}


def check_kept(life: Life) -> None:
    """Of everything that is kept, or shown to one, the last that was said is told."""
    said, came = ({key_of(f): f for f in frames if key_of(f)} for frames in (life.sent, life.came))
    assert said == came


def check_pictures(life: Life) -> None:
    """Whatever was shown to a subscription before its picture was said to be whole is there before."""
    for place, frame in enumerate(life.came):
        _, thing, array, _ = parsed(frame)
        if frame[4] == Kind.REPORT and array[2] is not None and not array[1]:
            before = life.sent[: life.sent.index(frame)]
            shown = {key_of(f) for f in before if is_shown(f) and parsed(f)[1] == thing and parsed(f)[2][2] == array[2]}
            assert shown <= {key_of(f) for f in life.came[:place]}


def check_skipped(life: Life) -> None:
    """What is told as skipped is just what is missing."""
    missing: Counter[bytes] = Counter()
    came = set(life.came)
    for frame in life.sent:
        kind, thing, array, _ = parsed(frame)
        if frame not in came and kind == Kind.REPORT and array[2] is None:
            missing.update(
                wanted
                for wanted, (service, pattern) in life.patterns.items()
                if service in ("feed", thing) and matches(pattern, array[1])
            )
    assert life.backlog.skipped == missing


def is_shown(frame: bytes) -> bool:
    kind, _, array, _ = parsed(frame)
    return kind == Kind.REPORT and array[2] is not None and array[1] != ""


def key_of(frame: bytes) -> tuple[object, ...] | None:
    kind, thing, array, _ = parsed(frame)
    return (thing, *array[:3]) if kind == Kind.REPORT and array[4] else None


def test_the_model_sees_what_is_left_out() -> None:
    life = Life(["latest"] * 4, 0)
    for what in ("announce", "live", "live", "kept", "announce", "kept"):
        life.say(Said(what))
    life.came += all_of(life.backlog)
    assert told(life.came) == ["ANNOUNCE 0", "2", "ANNOUNCE 4", "5"]
    assert bytes(body_of(life.came[-1])) == b"5"
    assert encode(Kind.REPLY, FEED)[0] == Kind.REPLY
