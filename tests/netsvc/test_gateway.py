"""What all gateways of netsvc have in common."""

from __future__ import annotations

import json
from typing import Any

import pytest
from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

import exchange.netsvc.json
import exchange.netsvc.soap
import exchange.netsvc.xmlrpc
from exchange import CallTimeout, netsvc
from exchange.gateways.jsonrpc_errors import Told
from exchange.netsvc.gateway import Gateway, told_of
from exchange.netsvc.process import Process, standing_in
from tests.netsvc.site import Site
from tests.netsvc.stories import Math
from tests.netsvc.web import ask

GATEWAYS: list[type[Gateway]] = [
    exchange.netsvc.xmlrpc.RpcGateway,
    exchange.netsvc.json.RpcGateway,
    exchange.netsvc.soap.RpcGateway,
    netsvc.RpcGateway,
]


def attached(here: Process, gateway: type[Gateway], **settings: Any) -> Any:
    """Return the reactor of a process that answers at ``/rpc``."""
    daemon = netsvc.HttpDaemon(8000, "127.0.0.1")
    daemon.attach("/rpc", gateway("web-services", **settings))
    daemon.start()
    return here.reactor


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_each_refuses_in_the_order_of_old(site: Site, here: Process, gateway: type[Gateway]) -> None:
    reactor = attached(here, gateway)
    Math()

    assert ask(site, reactor, "/rpc/nobody").status == 404
    assert ask(site, reactor, "/rpc/math").status == 405
    assert ask(site, reactor, "/rpc/math", "POST", b" " * (2**20 + 1)).status == 413
    assert ask(site, reactor, "/rpc/math", "POST", b"{}", "Bearer x").status == 401


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_pages_of_other_sites_are_refused_and_those_of_the_same_are_not(
    site: Site, here: Process, gateway: type[Gateway]
) -> None:
    reactor = attached(here, gateway)
    Math()

    assert ask(site, reactor, "/rpc/math", "POST", b"", "", "Origin: http://evil.example").status == 403
    assert ask(site, reactor, "/rpc/math", "POST", b"", "", "Origin: http://here").status in (200, 500)


def test_a_connection_has_so_many_calls_outstanding_and_no_more(site: Site, here: Process) -> None:
    reactor = attached(here, exchange.netsvc.json.RpcGateway)
    math = Math()
    slow = json.dumps([{"jsonrpc": "2.0", "method": "slow"}] * 100).encode()
    protocol, transport = reactor.tcpServers[-1][1].buildProtocol(None), StringTransport()
    protocol.makeConnection(transport)

    for body in (slow, b"[]"):
        head = f"POST /rpc/math HTTP/1.1\r\nHost: here\r\nContent-Length: {len(body)}\r\n\r\n"
        protocol.dataReceived(head.encode() + body)
        site.settle()

    assert [line.split()[1] for line in transport.value().split(b"\r\n") if line.startswith(b"HTTP/")] == [
        b"204",
        b"429",
    ]
    assert len(math.owed) == 100
    protocol.connectionLost(Failure(ConnectionDone()))


def test_a_time_limit_is_that_of_the_gateway(site: Site, here: Process) -> None:
    reactor = attached(here, exchange.netsvc.json.RpcGateway, timeout=2)
    Math()

    answer = ask(site, reactor, "/rpc/math", "POST", b'{"method": "slow", "params": [], "id": 1}')

    assert json.loads(answer.body)["error"]["error"] == 47
    assert site.clock.seconds() == pytest.approx(2)


def test_a_failure_is_told_in_four_things() -> None:
    assert told_of(CallTimeout("late")) == Told(47, "Request Timeout", "netsvc", "late")


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_while_the_exchange_has_lost_its_server_an_unknown_service_is_unavailable_for_now(
    site: Site, here: Process, gateway: type[Gateway]
) -> None:
    reactor = attached(here, gateway)
    server = site.process()
    with standing_in(server):
        netsvc.Exchange(netsvc.EXCHANGE_SERVER).listen(11111, "127.0.0.1")
        Math()
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", 11111)
    site.settle()
    Math("own")
    assert ask(site, reactor, "/rpc/nobody").status == 404

    site.cut_off(server)
    assert [ask(site, reactor, f"/rpc/{name}").status for name in ("nobody", "math", "own")] == [503, 503, 405]

    site.let_in(server)
    site.clock.advance(10)
    site.settle()
    assert [ask(site, reactor, f"/rpc/{name}").status for name in ("nobody", "math", "own")] == [404, 405, 405]
