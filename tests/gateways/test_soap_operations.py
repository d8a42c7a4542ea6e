"""What of a request decides whether the WSDL is shown, and where that says that the service is."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.address import IPv4Address, UNIXAddress
from twisted.web.resource import Resource
from twisted.web.server import Request, Site
from twisted.web.test.requesthelper import DummyChannel

from exchange.gateways.descriptions import Descriptions
from exchange.gateways.face import Face
from exchange.gateways.site import GatewaySite
from exchange.gateways.soap_operations import Operations, is_for_wsdl, location_of
from exchange.gateways.visit import Visit
from exchange.testing import Network
from tests.gateways.plant import Plant
from tests.gateways.soap_web import SOAP, ask, result_of
from tests.gateways.web import Web, mounted


def asking(uri: str, method: str = "GET", host: str = "here", address: Any = None, is_secure: bool = False) -> Request:
    """Return a request that has arrived."""
    channel: Any = DummyChannel()
    channel.site = Site(Resource())
    channel.isSecure = lambda: is_secure
    request = Request(channel)
    request.method, request.uri, request.path = method.encode(), uri.encode(), uri.partition("?")[0].encode()
    request.requestHeaders.setRawHeaders(b"host", [host.encode()] if host else [])
    request.host = address or IPv4Address("TCP", "10.0.0.1", 8000)
    return request


@pytest.mark.parametrize("uri", ["/a?wsdl", "/a?WSDL", "/a?wsdl=", "/a?x=1&wsdl", "/a?Wsdl=1"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_gets_the_wsdl_only_asks(uri: str, method: str) -> None:
    assert is_for_wsdl(asking(uri, method))


@pytest.mark.parametrize(
    ("uri", "method"), [("/a", "GET"), ("/a?x=wsdl", "GET"), ("/wsdl", "GET"), ("/a?wsdl", "POST")]
)
def test_all_others_do_not(uri: str, method: str) -> None:
    assert not is_for_wsdl(asking(uri, method))


@pytest.mark.parametrize(
    ("request_", "location"),
    [
        (asking("/soap/a?wsdl", host="plant.example"), "http://plant.example/soap/a"),
        (asking("/soap/a", host="plant.example:8080"), "http://plant.example:8080/soap/a"),
        (asking("/soap/a", host="plant.example", is_secure=True), "https://plant.example/soap/a"),
        (asking("/soap/a%20b/1", host="[::1]:1"), "http://[::1]:1/soap/a%20b/1"),
        (asking('/soap/"<a>', host="here"), "http://here/soap/%22%3Ca%3E"),
        (asking("/soap/a", host=""), "http://10.0.0.1:8000/soap/a"),
        (asking("/soap/a", host="evil.example/x?"), "http://10.0.0.1:8000/soap/a"),
        (asking("/soap/a", host="", address=UNIXAddress(b"socket")), "http://localhost:80/soap/a"),
    ],
)
def test_a_service_is_where_whoever_asks_has_found_it(request_: Request, location: str) -> None:
    assert location_of(request_) == location


class AnyNamespace(Face):
    """Answers whatever namespace the element is of that asks."""

    def answer(self, request: Request, visit: Visit) -> Any:
        return Operations(Descriptions(self._exchange), any_namespace=True).answer(request, visit)


def test_a_method_may_be_known_by_its_name_alone(network: Network) -> None:
    hub = network.hub()
    hub.add(Plant())
    web = Web(network, GatewaySite(mounted(SOAP, AnyNamespace(hub)), network.clock))

    answer = ask(web, '<add xmlns="urn:of-an-old-program"><x>2</x><y>3</y></add>', "plant")

    assert result_of(answer).text == "5"
    web.close()
