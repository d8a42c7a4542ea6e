"""XML-RPC through the gateway: calls, faults, and services that come and go."""

from __future__ import annotations

from xmlrpc.client import Fault

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.web.server import Site

from exchange import CallError, ConfigurationError, Hub, Service, method
from exchange.gateways.site import GatewaySite
from exchange.gateways.xmlrpc import XmlRpcGateway
from exchange.gateways.xmlrpc_reader import INSIDE, SCALARS
from exchange.testing import Network
from tests.gateways.conftest import Gateway, Math, offering
from tests.gateways.web import AT, Web, asking, called, chunked, mounted, posted
from tests.logbook import Logbook

# Calls


def test_a_post_to_the_path_of_a_service_is_a_call(web: Web) -> None:
    answer = web.post("math", called("multiply", 6, 7), "Content-Type: text/xml")

    assert answer.result == 42
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"


def test_a_method_name_with_dots_is_taken_whole(web: Web) -> None:
    assert web.call("math", "plant.line.speed") == 90


def test_a_service_name_with_slashes_is_the_whole_rest_of_the_path(network: Network, web: Web) -> None:
    offering(network, Math("plant/line/1", mark="line one"))

    assert web.call("plant/line/1", "who") == "line one"
    assert web.call("plant%2Fline%2f1", "who") == "line one"


def test_a_service_name_that_is_no_ascii_is_written_in_percent_signs(network: Network, web: Web) -> None:
    offering(network, Math("größe 1"))

    assert web.call("gr%C3%B6%C3%9Fe%201", "multiply", 2, 3) == 6


@pytest.mark.parametrize("rest", ["", "/", "/math/", "//math", "/math/multiply", "/Math", "/%FF%FE", "/math%00"])
def test_a_path_that_is_not_exactly_a_service_is_not_found(web: Web, rest: str) -> None:
    assert web.ask(posted(called("multiply", 6, 7), path=f"{AT}{rest}")).status == 404


def test_a_query_is_no_part_of_the_service_name(web: Web) -> None:
    assert web.ask(posted(called("multiply", 6, 7), path=f"{AT}/math?trace=1")).result == 42


def test_several_calls_go_over_one_connection_in_order(web: Web) -> None:
    line = web.line()

    line.send(b"".join(posted(called("multiply", 6, number)) for number in range(5)))

    assert [line.answer().result for _ in range(5)] == [0, 6, 12, 18, 24]
    assert not line.is_closed()


def test_a_body_in_chunks_is_a_call_too(web: Web) -> None:
    body = called("multiply", 6, 7)

    line = web.line()
    line.send(posted(b"", "Transfer-Encoding: chunked", length=False) + chunked(body[:10], body[10:]))

    assert line.answer().result == 42


def test_http_1_0_is_spoken_too(web: Web) -> None:
    line = web.line()

    line.send(posted(called("multiply", 6, 7)).replace(b"HTTP/1.1", b"HTTP/1.0"))

    assert line.answer().result == 42
    assert line.is_closed()


def test_an_answer_that_takes_its_time_is_sent_when_it_is_there(network: Network, math: Math, web: Web) -> None:
    line = web.line()
    line.send(posted(called("slow")))
    assert line.unread == b""

    math.owed[0].callback("done")
    network.settle()

    assert line.answer().result == "done"


def test_the_gateway_stands_in_any_site_of_twisted_web(network: Network, hub: Hub, math: Math) -> None:
    resource = XmlRpcGateway(network.peer(), "web-services", max_body=1000)
    network.settle()
    web = Web(network, Site(mounted(AT, resource), reactor=network.clock))

    assert web.call("math", "multiply", 6, 7) == 42
    assert web.post("math", called("echo", "x" * 1000)).status == 413


def test_the_gateway_may_be_the_whole_site(network: Network, hub: Hub, math: Math) -> None:
    web = Web(network, Site(XmlRpcGateway(network.peer()), reactor=network.clock))
    network.settle()

    assert web.ask(posted(called("multiply", 6, 7), path="/math")).result == 42


def test_a_choice_that_there_is_not_is_refused(network: Network, hub: Hub) -> None:
    with pytest.raises(ConfigurationError, match="least-owing, sticky, not 'random'"):
        XmlRpcGateway(network.peer(), choice="random")  # type: ignore[arg-type]


# Who is shown


