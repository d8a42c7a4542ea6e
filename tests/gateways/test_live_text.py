"""Entries of a stream, as text that a browser reads."""

from __future__ import annotations

from datetime import date
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import Report
from exchange.gateways.live_text import SIGN_OF_LIFE, Wording, retry_after, told, with_id, written
from exchange.wire.identities import Id
from tests.gateways.sse import Event, EventReader

REPORT = Report("nyse.ibm", Id(bytes(20)), 7, 1000.5, True, 0, "feed", 12.5)


def read(*texts: str) -> EventReader:
    reader = EventReader()
    for text in texts:
        reader.feed(text)
    return reader


def worded(content: Any, report: Report = REPORT, is_whole: bool = False) -> Event:
    (event,) = read(Wording().of(content, report, is_whole)).events
    return event


def test_an_entry_is_what_a_browser_reads_as_an_event() -> None:
    assert read(with_id("a-1", written("[1]", "nyse.ibm"))).events == [Event("nyse.ibm", "[1]", "a-1")]
    assert read(written("{}")).events == [Event("message", "{}", "")]


def test_a_sign_of_life_is_a_comment_and_no_event() -> None:
    reader = read(SIGN_OF_LIFE.decode())

    assert (reader.events, reader.comments) == ([], [""])


def test_a_browser_is_told_when_to_come_back_in_milliseconds() -> None:
    assert read(retry_after(2.5).decode()).retry == 2500


def test_what_is_told_beside_the_reports_is_an_object() -> None:
    assert read(told("gap", missed=3)).events == [Event("gap", '{"missed":3}', "")]


def test_a_report_is_named_by_its_subject_and_brings_its_content() -> None:
    event = worded({"price": 1.5, "day": date(2026, 1, 31)})

    assert event.type == "nyse.ibm"
    assert event.content == {"price": 1.5, "day": "2026-01-31"}


def test_a_whole_report_has_no_name_and_brings_all_that_is_known_of_it() -> None:
    event = worded([1], is_whole=True)

    assert event.type == "message"
    assert event.content == {
        "subject": "nyse.ibm",
        "content": [1],
        "posted": 1000.5,
        "number": 7,
        "retained": True,
        "remaining": 12.5,
    }


@pytest.mark.parametrize("is_whole", [False, True])
def test_what_json_cannot_express_is_told_with_the_path_to_it(is_whole: bool) -> None:
    event = worded({"a": [1, inf]}, is_whole=is_whole)

    assert event.type == "inexpressible"
    assert event.content == {"subject": "nyse.ibm", "why": "content['a'][1]: JSON cannot express inf"}


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_content_ever_breaks_out_of_its_line(text: str) -> None:
    assert worded(text).content == text
    assert worded({text: text}, is_whole=True).content["content"] == {text: text}


def test_a_report_is_written_once_for_all_who_hear_it() -> None:
    wording, content = Wording(), {"a": 1}
    first = wording.of(content, REPORT, False)

    assert wording.of(content, REPORT, False) is first
    assert wording.of(content, REPORT, True) != first
    assert wording.of({"a": 2}, REPORT, False) != first
    assert wording.of(content, REPORT._replace(subject="other"), False) != first
