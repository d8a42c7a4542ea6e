"""The gateway of netsvc that chooses a protocol by the content type of each request."""

from __future__ import annotations

import json
from typing import Any
from xmlrpc.client import dumps, loads

import pytest

from exchange import netsvc
from exchange.netsvc.process import Process
from tests.gateways.soap_web import enveloped
from tests.netsvc.site import Site
from tests.netsvc.stories import Math
from tests.netsvc.test_soap import MULTIPLY
from tests.netsvc.web import Answer, ask

XML_RPC = dumps((6, 7), "multiply").encode()
JSON_RPC = json.dumps({"method": "multiply", "params": [6, 7], "id": 1}).encode()
SOAP = enveloped(MULTIPLY)


@pytest.fixture
def reactor(here: Process) -> Any:
    """The reactor of a process with a gateway, and a service."""
    daemon = netsvc.HttpDaemon(8000, "127.0.0.1")
    daemon.attach("/rpc", netsvc.RpcGateway("web-services"))
    daemon.start()
    Math()
    return here.reactor


def post(site: Site, reactor: Any, body: bytes, *headers: str) -> Answer:
    return ask(site, reactor, "/rpc/math", "POST", body, "", *headers)


@pytest.mark.parametrize(
    "kind", ["text/xml", "text/xml; charset=utf-8", "TEXT/XML;charset=utf-8", "application/xml", "application/x+xml"]
)
def test_xml_is_xml_rpc_whatever_its_content_type_adds(site: Site, reactor: Any, kind: str) -> None:
    answer = post(site, reactor, XML_RPC, f"Content-Type: {kind}")

    assert loads(answer.body)[0] == (42,)


@pytest.mark.parametrize("headers", [[], ["Content-Type: application/json"], ["Content-Type: text/plain"]])
def test_all_else_is_json_rpc(site: Site, reactor: Any, headers: list[str]) -> None:
    assert json.loads(post(site, reactor, JSON_RPC, *headers).body) == {"result": 42, "error": None, "id": 1}


@pytest.mark.parametrize(
    "headers", [["Content-Type: text/xml; charset=utf-8", 'SOAPAction: ""'], ["Content-Type: application/soap+xml"]]
)
def test_xml_that_says_so_is_soap(site: Site, reactor: Any, headers: list[str]) -> None:
    version = "http://www.w3.org/2003/05/soap-envelope" if "soap+xml" in headers[0] else ""
    body = enveloped(MULTIPLY, version=version) if version else SOAP

    answer = post(site, reactor, body, *headers)

    assert (answer.status, b"Envelope" in answer.body, b"42" in answer.body) == (200, True, True)


def test_a_wsdl_may_be_asked_for(site: Site, reactor: Any) -> None:
    answer = ask(site, reactor, "/rpc/math?wsdl")

    assert (answer.status, b"definitions" in answer.body) == (200, True)
    assert ask(site, reactor, "/rpc/math").status == 405
    assert ask(site, reactor, "/rpc/nobody?wsdl").status == 404


def test_net_rpc_is_refused_with_what_to_do(site: Site, reactor: Any) -> None:
    answer = post(site, reactor, b"[]", "Content-Type: application/x-rpc")

    assert (answer.status, answer.body.decode()) == (
        415,
        "NET-RPC is spoken no more; call by XML-RPC, JSON-RPC or SOAP, or by exchange itself\n",
    )


def test_several_content_types_are_refused(site: Site, reactor: Any) -> None:
    answer = post(site, reactor, JSON_RPC, "Content-Type: application/json", "Content-Type: text/xml")

    assert (answer.status, answer.body) == (400, b"a request has one content type, and this names several\n")


def test_failures_are_those_of_the_protocol(site: Site, reactor: Any) -> None:
    xml = post(site, reactor, dumps((), "vanish").encode(), "Content-Type: text/xml")
    data = post(site, reactor, b'{"method": "vanish", "params": [], "id": 1}')

    assert b"netsvc -- Method Unavailable" in xml.body
    assert json.loads(data.body)["error"]["error"] == 55


def test_without_lxml_soap_is_refused_with_the_mend(site: Site, here: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.netsvc.universal.find_spec", lambda name: None)
    daemon = netsvc.HttpDaemon(8000, "127.0.0.1")
    daemon.attach("/rpc", netsvc.RpcGateway("web-services"))
    daemon.start()
    Math()

    answer = post(site, here.reactor, SOAP, "Content-Type: text/xml", "SOAPAction: x")

    assert (answer.status, b"pip install 'exchange[soap]'" in answer.body) == (415, True)
    assert ask(site, here.reactor, "/rpc/math?wsdl").status == 405
    assert loads(post(site, here.reactor, XML_RPC, "Content-Type: text/xml").body)[0] == (42,)
