"""Where gateways stand on the web, and how they listen."""

from __future__ import annotations

import errno

import pytest
from twisted.internet.defer import Deferred, fail
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.error import CannotListenError, ConnectionDone
from twisted.internet.interfaces import IListeningPort, IProtocolFactory, IStreamServerEndpoint
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.python.failure import Failure
from twisted.web.resource import Resource, getChildForRequest
from twisted.web.test.requesthelper import DummyRequest
from zope.interface import implementer

from exchange.app.web import WebListener, mounted
from exchange.gateways.site import GatewaySite
from tests.outcomes import Outcome


class Leaf(Resource):
    isLeaf = True


def found(root: Resource, path: str) -> object:
    return getChildForRequest(root, DummyRequest([part.encode() for part in path.strip("/").split("/")]))


def test_each_gateway_stands_at_its_path_and_takes_what_is_below() -> None:
    math, other = Leaf(), Leaf()

    root = mounted({"/xmlrpc/service": math, "/xmlrpc/other": other, "/short": other})

    assert found(root, "/xmlrpc/service/math") is math
    assert found(root, "/xmlrpc/other") is other
    assert found(root, "/short/math") is other
    assert found(root, "/xmlrpc") not in (math, other)
    assert found(root, "/elsewhere") not in (math, other)


def test_what_stands_at_the_root_takes_what_is_left() -> None:
    math, rest = Leaf(), Leaf()

    root = mounted({"/xmlrpc/service": math, "/": rest})

    assert found(root, "/xmlrpc/service/math") is math
    assert found(root, "/") is rest
    assert found(root, "/elsewhere/deep") is rest
    assert found(root, "/xmlrpc/elsewhere") not in (math, rest)


def test_it_listens_from_the_privileged_start_to_the_stop() -> None:
    reactor = MemoryReactorClock()
    web = WebListener(TCP4ServerEndpoint(reactor, 80), GatewaySite(Resource(), reactor))
    ports: list[object] = []
    web.listens.addCallback(ports.append)

    web.privilegedStartService()
    web.startService()

    assert [port for port, *_ in reactor.tcpServers] == [80]
    assert len(ports) == 1
    web.stopService()
    assert web.stopService() is None


def test_while_it_drains_it_accepts_nothing_and_lets_requests_end() -> None:
    reactor = MemoryReactorClock()
    site = GatewaySite(Resource(), reactor)
    web = WebListener(TCP4ServerEndpoint(reactor, 80), site)
    web.privilegedStartService()
    connection = site.buildProtocol(None)
    connection.makeConnection(StringTransport())

    drained = Outcome(web.drain(5))
    assert drained.is_open
    connection.connectionLost(Failure(ConnectionDone()))

    assert drained.count == 1


def test_requests_that_take_too_long_are_waited_for_no_longer() -> None:
    reactor = MemoryReactorClock()
    site = GatewaySite(Resource(), reactor)
    web = WebListener(TCP4ServerEndpoint(reactor, 80), site)
    web.privilegedStartService()
    site.buildProtocol(None).makeConnection(StringTransport())

    drained = Outcome(web.drain(5))
    reactor.advance(4.9)
    assert drained.is_open
    reactor.advance(0.1)

    assert (drained.count, drained.error) == (1, None)


@implementer(IStreamServerEndpoint)
class Taken:
    """An endpoint that somebody else has."""

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        return fail(CannotListenError("127.0.0.1", 80, OSError(errno.EADDRINUSE, "in use")))


def test_a_port_in_use_is_raised_at_the_start() -> None:
    web = WebListener(Taken(), GatewaySite(Resource(), MemoryReactorClock()))

    with pytest.raises(CannotListenError):
        web.privilegedStartService()
