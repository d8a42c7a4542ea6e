"""The directory of a hub: what `$exchange` reports, frame by frame."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from exchange.routing.port import Port
from exchange.routing.registry import Change, Happening, Registry
from exchange.services.directory import PORTION, Directory
from exchange.services.presence import subject_of
from exchange.wire.frames import Frame, body_of
from exchange.wire.frames import encode as frame_of
from exchange.wire.identities import identity_of, make_id
from exchange.wire.layouts import Kind
from exchange.wire.values import decode_value

HUB = identity_of(b"hub".ljust(32))
PEER = identity_of(b"peer".ljust(32))
MATH, PRESS = make_id(PEER, 16), make_id(PEER, 17)
FIRST, SECOND = make_id(PEER, 1), make_id(PEER, 2)


class Story:
    """A directory over a registry, and the reports that it sent."""

    def __init__(self) -> None:
        self.registry = Registry()
        self.port = Port()
        self._sent: list[Frame] = []
        self._later: list[Callable[[], None]] = []
        self.directory = Directory(HUB, self.registry, self._sent.append, lambda: 1234.5, self.do_later)

    def announce(self, thing: Any, name: str, groups: tuple[str, ...] = ()) -> None:
        change = self.registry.announce(self.port, thing, (1, name, groups, "*", b"d", "ann", (), None))
        if change:
            self.directory.changed(change)

    def withdraw(self, thing: Any, reason: str) -> None:
        change = self.registry.withdraw(self.port, thing, reason)
        assert change is not None
        self.directory.changed(change)

    def subscribe(self, subscription: bytes, pattern: str = "instance.*") -> None:
        self.directory.subscribe(frame_of(Kind.SUBSCRIBE, subscription, ("$exchange", pattern, "latest", 1)))

    def unsubscribe(self, subscription: bytes) -> None:
        self.directory.unsubscribe(frame_of(Kind.UNSUBSCRIBE, subscription))

    def do_later(self, do: Callable[[], None]) -> None:
        self._later.append(do)

    def turn(self) -> bool:
        """Let the reactor turn once; return whether there was anything to do."""
        later, self._later[:] = list(self._later), []
        for do in later:
            do()
        return bool(later)

    def settle(self) -> None:
        while self.turn():
            pass

    def sent(self) -> list[tuple[bytes | None, str, bool, Any]]:
        """Return whom the reports since the last time are to, subjects, whether they are retained, and contents."""
        sent, self._sent[:] = list(self._sent), []
        return [(to, subject, kept, decode_value(body_of(raw), 0)[0]) for _, _, (_, subject, to, kept, _), raw in sent]


def content(name: str, *groups: str) -> dict[str, Any]:
    return {"name": name, "groups": list(groups), "audience": "*", "digest": b"d", "principal": "ann"}


def test_a_subscriber_is_shown_what_is_there_and_then_that_this_was_all() -> None:
    story = Story()
    story.announce(MATH, "math", ("tools",))
    story.announce(PRESS, "press")
    story.subscribe(FIRST)
    assert story.sent() == []
    story.settle()
    assert story.sent() == [
        (FIRST, subject_of(MATH), True, content("math", "tools")),
        (FIRST, subject_of(PRESS), True, content("press")),
        (FIRST, "", False, 1),
    ]


def test_changes_are_reported_to_each_subscriber() -> None:
    story = Story()
    story.subscribe(FIRST)
    story.subscribe(SECOND)
    story.settle()
    story.sent()
    story.announce(MATH, "math")
    story.announce(MATH, "math", ("tools",))
    story.withdraw(MATH, "lost")
    subject = subject_of(MATH)
    expected = [content("math"), content("math", "tools"), {"reason": "lost"}]
    assert story.sent() == [(to, subject, False, told) for told in expected for to in (FIRST, SECOND)]


def test_one_who_asked_for_one_instance_is_told_of_that_one() -> None:
    story = Story()
    story.announce(MATH, "math")
    story.announce(PRESS, "press")
    story.subscribe(FIRST, subject_of(PRESS))
    story.settle()
    assert [subject for _, subject, _, _ in story.sent()] == [subject_of(PRESS), ""]
    story.withdraw(MATH, "lost")
    story.withdraw(PRESS, "lost")
    assert [subject for _, subject, _, _ in story.sent()] == [subject_of(PRESS)]


def test_one_who_asked_no_longer_is_told_nothing_more() -> None:
    story = Story()
    story.subscribe(FIRST)
    story.subscribe(SECOND)
    story.settle()
    story.unsubscribe(FIRST)
    story.unsubscribe(FIRST)
    story.sent()
    story.announce(MATH, "math")
    assert [to for to, _, _, _ in story.sent()] == [SECOND]


def test_a_report_says_what_it_is_and_when_it_was_made() -> None:
    frames: list[Frame] = []
    registry = Registry()
    directory = Directory(HUB, registry, frames.append, lambda: 1234.5, lambda do: do())
    directory.subscribe(frame_of(Kind.SUBSCRIBE, FIRST, ("$exchange", "*", "latest", 1)))
    change = registry.announce(Port(), MATH, (1, "math", (), "*", b"", None, (), None))
    assert change == Change(Happening.CAME, registry.get(MATH))  # type: ignore[arg-type]
    directory.changed(change)
    whole, came = frames
    assert came[:3] == (Kind.REPORT, make_id(HUB, 0), ("$exchange", subject_of(MATH), FIRST, False, True))
    assert decode_value(body_of(came[3]), 0)[1:] == [2, 1234.5, None]
    assert decode_value(body_of(whole[3]), 0) == [1, 1, 1234.5, 0]


def test_all_reports_are_numbered_and_the_end_of_a_picture_has_the_number_of_its_first() -> None:
    frames: list[Frame] = []
    registry = Registry()
    directory = Directory(HUB, registry, frames.append, lambda: 0.0, lambda do: do())
    array = (1, "math", (), "*", b"", None, (), None)
    for thing in (MATH, PRESS):
        registry.announce(Port(), thing, array)
    for _ in range(2):
        directory.subscribe(frame_of(Kind.SUBSCRIBE, FIRST, ("$exchange", "*", "latest", 1)))
    change = registry.announce(Port(), make_id(HUB, 18), array)
    assert change
    directory.changed(change)
    told = [(frame[2][1], *decode_value(body_of(frame[3]), 0)[:2]) for frame in frames]
    assert [number for _, _, number in told] == [1, 2, 3, 4, 5, 6, 7]
    assert [(content, number) for subject, content, number in told if not subject] == [(1, 3), (4, 6)]


# In portions


def number_of_things(story: Story, number: int) -> list[Any]:
    things = [make_id(PEER, 1_000 + each) for each in range(number)]
    for thing in things:
        story.announce(thing, "many")
    return things


def test_a_large_picture_is_shown_in_portions_and_nobody_waits_for_anothers() -> None:
    story = Story()
    number_of_things(story, 3 * PORTION)
    story.subscribe(FIRST)
    story.subscribe(SECOND, subject_of(MATH))
    story.turn()
    assert [to for to, _, _, _ in story.sent()] == [FIRST] * PORTION
    story.turn()
    assert story.sent() == []
    told = 2 * PORTION
    while story.turn():
        told -= sum(to == FIRST and kept for to, _, kept, _ in story.sent())
    assert told == 0


@pytest.mark.parametrize("again", [False, True], ids=["for good", "and begins anew"])
def test_a_subscription_that_ends_while_it_is_shown_the_picture_is_told_nothing_more(again: bool) -> None:
    story = Story()
    number_of_things(story, 2 * PORTION)
    story.subscribe(FIRST)
    story.turn()
    story.sent()
    story.unsubscribe(FIRST)
    if again:
        story.subscribe(FIRST)
    story.settle()
    assert len(story.sent()) == (2 * PORTION + 1 if again else 0)


def test_a_subscription_that_ends_because_of_what_it_is_shown_is_told_nothing_more() -> None:
    story = Story()
    number_of_things(story, 10)
    frames: list[Frame] = []

    def send(frame: Frame) -> None:
        frames.append(frame)
        directory.unsubscribe(frame_of(Kind.UNSUBSCRIBE, FIRST))

    directory = Directory(HUB, story.registry, send, lambda: 1234.5, story.do_later)
    directory.subscribe(frame_of(Kind.SUBSCRIBE, FIRST, ("$exchange", "*", "latest", 1)))
    story.settle()
    assert len(frames) == 1


def test_what_comes_changes_and_goes_while_the_picture_is_shown_is_told_with_it() -> None:
    story = Story()
    things = number_of_things(story, 2 * PORTION)
    story.subscribe(FIRST)
    story.announce(MATH, "math")
    assert story.sent() == []
    story.turn()
    story.sent()

    story.announce(PRESS, "press")
    story.announce(things[0], "many", ("tools",))
    story.withdraw(things[-1], "lost")
    assert story.sent() == [
        (FIRST, subject_of(PRESS), True, content("press")),
        (FIRST, subject_of(things[0]), True, content("many", "tools")),
        (FIRST, subject_of(things[-1]), False, {"reason": "lost"}),
    ]
    story.settle()
    *rest, last = [subject for _, subject, _, _ in story.sent()]
    assert rest == [subject_of(thing) for thing in (*things[PORTION:-1], MATH)]
    assert last == ""


class Reader:
    """Believes the reports, as the specification says."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.is_whole = False
        self._shown: set[str] = set()

    def take(self, reports: list[tuple[bytes | None, str, bool, Any]]) -> None:
        for _, subject, kept, told in reports:
            if not subject:
                self.is_whole = True
                self.known &= self._shown
                self._shown.clear()
            elif "name" in told:
                self.known.add(subject)
            else:
                self.known.discard(subject)
            if kept:
                self._shown.add(subject)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_meanwhile_the_picture_is_right_when_it_is_whole(seed: int) -> None:
    random, story = Random(seed), Story()
    number_of_things(story, random.randrange(3 * PORTION))
    story.subscribe(FIRST)
    reader = Reader()
    for step in range(400):
        thing = make_id(PEER, 1_000 + random.randrange(2 * PORTION))
        if story.registry.get(thing) is None:
            story.announce(thing, "many")
        elif random.random() < 0.7:
            story.withdraw(thing, "lost")
        else:
            story.announce(thing, "many", (str(step),))
        if random.random() < 0.1:
            story.turn()
        if step == 200:
            story.subscribe(FIRST)
        reader.take(story.sent())
    story.settle()
    reader.take(story.sent())
    assert reader.is_whole
    assert reader.known == {subject_of(instance.id) for instance in story.registry}


