"""XML-RPC through the gateway: calls, faults, and services that come and go."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xmlrpc.client import Fault

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.web.server import Site

from exchange import CallError, ConfigurationError, Hub, Service, method
from exchange.gateways.site import GatewaySite
from exchange.gateways.xmlrpc import XmlRpcGateway
from exchange.gateways.xmlrpc_reader import INSIDE, SCALARS
from exchange.testing import Network
from tests.gateways.bad_xmlrpc import BODIES, CALLS, GOOD, REQUESTS, struct
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


class Shop(Service):
    """Is particular about what comes."""

    name = "shop"
    groups = ("web-services",)

    @method
    def due(self, on: date, price: Decimal) -> list[str]:
        """Return what came, as Python writes it."""
        return [repr(on), repr(price * 2)]


def test_a_method_gets_what_it_is_annotated_with(network: Network, web: Web) -> None:
    offering(network, Shop())
    midnight = datetime(2026, 1, 31)
    made = ["datetime.date(2026, 1, 31)", "Decimal('2.20')"]

    assert web.call("shop", "due", midnight, "1.10") == made
    assert web.call("shop", "due", midnight, "1.10") == made, "also when it is known what the service offers"
    calls = [{"methodName": "due", "params": [midnight, "1.10"]}, {"methodName": "due", "params": [midnight, "x"]}]
    assert web.call("shop", "system.multicall", calls) == [
        [made],
        {"faultCode": 56, "faultString": "shop.due: price must be Decimal, such as '1.10', not 'x'"},
    ]


class Silent(Shop):
    """Does not say what it offers; only ``says`` does."""

    says: Any = None
    begun = 0

    @property
    def description(self) -> Any:
        """Return what it is told to say, whatever that is."""
        return self.says

    @method
    def kinds(self, on: date, price: Decimal) -> list[str]:
        """Return the types of what came."""
        self.begun += 1
        return [type(on).__name__, type(price).__name__]


def test_a_service_that_does_not_say_what_it_takes_is_called_with_what_came(network: Network, web: Web) -> None:
    offering(network, Silent())

    assert web.call("shop", "kinds", datetime(2026, 1, 31), "1.10") == ["datetime", "str"]


def test_a_service_that_is_slow_to_say_what_it_takes_is_called_after_a_second(network: Network, web: Web) -> None:
    slow = Silent()
    slow.says = Deferred()
    offering(network, slow)
    line = web.line()
    line.send(posted(called("kinds", datetime(2026, 1, 31), "1.10"), path=f"{AT}/shop"))
    assert line.unread == b""

    network.clock.advance(1.1)

    assert line.answer().result == ["datetime", "str"]


def test_a_caller_who_hangs_up_before_it_is_known_what_a_service_takes_makes_no_call(
    network: Network, web: Web, logbook: Logbook
) -> None:
    slow = Silent()
    slow.says = Deferred()
    offering(network, slow)
    line = web.line()
    line.send(posted(called("kinds", datetime(2026, 1, 31), "1.10"), path=f"{AT}/shop"))

    line.hang_up()
    network.clock.advance(60)

    assert (slow.begun, logbook.failures()) == (0, [])


def test_several_calls_at_once_to_a_service_not_yet_known_are_no_more_than_a_connection_may_have(
    network: Network, gateway: Gateway
) -> None:
    offering(network, Shop())
    calls = [{"methodName": "due", "params": [datetime(2026, 1, 31), "1"]}] * 5

    answers = gateway(max_calls=2).call("shop", "system.multicall", calls)

    assert answers == [[["datetime.date(2026, 1, 31)", "Decimal('2')"]]] * 5


@pytest.mark.parametrize(
    ("ways", "sent", "got"),
    [
        ({}, [None, 2**31], [None, 2**31]),
        ({"none": "empty"}, [None, 2**31], ["", 2**31]),
        ({"big_integers": "text"}, [None, 2**31, 2**31 - 1], [None, "2147483648", 2**31 - 1]),
    ],
)
def test_none_and_large_integers_are_read_always_and_written_as_the_gateway_was_told(
    math: Math, gateway: Gateway, ways: dict[str, str], sent: list[object], got: list[object]
) -> None:
    written = "".join("<value><nil/></value>" if each is None else f"<value><i8>{each}</i8></value>" for each in sent)
    body = asking("echo", f"<array><data>{written}</data></array>")

    assert gateway(**ways).post("math", body).result == got


def test_what_a_gateway_was_told_to_refuse_is_fault_52(math: Math, gateway: Gateway) -> None:
    web = gateway(none="refuse", big_integers="refuse")

    assert web.post("math", called("multiply", 2**30, 2)).fault.faultCode == 52
    assert web.post("math", asking("echo", "<nil/>")).fault.faultCode == 52
    assert web.post("math", asking("kind", "<i8>2147483648</i8>")).result == "int"


@pytest.mark.parametrize(
    ("written", "echoed"),
    [
        ("<dateTime.iso8601>20260131T23:59:59</dateTime.iso8601>", "20260131T23:59:59"),
        ("<dateTime.iso8601>2026-01-31T23:59:59.75</dateTime.iso8601>", "20260131T23:59:59"),
        ("<dateTime.iso8601>20260131T23:59:59Z</dateTime.iso8601>", "20260131T23:59:59"),
        ("<dateTime.iso8601>20260131T23:59:59+0200</dateTime.iso8601>", "20260131T21:59:59"),
    ],
)
def test_a_date_with_a_zone_comes_back_in_utc_and_one_without_as_it_is(web: Web, written: str, echoed: str) -> None:
    assert f"<dateTime.iso8601>{echoed}</dateTime.iso8601>".encode() in web.post("math", asking("echo", written)).body


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


@pytest.mark.parametrize("case", BODIES)
def test_a_body_that_is_no_call_is_fault_54_and_the_gateway_serves_on(web: Web, case: str) -> None:
    body, text = BODIES[case]
    line = web.line()

    line.send(posted(body, "Content-Type: text/xml"))
    answer = line.answer()
    line.send(posted(GOOD))

    assert (answer.fault.faultCode, answer.fault.faultString) == (54, text)
    assert line.answer().result == 42


@pytest.mark.parametrize("case", CALLS)
def test_a_call_that_fails_is_a_fault_and_the_gateway_serves_on(web: Web, case: str) -> None:
    body, code, text = CALLS[case]
    line = web.line()

    line.send(posted(body, "Content-Type: text/xml"))
    answer = line.answer()
    line.send(posted(GOOD))

    assert (answer.fault.faultCode, answer.fault.faultString) == (code, text)
    assert line.answer().result == 42


@pytest.mark.parametrize("case", REQUESTS)
def test_a_bad_request_gets_its_status_and_the_gateway_serves_on(web: Web, case: str) -> None:
    request, status, text = REQUESTS[case]

    answer = web.ask(request)

    assert (answer.status, answer.body.decode()) == (status, text)
    assert web.call("math", "multiply", 6, 7) == 42


def test_a_body_that_does_not_come_in_time_is_408_and_the_gateway_serves_on(network: Network, web: Web) -> None:
    line = web.line()
    line.send(posted(GOOD)[:-100])

    for _ in range(31):  # bytes that drip in buy no more time
        network.clock.advance(1)
        line.send(b" ")

    assert line.answer().status == 408
    assert line.is_closed()
    assert web.call("math", "multiply", 6, 7) == 42


ENCODED = [
    ("utf-8", "", ""),
    ("utf-8", "utf-8", "UTF-8"),
    ("utf-8", "iso-8859-1", "utf-8"),
    ("utf-8-sig", "", "iso-8859-1"),
    ("iso-8859-1", "iso-8859-1", ""),
    ("iso-8859-1", "", "iso-8859-1"),
    ("windows-1252", "", "windows-1252"),
    ("utf-16", "", ""),
    ("utf-16", "utf-16", "utf-16"),
    ("utf-16-le", "", "utf-16le"),
    ("utf-16-be", "", "utf-16"),
]


@pytest.mark.parametrize(("codec", "declared", "charset"), ENCODED)
def test_a_body_is_read_in_the_encoding_that_is_told(web: Web, codec: str, declared: str, charset: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = f"{declaration}{asking('echo', 'größe').decode()}".encode(codec)

    for before, quote in [("; ", '"'), (";", ""), (";\t", ""), ("; type=a; ", "")]:
        told = f"{before}charset={quote}{charset}{quote}" if charset else ""
        kind = f"Content-Type: text/xml{told}"
        assert web.post("math", body, kind).result == "größe"


@pytest.mark.parametrize("charset", ["klingon", "utf-7", "hex", "punycode", "idna", "us-ascii", "iso-8859-99", "\xe9"])
def test_a_body_in_an_encoding_that_cannot_be_read_is_fault_54(web: Web, charset: str) -> None:
    fault = web.post("math", asking("echo", "größe"), f"Content-Type: text/xml; charset={charset}").fault

    assert (fault.faultCode, fault.faultString) == (54, "the body is in an encoding that cannot be read")


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
