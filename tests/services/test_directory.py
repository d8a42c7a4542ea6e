"""The directory of a hub: what `$exchange` reports, frame by frame."""

from __future__ import annotations

from typing import Any

from exchange.routing.port import Port
from exchange.routing.registry import Change, Happening, Registry
from exchange.services.directory import Directory
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
        self.directory = Directory(HUB, self.registry, self._sent.append, lambda: 1234.5)

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

    def sent(self) -> list[tuple[bytes | None, str, bool, Any]]:
        """Return whom the reports since the last time are to, subjects, whether they are retained, and contents."""
        sent, self._sent[:] = list(self._sent), []
        return [(to, subject, kept, decode_value(body_of(raw), 0)[0]) for _, _, (_, subject, to, kept), raw in sent]


def content(name: str, *groups: str) -> dict[str, Any]:
    return {"name": name, "groups": list(groups), "audience": "*", "digest": b"d", "principal": "ann"}


def test_a_subscriber_is_shown_what_is_there_and_then_that_this_was_all() -> None:
    story = Story()
    story.announce(MATH, "math", ("tools",))
    story.announce(PRESS, "press")
    story.subscribe(FIRST)
    assert story.sent() == [
        (FIRST, subject_of(MATH), True, content("math", "tools")),
        (FIRST, subject_of(PRESS), True, content("press")),
        (FIRST, "", False, None),
    ]


def test_changes_are_reported_to_each_subscriber() -> None:
    story = Story()
    story.subscribe(FIRST)
    story.subscribe(SECOND)
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
    assert [subject for _, subject, _, _ in story.sent()] == [subject_of(PRESS), ""]
    story.withdraw(MATH, "lost")
    story.withdraw(PRESS, "lost")
    assert [subject for _, subject, _, _ in story.sent()] == [subject_of(PRESS)]


def test_one_who_asked_no_longer_is_told_nothing_more() -> None:
    story = Story()
    story.subscribe(FIRST)
    story.subscribe(SECOND)
    story.directory.unsubscribe(frame_of(Kind.UNSUBSCRIBE, FIRST))
    story.directory.unsubscribe(frame_of(Kind.UNSUBSCRIBE, FIRST))
    story.sent()
    story.announce(MATH, "math")
    assert [to for to, _, _, _ in story.sent()] == [SECOND]


def test_a_report_says_what_it_is_and_when_it_was_made() -> None:
    frames: list[Frame] = []
    registry = Registry()
    directory = Directory(HUB, registry, frames.append, lambda: 1234.5)
    directory.subscribe(frame_of(Kind.SUBSCRIBE, FIRST, ("$exchange", "*", "latest", 1)))
    change = registry.announce(Port(), MATH, (1, "math", (), "*", b"", None, (), None))
    assert change == Change(Happening.CAME, registry.get(MATH))  # type: ignore[arg-type]
    directory.changed(change)
    whole, came = frames
    assert came[:3] == (Kind.REPORT, make_id(HUB, 0), ("$exchange", subject_of(MATH), FIRST, False))
    assert decode_value(body_of(came[3]), 0)[1:] == [0, 1234.5, None]
    assert decode_value(body_of(whole[3]), 0) == [None, 0, 1234.5, 0]
