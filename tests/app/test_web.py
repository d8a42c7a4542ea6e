"""Where gateways stand on the web, and how they listen."""

from __future__ import annotations

import errno

import pytest
from twisted.internet.defer import Deferred, fail
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IProtocolFactory, IStreamServerEndpoint
from twisted.internet.testing import MemoryReactorClock
from twisted.web.resource import Resource, getChildForRequest
from twisted.web.test.requesthelper import DummyRequest
from zope.interface import implementer

from exchange.app.web import WebListener, mounted
from exchange.gateways.site import GatewaySite


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


@implementer(IStreamServerEndpoint)
class Taken:
    """An endpoint that somebody else has."""

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        return fail(CannotListenError("127.0.0.1", 80, OSError(errno.EADDRINUSE, "in use")))


def test_a_port_in_use_is_raised_at_the_start() -> None:
    web = WebListener(Taken(), GatewaySite(Resource(), MemoryReactorClock()))

    with pytest.raises(CannotListenError):
        web.privilegedStartService()