@pytest.mark.heavy
def test_pictures_that_nobody_reads_take_no_room_however_many_there_are() -> None:
    story = Story()
    number_of_things(story, 2_000)
    watchers = [make_id(PEER, 10_000 + number) for number in range(300)]
    directory = Directory(
        HUB, story.registry, lambda frame: None, lambda: 1234.5, story.do_later, hold=lambda *_: len(waiting) > 0
    )
    waiting: list[bytes] = []
    tracemalloc.start()
    try:
        for watcher in watchers:
            waiting.clear()
            directory.subscribe(frame_of(Kind.SUBSCRIBE, watcher, ("$exchange", "*", "latest", 1)))
            story.turn()
            waiting.append(watcher)
            story.turn()
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(directory._pictures) == len(watchers)
    assert size / len(watchers) < 5_000, "a list of all would take 16,000 bytes"


# Patterns


def test_a_pattern_longer_than_any_subject_fits_none() -> None:
    story = Story()
    story.announce(MATH, "math")
    story.subscribe(FIRST, "*" * 500 + "?" * 49 + "*" * 400)
    story.subscribe(SECOND, "?" * 50 + "*")
    story.settle()
    assert [(to, subject) for to, subject, _, _ in story.sent()] == [
        (FIRST, subject_of(MATH)),
        (FIRST, ""),
        (SECOND, ""),
    ]


