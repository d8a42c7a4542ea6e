"""A stream: written as fast as it is read, with signs of life, and ended in good order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request

from exchange.gateways.live_backlog import Backlog
from exchange.gateways.live_stream import LONGEST, LONGEST_PAUSE, PIECE, Stream
from exchange.gateways.live_text import told, written
from exchange.gateways.site import GatewaySite
from exchange.testing import Network
from tests.gateways.browser import Browser
from tests.gateways.web import Web, mounted


class Source(Resource):
    """Answers with a stream of one backlog."""

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.backlog = Backlog(100_000)
        self.streams: list[Stream] = []
        self.over: list[Stream] = []

    def render_GET(self, request: Request) -> int:
        stream = Stream(request, self.backlog, "word", 15.0, self.over.append)
        self.streams.append(stream)
        stream.begin(told("first"))
        return NOT_DONE_YET

    def add(self, *contents: Any) -> None:
        for content in contents:
            self.backlog.add(written(str(content), "a"))
            for stream in self.streams:
                stream.go_on()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def browser(network: Network, source: Source) -> Iterator[Browser]:
    web = Web(network, GatewaySite(mounted("/live", source), network.clock))
    yield Browser(web, "/live")
    web.close()


def test_the_answer_begins_at_once_and_is_for_nobody_to_keep(browser: Browser) -> None:
    assert browser.status == 200
    assert browser.headers["content-type"] == "text/event-stream"
    assert browser.headers["cache-control"] == "no-store"
    assert browser.headers["x-accel-buffering"] == "no"
    assert browser.heard() == [("first", {})]
    assert browser.reader.retry == 2000


def test_what_comes_is_written_at_once_with_its_id(source: Source, browser: Browser) -> None:
    browser.listen()

    source.add(1)
    assert [(event.data, event.last_id) for event in browser.listen()] == [("1", "word-1")]
    source.add(2, 3)
    assert [(event.data, event.last_id) for event in browser.listen()] == [("2", "word-2"), ("3", "word-3")]


def test_silence_is_broken_by_signs_of_life(network: Network, source: Source, browser: Browser) -> None:
    network.clock.advance(10)
    source.add(1)
    network.clock.advance(14.5)
    browser.listen()
    assert browser.reader.comments == []

    network.clock.advance(0.5)
    browser.listen()
    assert browser.reader.comments == [""]

    network.clock.advance(45)
    browser.listen()
    assert browser.reader.comments == [""] * 4


def test_who_does_not_read_is_written_nothing_and_hears_then_what_was_missed(
    network: Network, source: Source, browser: Browser
) -> None:
    browser.listen()
    browser.line.pause()
    source.add(*range(2000))
    network.clock.advance(45)
    assert browser.heard() == []

    browser.line.resume()
    (name, about), *rest = browser.heard()

    assert name == "gap"
    assert about["missed"] + len(rest) == 2000
    assert [content for _, content in rest] == list(range(about["missed"], 2000))
    source.add(2000)
    assert browser.heard() == [("a", 2000)]


def test_a_gap_is_told_even_if_nothing_follows_it(source: Source, browser: Browser) -> None:
    browser.listen()

    source.add("1" * 200_000)

    assert browser.heard() == [("gap", {"missed": 1})]


def test_no_more_is_written_than_the_transport_wants_at_once(source: Source, browser: Browser) -> None:
    browser.listen()
    for _ in range(80):
        source.backlog.add(written("1", "a" * 1000))

    browser.line.pause_after(2)
    source.streams[0].go_on()
    assert len(browser.listen()) == 2 * (PIECE // 1000 + 1)

    browser.line.resume()
    assert len(browser.listen()) == 80 - 2 * (PIECE // 1000 + 1)


def test_who_reads_nothing_at_all_is_cut_off(network: Network, source: Source, browser: Browser) -> None:
    def is_aborted_after(seconds: float) -> bool:
        network.clock.advance(seconds)
        return browser.line.is_aborted

    browser.line.pause()

    assert not is_aborted_after(LONGEST_PAUSE - 1)
    assert is_aborted_after(16)
    browser.line.hang_up()
    assert source.over == source.streams


def test_who_reads_again_in_time_is_not_cut_off(network: Network, source: Source, browser: Browser) -> None:
    for _ in range(3):
        browser.line.pause()
        network.clock.advance(LONGEST_PAUSE - 5)
        browser.line.resume()

    network.clock.advance(LONGEST_PAUSE)
    assert not browser.line.is_aborted


def test_a_stream_that_is_ended_is_complete_and_nothing_of_it_is_left(
    network: Network, source: Source, browser: Browser
) -> None:
    source.streams[0].end()
    network.settle()

    assert browser.is_at_its_end
    assert source.over == source.streams
    source.streams[0].end()
    source.add(1)
    browser.line.hang_up()
    assert network.clock.getDelayedCalls() == []


def test_a_stream_ends_after_a_long_while_so_that_whoever_listens_shows_anew_who_they_are(
    network: Network, browser: Browser
) -> None:
    network.clock.advance(LONGEST - 1)
    assert not browser.is_at_its_end

    network.clock.advance(16)
    assert browser.is_at_its_end


def test_nothing_is_left_of_a_stream_whose_listener_hung_up(network: Network, source: Source, browser: Browser) -> None:
    browser.line.hang_up()

    assert source.over == source.streams
    source.add(1)
    assert network.clock.getDelayedCalls() == []
