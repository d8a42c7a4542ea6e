"""The measured sites of HTTP: our gateways before a hub, and `twisted.web.xmlrpc` with nothing behind it.

And as the floor of the former, `twisted.web.xmlrpc` before the bare relay.
"""

from __future__ import annotations

from collections import deque
from typing import Any
from warnings import catch_warnings, simplefilter

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint, connectProtocol
from twisted.web.resource import Resource
from twisted.web.server import Site

from exchange import Exchange
from exchange.gateways.jsonrpc import JsonRpcGateway
from exchange.gateways.selection import Selection
from exchange.gateways.site import GatewaySite
from exchange.gateways.soap import SoapGateway
from exchange.gateways.xmlrpc import XmlRpcGateway
from tests.bench import exchange_site
from tests.bench.bare_relay import SMALL, Frames
from tests.bench.gauge import Gauge
from tests.bench.obeying import Obeying

with catch_warnings():  # the module makes use of a class that Twisted itself deprecates
    simplefilter("ignore", DeprecationWarning)
    from twisted.web.xmlrpc import XMLRPC

FACES: dict[str, Any] = {"xmlrpc": XmlRpcGateway, "jsonrpc": JsonRpcGateway, "soap": SoapGateway}


class WebArithmetic(exchange_site.Arithmetic):
    """What is called through a gateway."""

    groups = ["web-services"]


class PlainArithmetic(XMLRPC):
    """The same, as `twisted.web.xmlrpc` serves it."""

    isLeaf = True

    def xmlrpc_multiply(self, x: int, y: int) -> int:
        """Return the product."""
        return x * y


class Asking(Frames):
    """Asks the echo behind the relay, one thing after another."""

    def __init__(self) -> None:
        self._asked: deque[Deferred[bytes]] = deque()

    def ask(self, frame: bytes) -> Deferred[bytes]:
        """Return a Deferred of what comes back."""
        self._asked.append(Deferred())
        self.sendString(frame)
        return self._asked[-1]

    def stringReceived(self, string: bytes) -> None:
        """Take what came back; the order is that of asking."""
        self._asked.popleft().callback(string)


class ChainedArithmetic(XMLRPC):
    """`twisted.web.xmlrpc` that asks another process through a relay, with nothing decoded on the way."""

    isLeaf = True

    def __init__(self, asking: Asking) -> None:
        super().__init__(allowNone=True)
        self._asking = asking

    def xmlrpc_multiply(self, x: int, y: int) -> Deferred[int]:
        """Return the product, when the echo has answered."""
        return self._asking.ask(bytes(SMALL)).addCallback(lambda _: x * y)


class QuietSite(Site):
    """A site that keeps no log of requests, as a gateway keeps none."""

    def log(self, request: Any) -> None:
        """Say nothing of a request."""


def hub(reactor: Any, obeying: Obeying) -> Deferred[int]:
    """Run the hub; give its port."""
    return exchange_site.hub(reactor, obeying)


def callee(reactor: Any, gauge: Gauge, port: int) -> Deferred[None]:
    """Run the service."""
    exchange = Exchange(reactor)
    exchange.add(WebArithmetic())
    return exchange_site.linked(exchange, port)


def gateway(reactor: Any, gauge: Gauge, port: int) -> Deferred[int]:
    """Run a process that speaks all protocols, at the hub of this port; give its own."""
    exchange = Exchange(reactor)
    ready = exchange_site.linked(exchange, port)
    selection = Selection(exchange, "web-services")
    root = Resource()
    for path, face in FACES.items():
        root.putChild(path.encode(), face(exchange, selection))
    ready.addCallback(lambda _: selection.when_shown(WebArithmetic.name))
    return ready.addCallback(lambda _: _listen(reactor, GatewaySite(root, reactor)))


def plain(reactor: Any, gauge: Gauge) -> Deferred[int]:
    """Run what the gateways are compared with; give its port."""
    return _listen(reactor, QuietSite(PlainArithmetic(allowNone=True), reactor=reactor))


def chained(reactor: Any, gauge: Gauge, port: int) -> Deferred[int]:
    """Run the least that a gateway with a hub and a service behind it could be; give its port."""
    linking: Deferred[Any] = connectProtocol(TCP4ClientEndpoint(reactor, "127.0.0.1", port), Asking())
    return linking.addCallback(lambda asking: _listen(reactor, QuietSite(ChainedArithmetic(asking), reactor=reactor)))


def _listen(reactor: Any, site: Site) -> Deferred[int]:
    listening: Deferred[Any] = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(site)
    return listening.addCallback(lambda port: port.getHost().port)