def test_a_service_is_reachable_at_once_when_it_appears_and_gone_at_once_when_it_goes(
    network: Network, web: Web
) -> None:
    service = Math("late")
    assert web.post("late", called("multiply", 6, 7)).status == 404

    peer = offering(network, service)
    assert web.call("late", "multiply", 6, 7) == 42

    peer.remove(service)
    network.settle()
    assert web.post("late", called("multiply", 6, 7)).status == 404


def test_a_service_is_reachable_as_long_as_it_is_in_the_group(network: Network, math: Math, web: Web) -> None:
    math.leave("web-services")
    network.settle()
    assert web.post("math", called("multiply", 6, 7)).status == 404

    math.join("web-services")
    network.settle()
    assert web.call("math", "multiply", 6, 7) == 42


def test_a_service_that_was_lost_is_gone_at_once(network: Network, web: Web) -> None:
    peer = offering(network, Math("frail"))
    assert web.call("frail", "multiply", 6, 7) == 42

    network.cut(peer)

    assert web.post("frail", called("multiply", 6, 7)).status == 404


def test_without_a_hub_an_unknown_service_is_unavailable_for_now_and_not_missing(
    network: Network, hub: Hub, math: Math, web: Web
) -> None:
    network.cut(hub)
    refused = web.post("math", called("multiply", 6, 7))
    assert (refused.status, refused.headers["retry-after"]) == (503, "5")
    assert refused.body == b"this gateway has no hub at the moment; it is trying again\n"

    network.restore(hub)
    network.clock.advance(5)
    assert web.call("math", "multiply", 6, 7) == 42
    assert web.post("nobody", called("multiply", 6, 7)).status == 404


def test_a_gateway_in_a_hub_needs_no_other(network: Network, hub: Hub) -> None:
    site = GatewaySite(mounted(AT, XmlRpcGateway(hub)), network.clock)
    web = Web(network, site)
    assert web.post("nobody", called("multiply", 6, 7)).status == 404
    web.close()


def test_a_service_in_no_group_is_never_reached(network: Network, web: Web) -> None:
    class Private(Service):
        name = "private"

        @method
        def secret(self) -> str:
            return "secret"

    offering(network, Private())

    assert web.post("private", called("secret")).status == 404


def test_an_instance_outside_the_group_takes_no_call_for_one_inside(network: Network, math: Math, web: Web) -> None:
    outside = Math(mark="outside")
    outside.groups = ("other",)
    math.mark = "inside"
    offering(network, outside)

    assert {web.call("math", "who") for _ in range(6)} == {"inside"}


def test_several_groups_may_be_shown(network: Network, gateway: Gateway) -> None:
    first, second = Math("first"), Math("second")
    first.groups, second.groups = ("floor",), ("office",)
    offering(network, first, second)

    web = gateway(shown=["floor", "office"])

    assert web.call("first", "multiply", 6, 7) == web.call("second", "multiply", 6, 7) == 42


def test_calls_go_to_the_instance_that_owes_least(network: Network, math: Math, web: Web) -> None:
    other = Math(mark="other")
    offering(network, other)
    web.line().send(posted(called("slow")))
    busy, idle = (math, other) if math.begun else (other, math)
    idle.mark = "idle"

    assert [web.call("math", "who") for _ in range(4)] == ["idle"] * 4
    assert busy.begun == 1


def test_a_sticky_gateway_stays_with_the_first_it_saw_until_it_goes(network: Network, gateway: Gateway) -> None:
    first, second = Math(mark="first"), Math(mark="second")
    home = offering(network, first)
    web = gateway(choice="sticky")
    offering(network, second)
    web.line().send(posted(called("slow")))
    assert [web.call("math", "who") for _ in range(3)] == ["first"] * 3

    home.remove(first)
    network.settle()

    assert [web.call("math", "who") for _ in range(3)] == ["second"] * 3


def test_a_sticky_gateway_goes_to_the_next_at_once_when_the_first_leaves_the_group(
    network: Network, gateway: Gateway
) -> None:
    first, second = Math(mark="first"), Math(mark="second")
    offering(network, first)
    web = gateway(choice="sticky")
    offering(network, second)

    first.leave("web-services")
    network.settle()
    assert web.call("math", "who") == "second"

    first.join("web-services")
    network.settle()
    assert web.call("math", "who") == "second"