def test_a_picture_waits_for_the_link_of_its_subscriber_and_no_other_does() -> None:
    story = Story()
    for number in range(PORTION + 10):
        story.announce(make_id(PEER, 100 + number), "math")
    waiting: list[Callable[[], None]] = []

    def hold(subscription: bytes, go_on: Callable[[], None]) -> bool:
        if subscription == FIRST and len(waiting) < 2:
            waiting.append(go_on)
            return True
        return False

    story.directory._hold = hold
    story.subscribe(FIRST)
    story.subscribe(SECOND)
    story.settle()
    assert {to for to, *_ in story.sent()} == {SECOND}
    waiting[0]()
    story.settle()
    assert story.sent() == []
    waiting[1]()
    story.settle()
    assert len(story.sent()) == PORTION + 10 + 1


def test_one_who_leaves_while_its_picture_waits_is_forgotten() -> None:
    story = Story()
    story.announce(MATH, "math")
    waiting: list[Callable[[], None]] = []

    def hold(subscription: bytes, go_on: Callable[[], None]) -> bool:
        waiting.append(go_on)
        return True

    story.directory._hold = hold
    story.subscribe(FIRST)
    story.settle()
    story.unsubscribe(FIRST)
    waiting[0]()
    story.settle()
    assert story.sent() == []
