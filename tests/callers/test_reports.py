"""Reports that wait to be read."""

from __future__ import annotations

import pytest

from exchange import Report
from exchange.callers.reports import Reports
from exchange.wire.identities import Id

PUBLISHER = Id(bytes(20))


def report(number: int, subject: str = "ibm", skipped: int = 0, instance: Id = PUBLISHER) -> Report:
    return Report(subject, instance, number, 0.0, False, skipped, "feed", 0)


def read(reports: Reports) -> list[tuple[str, int]]:
    return [(content, report.skipped) for content, report in (reports.pop() for _ in range(len(reports)))]


def test_reports_are_read_in_the_order_in_which_they_came() -> None:
    reports = Reports(3)
    for number, subject in enumerate(("ibm", "sun", "ibm"), 1):
        reports.put(f"{subject} {number}", report(number, subject))

    assert read(reports) == [("ibm 1", 0), ("sun 2", 0), ("ibm 3", 0)]


def test_the_oldest_make_room_and_the_next_of_their_subject_tells() -> None:
    reports = Reports(2)
    for number, subject in enumerate(("ibm", "ibm", "sun", "ibm"), 1):
        reports.put(f"{subject} {number}", report(number, subject))

    assert read(reports) == [("sun 3", 0), ("ibm 4", 2)]


def test_what_was_skipped_before_a_lost_report_is_counted_with_it() -> None:
    reports = Reports(1)
    reports.put("lost", report(5, skipped=4))
    reports.put("read", report(7, skipped=1))

    assert read(reports) == [("read", 6)]


def test_the_subjects_of_two_publishers_are_counted_apart() -> None:
    reports = Reports(1)
    reports.put("lost", report(1))
    reports.put("another's", report(1, instance=Id(bytes(19) + b"1")))
    assert read(reports) == [("another's", 0)]

    reports.put("the next", report(2))
    assert read(reports) == [("the next", 1)]


def test_what_was_told_once_is_not_told_again() -> None:
    reports = Reports(1)
    for number in range(3):
        reports.put(str(number), report(number))
    assert read(reports) == [("2", 2)]

    reports.put("3", report(3))
    assert read(reports) == [("3", 0)]


def test_what_is_forgotten_is_not_counted() -> None:
    reports = Reports(1)
    reports.put("0", report(0))
    reports.put("1", report(1))
    reports.clear()

    reports.put("2", report(2))
    assert read(reports) == [("2", 0)]


def test_there_must_be_room_for_one() -> None:
    with pytest.raises(ValueError, match="at least 1, not 0"):
        Reports(0)
