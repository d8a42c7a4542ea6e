"""A connection keeps what comes in within bounds: how large a body, and how slow."""

from __future__ import annotations

import gc
import time
import tracemalloc
from gzip import decompress
from typing import Any
from weakref import ReferenceType, ref

import pytest
from twisted.internet.defer import succeed
from twisted.web.http import stringToDatetime
from twisted.web.resource import EncodingResourceWrapper, Resource
from twisted.web.server import NOT_DONE_YET, GzipEncoderFactory, Request

from exchange.gateways.caller import answer_later
from exchange.gateways.connection import LINGER, LONGEST_PAUSE, MOST_AT_ONCE, SLOWEST
from exchange.gateways.site import GatewaySite
from exchange.testing import Network
from tests.gateways.conftest import Gateway, Math
from tests.gateways.web import AT, Web, called, chunked, posted
from tests.logbook import Logbook

MUCH = 2**20
HEAD_OF_MUCH = posted(b"", f"Content-Length: {2 * MUCH}", length=False)
HEAD_OF_CHUNKS = posted(b"", "Transfer-Encoding: chunked", length=False)


def test_a_body_announced_too_large_is_refused_before_any_of_it_comes(web: Web) -> None:
    line = web.line()

    line.send(HEAD_OF_MUCH)

    answer = line.answer()
    assert answer.status == 413
    assert answer.headers["connection"] == "close"
    assert answer.body == b"the body may have 1048576 bytes at most\n"


def test_a_body_in_chunks_is_refused_when_more_than_the_limit_has_come(web: Web) -> None:
    line = web.line()
    line.send(HEAD_OF_CHUNKS)

    line.send(b"100000\r\n" + b" " * MUCH + b"\r\n")
    assert line.unread == b""
    line.send(b"1\r\n ")

    assert line.answer().status == 413


def test_a_body_of_exactly_the_limit_is_taken(gateway: Gateway, math: Math) -> None:
    body = called("multiply", 6, 7)
    web = gateway(max_body=len(body))

    assert web.post("math", body).result == 42
    assert web.post("math", body + b" ").status == 413
    assert web.ask(HEAD_OF_CHUNKS + chunked(body)).result == 42
    assert web.ask(HEAD_OF_CHUNKS + chunked(body, b" ")).status == 413


def test_a_caller_who_asks_first_is_told_to_go_on_only_if_the_body_will_be_taken(web: Web) -> None:
    body, asks = called("multiply", 6, 7), "Expect: 100-continue"

    line = web.line()
    line.send(posted(body, asks)[: -len(body)])
    assert line.unread == b"HTTP/1.1 100 Continue\r\n\r\n"
    line.answer()
    line.send(body)
    assert line.answer().result == 42

    line = web.line()
    line.send(posted(b"", asks, "Content-Length: 99999999", length=False))
    assert line.answer().status == 413


@pytest.mark.parametrize("begun", ["\r\nX: ", "\r\nX: y\r\nZ: "])
@pytest.mark.parametrize("before", [b"", f"GET {AT}/math HTTP/1.1\r\n\r\n".encode()])
def test_what_comes_in_the_middle_of_a_request_is_no_request_of_its_own(web: Web, before: bytes, begun: str) -> None:
    line, request = web.line(), posted(called("multiply", 6, 7))
    line.send(before + f"POST {AT}/nobody HTTP/1.1{begun}".encode())

    line.send(request)

    assert [line.answer().status for _ in range(2 if before else 1)] == ([405] if before else []) + [404]
    assert line.unread == b""


def test_what_comes_after_whole_lines_of_a_request_is_no_request_of_its_own(web: Web) -> None:
    line = web.line()
    line.send(f"GET {AT}/math HTTP/1.1\r\n\r\nPOST {AT}/nobody HTTP/1.1\r\n".encode())
    assert line.answer().status == 405

    line.send(posted(called("multiply", 6, 7)))  # its first line is no header

    assert line.answer().status == 400
    assert line.unread == b""


def test_what_comes_before_an_answer_waits_for_it(network: Network, math: Math, web: Web) -> None:
    line = web.line()
    line.send(posted(called("slow")))
    line.send(posted(called("multiply", 6, 7)))
    line.send(posted(called("multiply", 6, 8)))
    assert line.unread == b""

    math.owed[0].callback("done")
    network.settle()

    assert [line.answer().result for _ in range(3)] == ["done", 42, 48]


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/nobody", "POST", 404), ("/math", "GET", 405), ("/math", "POST", 413)]
)
def test_too_large_a_body_changes_nothing_about_the_order_of_the_checks(
    web: Web, path: str, method: str, status: int
) -> None:
    line = web.line()

    line.send(f"{method} {AT}{path} HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n".encode())

    assert line.answer().status == status