# Values


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("plain", "str"),
        ("<string>text</string>", "str"),
        ("<int>1</int>", "int"),
        ("<i8>9007199254740993</i8>", "int"),
        ("<double>1</double>", "float"),
        ("<boolean>1</boolean>", "bool"),
        ("<nil/>", "NoneType"),
        ("<base64>aGVsbG8=</base64>", "bytes"),
        ("<dateTime.iso8601>20260131T23:59:59</dateTime.iso8601>", "datetime"),
        ("<array><data><value><int>1</int></value></data></array>", "list"),
        ("<struct><member><name>a</name><value>b</value></member></struct>", "dict"),
    ],
)
def test_each_type_of_xml_rpc_arrives_as_a_type_of_python(web: Web, written: str, kind: str) -> None:
    assert web.post("math", asking("kind", written)).result == kind


# Faults


def test_an_unknown_method_is_fault_55(web: Web) -> None:
    fault = web.post("math", called("vanish")).fault

    assert (fault.faultCode, fault.faultString) == (55, "service 'math' exports no method 'vanish'")


@pytest.mark.parametrize("args", [(), (6,), (6, 7, 8)])
def test_wrong_arguments_are_fault_56(web: Web, args: tuple[int, ...]) -> None:
    assert web.post("math", called("multiply", *args)).fault.faultCode == 56


def test_a_method_that_raises_is_fault_57_with_what_it_raised_and_no_traceback(
    math: Math, gateway: Gateway, logbook: Logbook
) -> None:
    fault = gateway(errors="full").post("math", called("divide", 1, 0)).fault

    assert (fault.faultCode, fault.faultString) == (57, "ZeroDivisionError: division by zero")
    assert logbook.failures() == ["ZeroDivisionError: division by zero"]


@pytest.mark.parametrize(
    ("origin", "details", "text"),
    [
        ("app", "why", "app -- Bad\n\nwhy"),
        ("app", "", "app -- Bad"),
        ("", "why", "Bad\n\nwhy"),
        ("", "", "Bad"),
    ],
)
def test_a_failure_with_a_number_of_its_own_is_told_in_full(web: Web, origin: str, details: str, text: str) -> None:
    fault = web.post("math", called("refuse", 1001, "Bad", origin, details)).fault

    assert (fault.faultCode, fault.faultString) == (1001, text)


@pytest.mark.parametrize("result", [2**64, {"when": {1: "one"}}, [float("nan")], "\x00", "\ud7ff\ufffe"])
def test_a_result_that_xml_rpc_cannot_express_is_fault_52(network: Network, web: Web, result: object) -> None:
    class Odd(Service):
        name = "odd"
        groups = ("web-services",)

        @method
        def thing(self) -> object:
            return result

    offering(network, Odd())

    assert web.post("odd", called("thing")).fault.faultCode == 52


def test_a_call_that_is_not_answered_in_time_is_fault_47(network: Network, math: Math, gateway: Gateway) -> None:
    line = gateway(timeout=5).line()
    line.send(posted(called("slow")))

    network.clock.advance(4)
    assert line.unread == b""
    network.clock.advance(2)

    assert line.answer().fault.faultCode == 47
    assert math.cancelled == 1


def test_the_usual_time_for_an_answer_is_half_a_minute(network: Network, math: Math, web: Web) -> None:
    line = web.line()
    line.send(posted(called("slow")))

    network.clock.advance(29)
    assert line.unread == b""
    network.clock.advance(2)

    assert line.answer().fault.faultCode == 47


def test_a_service_withdrawn_while_it_owes_the_answer_is_fault_57_at_once(network: Network, web: Web) -> None:
    service = Math("frail")
    peer = offering(network, service)
    line = web.line()
    line.send(posted(called("slow"), path=f"{AT}/frail"))

    peer.remove(service)
    network.settle()

    assert line.answer().fault.faultCode == 57


def test_a_service_lost_while_it_owes_the_answer_is_fault_57_at_once(network: Network, web: Web) -> None:
    peer = offering(network, Math("frail"))
    line = web.line()
    line.send(posted(called("slow"), path=f"{AT}/frail"))

    network.cut(peer)

    assert line.answer().fault.faultCode == 57


def test_a_hub_lost_while_an_answer_is_owed_is_fault_48_at_once(
    network: Network, hub: Hub, math: Math, web: Web
) -> None:
    line = web.line()
    line.send(posted(called("slow")))

    network.cut(hub)

    assert line.answer().fault.faultCode == 48
    assert web.post("math", called("multiply", 6, 7)).status == 503


