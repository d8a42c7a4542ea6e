"""JSON-RPC through the gateway: calls, batches, failures, and what is no request."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.web.server import Site

from exchange import CallError, Hub, MethodUnavailable, Service, method
from exchange.gateways.jsonrpc import JsonRpcGateway
from exchange.gateways.jsonrpc_errors import Told
from exchange.testing import Network
from tests.gateways.bad_jsonrpc import BATCHES, BODIES, OLD, REQUESTS
from tests.gateways.conftest import Math, offering
from tests.gateways.jsonweb import MULTIPLY, JsonGateway, asked, call, error_of, post, raw, read
from tests.gateways.web import AT, Web, chunked, posted
from tests.logbook import Logbook


class Example(Service):
    """What the examples of the specification call."""

    name = "example"
    groups = ("web-services",)

    def __init__(self) -> None:
        self.notified: list[tuple[Any, ...]] = []

    @method
    def subtract(self, minuend: int, subtrahend: int) -> int:
        """Return the difference."""
        return minuend - subtrahend

    @method
    def sum(self, *numbers: int) -> int:
        """Return the sum."""
        return sum(numbers)

    @method
    def get_data(self) -> list[Any]:
        """Return some data."""
        return ["hello", 5]

    @method
    def update(self, *numbers: int) -> str:
        """Note what came."""
        self.notified.append(numbers)
        return "nobody hears that"

    @method
    def notify_hello(self, number: int) -> None:
        """Note what came."""
        self.notified.append((number,))

    @method
    def notify_sum(self, *numbers: int) -> None:
        """Note what came."""
        self.notified.append(numbers)


@pytest.fixture
def gateway(json_gateway: JsonGateway) -> JsonGateway:
    """Make a site with a JSON-RPC gateway: ``gateway(choice="sticky", patience=5)``."""
    return json_gateway


@pytest.fixture
def web(math: Math, gateway: JsonGateway) -> Web:
    """A site with a gateway that shows `math`."""
    return gateway()


# The examples of the specification, in its order


def without_data(answer: Any) -> Any:
    """Return an answer less what it adds to an error, which the specification leaves to us."""
    if isinstance(answer, list):
        return [without_data(each) for each in answer]
    if "error" in answer:
        answer["error"].pop("data")
    return answer


SUM = '{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}'
CUT = '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]'
CUT_BATCH = f'[{SUM}, {{"jsonrpc": "2.0", "method"]'
INVALID = '{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}'
UNREAD = '{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}'
UNKNOWN = '{{"jsonrpc": "2.0", "error": {{"code": -32601, "message": "Method not found"}}, "id": "{}"}}'

EXAMPLES = [
    (
        '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
        '{"jsonrpc": "2.0", "result": 19, "id": 1}',
    ),
    (
        '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
        '{"jsonrpc": "2.0", "result": -19, "id": 2}',
    ),
    (
        '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
        '{"jsonrpc": "2.0", "result": 19, "id": 3}',
    ),
    (
        '{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}',
        '{"jsonrpc": "2.0", "result": 19, "id": 4}',
    ),
    ('{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}', ""),
    ('{"jsonrpc": "2.0", "method": "foobar"}', ""),
    ('{"jsonrpc": "2.0", "method": "foobar", "id": "1"}', UNKNOWN.format(1)),
    (CUT, UNREAD),
    ('{"jsonrpc": "2.0", "method": 1, "params": "bar"}', INVALID),
    (CUT_BATCH, UNREAD),
    ("[]", INVALID),
    ("[1]", f"[{INVALID}]"),
    ("[1,2,3]", f"[{INVALID}, {INVALID}, {INVALID}]"),
    (
        f"""[{SUM},
        {{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}},
        {{"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"}},
        {{"foo": "boo"}},
        {{"jsonrpc": "2.0", "method": "foo.get", "params": {{"name": "myself"}}, "id": "5"}},
        {{"jsonrpc": "2.0", "method": "get_data", "id": "9"}}]""",
        f"""[{{"jsonrpc": "2.0", "result": 7, "id": "1"}},
        {{"jsonrpc": "2.0", "result": 19, "id": "2"}},
        {INVALID},
        {UNKNOWN.format(5)},
        {{"jsonrpc": "2.0", "result": ["hello", 5], "id": "9"}}]""",
    ),
    (
        """[{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]""",
        "",
    ),
]


@pytest.mark.parametrize(("request_text", "answer_text"), EXAMPLES)
def test_every_example_of_the_specification_is_answered_as_it_says(
    network: Network, web: Web, request_text: str, answer_text: str
) -> None:
    offering(network, Example())

    answer = web.post("example", request_text.encode(), "Content-Type: application/json")

    if answer_text:
        assert without_data(read(answer)) == json.loads(answer_text)
    else:
        assert (answer.status, answer.body) == (204, b"")


# Requests


def test_a_post_to_the_path_of_a_service_is_a_call(web: Web) -> None:
    assert web.post("math", MULTIPLY).body == b'{"jsonrpc":"2.0","result":42,"id":1}'


def test_arguments_may_be_left_out(web: Web) -> None:
    assert call(web, "plant.line.speed")["result"] == 90
    assert call(web, "plant.line.speed", [])["result"] == call(web, "plant.line.speed", {})["result"] == 90


@pytest.mark.parametrize("names", [["timeout"], ["wait"], ["retry"], ["self"], ["größe", "to", "method", "args", ""]])
def test_every_name_of_an_argument_is_the_methods(network: Network, web: Web, names: list[str]) -> None:
    class Loose(Service):
        name = "loose"
        groups = ("web-services",)

        @method
        def names(self, /, **given: Any) -> list[str]:
            return list(given)

    offering(network, Loose())

    assert call(web, "names", dict.fromkeys(names, 1), name="loose")["result"] == names


@pytest.mark.parametrize("known_by", ["1", "", "größe", 0, 1, -1, 2**63, 10**100, 1.5, -0.25, 1e300, None])
def test_the_answer_bears_the_id_of_the_request_whatever_its_kind(web: Web, known_by: Any) -> None:
    answer = call(web, "multiply", [6, 7], id=known_by)

    assert answer == {"jsonrpc": "2.0", "result": 42, "id": known_by}
    assert type(answer["id"]) is type(known_by)


def test_several_requests_go_over_one_connection_and_notifications_between_them(web: Web) -> None:
    line = web.line()

    line.send(posted(MULTIPLY) + posted(b'{"jsonrpc": "2.0", "method": "who"}') + posted(MULTIPLY))

    assert [line.answer().status for _ in range(3)] == [200, 204, 200]
    assert not line.is_closed()


def test_a_notification_is_carried_out_and_nothing_waits_for_it(math: Math, web: Web) -> None:
    line = web.line()
    line.send(posted(b'{"jsonrpc": "2.0", "method": "slow"}'))

    assert line.answer().status == 204
    assert math.begun == 1
    line.hang_up()
    assert math.cancelled == 0


def test_of_very_many_notifications_the_next_is_answered_only_when_it_has_ended(
    network: Network, math: Math, web: Web
) -> None:
    slow = {"jsonrpc": "2.0", "method": "slow"}
    for _ in range(10):
        assert web.post("math", json.dumps([slow] * 100).encode()).status == 204
    line = web.line()
    line.send(posted(json.dumps(slow).encode()))
    assert (math.begun, line.unread) == (1001, b"")

    math.owed[-1].callback(None)
    network.settle()
    assert line.answer().status == 204

    math.owed[0].callback(None)
    network.settle()
    assert web.post("math", json.dumps(slow).encode()).status == 204


def test_a_body_in_chunks_is_a_call_too(web: Web) -> None:
    line = web.line()
    line.send(posted(b"", "Transfer-Encoding: chunked", length=False) + chunked(MULTIPLY[:10], MULTIPLY[10:]))

    assert read(line.answer())["result"] == 42


def test_the_gateway_may_be_the_whole_of_any_site_of_twisted_web(network: Network, hub: Hub, math: Math) -> None:
    web = Web(network, Site(JsonRpcGateway(network.peer(), max_body=100), reactor=network.clock))
    network.settle()

    assert read(web.ask(posted(MULTIPLY, path="/math")))["result"] == 42
    assert web.ask(posted(raw("echo", f'["{"x" * 100}"]'), path="/math")).status == 413


# Batches


def test_the_calls_of_a_batch_run_at_once_and_are_answered_together(network: Network, math: Math, web: Web) -> None:
    line = web.line()
    line.send(posted(json.dumps([asked("slow", id=1), asked("multiply", [6, 7], id=2), asked("slow", id=3)]).encode()))
    assert (math.begun, line.unread) == (2, b"")

    for result, answer in enumerate(math.owed):
        answer.callback(result)
    network.settle()

    assert [(each["id"], each["result"]) for each in read(line.answer())] == [(1, 0), (2, 42), (3, 1)]


def test_a_notification_in_a_batch_is_not_waited_for(math: Math, web: Web) -> None:
    slow = {"jsonrpc": "2.0", "method": "slow"}

    assert post(web, json.dumps([slow, asked("multiply", [6, 7])])) == [{"jsonrpc": "2.0", "result": 42, "id": 1}]
    assert math.begun == 1


def test_two_requests_of_one_id_are_both_answered(web: Web) -> None:
    answers = post(web, json.dumps([asked("multiply", [6, 7]), asked("multiply", [6, 8])]))

    assert [(each["id"], each["result"]) for each in answers] == [(1, 42), (1, 48)]


def test_a_batch_of_too_many_is_one_invalid_request_and_nothing_is_carried_out(
    math: Math, gateway: JsonGateway
) -> None:
    web = gateway(max_batch=3)
    assert len(post(web, json.dumps([asked("who")] * 3))) == 3

    refused = post(web, json.dumps([asked("slow")] * 4))

    assert error_of(refused) == (-32600, "Invalid Request")
    assert refused["error"]["data"]["description"] == "a batch must hold 1 to 3 requests, not 4"
    assert math.begun == 0


def test_a_batch_in_a_batch_is_no_request(web: Web) -> None:
    (answer,) = post(web, json.dumps([[asked("who")]]))

    assert error_of(answer) == (-32600, "Invalid Request")


# Who is shown


def test_a_service_is_reachable_when_it_appears_and_gone_when_it_goes(network: Network, web: Web) -> None:
    service = Math("plant/late")
    assert web.post("plant/late", MULTIPLY).status == 404

    peer = offering(network, service)
    assert call(web, "multiply", [6, 7], name="plant/late")["result"] == 42

    peer.remove(service)
    network.settle()
    assert web.post("plant/late", MULTIPLY).status == 404


def test_a_service_in_another_group_is_never_reached(network: Network, web: Web) -> None:
    outside = Math("outside")
    outside.groups = ("other",)
    offering(network, outside)

    assert web.post("outside", MULTIPLY).status == 404


def test_a_sticky_gateway_stays_with_the_first_it_saw(network: Network, gateway: JsonGateway) -> None:
    first, second = Math(mark="first"), Math(mark="second")
    home = offering(network, first)
    web = gateway(choice="sticky")
    offering(network, second)
    web.line().send(posted(raw("slow", "[]")))
    assert [call(web, "who")["result"] for _ in range(3)] == ["first"] * 3

    home.remove(first)
    network.settle()

    assert call(web, "who")["result"] == "second"


def test_without_a_hub_an_unknown_service_is_unavailable_for_now(network: Network, hub: Hub, web: Web) -> None:
    network.cut(hub)

    refused = web.post("math", MULTIPLY)

    assert (refused.status, refused.headers["retry-after"]) == (503, "5")
    network.restore(hub)
    network.clock.advance(5)
    assert call(web, "multiply", [6, 7])["result"] == 42


# Failures


def test_an_unknown_method_is_method_not_found(web: Web) -> None:
    answer = call(web, "vanish")

    assert error_of(answer) == (-32601, "Method not found")
    assert answer["error"]["data"] == {
        "error": 55,
        "description": "service 'math' exports no method 'vanish'",
        "origin": "",
        "details": "",
    }


@pytest.mark.parametrize("name", ["", "rpc.", "rpc.multiply", "rpc.discover.more"])
def test_names_that_json_rpc_keeps_for_itself_are_not_found(web: Web, name: str) -> None:
    assert error_of(call(web, name)) == (-32601, "Method not found")


@pytest.mark.parametrize("params", [[], [6], [6, 7, 8], {}, {"x": 6}, {"x": 6, "z": 7}, {"x": 6, "y": 7, "z": 8}])
def test_wrong_arguments_are_invalid_params(web: Web, params: Any) -> None:
    answer = call(web, "multiply", params)

    assert error_of(answer) == (-32602, "Invalid params")
    assert answer["error"]["data"]["error"] == 56


def test_a_method_that_raises_is_57_with_what_it_raised_and_no_traceback(
    math: Math, gateway: JsonGateway, logbook: Logbook
) -> None:
    answer = call(gateway(errors="full"), "divide", [1, 0])

    assert error_of(answer) == (57, "ZeroDivisionError: division by zero")
    assert logbook.failures() == ["ZeroDivisionError: division by zero"]


def test_a_failure_with_a_number_of_its_own_is_told_in_full(web: Web) -> None:
    answer = call(web, "refuse", [1001, "Bad", "app", "why"])

    told = {"error": 1001, "description": "Bad", "origin": "app", "details": "why"}
    assert answer["error"] == {"code": 1001, "message": "Bad", "data": told}


def test_a_number_that_json_rpc_reserves_does_not_become_a_code_of_its_own(web: Web) -> None:
    answer = call(web, "refuse", [-32601, "Bad", "app", "why"])

    assert error_of(answer) == (-32000, "Server error")
    assert answer["error"]["data"]["error"] == -32601


def test_that_a_method_found_no_other_method_is_not_that_it_was_not_found(network: Network, web: Web) -> None:
    class Between(Service):
        name = "between"
        groups = ("web-services",)

        @method
        def ask(self) -> None:
            raise MethodUnavailable("there is none over there")

    offering(network, Between())

    assert error_of(call(web, "ask", name="between")) == (55, "there is none over there")


@pytest.mark.parametrize("result", [{"when": {(1,): "one"}}, [float("nan")], float("-inf")])
def test_a_result_that_json_cannot_express_is_52(network: Network, web: Web, result: object) -> None:
    class Odd(Service):
        name = "odd"
        groups = ("web-services",)

        @method
        def thing(self) -> object:
            return result

    offering(network, Odd())

    assert error_of(call(web, "thing", name="odd"))[0] == 52


def test_a_call_that_is_not_answered_in_time_is_47(network: Network, math: Math, gateway: JsonGateway) -> None:
    line = gateway(timeout=5).line()
    line.send(posted(raw("slow", "[]")))

    network.clock.advance(6)

    assert error_of(read(line.answer()))[0] == 47
    assert math.cancelled == 1


def test_a_service_lost_while_it_owes_the_answer_is_57_at_once(network: Network, web: Web) -> None:
    peer = offering(network, Math("frail"))
    line = web.line()
    line.send(posted(raw("slow", "[]"), path=f"{AT}/frail"))

    network.cut(peer)

    assert error_of(read(line.answer()))[0] == 57


def test_a_hub_lost_while_an_answer_is_owed_is_48_at_once(network: Network, hub: Hub, math: Math, web: Web) -> None:
    line = web.line()
    line.send(posted(raw("slow", "[]")))

    network.cut(hub)

    assert error_of(read(line.answer()))[0] == 48
    assert web.post("math", MULTIPLY).status == 503


def test_a_gateway_may_tell_of_failures_in_its_own_way(math: Math, gateway: JsonGateway) -> None:
    web = gateway(tell=lambda error: Told(error.number, "it did not work", "", ""))

    assert call(web, "vanish")["error"]["data"]["description"] == "it did not work"


def test_a_failure_of_the_gateway_itself_is_an_internal_error_and_goes_to_the_log(
    math: Math, gateway: JsonGateway, logbook: Logbook
) -> None:
    def told(error: CallError) -> Told:
        raise RuntimeError("a secret of ours")

    answer = call(gateway(tell=told), "vanish", id="known")

    assert error_of(answer) == (-32603, "Internal error")
    assert answer["id"] == "known"
    assert answer["error"]["data"]["description"] == "the gateway failed; its log says why"
    assert logbook.failures() == ["RuntimeError: a secret of ours"]


def test_a_failed_notification_is_told_to_nobody(web: Web, logbook: Logbook) -> None:
    answer = web.post("math", b'{"jsonrpc": "2.0", "method": "divide", "params": [1, 0]}')

    assert answer.status == 204
    assert logbook.failures() == ["ZeroDivisionError: division by zero"]  # that of the service


# The form 1.0


def old(web: Web, **members: Any) -> Any:
    return post(web, json.dumps(members))


@pytest.mark.parametrize("known_by", ["1", 0, 7, None])
def test_a_request_that_names_no_version_is_answered_in_the_old_form(web: Web, known_by: Any) -> None:
    answer = old(web, method="multiply", params=[6, 7], id=known_by)

    assert answer == {"result": 42, "error": None, "id": known_by}


def test_a_failure_in_the_old_form_has_the_four_things(web: Web) -> None:
    answer = old(web, method="refuse", params=[1001, "Bad", "app", "why"], id=3)

    told = {"error": 1001, "description": "Bad", "origin": "app", "details": "why"}
    assert answer == {"result": None, "error": told, "id": 3}


@pytest.mark.parametrize(
    ("members", "number"),
    [
        ({"method": "vanish", "params": []}, 55),
        ({"method": "multiply", "params": [6]}, 56),
        ({"method": "multiply", "params": {"x": 6, "y": 7}}, 54),
        ({"method": "multiply"}, 54),
        ({"method": "multiply", "params": None}, 54),
        ({"method": 5, "params": []}, 54),
    ],
)
def test_in_the_old_form_failures_keep_the_numbers_of_old(web: Web, members: dict[str, Any], number: int) -> None:
    answer = old(web, **members, id="a")

    assert (answer["result"], answer["error"]["error"], answer["id"]) == (None, number, "a")


def test_in_the_old_form_an_id_that_is_none_is_answered_with_null(web: Web) -> None:
    answer = old(web, method="multiply", params=[6, 7], id=[1])

    assert (answer["error"]["error"], answer["id"]) == (54, None)


def test_there_are_no_batches_of_the_old_form(web: Web) -> None:
    (answer,) = post(web, json.dumps([{"method": "multiply", "params": [6, 7], "id": 1}]))

    assert error_of(answer) == (-32600, "Invalid Request")


# Discovery


def test_rpc_discover_gives_a_document_of_what_the_service_offers(web: Web) -> None:
    document = call(web, "rpc.discover")["result"]

    assert document["info"]["title"] == "math"
    assert {"multiply", "plant.line.speed"} <= {each["name"] for each in document["methods"]}


def test_rpc_discover_takes_no_arguments(web: Web) -> None:
    assert error_of(call(web, "rpc.discover", [1])) == (-32602, "Invalid params")


# Hanging up


@pytest.mark.parametrize("body", [raw("slow", "[]"), json.dumps([asked("slow"), asked("who")]).encode()])
def test_a_caller_who_hangs_up_ends_the_call_down_to_the_method(math: Math, web: Web, body: bytes) -> None:
    line = web.line()
    line.send(posted(body))

    line.hang_up()

    assert (math.begun, math.cancelled) == (1, 1)
    assert call(web, "multiply", [6, 7])["result"] == 42


# Bad input


@pytest.mark.parametrize("case", BODIES)
def test_a_bad_body_gets_its_error_and_the_gateway_serves_on(web: Web, logbook: Logbook, case: str) -> None:
    body, known_by, description, code, message, number = BODIES[case]
    line = web.line()

    line.send(posted(body, "Content-Type: application/json"))
    answer = read(line.answer())
    line.send(posted(MULTIPLY))

    four = {"error": number, "description": description, "origin": "", "details": ""}
    error = {"code": code, "message": message, "data": four}
    expected = {"jsonrpc": "2.0", "error": error, "id": known_by}
    assert answer == ([expected] if case in BATCHES else expected)
    assert read(line.answer())["result"] == 42
    assert logbook.failures() == []


@pytest.mark.parametrize("case", OLD)
def test_a_bad_body_of_the_older_form_is_answered_in_it(web: Web, case: str) -> None:
    body, known_by, description = OLD[case]

    answer = post(web, body)

    four = {"error": 54, "description": description, "origin": "", "details": ""}
    assert answer == {"result": None, "error": four, "id": known_by}
    assert call(web, "multiply", [6, 7])["result"] == 42


def test_the_tables_are_as_long_as_was_asked_for() -> None:
    assert len(BODIES) + len(OLD) >= 40
    assert len(REQUESTS) >= 20


@pytest.mark.parametrize("case", REQUESTS)
def test_a_bad_request_gets_its_status_and_the_gateway_serves_on(web: Web, case: str) -> None:
    request, status, text = REQUESTS[case]

    answer = web.ask(request)

    assert (answer.status, answer.body.decode()) == (status, text)
    assert call(web, "multiply", [6, 7])["result"] == 42


def test_a_body_that_does_not_come_in_time_is_408(network: Network, web: Web) -> None:
    line = web.line()
    line.send(posted(MULTIPLY)[:-10])
    for _ in range(6):
        network.clock.advance(4)
        line.send(b" ")
    assert line.unread == b""

    network.clock.advance(7)

    assert line.answer().status == 408
    assert call(web, "multiply", [6, 7])["result"] == 42


@pytest.mark.parametrize(
    "kind", ["application/json", "APPLICATION/JSON; charset=utf-8", "application/json-rpc", "application/vnd.x+json"]
)
def test_json_is_json_whatever_its_content_type_adds(web: Web, kind: str) -> None:
    assert read(web.post("math", MULTIPLY, f"Content-Type: {kind}"))["result"] == 42


PIECES = st.sampled_from(
    [
        '{"jsonrpc":"2.0"',
        ',"method":"who"',
        ',"id":1',
        ',"params":',
        "[",
        "]",
        "{",
        "}",
        ",",
        "null",
        "1e5",
        '"a":',
        "-",
    ]
)
NEARLY_CALLS = st.lists(PIECES, max_size=30).map(lambda pieces: "".join(pieces).encode())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ODD_REQUESTS = st.fixed_dictionaries(
    {}, optional={"jsonrpc": st.just("2.0") | VALUES, "method": st.just("who") | VALUES, "params": VALUES, "id": VALUES}
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=200)
    | NEARLY_CALLS
    | (ODD_REQUESTS | st.lists(ODD_REQUESTS, max_size=4)).map(lambda data: json.dumps(data).encode())
)
def test_whatever_the_body_is_there_is_an_answer_and_never_an_error_of_ours(
    web: Web, logbook: Logbook, body: bytes
) -> None:
    answer = web.post("math", body)

    assert answer.status in (200, 204)
    assert b"Traceback" not in answer.body
    assert b"-32603" not in answer.body
    assert logbook.failures() == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=VALUES)
def test_what_json_can_say_comes_back_as_it_was_sent(web: Web, value: Any) -> None:
    assert call(web, "echo", [value])["result"] == value