def test_what_still_comes_of_a_refused_body_is_thrown_away_until_the_caller_closes(web: Web) -> None:
    line = web.line()
    line.send(HEAD_OF_MUCH + b" " * 1000)
    assert line.answer().status == 413

    line.send(b" " * MUCH)
    line.send(posted(called("multiply", 6, 7)))

    assert line.unread == b""
    assert not line.is_closed()


def test_a_caller_who_never_closes_after_a_refusal_is_closed(network: Network, web: Web) -> None:
    line = web.line()
    line.send(HEAD_OF_MUCH)

    for _ in range(int(LINGER)):
        assert not line.is_closed()
        network.clock.advance(1)
        line.send(b" ")

    assert line.is_closed()
    assert line.answer().status == 413
    assert line.unread == b""


def test_a_refused_body_takes_no_memory(web: Web) -> None:
    line, block = web.line(), b" " * 65_536
    line.send(HEAD_OF_CHUNKS)
    tracemalloc.start()

    for _ in range(500):
        line.send(b"10000\r\n" + block + b"\r\n")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert line.answer().status == 413
    assert peak < 4 * MUCH


def test_a_refused_call_does_not_hold_up_other_connections(web: Web) -> None:
    web.line().send(HEAD_OF_MUCH)

    assert web.call("math", "multiply", 6, 7) == 42


def test_a_second_request_may_be_the_one_that_is_too_large(web: Web) -> None:
    line = web.line()

    line.send(posted(called("multiply", 6, 7)) + HEAD_OF_MUCH + b"   ")

    assert line.answer().result == 42
    assert line.answer().status == 413
    assert line.unread == b""


def test_a_request_waits_until_the_one_before_it_is_answered_even_if_it_is_too_large(
    network: Network, math: Math, web: Web
) -> None:
    line = web.line()
    line.send(posted(called("slow")) + HEAD_OF_MUCH)
    assert line.unread == b""

    math.owed[0].callback("done")
    network.settle()

    assert line.answer().result == "done"
    assert line.answer().status == 413


def test_too_large_a_body_for_another_resource_of_the_site_is_refused_too(network: Network) -> None:
    class Taking(Resource):
        isLeaf = True

        def render_POST(self, request: Request) -> bytes:
            return b"taken"

    web = Web(network, GatewaySite(Taking(), network.clock, max_body=10))

    assert web.ask(posted(b"x" * 10)).body == b"taken"
    assert web.ask(posted(b"x" * 11)).status == 413


def test_a_request_that_was_answered_leaves_nothing_for_the_garbage_collector(network: Network) -> None:
    seen: list[ReferenceType[Request]] = []

    class Later(Resource):
        isLeaf = True

        def render_POST(self, request: Request) -> int:
            seen.append(ref(request))
            return answer_later(request, succeed(b"done"), b"text/plain", lambda _: b"")

    web = Web(network, GatewaySite(Later(), network.clock))
    gc.disable()
    try:
        assert web.ask(posted(b"body")).body == b"done"
        assert [request() for request in seen] == [None]
    finally:
        gc.enable()


def test_an_answer_says_who_answers_and_when_once(network: Network) -> None:
    class Own(Resource):
        isLeaf = True

        def render_GET(self, request: Request) -> bytes:
            if request.path == b"/own":
                request.setHeader(b"server", b"kettle")
                request.setHeader(b"date", b"now")
            return b"tea"

    web = Web(network, GatewaySite(Own(), network.clock))

    usual, own, refused = (web.ask(b"%s HTTP/1.1\r\n\r\n" % asked) for asked in (b"GET /", b"GET /own", b"nonsense"))

    for answer in (usual, refused):
        assert answer.headers["server"].startswith("TwistedWeb/")
        assert abs(time.time() - stringToDatetime(answer.headers["date"].encode())) < 60
    assert (own.headers["server"], own.headers["date"]) == ("kettle", "now")