def test_a_gateway_may_tell_of_failures_in_its_own_way(network: Network, math: Math, gateway: Gateway) -> None:
    def told(error: CallError) -> Fault:
        return Fault(error.number + 1000, "it did not work")

    web = gateway(faults=told)

    assert web.post("math", called("vanish")).fault.faultString == "it did not work"
    assert web.post("math", b"").fault.faultCode == 1054


def test_a_failure_of_the_gateway_itself_is_a_fault_and_goes_to_the_log(
    math: Math, gateway: Gateway, logbook: Logbook
) -> None:
    def told(error: CallError) -> Fault:
        raise RuntimeError("a secret of ours")

    web = gateway(faults=told)
    fault = web.post("math", called("vanish")).fault

    assert (fault.faultCode, fault.faultString) == (50, "the gateway failed; its log says why")
    assert logbook.failures() == ["RuntimeError: a secret of ours"]


# Hanging up


def test_a_caller_who_hangs_up_ends_the_call_down_to_the_method(math: Math, web: Web) -> None:
    line = web.line()
    line.send(posted(called("slow")))

    line.hang_up()

    assert (math.begun, math.cancelled) == (1, 1)
    assert web.call("math", "multiply", 6, 7) == 42


def test_an_answer_that_comes_as_the_caller_hangs_up_is_dropped(network: Network, math: Math, web: Web) -> None:
    line = web.line()
    line.send(posted(called("slow")))
    math.owed[0].callback("too late")

    line.hang_up()

    assert math.cancelled == 0
    assert web.call("math", "multiply", 6, 7) == 42


# Bad input


def struct(*members: str) -> str:
    return f"<struct>{''.join(members)}</struct>"


BOMB = b'<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
A_CALL = b"<methodCall><methodName>multiply</methodName></methodCall>"

BAD_BODIES: dict[str, bytes] = {
    "nothing": b"",
    "space": b"  \r\n ",
    "no XML": b"multiply 6 7",
    "JSON": b'{"method": "multiply", "params": [6, 7]}',
    "bytes that are no text": bytes(range(256)),
    "zeros": bytes(1000),
    "invalid UTF-8": A_CALL.replace(b"multiply", b"\xff\xfe\xfa"),
    "an unknown encoding": b'<?xml version="1.0" encoding="klingon"?>' + A_CALL,
    "a codec that is none of text": b'<?xml version="1.0" encoding="hex"?>' + A_CALL,
    "cut in the middle": A_CALL[:30],
    "an element that is not closed": A_CALL.replace(b"</methodName>", b""),
    "two documents": A_CALL + A_CALL,
    "a prefix that was never bound to a name, twice": A_CALL.replace(b"methodCall>", b"a:b:>"),
    "an entity nobody declared": A_CALL.replace(b"multiply", b"&nbsp;"),
    "a character that XML has not": A_CALL.replace(b"multiply", b"&#0;"),
    "an entity that grows": BOMB + A_CALL.replace(b"multiply", b"&b;"),
    "a file by entity": b'<!DOCTYPE f [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + A_CALL,
    "a DTD from elsewhere": b'<!DOCTYPE f SYSTEM "http://127.0.0.1:9/f.dtd">' + A_CALL,
    "a DOCTYPE alone": b"<!DOCTYPE methodCall>" + A_CALL,
    "HTML": b"<html><body>hello</body></html>",
    "an answer": b"<methodResponse><params/></methodResponse>",
    "a fault": b"<methodCall><fault><value><string>x</string></value></fault></methodCall>",
    "no method name": b"<methodCall><params/></methodCall>",
    "an empty method name": asking(" "),
    "two method names": A_CALL.replace(b"</methodName>", b"</methodName><methodName>b</methodName>"),
    "two lists of arguments": A_CALL.replace(b"</methodCall>", b"<params/><params/></methodCall>"),
    "arguments before the name": b"<methodCall><params/><methodName>multiply</methodName></methodCall>",
    "an argument without value": A_CALL.replace(b"</methodCall>", b"<params><param/></params></methodCall>"),
    "an unknown type": asking("multiply", "<ints>6</ints>"),
    "two types in a value": asking("multiply", "<int>6</int><int>7</int>"),
    "a value in a value": asking("multiply", "<value>6</value>"),
    "an int that is none": asking("multiply", "<int>six</int>"),
    "an empty int": asking("multiply", "<int/>"),
    "an int with underscores": asking("multiply", "<int>1_000</int>"),
    "an int beyond 64 bits": asking("multiply", "<i8>9223372036854775808</i8>"),
    "an int of a hundred thousand digits": asking("multiply", f"<int>{'9' * 100_000}</int>"),
    "a double that is none": asking("multiply", "<double>1,5</double>"),
    "NaN": asking("multiply", "<double>NaN</double>"),
    "infinity": asking("multiply", "<double>-Infinity</double>"),
    "a double too large": asking("multiply", "<double>1e999</double>"),
    "a boolean that is none": asking("multiply", "<boolean>yes</boolean>"),
    "base64 that is none": asking("multiply", "<base64>a*b</base64>"),
    "a date that is none": asking("multiply", "<dateTime.iso8601>20260231T00:00:00</dateTime.iso8601>"),
    "a nil that is something": asking("multiply", "<nil>6</nil>"),
    "an array without data": asking("multiply", "<array/>"),
    "an array of data twice": asking("multiply", "<array><data/><data/></array>"),
    "a member without value": asking("multiply", struct("<member><name>a</name></member>")),
    "a member without name": asking("multiply", struct("<member><value>a</value></member>")),
    "a member backwards": asking("multiply", struct("<member><value>a</value><name>a</name></member>")),
    "two members of one name": asking("echo", struct(*["<member><name>a</name><value>a</value></member>"] * 2)),
    "a hundred arrays, one in another": asking("echo", "<array><data><value>" * 100 + "</value></data></array>" * 100),
    "arrays that never end": b"<methodCall><methodName>echo</methodName><params><param><value>"
    + b"<array><data><value>" * 50_000,
}


