"""What the log is told once of a link that cannot pass on all that it should."""

from __future__ import annotations

from typing import cast

from twisted.logger import ILogObserver, LogEvent, Logger, formatEvent
from twisted.logger import LogPublisher as Publisher

from exchange.net.complaints import Complaints
from exchange.wire.frames import Frame, encode
from exchange.wire.layouts import Kind
from exchange.wire.limits import Limits


class ToRome:
    """A link."""

    def __init__(self, told: list[LogEvent]) -> None:
        self.log = Logger("test", observer=Publisher(cast(ILogObserver, told.append)))

    def about(self) -> dict[str, str | None]:
        return {"way": "to hub rome", "link": "h7Qkz2aV", "principal": None}


def a_report(to: bytes | None) -> Frame:
    return encode(Kind.REPORT, bytes(20), ("press", "bar", to, False, True), bytes(100))


def test_each_kind_of_report_that_is_too_large_is_told_of_once() -> None:
    told: list[LogEvent] = []
    complaints = Complaints(ToRome(told))
    for to in (None, None, bytes(20), bytes(20)):
        complaints.note_too_large(a_report(to), 64)

    assert [each["link"] for each in told] == ["h7Qkz2aV"] * 2
    live, kept = (formatEvent(each) for each in told)
    assert "link to hub rome: a report of 'press' on 'bar' has" in live
    assert "the far end takes 64: it is skipped there" in live
    assert "whoever subscribes there later is not shown it" in kept


def test_what_a_hub_has_no_room_for_is_told_with_the_mend() -> None:
    told: list[LogEvent] = []
    Complaints(ToRome(told)).note_full(Limits())
    assert "raise its limits, or offer and subscribe to less" in formatEvent(told[0])
