"""What a JSON-RPC gateway makes of arguments, how much it does at once, and how much it answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from twisted.internet.defer import Deferred

from exchange import Hub, Service, method
from exchange.testing import Network
from tests.gateways.conftest import Math, offering
from tests.gateways.jsonweb import MULTIPLY, JsonGateway, asked, call, error_of, post, read
from tests.gateways.web import AT, Line, Web, posted
from tests.logbook import Logbook


@dataclass
class Order:
    """What somebody wants."""

    number: UUID
    due: datetime
    price: Decimal = Decimal(0)


class Shop(Service):
    """Takes what JSON has no words for."""

    name = "shop"
    groups = ("web-services",)

    @method
    def echo(
        self,
        at: datetime = datetime(2026, 1, 1),
        on: date | None = None,
        when: time | None = None,
        lasts: timedelta = timedelta(0),
        price: Decimal | None = None,
        number: UUID | None = None,
        raw: bytes = b"",
        tags: set[str] = frozenset(),  # type: ignore[assignment]
        pair: tuple[int, date] | None = None,
        wave: complex = 0j,
        stock: dict[int, Decimal] | None = None,
        either: datetime | str = "",
    ) -> str:
        """Return what came, as Python writes it."""
        values = [at, on, when, lasts, price, number, raw, tags, pair, wave, stock, either]
        return repr([value for value in values if value])

    @method
    def order(self, order: Order, more: list[Order] | None = None) -> list[str]:
        """Return the types of what came."""
        given: Any = order
        fields = given if isinstance(given, dict) else vars(given)
        return [type(value).__name__ for value in fields.values()]

    @method
    def stocks(self) -> dict[int, Decimal]:
        """Return numbers by numbers."""
        return {7: Decimal("1.50")}

    @method
    def plain(self, x: int, tags: list[str]) -> list[Any]:
        """Return what came."""
        return [x, tags]


@pytest.fixture
def web(network: Network, hub: Hub, math: Math, json_gateway: JsonGateway) -> Web:
    """A site with a gateway that shows `math` and `Shop`."""
    offering(network, Shop())
    return json_gateway()


# Arguments


@pytest.mark.parametrize(
    ("name", "value", "came"),
    [
        ("at", "2026-01-31T23:59:59Z", datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)),
        ("on", "2026-01-31", date(2026, 1, 31)),
        ("when", "23:59", time(23, 59)),
        ("lasts", 1.5, timedelta(seconds=1.5)),
        ("price", "1.10", Decimal("1.10")),
        ("price", 5, Decimal(5)),
        ("number", str(UUID(int=7)), UUID(int=7)),
        ("raw", "AP8=", b"\x00\xff"),
        ("tags", ["a"], {"a"}),
        ("pair", [1, "2026-01-31"], (1, date(2026, 1, 31))),
        ("wave", "(1+2j)", 1 + 2j),
        ("stock", {"7": "1.50"}, {7: Decimal("1.50")}),
        ("either", "2026-01-31T23:59:59Z", "2026-01-31T23:59:59Z"),
    ],
)
def test_a_method_gets_what_it_is_annotated_with(web: Web, name: str, value: Any, came: Any) -> None:
    usual = {} if name == "at" else {"at": "2026-01-01T00:00:00"}
    expected = [came] if name == "at" else [datetime(2026, 1, 1), came]

    assert call(web, "echo", {**usual, name: value}, "shop")["result"] == repr(expected)


def test_it_gets_it_by_place_in_a_batch_in_a_dataclass_and_in_the_older_form_too(web: Web) -> None:
    order = {"number": str(UUID(int=7)), "due": "2026-01-31T00:00:00"}
    old = {"method": "order", "params": [order], "id": 1}

    assert call(web, "order", [order], "shop")["result"][:2] == ["UUID", "datetime"]
    assert post(web, json.dumps([asked("order", [order])]), "shop")[0]["result"][:2] == ["UUID", "datetime"]
    assert post(web, json.dumps(old), "shop")["result"][:2] == ["UUID", "datetime"]


@pytest.mark.parametrize(
    ("method", "params", "text"),
    [
        ("echo", ["soon"], "shop.echo: at must be datetime, such as '2026-01-31T23:59:59+00:00', not 'soon'"),
        ("echo", {"raw": "?"}, "shop.echo: raw must be bytes, such as 'AP8=' in base64, not '?'"),
        ("echo", {"pair": [1]}, "shop.echo: pair must be an array of 2, not 1"),
        ("order", [{"number": 5}], f"shop.order: order.number must be UUID, such as '{UUID(int=0)}', not a number"),
        ("order", [{}, [{"due": ""}]], "shop.order: more[0].due must be datetime, such as '2026-01-31T23:59:59+00:00'"),
    ],
)
def test_what_cannot_be_that_is_invalid_params_and_the_argument_is_named(
    web: Web, method: str, params: Any, text: str
) -> None:
    answer = call(web, method, params, "shop")

    assert error_of(answer) == (-32602, "Invalid params")
    assert answer["error"]["data"]["error"] == 56
    assert answer["error"]["data"]["description"].startswith(text)


def test_what_a_method_returns_comes_back_as_its_argument(web: Web) -> None:
    stock = call(web, "stocks", name="shop")["result"]

    assert stock == {"7": "1.50"}
    assert "{7: Decimal('1.50')}" in call(web, "echo", {"stock": stock}, "shop")["result"]


def test_a_method_that_takes_what_json_has_gets_what_came(web: Web) -> None:
    assert call(web, "plain", ["x", "y"], "shop")["result"] == ["x", "y"]


class Newer(Service):
    """Takes something else than the service that it takes the place of."""

    name = "clock"
    groups = ("web-services",)

    @method
    def show(self, at: datetime) -> str:
        """Return the type of what came."""
        return type(at).__name__


class Older(Service):
    """Takes text."""

    name = "clock"
    groups = ("web-services",)

    @method
    def show(self, at: str) -> str:
        """Return the type of what came."""
        return type(at).__name__


def test_of_instances_that_take_different_things_each_gets_its_own(network: Network, web: Web) -> None:
    old = offering(network, Older())
    shown = [call(web, "show", ["2026-01-31T00:00"], "clock")["result"]]
    offering(network, Newer())
    shown += [call(web, "show", ["2026-01-31T00:00"], "clock")["result"] for _ in range(2)]
    network.cut(old)
    shown += [call(web, "show", ["2026-01-31T00:00"], "clock")["result"]]

    assert (shown[0], sorted(shown[1:3]), shown[3]) == ("str", ["datetime", "str"], "datetime")


class Silent(Newer):
    """Does not say what it offers; only then has ``says`` been set to something else."""

    says: Any = None

    @property
    def description(self) -> Any:
        """Return what it is told to say, whatever that is."""
        return self.says


@pytest.mark.parametrize("says", [None, {}, "nothing"])
def test_a_service_that_does_not_say_what_it_takes_is_called_with_what_came(
    network: Network, web: Web, says: Any
) -> None:
    silent = Silent()
    silent.says = says
    offering(network, silent)

    assert call(web, "show", ["2026-01-31T00:00"], "clock")["result"] == "str"


def test_a_service_that_is_slow_to_say_what_it_takes_is_called_after_a_second(network: Network, web: Web) -> None:
    silent = Silent()
    silent.says = Deferred()
    offering(network, silent)
    line = web.line()
    line.send(posted(json.dumps(asked("show", ["2026-01-31T00:00"])).encode(), path=f"{AT}/clock"))
    assert line.unread == b""

    network.clock.advance(1.1)

    assert read(line.answer())["result"] == "str"


class Noting(Silent):
    """Notes what it was called with."""

    def __init__(self) -> None:
        self.noted: list[Any] = []

    @method
    def note(self, at: datetime) -> None:
        """Note what came."""
        self.noted.append(at)


def hung_up_before_it_is_known(network: Network, web: Web, data: Any) -> list[Any]:
    """Post data, hang up before the service has said what it takes, and return what it was called with."""
    noting = Noting()
    noting.says = Deferred()
    offering(network, noting)
    line = web.line()
    line.send(posted(json.dumps(data).encode(), path=f"{AT}/clock"))
    line.hang_up()
    network.clock.advance(2)
    return noting.noted


def test_a_caller_who_hangs_up_before_that_is_known_is_forgotten(network: Network, web: Web, logbook: Logbook) -> None:
    request = asked("note", ["2026-01-31T00:00"])

    assert hung_up_before_it_is_known(network, web, [request, request]) == []
    assert call(web, "multiply", [6, 7])["result"] == 42
    assert logbook.failures() == []


def test_their_notifications_are_carried_out(network: Network, web: Web, logbook: Logbook) -> None:
    request = {"jsonrpc": "2.0", "method": "note", "params": ["x"]}

    assert hung_up_before_it_is_known(network, web, request) == ["x"]
    assert hung_up_before_it_is_known(network, web, [request, asked("note", ["y"]), request]) == ["x", "x"]
    assert logbook.failures() == []


def test_what_a_service_offers_is_asked_for_once(network: Network, web: Web) -> None:
    class Counting(Newer):
        asked = 0

        @property
        def description(self) -> Any:
            self.asked += 1
            return super().description

    counting = Counting()
    offering(network, counting)
    for _ in range(3):
        assert call(web, "show", ["2026-01-31T00:00"], "clock")["result"] == "datetime"

    assert counting.asked == 1


# How much at once

SLOW = {"jsonrpc": "2.0", "method": "slow"}


def slow(**members: Any) -> dict[str, Any]:
    return asked("slow", **members)


@pytest.fixture
def narrow(math: Math, json_gateway: JsonGateway) -> Web:
    """A site whose connections may each have three calls outstanding."""
    return json_gateway(max_calls=3)


def sent(web: Web, *requests: Any) -> Line:
    """Send a batch over a new connection."""
    line = web.line()
    line.send(posted(json.dumps(list(requests)).encode()))
    return line


def test_a_batch_runs_as_many_calls_at_once_as_a_connection_may_have(network: Network, math: Math, narrow: Web) -> None:
    line = sent(narrow, *[slow(id=number) for number in range(8)])
    assert math.begun == 3

    for begun in (4, 5, 6, 7, 8, 8, 8, 8):
        math.owed.pop(0).callback("done")
        network.settle()
        assert math.begun == begun

    assert [each["id"] for each in read(line.answer())] == list(range(8))


def test_calls_that_end_at_once_hold_nothing_up(math: Math, narrow: Web) -> None:
    answers = post(narrow, json.dumps([asked("multiply", [number, 1], id=number) for number in range(100)]))

    assert [each["result"] for each in answers] == list(range(100))


def test_notifications_under_way_count_and_the_next_request_is_429_until_one_has_ended(
    network: Network, math: Math, narrow: Web
) -> None:
    line = sent(narrow, SLOW, SLOW, SLOW)
    assert line.answer().status == 204

    line.send(posted(MULTIPLY))
    refused = line.answer()
    math.owed[0].callback(None)
    network.settle()
    line.send(posted(MULTIPLY))

    assert (refused.status, refused.headers["content-type"]) == (429, "text/plain; charset=utf-8")
    assert b"as many calls outstanding as it may have" in refused.body
    assert read(line.answer())["result"] == 42
    assert read(narrow.ask(posted(MULTIPLY)))["result"] == 42, "another connection is another matter"


def test_a_batch_of_more_notifications_than_that_is_answered_when_the_last_has_begun(
    network: Network, math: Math, narrow: Web
) -> None:
    line = sent(narrow, *[SLOW] * 5)
    assert (math.begun, line.unread) == (3, b"")

    math.owed[0].callback(None)
    math.owed[1].callback(None)
    network.settle()

    assert math.begun == 5
    assert line.answer().status == 204


def test_a_caller_who_hangs_up_ends_what_runs_of_a_batch_and_the_rest_is_never_begun(
    network: Network, math: Math, narrow: Web, logbook: Logbook
) -> None:
    line = sent(narrow, *[slow(id=number) for number in range(8)])

    line.hang_up()
    network.settle()

    assert (math.begun, math.cancelled) == (3, 3)
    assert logbook.failures() == []


# How much is answered


def test_answers_to_a_batch_that_are_too_large_together_are_failures_each(
    math: Math, json_gateway: JsonGateway
) -> None:
    web = json_gateway(max_results=5000)
    large = "x" * 2000

    answers = post(web, json.dumps([asked("echo", [large], id=number) for number in range(4)] + [asked("who", id=9)]))

    assert [each["id"] for each in answers] == [0, 1, 2, 3, 9]
    assert [each.get("result") for each in answers] == [large, large, None, None, ""]
    assert [each["error"]["code"] for each in answers[2:4]] == [52, 52]
    assert "more than 5000 bytes together" in answers[2]["error"]["message"]


def test_one_answer_alone_may_be_larger(math: Math, json_gateway: JsonGateway) -> None:
    web = json_gateway(max_results=5000)

    assert len(call(web, "echo", ["x" * 10_000])["result"]) == 10_000


def test_a_batch_that_asks_for_the_document_many_times_gets_it_each_time(web: Web) -> None:
    answers = post(web, json.dumps([asked("rpc.discover", id=number) for number in range(100)]))

    assert [each["id"] for each in answers] == list(range(100))
    assert len({json.dumps(each["result"]) for each in answers}) == 1


# What goes wrong in the gateway itself

FAILED = "the gateway failed; its log says why"


@pytest.mark.parametrize("body", [b"{", b"[]", b"5", b"[5]", json.dumps(asked("vanish")).encode()])
def test_a_way_to_tell_of_failures_that_raises_is_an_internal_error_in_the_log(
    math: Math, json_gateway: JsonGateway, logbook: Logbook, body: bytes
) -> None:
    def tell(error: Exception) -> Any:
        raise RuntimeError("oh")

    web = json_gateway(tell=tell)

    answer = read(web.post("math", body))

    assert answer["error"]["code"] == -32603
    assert answer["error"]["data"]["description"] == FAILED
    assert logbook.failures() == ["RuntimeError: oh"]
    assert call(web, "multiply", [6, 7])["result"] == 42


def test_a_call_that_cannot_even_be_tried_is_one_too(math: Math, json_gateway: JsonGateway, logbook: Logbook) -> None:
    web = json_gateway(timeout=-1)

    answer = call(web, "multiply", [6, 7])

    assert (answer["error"]["code"], answer["id"]) == (-32603, 1)
    assert [failure.partition(":")[0] for failure in logbook.failures()] == ["ValueError"]


# The end of the site


def test_a_site_that_leaves_waits_for_notifications_of_those_who_are_gone(
    network: Network, math: Math, web: Web
) -> None:
    assert web.post("math", json.dumps(SLOW).encode()).status == 204
    web.close()
    quiet: list[None] = []

    web.site.when_quiet().addCallback(quiet.append)  # type: ignore[attr-defined]
    network.settle()
    assert (quiet, math.cancelled) == ([], 0)

    math.owed[0].callback(None)
    network.settle()
    assert quiet == [None]


def test_a_notification_that_has_ended_is_not_waited_for(network: Network, math: Math, web: Web) -> None:
    assert web.post("math", b'{"jsonrpc": "2.0", "method": "who"}').status == 204
    assert web.post("math", b'{"jsonrpc": "2.0", "method": "vanish"}').status == 204
    web.close()
    quiet: list[None] = []

    web.site.when_quiet().addCallback(quiet.append)  # type: ignore[attr-defined]

    assert quiet == [None]
