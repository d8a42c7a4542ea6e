"""A request that came whole is taken at once only if Twisted would take it the same way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.testing import StringTransport
from twisted.web.http import HTTPChannel
from twisted.web.http import Request as PlainRequest

from exchange.gateways.whole import Whole, read_whole
from tests.gateways.web import chunked, posted

Taken = tuple[bytes, bytes, bytes, list[tuple[bytes, list[bytes]]], bytes]


def taken(data: bytes) -> Whole | None:
    """Return what is taken of ``data`` at once, within the usual bounds."""
    return read_whole(data, HTTPChannel.totalHeadersSize, HTTPChannel.maxHeaders)


def as_twisted(data: bytes) -> tuple[list[Taken], bool]:
    """Return the requests that Twisted takes of ``data``, and whether it waits for more."""
    came: list[Taken] = []

    class Noting(PlainRequest):
        def process(self) -> None:
            assert self.content is not None
            headers = [(name, list(values)) for name, values in self.requestHeaders.getAllRawHeaders()]
            came.append((self.method, self.uri, self.clientproto, headers, self.content.read()))
            self.setHeader(b"content-length", b"0")
            self.finish()

    channel = HTTPChannel()
    channel.requestFactory = Noting
    channel.timeOut = None
    transport = StringTransport()
    channel.makeConnection(transport)
    channel.dataReceived(data)
    return came, not transport.disconnecting


def test_a_usual_request_is_taken_as_it_is() -> None:
    whole = taken(posted(b"body", "Content-Type: text/xml; charset=utf-8", "x-Mark:  a b\t"))

    assert whole is not None
    assert (whole.uri, whole.body) == (b"/xmlrpc/service/math", b"body")
    assert whole.headers.getRawHeaders("content-type") == ["text/xml; charset=utf-8"]
    assert whole.headers.getRawHeaders(b"X-Mark") == [b"a b"]


@pytest.mark.parametrize("said", ["keep-alive", " Keep-Alive "])
def test_one_that_says_that_it_keeps_its_connection_is_usual(said: str) -> None:
    assert taken(posted(b"body", f"Connection:{said}")) is not None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"POST",
        posted(b"body")[:-1],
        posted(b"body") + b"\r\n",
        posted(b"one") + posted(b"two"),
        posted(b"body").replace(b"POST", b"PUT"),
        posted(b"body").replace(b"POST", b"post"),
        posted(b"body").replace(b"HTTP/1.1", b"HTTP/1.0"),
        posted(b"body").replace(b"POST ", b"POST  "),
        posted(b"body", path="http://here/"),
        posted(b"body", length=False),
        posted(b"body", "Content-Length: 4"),
        posted(b"body", "Content-Length: 04", length=False),
        posted(b"body", "Content-Length: +4", length=False),
        posted(b"body", "Content-Length: 4, 4", length=False),
        posted(chunked(b"body"), "Transfer-Encoding: chunked", length=False),
        posted(b"body", "transfer-encoding: identity"),
        posted(b"body", "Expect: 100-continue"),
        posted(b"body", "Connection: close"),
        posted(b"body", "Connection: keep-alive, close"),
        posted(b"body", "Connection: keep-alive close"),
        posted(b"body", "Connection:"),
        posted(b"body", "Cookie: a=b"),
        posted(b"body", "Upgrade: h2c"),
        posted(b"body", "X-Long: a", " b"),
        posted(b"body", "X Mark: a"),
        posted(b"body", ": a"),
        posted(b"body", "X-Mark"),
        posted(b"body", "X-Mark :a"),
        posted(b"body", "X-Mark: a\x00b"),
        posted(b"body", "X-Mark: a\nContent-Length: 5"),
        posted(b"body", "X-Mark: a\rb"),
        posted(b"body", "X-Mark: \xe9"),
        posted(b"body").replace(b"\r\n", b"\n"),
        posted(b"body", f"X-Mark: {'a' * 16_384}"),
        posted(b"body", *["X-Mark: a"] * 500),
    ],
)
def test_what_is_not_just_one_usual_request_is_left_to_twisted(data: bytes) -> None:
    assert taken(data) is None


LINES = st.one_of(
    st.from_regex(r"[A-Za-z-]{1,12}: ?[ -~\t]{0,12}", fullmatch=True),
    st.sampled_from(
        [
            "Host: here",
            "Content-Length: 4",
            "content-length:4 ",
            "Content-Length: 5",
            "Transfer-Encoding: chunked",
            "transfer-Encoding: identity",
            "Connection: keep-alive",
            "X: \x0b",
            "X:\x85y",
            " folded",
            "X",
        ]
    ),
    st.text(st.characters(max_codepoint=255), max_size=12),
)


@given(
    lines=st.lists(LINES, max_size=5),
    body=st.sampled_from([b"body", b"bod", b"", b"body\r\n", b"4\r\nbody\r\n0\r\n\r\n"]),
)
def test_twisted_takes_it_the_same_way(lines: list[str], body: bytes) -> None:
    head = "\r\n".join(["POST /a?b HTTP/1.1", *lines, "", ""]).encode("latin-1")

    whole = taken(head + body)

    if whole is not None:
        headers = [(name, list(values)) for name, values in whole.headers.getAllRawHeaders()]
        assert as_twisted(head + body) == ([(b"POST", b"/a?b", b"HTTP/1.1", headers, body)], True)
