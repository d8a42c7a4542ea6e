"""Each limit of the page of limits that a site keeps: as much as it says is taken, and one more is answered clearly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.web.resource import Resource
from twisted.web.server import Request

from exchange.gateways.connection import LINGER, MAX_HEAD, MAX_HEADERS, REFUSED_LINGER
from exchange.gateways.crowd import MOST_TOLD
from exchange.gateways.site import GatewaySite
from exchange.testing import Network
from tests.gateways.web import Line, Web, posted

FIRST = b"GET / HTTP/1.1\r\n"
END = b"\r\n"


class Greeting(Resource):
    """Answers anything."""

    isLeaf = True

    def render(self, request: Request) -> bytes:
        """Return a greeting."""
        return b"hello"


Opened = Callable[..., Web]


@pytest.fixture
def opened(network: Network) -> Any:
    """Make a site: ``opened(max_connections=3)``."""
    made: list[Web] = []

    def make(**bounds: Any) -> Web:
        made.append(Web(network, GatewaySite(Greeting(), network.clock, **bounds)))
        return made[-1]

    yield make
    for web in made:
        web.close()


def status_of(line: Line, *pieces: bytes) -> int:
    """Return the status of the answer to a request that comes in these pieces."""
    for piece in pieces:
        line.send(piece)
    return line.answer().status


@pytest.mark.parametrize(
    ("bounds", "status", "text"),
    [
        ({"max_connections": 2}, 503, b"this gateway takes 2 connections at one time\n"),
        (
            {"max_connections_per_address": 2},
            429,
            b"this gateway takes 2 connections of one address at one time\n",
        ),
    ],
)
def test_one_connection_too_many_is_told_so_and_the_others_are_served(
    opened: Opened, bounds: dict[str, int], status: int, text: bytes
) -> None:
    web = opened(**bounds)
    first, second = web.line(), web.line()

    refused = web.line()

    answer = refused.answer()
    assert (answer.status, answer.body) == (status, text)
    assert (answer.headers["connection"], answer.headers["retry-after"]) == ("close", "5")
    assert [status_of(line, FIRST, END) for line in (first, second)] == [200, 200]
    second.hang_up()
    assert status_of(web.line(), FIRST, END) == 200


def test_a_refused_connection_hears_nothing_more_and_is_closed(network: Network, opened: Opened) -> None:
    web = opened(max_connections=1)
    web.line()
    refused = web.line()
    refused.answer()

    refused.send(FIRST + END)
    network.clock.advance(REFUSED_LINGER - 0.1)
    assert (refused.unread, refused.is_closed()) == (b"", False)
    refused.send(b"more")
    network.clock.advance(0.1)

    assert (refused.unread, refused.is_closed()) == (b"", True)


def test_very_many_refused_connections_are_closed_without_a_word(opened: Opened) -> None:
    web = opened(max_connections=1)
    web.line()
    told = [web.line() for _ in range(MOST_TOLD)]

    one_more = web.line()

    assert one_more.is_closed()
    told[0].hang_up()
    one_more.hang_up()
    assert web.line().answer().status == 503


@pytest.mark.parametrize("step", [MAX_HEAD * 2, 1_000])
@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 414)])
def test_a_first_line_of_the_limit_is_taken_and_one_byte_more_is_not(
    opened: Opened, more: int, status: int, step: int
) -> None:
    line = b"GET /%s HTTP/1.1" % (b"a" * (MAX_HEAD - len("GET / HTTP/1.1") + more))
    data = line + END + END

    assert status_of(opened().line(), *(data[at : at + step] for at in range(0, len(data), step))) == status


@pytest.mark.parametrize("step", [MAX_HEAD * 2, 1_000])
@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 431)])
def test_a_head_of_the_limit_is_taken_and_one_byte_more_is_not(
    opened: Opened, more: int, status: int, step: int
) -> None:
    room = MAX_HEAD - len(FIRST.strip()) - len("A: ") - len("B: ")
    data = FIRST + b"A: %s\r\nB: %s\r\n\r\n" % (b"a" * 8_000, b"b" * (room - 8_000 + more))

    assert status_of(opened().line(), *(data[at : at + step] for at in range(0, len(data), step))) == status


@pytest.mark.parametrize("body", [None, b"hello"])
@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 431)])
def test_as_many_headers_as_the_limit_are_taken_and_one_more_is_not(
    opened: Opened, more: int, status: int, body: bytes | None
) -> None:
    headers = [f"X-{number}: y" for number in range(MAX_HEADERS - 2 + more)]
    data = posted(body or b"", *headers)

    assert status_of(opened().line(), data) == status
    assert status_of(opened().line(), *(data[at : at + 100] for at in range(0, len(data), 100))) == status


@pytest.mark.parametrize(
    ("sent", "status", "text"),
    [
        (b"GET /%s" % (b"a" * MAX_HEAD), 414, b"the first line of a request may have 16384 bytes at most\n"),
        (
            FIRST + b"A: %s" % (b"a" * MAX_HEAD),
            431,
            b"the head of a request may have 16384 bytes and 100 headers at most\n",
        ),
        (b"nonsense\r\n", 400, b"what came is no request of HTTP/1.1, or an ambiguous one; see RFC 9112\n"),
    ],
)
def test_a_head_that_is_refused_is_told_so_once_and_the_connection_is_closed(
    network: Network, opened: Opened, sent: bytes, status: int, text: bytes
) -> None:
    line = opened().line()

    line.send(sent)

    answer = line.answer()
    assert (answer.status, answer.body, answer.headers["connection"]) == (status, text, "close")
    for _ in range(3):
        line.send(b"x" * 100_000 + b"\r\n\r\n" + FIRST + END)
    assert (line.unread, line.is_closed()) == (b"", False)
    network.clock.advance(LINGER)
    assert (line.unread, line.is_closed()) == (b"", True)


def test_a_refused_head_keeps_no_memory(opened: Opened) -> None:
    line = opened().line()
    line.send(FIRST + b"A: %s" % (b"a" * MAX_HEAD))

    line.send(b"x" * 1_000_000)

    protocol: Any = line._protocol
    assert len(protocol.clearLineBuffer()) <= MAX_HEAD


def test_the_time_of_a_request_that_is_over_is_told(network: Network, opened: Opened) -> None:
    line = opened(patience=2.5).line()

    line.send(FIRST)
    network.clock.advance(2.5)

    answer = line.answer()
    assert (answer.status, answer.body) == (408, b"a request must arrive within 2.5 seconds\n")
    assert line.is_closed()