@pytest.mark.parametrize("case", BAD_BODIES)
def test_a_body_that_is_no_call_is_fault_54_and_the_gateway_serves_on(web: Web, case: str) -> None:
    line = web.line()

    line.send(posted(BAD_BODIES[case], "Content-Type: text/xml"))
    answer = line.answer()
    line.send(posted(called("multiply", 6, 7)))

    assert answer.fault.faultCode == 54
    assert b"Traceback" not in answer.body
    assert b'File "' not in answer.body
    assert line.answer().result == 42


GOOD = called("multiply", 6, 7)
LARGE = b" " * (2**20 + 1)

BAD_REQUESTS: dict[str, tuple[bytes, int]] = {
    "an unknown service": (posted(GOOD, path=f"{AT}/nobody"), 404),
    "GET of an unknown service": (f"GET {AT}/nobody HTTP/1.1\r\n\r\n".encode(), 404),
    "DELETE of an unknown service": (f"DELETE {AT}/nobody HTTP/1.1\r\n\r\n".encode(), 404),
    "an unknown service and a wrong content type": (posted(GOOD, "Content-Type: a/b", path=f"{AT}/nobody"), 404),
    "an unknown service and too large a body": (posted(LARGE, path=f"{AT}/nobody"), 404),
    "another path": (posted(GOOD, path="/elsewhere/math"), 404),
    "the mount itself": (posted(GOOD, path=AT), 404),
    "GET": (f"GET {AT}/math HTTP/1.1\r\n\r\n".encode(), 405),
    "HEAD": (f"HEAD {AT}/math HTTP/1.1\r\n\r\n".encode(), 405),
    "PUT": (posted(GOOD).replace(b"POST", b"PUT"), 405),
    "a method nobody knows": (posted(GOOD).replace(b"POST", b"BREW"), 405),
    "post in small letters": (posted(GOOD).replace(b"POST", b"post"), 405),
    "GET with too large a body": (posted(LARGE).replace(b"POST", b"GET"), 405),
    "plain text": (posted(GOOD, "Content-Type: text/plain"), 400),
    "JSON": (posted(b"{}", "Content-Type: application/json"), 400),
    "a form": (posted(b"a=b", "Content-Type: application/x-www-form-urlencoded"), 400),
    "two content types, of which one is wrong": (posted(GOOD, "Content-Type: text/xml", "Content-Type: a/b"), 400),
    "an empty content type": (posted(GOOD, "Content-Type:"), 400),
    "a compressed body": (posted(GOOD, "Content-Encoding: gzip"), 415),
    "no length": (posted(GOOD, length=False), 400),
    "a length that is none": (posted(GOOD, "Content-Length: many", length=False), 400),
    "a negative length": (posted(GOOD, "Content-Length: -1", length=False), 400),
    "a length beyond all numbers": (posted(GOOD, f"Content-Length: {'9' * 5000}", length=False), 400),
    "two lengths": (posted(GOOD, "Content-Length: 1"), 400),
    "a length and chunks": (posted(GOOD, "Transfer-Encoding: chunked"), 400),
    "an unknown transfer encoding": (posted(GOOD, "Transfer-Encoding: gzip", length=False), 400),
    "chunks that are none": (posted(b"zz\r\n", "Transfer-Encoding: chunked", length=False), 400),
    "a header that is none": (posted(GOOD, "this is no header"), 400),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
    "too long a path": (posted(GOOD, path=f"{AT}/{'m' * 20_000}"), 400),
    "too many headers": (posted(GOOD, *[f"X-{number}: y" for number in range(600)]), 400),
    "too large a body": (posted(LARGE), 413),
    "too large a body, announced": (posted(b"", "Content-Length: 99999999999", length=False), 413),
    "too large a body in chunks": (
        posted(b"", "Transfer-Encoding: chunked", length=False) + chunked(*[b" " * 1000] * 1100),
        413,
    ),
}


