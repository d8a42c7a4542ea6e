"""A visit: a method sees who asks and from where, and a connection has only so many calls outstanding."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.web.http_headers import Headers
from twisted.web.server import Request

from exchange import Exchange, Hub, Overloaded, RemoteError, Service, ServiceUnavailable, current_call, method
from exchange.gateways.terms import Settings
from exchange.gateways.visit import Outstanding, Visit
from exchange.testing import Network
from tests.gateways.conftest import Math, offering
from tests.logbook import Logbook


class Connection:
    """Stands for a connection, of which a visit wants to know nothing but which one it is."""


class Asked(Request):
    """A request from an address of its own."""

    def __init__(self, connection: Connection) -> None:
        self.channel: Any = connection
        self.requestHeaders = Headers()

    def getClientAddress(self) -> Any:
        """Return where it comes from."""

        class Address:
            host = "192.0.2.1"

        return Address


class Desk(Service):
    """Tells who asks."""

    name = "desk"

    @method
    def who(self, *, greeting: str = "") -> tuple[str, str | None, dict[str, str]]:
        """Return what it was called with, and for whom."""
        call = current_call()
        return greeting, call.user, call.properties


@pytest.fixture
def peer(network: Network, hub: Hub, math: Math) -> Exchange:
    return offering(network, Desk())


def visit(peer: Exchange, to: str, connection: Any = None, user: str | None = None, **settings: Any) -> Visit:
    terms = Settings(**settings)
    return Visit(peer, Asked(connection or Connection()), to, user, terms, Outstanding(terms.max_calls))


def test_a_method_sees_who_asks_and_from_where(network: Network, peer: Exchange) -> None:
    answer = network.result(visit(peer, "desk", user="ann").call("who", (), {"greeting": "hello"}))

    assert answer == ("hello", "ann", {"REMOTE_ADDR": "192.0.2.1"})


def test_whoever_is_not_asked_is_nobody(network: Network, peer: Exchange) -> None:
    assert network.result(visit(peer, "desk").call("who"))[1] is None


def test_a_connection_has_only_so_many_calls_outstanding(network: Network, peer: Exchange, math: Math) -> None:
    mine = visit(peer, "math", max_calls=2)
    first, second = (mine.call("slow") for _ in range(2))
    network.settle()

    with pytest.raises(Overloaded, match="2 calls outstanding"):
        network.result(mine.call("slow"))

    math.owed[0].callback("done")
    assert network.result(first) == "done"
    third = mine.call("slow")
    network.settle()
    assert math.begun == 3
    for call in (second, third):
        call.addErrback(lambda _: None)
        call.cancel()
    network.settle()


def test_calls_of_one_connection_are_none_of_another(network: Network, peer: Exchange, math: Math) -> None:
    terms, here, there = Settings(max_calls=1), Connection(), Connection()
    outstanding = Outstanding(terms.max_calls)
    calls = [Visit(peer, Asked(each), "math", None, terms, outstanding).call("slow") for each in (here, there)]
    network.settle()

    assert math.begun == 2
    assert outstanding.is_full(here)
    assert outstanding.is_full(there)
    for answer in math.owed:
        answer.callback(None)
    network.settle()
    assert not outstanding.is_full(here)
    assert not outstanding.is_full(there)
    assert [network.result(call) for call in calls] == [None, None]


@pytest.mark.parametrize(("errors", "told"), [("full", "ZeroDivisionError"), ("redacted", "the method failed")])
def test_what_python_raised_is_told_only_by_those_who_tell_all(
    network: Network, peer: Exchange, errors: str, told: str, logbook: Logbook
) -> None:
    answer: Deferred[Any] = visit(peer, "math", errors=errors).call("divide", (1, 0))

    with pytest.raises(RemoteError, match=told):
        network.result(answer)
    assert logbook.failures() == ["ZeroDivisionError: division by zero"]


def test_it_tells_what_the_service_offers(network: Network, peer: Exchange) -> None:
    assert sorted(network.result(visit(peer, "desk").describe()).methods) == ["who"]


@pytest.mark.parametrize(("errors", "told"), [("full", "no service named 'nobody'"), ("redacted", "is not there any")])
def test_why_it_cannot_be_told_is_told_on_the_same_terms(
    network: Network, peer: Exchange, errors: str, told: str
) -> None:
    with pytest.raises(ServiceUnavailable, match=told):
        network.result(visit(peer, "nobody", errors=errors).describe())