def test_a_resource_may_have_its_answers_encoded(network: Network) -> None:
    class Plain(Resource):
        isLeaf = True

        def render_GET(self, request: Request) -> bytes:
            return b"tea " * 100

    wrapped = EncodingResourceWrapper(Plain(), [GzipEncoderFactory()])
    web = Web(network, GatewaySite(wrapped, network.clock))

    line = web.line()
    line.send(b"GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n")
    head, _, body = line.unread.partition(b"\r\n\r\n")

    assert b"Content-Encoding: gzip" in head
    assert decompress(body) == b"tea " * 100
    line.hang_up()


def test_a_resource_that_fails_is_answered_for_and_logged(network: Network, logbook: Logbook) -> None:
    class Failing(Resource):
        isLeaf = True

        def render_GET(self, request: Request) -> bytes:
            raise ValueError("no water")

    web = Web(network, GatewaySite(Failing(), network.clock))

    answer = web.ask(b"GET / HTTP/1.1\r\n\r\n")

    assert answer.status == 500
    assert b"no water" not in answer.body
    assert "no water" in "".join(logbook.failures())


def test_the_site_as_a_whole_may_be_asked_for(web: Web) -> None:
    line = web.line()

    line.send(b"OPTIONS * HTTP/1.1\r\n\r\n")

    assert line.unread.startswith(b"HTTP/1.1 200 ")


def test_a_length_beyond_all_numbers_is_malformed(web: Web) -> None:
    assert web.ask(posted(b"", f"Content-Length: {'9' * 5_000}", length=False)).status == 400


def test_a_form_is_left_to_the_resource_that_is_to_read_it(network: Network) -> None:
    class Form(Resource):
        isLeaf = True

        def render_POST(self, request: Request) -> bytes:
            content: Any = request.content
            kinds = request.requestHeaders.getRawHeaders(b"content-type", [])
            return b"|".join([*kinds, content.read()])

    web = Web(network, GatewaySite(Form(), network.clock))

    assert web.ask(posted(b"a=b", "Content-Type: application/x-www-form-urlencoded")).body == (
        b"application/x-www-form-urlencoded|a=b"
    )


def test_a_request_that_does_not_arrive_in_time_is_told_so(network: Network, math: Math, gateway: Gateway) -> None:
    line = gateway(patience=10).line()

    line.send(posted(called("multiply", 6, 7))[:-5])
    network.clock.advance(11)

    assert line.answer().status == 408
    assert line.is_closed()


@pytest.mark.parametrize("sent", [0, 3, 40, 150])
def test_bytes_that_drip_in_buy_no_time(network: Network, math: Math, gateway: Gateway, sent: int) -> None:
    line, request = gateway(patience=10).line(), posted(called("multiply", 6, 7))
    line.send(request[:sent])

    for place in range(sent, sent + 11):
        line.send(request[place : place + 1])
        network.clock.advance(1)

    assert line.is_closed()
    assert line.answer().status == 408


def test_a_connection_that_asks_nothing_is_closed_without_a_word(
    network: Network, math: Math, gateway: Gateway
) -> None:
    line = gateway(patience=10).line()

    network.clock.advance(11)

    assert line.is_closed()
    assert line.unread == b""


def test_a_connection_may_wait_between_requests_for_as_long_as_one_may_take(
    network: Network, math: Math, gateway: Gateway
) -> None:
    line = gateway(patience=10).line()
    for _ in range(3):
        line.send(posted(called("multiply", 6, 7)))
        assert line.answer().result == 42
        network.clock.advance(9)
    assert not line.is_closed()

    network.clock.advance(2)

    assert line.is_closed()
    assert line.unread == b""


@pytest.mark.parametrize("begun", [b"P", b"POST / HTT", b"POST / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nX: y\r\n"])
def test_the_beginning_of_a_request_behind_another_is_the_beginning_of_its_time(network: Network, begun: bytes) -> None:
    line = Web(network, GatewaySite(Resource(), network.clock, patience=5, idle=50)).line()

    line.send(b"GET / HTTP/1.1\r\n\r\n" + begun)
    network.clock.advance(5)

    assert line.unread.count(b"HTTP/1.1 408 ") == 1
    assert line.is_closed()
    line.hang_up()