@pytest.mark.parametrize("case", BAD_REQUESTS)
def test_a_bad_request_gets_its_status_and_the_gateway_serves_on(web: Web, case: str) -> None:
    request, status = BAD_REQUESTS[case]

    answer = web.ask(request)

    assert answer.status == status
    assert b"Traceback" not in answer.body
    assert web.call("math", "multiply", 6, 7) == 42


@pytest.mark.parametrize("kind", ["text/xml", "TEXT/XML; charset=utf-8", "application/xml", "application/rpc+xml;a=b"])
def test_xml_is_xml_whatever_its_content_type_adds(web: Web, kind: str) -> None:
    assert web.post("math", GOOD, f"Content-Type: {kind}").result == 42


def test_the_answer_to_get_says_that_post_is_allowed(web: Web) -> None:
    answer = web.ask(f"GET {AT}/math HTTP/1.1\r\n\r\n".encode())

    assert answer.headers["allow"] == "POST"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.body == b"a service is called by POST\n"


ELEMENTS = st.sampled_from(sorted({*INSIDE, *SCALARS, "name", "methodName", "fault", "ex:nil"} - {""}))
PIECES = st.one_of(
    ELEMENTS.map(lambda tag: f"<{tag}>"),
    ELEMENTS.map(lambda tag: f"</{tag}>"),
    ELEMENTS.map(lambda tag: f"<{tag}/>"),
    st.sampled_from(["multiply", "6", "-1", "1e5", "&lt;", "&a;", "&#7;", "<![CDATA[x]]>", "<!--", "<?xml?>", "]]>"]),
    st.text(max_size=5),
)
NEARLY_CALLS = st.lists(PIECES, max_size=30).map(lambda pieces: "".join(pieces).encode("utf-8", "surrogatepass"))


def one_answer(web: Web, body: bytes) -> None:
    answer = web.post("math", body)
    assert answer.status == 200
    assert b"Traceback" not in answer.body
    assert answer.fault.faultCode in (54, 55, 56, 57)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200) | NEARLY_CALLS)
def test_whatever_the_body_is_there_is_a_fault_and_never_an_error_of_ours(
    web: Web, logbook: Logbook, body: bytes
) -> None:
    one_answer(web, body)

    assert logbook.failures() == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_call_that_was_damaged_anywhere_is_answered(web: Web, logbook: Logbook, data: st.DataObject) -> None:
    body = bytearray(asking("who", struct("<member><name>a</name><value><i8>6</i8></value></member>"), "<nil/>"))
    for place in data.draw(st.lists(st.integers(0, len(body) - 1), min_size=1, max_size=4)):
        body[place] = data.draw(st.integers(0, 255))

    one_answer(web, bytes(body))

    assert logbook.failures() == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=100), place=st.integers(0, 200))
def test_whatever_the_request_is_no_traceback_is_logged(web: Web, logbook: Logbook, raw: bytes, place: int) -> None:
    request = posted(GOOD, "Content-Type: text/xml")
    line = web.line()

    line.send(request[:place] + raw + request[place:])
    line.hang_up()

    assert logbook.failures() == []
    assert b" 500 " not in line.unread
