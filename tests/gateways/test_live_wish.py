"""What a request for live reports asks for."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from twisted.web.test.requesthelper import DummyRequest

from exchange.gateways.live_wish import Seen, Wish, is_pattern, seen_of, wish_of
from exchange.gateways.refusals import Refusal


def request(**args: list[bytes]) -> Any:
    made = DummyRequest([b"feed"])
    made.args = {name.replace("_", "-").encode(): values for name, values in args.items()}
    return made


def test_without_a_subject_all_are_wanted() -> None:
    assert wish_of(request(), "feed", "alice") == Wish("feed", ("*",), False, "alice")


def test_several_subjects_may_be_asked_for_each_counts_once() -> None:
    wish = wish_of(request(subject=[b"nyse.*", b"lse.?", b"nyse.*", "é".encode()], form=[b"report"]), "feed", None)

    assert wish == Wish("feed", ("nyse.*", "lse.?", "é"), True, None)


def test_what_a_request_asks_for_besides_does_not_matter() -> None:
    assert wish_of(request(_=[b"17"]), "feed", None) == wish_of(request(), "feed", None)


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({"subject": [b""]}, "a subject must be 1 to 1024 bytes of text without control characters"),
        ({"subject": [b"a", b"\xff"]}, "a subject must be"),
        ({"subject": [b"a\nb"]}, "a subject must be"),
        ({"subject": [b"a\x7fb"]}, "a subject must be"),
        ({"subject": ["a\x85b".encode()]}, "a subject must be"),
        ({"subject": [b"a" * 1025]}, "a subject must be"),
        ({"subject": ["ä".encode() * 513]}, "a subject must be"),
        ({"subject": [b"%d" % n for n in range(17)]}, "subject may be given 16 times at most"),
        ({"form": [b"xml"]}, "form must be one of content, report"),
        ({"form": [b""]}, "form must be one of"),
        ({"form": [b"\xff"]}, "form must be one of"),
        ({"form": [b"content", b"report"]}, "form must be one of"),
    ],
)
def test_what_cannot_be_wished_for_is_refused_with_the_reason(args: dict[str, list[bytes]], text: str) -> None:
    refusal = wish_of(request(**args), "feed", None)

    assert isinstance(refusal, Refusal)
    assert refusal.status == 400
    assert text in refusal.text


@pytest.mark.parametrize("pattern", ["a", "a" * 1024, "[", "*" * 100, "ä ö", "\U0001f600", quote("/")])
def test_a_pattern_may_be_any_text(pattern: str) -> None:
    assert is_pattern(pattern)


def test_whoever_has_seen_nothing_begins() -> None:
    assert seen_of(request()) is None
    assert seen_of(request(last_event_id=[b""])) is None


@pytest.mark.parametrize("given", ["a-b-7", "a-b-0007"])
def test_whoever_comes_back_says_what_they_have_seen(given: str) -> None:
    by_header = request()
    by_header.requestHeaders.addRawHeader("Last-Event-ID", given)

    assert seen_of(by_header) == Seen("a-b", 7) == seen_of(request(last_event_id=[given.encode()]))


def test_the_header_of_a_browser_counts_more_than_the_url_that_it_began_with() -> None:
    both = request(last_event_id=[b"a-1"])
    both.requestHeaders.addRawHeader("Last-Event-ID", "a-2")

    assert seen_of(both) == Seen("a", 2)


@pytest.mark.parametrize("given", ["x", "7", "a-", "a--1", "a-1.5", "a-²", "a-" + "9" * 17, "\xff-x"])
def test_an_id_that_is_none_of_ours_is_that_of_nobody(given: str) -> None:
    seen = seen_of(request(last_event_id=[given.encode("latin-1")]))

    assert seen is not None
    assert seen.known_by in ("", "a-")
