"""Whoever waits for an answer gets it, or hangs up."""

from __future__ import annotations

from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure
from twisted.web.server import NOT_DONE_YET
from twisted.web.test.requesthelper import DummyRequest

from exchange.gateways.caller import answer_later


class Waiting:
    """A request that waits for an answer, and what came of it."""

    def __init__(self) -> None:
        self.request = cast(Any, DummyRequest([b""]))
        self.cancelled = 0
        self.answer: Deferred[bytes] = Deferred(self._cancel)
        self.unexpected: list[str] = []
        assert answer_later(self.request, self.answer, b"text/plain", self._told) == NOT_DONE_YET

    def _cancel(self, answer: Deferred[bytes]) -> None:
        self.cancelled += 1

    def _told(self, failure: Failure) -> bytes:
        self.unexpected.append(failure.getErrorMessage())
        return b"sorry"


def test_the_answer_is_sent_when_it_is_there_with_its_kind_and_length() -> None:
    waiting = Waiting()
    assert waiting.request.written == []

    waiting.answer.callback(b"done")

    assert waiting.request.written == [b"done"]
    assert waiting.request.finished == 1
    assert waiting.request.responseHeaders.getRawHeaders("content-type") == ["text/plain"]
    assert waiting.request.responseHeaders.getRawHeaders("content-length") == ["4"]


def test_an_empty_answer_is_that_there_is_no_content() -> None:
    waiting = Waiting()

    waiting.answer.callback(b"")

    assert (waiting.request.responseCode, waiting.request.written) == (204, [])
    assert waiting.request.finished == 1


def test_a_failure_becomes_what_is_told_of_it() -> None:
    waiting = Waiting()

    waiting.answer.errback(ValueError("no coffee"))

    assert waiting.request.written == [b"sorry"]
    assert waiting.unexpected == ["no coffee"]


def test_a_caller_who_hangs_up_cancels_the_answer_and_is_told_nothing() -> None:
    waiting = Waiting()

    waiting.request.processingFailed(Failure(ConnectionDone()))

    assert waiting.cancelled == 1
    assert (waiting.request.written, waiting.request.finished, waiting.unexpected) == ([], 0, [])
