"""The SOAP gateway of netsvc."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

import exchange.netsvc.soap
from exchange import netsvc
from exchange.netsvc.process import Process
from tests.gateways.soap_web import OSE, SOAP_XML, TEXT_XML, TWO, enveloped
from tests.logbook import Logbook
from tests.netsvc.site import Site
from tests.netsvc.stories import Math
from tests.netsvc.web import Answer, ask

AT = "/soap/service"
MULTIPLY = '<multiply xmlns="urn:exchange:service:math"><x xsi:type="xs:int">6</x><y xsi:type="xs:int">7</y></multiply>'


@pytest.fixture
def reactor(here: Process) -> Any:
    """The reactor of a process with a gateway."""
    daemon = netsvc.HttpDaemon(8000, "127.0.0.1")
    daemon.attach(AT, exchange.netsvc.soap.RpcGateway("web-services"))
    daemon.start()
    return here.reactor


def post(site: Site, reactor: Any, content: str, *headers: str) -> Answer:
    """Post an envelope whose Body holds ``content``."""
    return ask(site, reactor, f"{AT}/math", "POST", enveloped(content), "", *(headers or (TEXT_XML,)))


def four_of(answer: Answer) -> list[str | None]:
    """Return the four things that a fault has in its detail."""
    (failure,) = etree.fromstring(answer.body).iter(OSE)
    return [part.text for part in failure]


def test_an_envelope_is_a_call(site: Site, reactor: Any) -> None:
    Math()

    answer = post(site, reactor, MULTIPLY)

    assert answer.status == 200
    assert "".join(map(str, etree.fromstring(answer.body).itertext())).strip() == "42"


def test_one_of_the_newer_version_is_too(site: Site, reactor: Any) -> None:
    Math()

    answer = ask(site, reactor, f"{AT}/math", "POST", enveloped(MULTIPLY, version=TWO), "", SOAP_XML)

    assert (answer.status, b"42" in answer.body) == (200, True)


def test_what_there_is_is_told(site: Site, reactor: Any) -> None:
    Math()

    answer = ask(site, reactor, f"{AT}/math?wsdl")

    assert answer.status == 200
    assert etree.fromstring(answer.body).tag == "{http://schemas.xmlsoap.org/wsdl/}definitions"


@pytest.mark.parametrize(
    ("content", "code", "four"),
    [
        ('<own xmlns="urn:exchange:service:math"/>', "Server", ["1", "Bad", "app", "why"]),
        ('<bad xmlns="urn:exchange:service:math"/>', "Server", ["57", "Application Error", "netsvc"]),
        ('<vanish xmlns="urn:exchange:service:math"/>', "Client", ["55", "Method Unavailable", "netsvc"]),
    ],
)
def test_a_failure_is_500_with_four_things_in_its_detail(
    site: Site, reactor: Any, logbook: Logbook, content: str, code: str, four: list[str]
) -> None:
    Math()

    answer = post(site, reactor, content)

    assert answer.status == 500
    assert f":{code}</faultcode>".encode() in answer.body
    assert four_of(answer)[: len(four)] == four
    assert b"Traceback" not in answer.body
    assert len(logbook.failures()) == ("bad" in content)


def test_only_a_document_is_posted(site: Site, reactor: Any) -> None:
    Math()

    assert post(site, reactor, MULTIPLY, "Content-Type: application/json").status == 400
    assert ask(site, reactor, f"{AT}/math").status == 405
    assert ask(site, reactor, f"{AT}/nobody?wsdl").status == 404