def test_what_comes_behind_the_last_request_is_nothing(network: Network) -> None:
    line = Web(network, GatewaySite(Resource(), network.clock, patience=5)).line()

    line.send(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\nPOST / HTT")
    assert line.is_closed()
    network.clock.advance(60)

    assert line.unread.count(b"HTTP/1.1 ") == 1
    line.hang_up()


def test_a_connection_may_be_idle_for_longer_than_a_request_may_take(network: Network) -> None:
    line = Web(network, GatewaySite(Resource(), network.clock, patience=5, idle=50)).line()
    network.clock.advance(49)
    line.send(b"HEAD / HTTP/1.1\r\n\r\n")
    assert line.answer("HEAD").status == 404

    network.clock.advance(49)
    assert not line.is_closed()
    network.clock.advance(1)

    assert line.is_closed()
    assert line.unread == b""
    line.hang_up()


def test_a_second_request_has_all_its_time_too(network: Network, math: Math, gateway: Gateway) -> None:
    line, request = gateway(patience=10).line(), posted(called("multiply", 6, 7))
    line.send(request)
    assert line.answer().result == 42
    network.clock.advance(9)

    line.send(request[:20])
    network.clock.advance(9)
    line.send(request[20:])

    assert line.answer().result == 42


def test_an_answer_may_take_longer_than_a_request(network: Network, math: Math, gateway: Gateway) -> None:
    line = gateway(patience=5).line()
    line.send(posted(called("slow")))

    network.clock.advance(20)
    math.owed[0].callback("done")
    network.settle()

    assert line.answer().result == "done"


def test_a_resource_that_answers_later_may_stand_in_the_site(network: Network) -> None:
    class Later(Resource):
        isLeaf = True

        def render_GET(self, request: Request) -> int:
            network.clock.callLater(1, request.finish)
            return NOT_DONE_YET

    line = Web(network, GatewaySite(Later(), network.clock)).line()
    line.send(b"GET / HTTP/1.0\r\n\r\n")
    network.clock.advance(2)

    assert line.answer().status == 200
    line.hang_up()


class Large(Resource):
    """Answers with much."""

    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        """Return ten times what must be read in a second."""
        return b"x" * (SLOWEST * 10 - 1000)


@pytest.mark.parametrize("keeps", ["keep-alive", "close"])
def test_an_answer_that_nobody_reads_is_not_kept_for_ever(network: Network, keeps: str) -> None:
    line = Web(network, GatewaySite(Large(), network.clock, idle=5)).line()
    line.pause_after(1)
    line.send(f"GET / HTTP/1.1\r\nConnection: {keeps}\r\n\r\n".encode())

    for _ in range(int(LONGEST_PAUSE) + 9):
        network.clock.advance(1)
    was_aborted_early = line.is_aborted
    network.clock.advance(1)

    assert not was_aborted_early
    assert line.is_aborted
    line.hang_up()


def test_after_an_answer_that_was_read_late_a_connection_waits_as_after_others(network: Network) -> None:
    line = Web(network, GatewaySite(Large(), network.clock, idle=5)).line()
    line.pause_after(1)
    line.send(b"GET / HTTP/1.1\r\n\r\n")
    for _ in range(int(LONGEST_PAUSE)):
        network.clock.advance(1)
    assert not line.is_closed()

    line.resume()
    network.clock.advance(5)

    assert line.is_closed()
    assert not line.is_aborted
    line.hang_up()
    assert not network.clock.getDelayedCalls()


def test_a_connection_that_is_being_closed_is_broken_off_if_nobody_reads(network: Network) -> None:
    line = Web(network, GatewaySite(Resource(), network.clock)).line()
    line.send(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert line.is_closed()

    network.clock.advance(LONGEST_PAUSE)

    assert line.is_aborted
    line.hang_up()


def test_thousands_of_requests_in_one_piece_leave_turns_to_others(network: Network) -> None:
    """Ten connections with four thousand each kept a gateway from all others for eight seconds."""
    line = Web(network, GatewaySite(Resource(), network.clock)).line()
    many = 2 * MOST_AT_ONCE + 5

    line.send_at_once(b"HEAD / HTTP/1.1\r\n\r\n" * many + b"HEAD / HT")
    assert line.unread.count(b"HTTP/1.1 404") == MOST_AT_ONCE
    network.clock.advance(0)
    assert line.unread.count(b"HTTP/1.1 404") == many
    line.send(b"TP/1.1\r\n\r\n")

    assert line.unread.count(b"HTTP/1.1 404") == many + 1
    line.hang_up()


def test_whoever_hangs_up_while_others_have_their_turn_is_not_answered(network: Network) -> None:
    line = Web(network, GatewaySite(Resource(), network.clock)).line()
    line.send_at_once(b"HEAD / HTTP/1.1\r\n\r\n" * 2 * MOST_AT_ONCE)

    line.hang_up()

    assert line.unread.count(b"HTTP/1.1 404") == MOST_AT_ONCE
    assert not network.clock.getDelayedCalls()
