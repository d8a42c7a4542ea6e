"""The gate of a resource: who asks is found out before anything else is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.web.server import Request

from exchange.gateways.gate import Gate
from exchange.gateways.refusals import Refusal
from exchange.gateways.site import GatewaySite
from exchange.gateways.terms import Identified, Settings
from exchange.testing import Network
from tests.gateways.web import Line, Web, mounted
from tests.logbook import Logbook

ASKED = b"GET /door HTTP/1.1\r\nHost: here\r\n\r\n"


class Waiting:
    """A guard that takes its time."""

    def __init__(self) -> None:
        self.asked: list[Deferred[Identified]] = []
        self.cancelled = 0

    def identify(self, request: Request) -> Deferred[Identified]:
        self.asked.append(Deferred(self._cancel))
        return self.asked[-1]

    def _cancel(self, who: Deferred[Identified]) -> None:
        self.cancelled += 1


class Door(Gate):
    """Tells who came."""

    def admit(self, request: Request, who: Identified) -> Any:
        return who.send(request) if isinstance(who, Refusal) else f"welcome {who}".encode()


Open = Callable[..., Line]


@pytest.fixture
def opened(network: Network) -> Iterator[Open]:
    """Ask at the door, whose guard may be given."""
    lines: list[Line] = []

    def ask(guard: Waiting | None = None, asked: bytes = ASKED) -> Line:
        web = Web(network, GatewaySite(mounted("/door", Door(Settings(guard=guard))), network.clock))
        lines.append(web.line())
        lines[-1].send(asked)
        return lines[-1]

    yield ask
    for line in lines:
        line.hang_up()


def test_without_a_guard_whoever_comes_is_admitted_at_once(opened: Open) -> None:
    assert opened().answer().body == b"welcome None"


def test_who_asks_may_be_found_out_later(opened: Open) -> None:
    guard = Waiting()
    line = opened(guard)
    assert line.unread == b""

    guard.asked[0].callback("alice")

    assert line.answer().body == b"welcome alice"


def test_a_refusal_may_come_later(opened: Open) -> None:
    guard = Waiting()
    line = opened(guard)

    guard.asked[0].callback(Refusal(401, "say who you are"))

    assert line.answer().status == 401


def test_whoever_hangs_up_meanwhile_is_not_looked_for_any_more(opened: Open) -> None:
    guard = Waiting()
    line = opened(guard)

    line.hang_up()

    assert guard.cancelled == 1
    assert line.unread == b""


def test_a_guard_that_fails_lets_nobody_in(opened: Open, logbook: Logbook) -> None:
    guard = Waiting()
    line = opened(guard)

    guard.asked[0].errback(RuntimeError("secret"))

    answer = line.answer()
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert logbook.failures() == ["RuntimeError: secret"]


class Broken(Gate):
    """Cannot answer."""

    def admit(self, request: Request, who: Identified) -> Any:
        raise RuntimeError("secret")


def test_a_request_that_cannot_be_answered_later_is_answered_all_the_same(network: Network, logbook: Logbook) -> None:
    guard = Waiting()
    web = Web(network, GatewaySite(mounted("/door", Broken(Settings(guard=guard))), network.clock))
    line = web.line()
    line.send(ASKED)

    guard.asked[0].callback("alice")

    answer = line.answer()
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert logbook.failures() == ["RuntimeError: secret"]
    line.hang_up()


def test_a_page_of_another_site_is_refused_before_anybody_is_asked_for(opened: Open) -> None:
    guard = Waiting()
    line = opened(guard, ASKED.replace(b"\r\n\r\n", b"\r\nOrigin: https://evil.example\r\n\r\n"))

    assert line.answer().status == 403
    assert guard.asked == []


def test_a_gate_that_leads_nowhere_says_so() -> None:
    with pytest.raises(NotImplementedError):
        Gate(Settings()).admit(None, None)  # type: ignore[arg-type]
