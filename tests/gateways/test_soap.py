"""SOAP through the gateway: calls, faults, the WSDL, and what is no request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from twisted.web.server import Request, Site

from exchange import Hub, Service, method
from exchange.gateways.jsonrpc_errors import Told
from exchange.gateways.refusals import Refusal
from exchange.gateways.site import GatewaySite
from exchange.gateways.soap import SoapGateway
from exchange.testing import Network
from tests.gateways.bad_soap import BAD, Bad
from tests.gateways.conftest import offering
from tests.gateways.plant import Plant
from tests.gateways.soap_web import (
    ONE,
    SOAP,
    SOAP_XML,
    TEXT_XML,
    TWO,
    ask,
    enveloped,
    fault_of,
    post,
    result_of,
)
from tests.gateways.web import Answer, Web, mounted, posted
from tests.logbook import Logbook

ADD = "<add><x>2</x><y>3</y></add>"
NIL = 'xsi:nil="true"'
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

SoapWeb = Callable[..., Web]


@pytest.fixture
def plant(network: Network, hub: Hub) -> Plant:
    """A service at a peer of its own."""
    service = Plant()
    offering(network, service)
    return service


@pytest.fixture
def gateway(network: Network, hub: Hub) -> Iterator[SoapWeb]:
    """Make a site with a SOAP gateway: ``gateway(choice="sticky", patience=5)``."""
    made: list[Web] = []

    def make(max_body: int = 2**20, patience: float = 30.0, **terms: Any) -> Web:
        resource = SoapGateway(network.peer(), max_body=max_body, **terms)
        site = GatewaySite(mounted(SOAP, resource), network.clock, max_body=max_body, patience=patience)
        network.settle()
        made.append(Web(network, site))
        return made[-1]

    yield make
    for web in made:
        web.close()


@pytest.fixture
def web(plant: Plant, gateway: SoapWeb) -> Web:
    """A site with a gateway that shows `plant`."""
    return gateway()


def call(web: Web, content: str, version: str = ONE) -> str | None:
    """Make a call, and return the text of the result."""
    return result_of(ask(web, content, "plant", version)).text


def get(web: Web, path: str, *headers: str, verb: str = "GET") -> Answer:
    """Get what is at a path."""
    return web.ask("\r\n".join([f"{verb} {path} HTTP/1.1", *(headers or ["Host: here"]), "", ""]).encode())


# Calls


@pytest.mark.parametrize("version", [ONE, TWO])
def test_a_call_is_answered_in_the_version_in_which_it_came(web: Web, version: str) -> None:
    answer = ask(web, ADD, "plant", version)

    assert result_of(answer).text == "5"
    assert etree.fromstring(answer.body).tag == f"{{{version}}}Envelope"


def test_an_answer_is_written_as_the_wsdl_says(web: Web) -> None:
    assert ask(web, ADD, "plant").body.decode() == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        f'<soap:Envelope xmlns:soap="{ONE}"><soap:Body>'
        '<addResponse xmlns="urn:exchange:service:plant" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="urn:exchange:types">'
        "<result>5</result></addResponse></soap:Body></soap:Envelope>"
    )


@pytest.mark.parametrize(
    "content",
    [
        '<add xmlns="urn:exchange:service:plant"><x>2</x><y>3</y></add>',
        '<p:add xmlns:p="urn:exchange:service:plant"><p:x>2</p:x><p:y>3</p:y></p:add>',
        "<add><y>3</y><x>2</x></add>",
        "<add> <x> 2 </x> <!-- two --> <y><!-- three -->3</y> </add>",
        '<add><x xsi:type="xs:int">2</x><y xsi:type="xs:int">3</y></add>',
        '<add s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><x>2</x><y>3</y></add>',
    ],
)
def test_arguments_are_known_by_their_names(web: Web, content: str) -> None:
    assert call(web, content) == "5"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<add><x>2</x></add>", "3"),
        ("<halve><number>3</number></halve>", "1.5"),
        ("<halve><number>-INF</number></halve>", "-INF"),
        ("<turn><on>1</on></turn>", "false"),
        ("<later><day>2026-11-24</day></later>", "2026-11-24T12:00:00"),
        ("<flip><data>aGVsbG8=</data></flip>", "b2xsZWg="),
        ("<maybe><value>tea</value></maybe>", "tea"),
        ("<paint><colour>red</colour><times>2</times></paint>", "redred"),
        ("<gather><values>1</values><values>2</values></gather>", "3"),
        ("<plant.line.speed/>", "90"),
        ("<what_x0020_now_x003F_/>", "nothing"),
    ],
)
def test_values_are_read_and_written_as_the_annotations_say(web: Web, content: str, text: str) -> None:
    assert call(web, content) == text


def test_a_dataclass_is_built_for_the_method_and_its_fields_come_back(web: Web) -> None:
    result = result_of(ask(web, "<mirror><at><x>1</x><y>2.5</y></at></mirror>", "plant"))

    assert [(etree.QName(part).localname, part.text) for part in result] == [("x", "-1.0"), ("y", "-2.5")]


def test_what_has_no_annotation_tells_its_type_and_comes_back_with_it(web: Web) -> None:
    result = result_of(ask(web, '<same><value xsi:type="xs:date">2026-11-24</value></same>', "plant"))

    assert (result.get(XSI_TYPE), result.text) == ("xs:date", "2026-11-24")


def test_none_is_nil_both_ways(web: Web) -> None:
    for content in (f"<maybe><value {NIL}/></maybe>", "<maybe/>"):
        result = result_of(ask(web, content, "plant"))
        assert result.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"


@pytest.mark.parametrize("header", ['SOAPAction: ""', "SOAPAction: urn:else#add", "SOAPAction:"])
def test_a_soap_action_means_nothing(web: Web, header: str) -> None:
    assert result_of(post(web, enveloped(ADD), TEXT_XML, header, name="plant")).text == "5"


def test_a_call_in_chunks_and_one_after_another_over_one_connection(web: Web) -> None:
    line = web.line()
    body = enveloped(ADD)
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:50], body[50:], b""))
    for _ in range(2):
        head = posted(b"", TEXT_XML, "Transfer-Encoding: chunked", path=f"{SOAP}/plant", length=False)
        line.send(head + chunks)
        assert result_of(line.answer()).text == "5"


def test_a_service_with_any_name_has_its_path(network: Network, hub: Hub, gateway: SoapWeb) -> None:
    offering(network, Plant("plant/línea 1"))

    assert result_of(ask(gateway(), ADD, "plant/l%C3%ADnea%201")).text == "5"


def test_the_method_sees_from_where_it_was_called(network: Network, plant: Plant, web: Web) -> None:
    ask(web, "<whose/>", "plant")

    (current,) = plant.calls
    assert (current.user, current.properties) == (None, {"REMOTE_ADDR": "192.168.1.1"})


class Porter:
    """A guard who lets in whoever says their name."""

    def identify(self, request: Request) -> str | Refusal:
        """Return who asks, or a refusal."""
        return request.getHeader("from") or Refusal(401, "say who you are")


def test_the_method_sees_who_was_let_in_and_nobody_else_is_shown_anything(plant: Plant, gateway: SoapWeb) -> None:
    web = gateway(guard=Porter())

    assert ask(web, "<whose/>", "plant").status == 401
    assert get(web, f"{SOAP}/plant?wsdl").status == 401
    assert get(web, f"{SOAP}/plant?wsdl", "Host: here", "From: alice").status == 200
    assert post(web, enveloped("<whose/>"), TEXT_XML, "From: alice", name="plant").status == 200
    assert [current.user for current in plant.calls] == ["alice"]


# Services that come, go and change


def test_a_service_is_asked_what_it_offers_with_the_first_call_only(network: Network, plant: Plant) -> None:
    peer = network.peer()
    asked: list[Any] = []
    describe = peer.describe

    def counted(*args: Any) -> Any:
        asked.append(args[0])
        return describe(*args)

    peer.describe = counted  # type: ignore[assignment,method-assign]
    web = Web(network, GatewaySite(mounted(SOAP, SoapGateway(peer)), network.clock))
    network.settle()

    for _ in range(3):
        assert call(web, ADD) == "5"

    assert asked == ["plant"]
    web.close()


def test_a_method_that_is_exported_later_can_be_called_at_once(network: Network, plant: Plant, web: Web) -> None:
    assert fault_of(ask(web, "<later_on/>", "plant")).detail[0] == "55"

    plant.export(lambda: 7, name="later_on")
    network.settle()

    assert call(web, "<later_on/>") == "7"


class Newer(Service):
    """The same name, and an argument under another name."""

    name = "plant"
    groups = ("web-services",)

    @method
    def add(self, a: int, b: int) -> int:
        """Return the sum."""
        return a + b


def test_a_service_that_is_replaced_by_another_program_is_read_as_that_one_says(
    network: Network, hub: Hub, gateway: SoapWeb
) -> None:
    older = offering(network, Plant())
    web = gateway()
    assert call(web, ADD) == "5"

    network.stop(older)
    assert ask(web, ADD, "plant").status == 404
    offering(network, Newer())

    assert call(web, "<add><a>2</a><b>3</b></add>") == "5"
    assert fault_of(ask(web, ADD, "plant")).code == "Client"


def test_while_an_older_and_a_newer_program_run_each_call_is_read_for_the_one_that_takes_it(
    network: Network, plant: Plant, web: Web
) -> None:
    offering(network, Newer())

    took = [[ask(web, content, "plant").status for content in (ADD, "<add><a>2</a><b>3</b></add>")] for _ in range(2)]

    assert took == [[200, 200]] * 2  # in turn, and never the wrong one


def test_nobody_is_there(network: Network, hub: Hub, gateway: SoapWeb) -> None:
    web = gateway()

    assert ask(web, ADD, "plant").status == 404
    assert get(web, f"{SOAP}/plant?wsdl").status == 404
    assert get(web, f"{SOAP}/plant").status == 404


def test_without_a_hub_everything_is_unavailable_and_says_when_to_ask_again(
    network: Network, hub: Hub, plant: Plant, web: Web
) -> None:
    network.cut(hub)

    for answer in (ask(web, ADD, "plant"), get(web, f"{SOAP}/plant?wsdl")):
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")


# Faults


@pytest.mark.parametrize(
    ("version", "code", "status"), [(ONE, "Client", 500), (TWO, "Sender", 400)], ids=["1.1", "1.2"]
)
def test_a_call_that_there_cannot_be_is_a_fault_of_whoever_calls(
    web: Web, version: str, code: str, status: int
) -> None:
    answer = ask(web, "<vanish/>", "plant", version)

    text = "service 'plant' exports no method 'vanish'"
    assert (answer.status, fault_of(answer)) == (status, (code, text, ("55", text, "", "")))


@pytest.mark.parametrize(("version", "code"), [(ONE, "Server"), (TWO, "Receiver")], ids=["1.1", "1.2"])
def test_a_failure_of_a_method_is_told_in_four_parts(web: Web, version: str, code: str) -> None:
    content = (
        "<refuse><number>1001</number><description>Bad</description><origin>app</origin><details>why</details></refuse>"
    )

    answer = ask(web, content, "plant", version)

    assert (answer.status, fault_of(answer)) == (500, (code, "app -- Bad", ("1001", "Bad", "app", "why")))


def test_a_method_cannot_blame_whoever_calls_for_what_it_does_itself(web: Web) -> None:
    assert fault_of(ask(web, "<deceive/>", "plant")).code == "Server"


def test_what_an_exception_of_python_says_is_told_by_option_only(
    plant: Plant, web: Web, gateway: SoapWeb, logbook: Logbook
) -> None:
    content = "<divide><x>1</x><y>0</y></divide>"

    redacted, full = fault_of(ask(web, content, "plant")), fault_of(ask(gateway(errors="full"), content, "plant"))

    assert redacted.text.startswith("the method failed; the log of the gateway says more (")
    assert (full.code, full.text, full.detail[0]) == ("Server", "ZeroDivisionError: float division by zero", "57")
    assert len(logbook.failures()) == 2  # where the method ran


def test_a_result_that_xml_cannot_hold_is_a_fault(web: Web) -> None:
    assert fault_of(ask(web, "<odd_text/>", "plant")) == (
        "Server",
        "result: XML cannot hold the character U+0000",
        ("52", "result: XML cannot hold the character U+0000", "", ""),
    )


def test_a_service_that_vanishes_while_it_owes_the_answer_is_a_fault(
    network: Network, hub: Hub, gateway: SoapWeb
) -> None:
    peer = offering(network, Plant())
    web = gateway()
    line = web.line()
    line.send(posted(enveloped("<slow/>"), TEXT_XML, path=f"{SOAP}/plant"))

    network.cut(peer)

    fault = fault_of(line.answer())
    assert (fault.code, fault.detail[0]) == ("Server", "57")


def test_a_hub_that_vanishes_while_the_answer_is_owed_is_a_fault(
    network: Network, hub: Hub, plant: Plant, web: Web
) -> None:
    line = web.line()
    line.send(posted(enveloped("<slow/>", version=TWO), SOAP_XML, path=f"{SOAP}/plant"))

    network.cut(hub)

    answer = line.answer()
    fault = fault_of(answer)
    assert (answer.status, fault.code, fault.detail[0]) == (500, "Receiver", "48")
    assert "127.0.0.1" not in answer.body.decode()


def test_a_method_that_takes_too_long_is_a_fault_and_cancelled(
    network: Network, plant: Plant, gateway: SoapWeb
) -> None:
    line = gateway(timeout=5).line()
    line.send(posted(enveloped("<slow/>"), TEXT_XML, path=f"{SOAP}/plant"))

    network.clock.advance(5)

    assert fault_of(line.answer()).detail[0] == "47"
    assert plant.cancelled == 1


def test_a_service_that_does_not_say_what_it_offers_is_a_fault(network: Network, hub: Hub, gateway: SoapWeb) -> None:
    peer = offering(network, Plant())
    web = gateway(timeout=5)
    network.freeze(peer)
    asking = [web.line() for _ in range(2)]
    asking[0].send(posted(enveloped(ADD), TEXT_XML, path=f"{SOAP}/plant"))
    asking[1].send(f"GET {SOAP}/plant?wsdl HTTP/1.1\r\nHost: here\r\n\r\n".encode())

    network.clock.advance(5)

    for line in asking:
        answer = line.answer()
        assert (answer.status, fault_of(answer).detail[0]) == (500, "47")


def test_a_caller_who_hangs_up_ends_the_call(network: Network, plant: Plant, web: Web) -> None:
    line = web.line()
    line.send(posted(enveloped("<slow/>"), TEXT_XML, path=f"{SOAP}/plant"))
    assert (len(plant.owed), plant.cancelled) == (1, 0)

    line.hang_up()

    assert plant.cancelled == 1


def test_a_caller_who_hangs_up_while_the_service_is_asked_what_it_offers_ends_that(
    network: Network, hub: Hub, gateway: SoapWeb
) -> None:
    peer = offering(network, Plant())
    line = gateway().line()
    network.delay(peer, 1)
    line.send(posted(enveloped(ADD), TEXT_XML, path=f"{SOAP}/plant"))

    line.hang_up()

    network.clock.advance(5)
    assert line.unread == b""  # and nothing is left of it: the network looks, when it is closed


def test_what_is_told_of_failures_can_be_decided(plant: Plant, gateway: SoapWeb) -> None:
    web = gateway(tell=lambda error: Told(7, "No.", "", ""))

    assert fault_of(ask(web, "<vanish/>", "plant")) == ("Client", "No.", ("7", "No.", "", ""))


def test_a_failure_of_the_gateway_itself_is_told_in_its_log_only(
    plant: Plant, gateway: SoapWeb, logbook: Logbook
) -> None:
    web = gateway(tell=lambda error: 1 // 0)

    for version, code in ((ONE, "Server"), (TWO, "Receiver")):
        text = "the gateway failed; its log says why"
        answer = ask(web, "<vanish/>", "plant", version)
        assert (answer.status, fault_of(answer)) == (500, (code, text, ("50", text, "", "")))

    assert logbook.failures() == ["ZeroDivisionError: integer division or modulo by zero"] * 2


# The WSDL


def location_in(answer: Answer) -> set[str]:
    """Return where a WSDL says that the service is."""
    assert answer.status == 200, answer
    ports = etree.fromstring(answer.body).findall(".//{http://schemas.xmlsoap.org/wsdl/}port")
    assert len(ports) == 2
    return {str(port[0].get("location")) for port in ports}


@pytest.mark.parametrize("query", ["wsdl", "WSDL", "wsdl=", "Wsdl=1&x"])
def test_the_wsdl_is_at_the_path_of_the_service(web: Web, query: str) -> None:
    answer = get(web, f"{SOAP}/plant?{query}", "Host: plant.example:8080")

    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert location_in(answer) == {"http://plant.example:8080/soap/plant"}
    assert b'name="plant.line.speed"' in answer.body


@pytest.mark.parametrize(
    ("headers", "path", "location"),
    [
        (["Host: [::1]:8000"], "plant", "http://[::1]:8000/soap/plant"),
        (['Host: a"><b>'], "plant", "http://10.0.0.1:12345/soap/plant"),
        (["Host: a/b"], "plant", "http://10.0.0.1:12345/soap/plant"),
        (["Host: here"], "%70lant", "http://here/soap/%70lant"),
    ],
)
def test_the_wsdl_says_where_the_service_is_as_whoever_asks_calls_it(
    web: Web, headers: list[str], path: str, location: str
) -> None:
    assert location_in(get(web, f"{SOAP}/{path}?wsdl", *headers)) == {location}


def test_a_head_of_the_wsdl_has_no_body(web: Web) -> None:
    answer = get(web, f"{SOAP}/plant?wsdl", verb="HEAD")

    assert (answer.status, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert int(answer.headers["content-length"]) > 1000


@pytest.mark.parametrize(("verb", "query"), [("GET", ""), ("GET", "?xsd"), ("PUT", "?wsdl"), ("DELETE", "")])
def test_whatever_else_is_not_posted_is_refused_with_a_hint(web: Web, verb: str, query: str) -> None:
    answer = get(web, f"{SOAP}/plant{query}", verb=verb)

    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert answer.body == b"a service is called by POST; GET its WSDL at ?wsdl\n"


# Bad requests


@pytest.mark.parametrize("bad", BAD, ids=[bad.title for bad in BAD])
def test_a_bad_request_has_the_answer_that_it_must_get_and_the_gateway_serves_on(web: Web, bad: Bad) -> None:
    answer = web.ask(bad.request)

    assert answer.status == bad.status, answer
    if bad.code:
        fault = fault_of(answer)
        number = (bad.number,) if bad.number else ()
        assert (fault.code, fault.detail[:1]) == (bad.code, number)
        assert fault.text == bad.says or (bad.says.endswith("...") and fault.text.startswith(bad.says[:-3])), fault
        assert fault.detail[1:] in ((), (fault.text, "", ""))
    elif bad.status == 200:
        assert result_of(answer).text == bad.says
    else:
        assert answer.body.decode() == f"{bad.says}\n"
    assert b"Traceback" not in answer.body
    assert call(web, ADD) == "5"


def test_there_are_enough_bad_requests() -> None:
    assert len({bad.request for bad in BAD}) == len({bad.title for bad in BAD}) == len(BAD) >= 60


NAMES = st.sampled_from(
    ["add", "x", "y", "same", "value", "item", "s:Body", "s:Header", "s:Envelope", "s:Fault", "mirror", "at"]
)
TEXTS = st.sampled_from(
    ["", "1", " ", "NaN", "-1e999", "x", "&#0;", "&lt;", "<![CDATA[]]>", "<!-- -->", "<?p ?>", "é", "\ud7ff"]
)
ATTRIBUTES = st.sampled_from(
    ["", ' xsi:nil="true"', ' xsi:type="xs:int"', ' xsi:type="q:x"', ' s:mustUnderstand="1"', ' xmlns="urn:x"', " a"]
)
PARTS = st.recursive(
    TEXTS,
    lambda inner: st.builds(
        lambda name, attribute, parts: f"<{name}{attribute}>{''.join(parts)}</{name}>",
        NAMES,
        ATTRIBUTES,
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=PARTS, cut=st.integers(0, 400), junk=st.binary(max_size=4), version=st.sampled_from([ONE, TWO, "urn:x"]))
def test_whatever_an_envelope_holds_is_answered_with_a_result_or_a_fault(
    web: Web, logbook: Logbook, content: str, cut: int, junk: bytes, version: str
) -> None:
    body = enveloped(content, version=version)
    for raw in (body, body[:-cut] + junk, body[:cut] + junk + body[cut:]):
        answer = post(web, raw, TEXT_XML, name="plant")
        if answer.status == 200:
            result_of(answer)
        else:
            assert answer.status in (400, 500)
            assert fault_of(answer).detail[:1] in (("54",), ("55",), ("56",), ())
    assert logbook.failures() == []


def test_in_another_site_a_body_that_is_too_large_is_refused_when_it_has_come(network: Network, plant: Plant) -> None:
    resource = SoapGateway(network.peer(), max_body=100)
    web = Web(network, Site(mounted(SOAP, resource), reactor=network.clock))
    network.settle()

    assert post(web, enveloped(ADD), name="plant").status == 413
    assert get(web, f"{SOAP}/plant?wsdl").status == 200
