"""What the body of a report holds."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import UnsuitableValue
from exchange.errors import LocalProtocolError
from exchange.services.report import Posting, count_of, encode_content, posting_of, report_frame
from exchange.wire.frames import encode
from exchange.wire.identities import identity_of, make_id
from exchange.wire.layouts import Kind
from exchange.wire.values import encode_value

THING = make_id(identity_of(bytes(32)), 16)

NOTICE = ("$exchange", "skipped", THING, False, False)


@pytest.mark.parametrize("remaining", [None, 0, 2.5])
@pytest.mark.parametrize("content", [None, 1, {"time": [1.5, "a"]}, b"\x00" * 70_000])
def test_a_posting_comes_back_as_it_was_sent(content: Any, remaining: float | None) -> None:
    frame = report_frame(THING, "feed", "nyse.ibm", Posting(encode_content(content), 7, 1.25, remaining))

    assert frame[2] == ("feed", "nyse.ibm", None, False, False)
    assert posting_of(frame) == (content, 7, 1.25, remaining)


def test_an_addressed_report_names_its_subscription() -> None:
    frame = report_frame(THING, "feed", "a", Posting(encode_content(1), 0, 1.0, 0), THING, retained=True, kept=True)

    assert frame[2] == ("feed", "a", THING, True, True)


@pytest.mark.parametrize("subject", ["a" * 1025, "a\x00b", "a\nb", 7, None])
def test_what_cannot_be_a_subject_makes_no_frame(subject: Any) -> None:
    with pytest.raises(LocalProtocolError):
        report_frame(THING, "feed", subject, Posting(encode_content(1), 1, 1.0, 0))


def test_content_that_cannot_be_sent_is_named() -> None:
    with pytest.raises(UnsuitableValue, match=r"content\['clock'\]") as caught:
        encode_content({"clock": object()})
    assert caught.value.number == 42


@pytest.mark.parametrize(
    "parts",
    [
        None,
        [],
        [1, 2, 3],
        [1, "2", 3.0, 0],
        [1, -1, 3.0, 0],
        [1, True, 3.0, 0],
        [1, 2, "3", 0],
        [1, 2, 3.0, "0"],
        {"a": 1},
    ],
)
def test_a_body_that_is_no_posting_is_refused(parts: Any) -> None:
    frame = encode(Kind.REPORT, THING, ("feed", "a", None, False, False), encode_value(parts, 0, "parts"))

    with pytest.raises(UnsuitableValue) as caught:
        posting_of(frame)
    assert caught.value.number == 44


def test_a_later_version_may_say_more() -> None:
    body = encode_value([1, 2, 3.0, None, "more"], 0, "x")
    frame = encode(Kind.REPORT, THING, ("feed", "a", None, False, False), body)

    assert posting_of(frame) == (1, 2, 3.0, None)


def test_a_notice_says_how_many_were_left_out() -> None:
    frame = encode(Kind.REPORT, THING, NOTICE, encode_value([{"count": 3, "later": 1}, 0, 1.0, 0], 0, "x"))

    assert count_of(frame) == 3


@pytest.mark.parametrize("content", [3, None, {}, {"count": -1}, {"count": "3"}, {"count": True}, ["count"]])
def test_a_notice_that_says_no_number_is_refused(content: Any) -> None:
    frame = encode(Kind.REPORT, THING, NOTICE, encode_value([content, 0, 1.0, 0], 0, "x"))

    with pytest.raises(UnsuitableValue, match="'count' is a natural number"):
        count_of(frame)
