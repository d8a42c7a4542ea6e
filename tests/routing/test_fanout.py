"""To which ports a report goes: once to each that wants it, the local one last."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.routing import fanout
from exchange.routing.counters import Counters
from exchange.routing.fanout import Fanout
from exchange.routing.patterns import matches
from exchange.routing.subscriptions import Subscriptions
from exchange.wire.frames import Frame, encode
from exchange.wire.layouts import Kind
from tests.routing.recorder import Recorder, subscribe

THING = Recorder("publisher").make(1)


class Alone:
    """A fan-out with a local port, and subscriptions that the story adds."""

    def __init__(self) -> None:
        self.local, self.source = Recorder("hub"), Recorder("publisher")
        self.subscriptions = Subscriptions()
        self.counters = Counters()
        self.asked = 0
        self.is_announced = True
        self.out_of_reach: set[Recorder] = set()
        self.fanout = Fanout(self.local, self.subscriptions, self._reaches, self._has_way, self.counters)

    def _reaches(self, source: Any, thing: bytes, target: Any) -> bool:
        self.asked += 1
        return target not in self.out_of_reach

    def _has_way(self, source: Any, thing: bytes) -> bool:
        return self.is_announced

    def want(self, port: Recorder, pattern: str = "*", service: str | bytes = "feed", number: int = 1) -> None:
        self.subscriptions.add(port, subscribe(port.make(number), service, pattern=pattern))
        self.fanout.forget("feed")

    def give(self, subject: str = "nyse.ibm", body: bytes = b"") -> Frame:
        frame = encode(Kind.REPORT, THING, ("feed", subject, None, False, False), body)
        self.fanout.give(self.source, frame)
        return frame


def test_a_report_goes_to_each_port_once_however_many_subscriptions_are_behind_it() -> None:
    alone, one, two = Alone(), Recorder("one"), Recorder("two")
    for number in range(1, 6):
        alone.want(one, number=number)
    alone.want(two, service=THING)

    frame = alone.give()

    assert (one.taken(), two.taken()) == ([frame], [frame])


def test_only_those_whose_pattern_fits_hear() -> None:
    alone, one, two = Alone(), Recorder("one"), Recorder("two")
    alone.want(one, "nyse.*")
    alone.want(two, "lse.*")

    frame = alone.give("lse.bp")

    assert (one.taken(), two.taken()) == ([], [frame])


def test_the_local_port_hears_last() -> None:
    alone, order = Alone(), []
    ports = [alone.local, Recorder("one"), Recorder("two")]
    for port in ports:
        port.send = lambda frame, port=port: order.append(port)  # type: ignore[method-assign, misc]
        alone.want(port)

    alone.give()

    assert len(order) == 3
    assert order[-1] is alone.local


def test_whom_it_may_not_reach_does_not_hear() -> None:
    alone, one = Alone(), Recorder("one")
    alone.out_of_reach.add(one)
    alone.want(one)

    alone.give()

    assert one.taken() == []


def test_who_wants_a_subject_is_worked_out_once_until_something_changes() -> None:
    alone, one, two = Alone(), Recorder("one"), Recorder("two")
    alone.want(one)
    for _ in range(3):
        alone.give()
    assert (alone.asked, len(alone.fanout)) == (1, 1)

    alone.want(two)
    frame = alone.give()

    assert (alone.asked, len(alone.fanout)) == (3, 1)
    assert two.taken() == [frame]


def test_what_changed_about_a_service_that_nothing_is_known_of_makes_all_be_worked_out_again() -> None:
    alone, one = Alone(), Recorder("one")
    alone.give()
    alone.subscriptions.add(one, subscribe(one.make(1), THING, pattern="*"))
    alone.fanout.forget_all()

    frame = alone.give()

    assert one.taken() == [frame]
    assert len(alone.fanout) == 1


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "MOST_REMEMBERED", 10)
    alone, one = Alone(), Recorder("one")
    alone.want(one)

    for number in range(25):
        alone.give(f"subject {number}")

    assert len(alone.fanout) <= 10
    assert len(one.taken()) == 25


def test_a_report_that_a_link_does_not_take_is_dropped_there_and_counted() -> None:
    alone, small, large = Alone(), Recorder("small"), Recorder("large")
    small.max_frame = 100
    alone.want(small)
    alone.want(large)

    frame = alone.give(body=bytes(100))

    assert (small.taken(), large.taken()) == ([], [frame])
    assert (small.too_large, large.too_large) == ([frame], [])
    assert alone.counters.too_large == 1


def test_nobody_pays_for_a_pattern_made_to_be_expensive(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 0

    class Counted(str):
        def __getitem__(self, place: Any) -> str:
            nonlocal steps
            steps += 1
            return super().__getitem__(place)

    pattern, subject = "*a" * 511 + "*b", Counted("a" * 1024)

    assert not matches(pattern, subject)
    assert steps < 2 * 1024 * 1024


def test_nothing_is_remembered_of_a_source_that_did_not_announce_the_instance() -> None:
    alone, one = Alone(), Recorder("one")
    alone.want(one)
    alone.is_announced = False

    frames = [alone.give(), alone.give()]

    assert one.taken() == frames
    assert (alone.asked, len(alone.fanout)) == (2, 0)


def test_what_came_from_elsewhere_is_worked_out_anew_and_takes_the_place() -> None:
    alone, one = Alone(), Recorder("one")
    alone.want(one)
    alone.give()
    alone.source = Recorder("elsewhere")
    alone.give()
    alone.give()

    assert len(one.taken()) == 3
    assert (alone.asked, len(alone.fanout)) == (2, 1)
