"""The span of a call at its callee: its parent, what it says, and that it is the current one in the method."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.trace import get_current_span
from twisted.internet.defer import Deferred, succeed

from exchange import CallError, Exchange, Service, current_call, method
from exchange.testing import Network
from exchange.tracing import trace
from exchange.wire.identities import readable
from tests.logbook import Logbook
from tests.spans.collected import Collected, id_of, parent_of, trace_of, written_on


class Work(Service):
    """Calls another service in all ways in which a method can be written."""

    name = "work"

    def __init__(self, spans: Collected) -> None:
        self.tracer = spans.provider.get_tracer("mine")
        self.owed: Deferred[Any] = Deferred()

    @method
    def plain(self) -> Deferred[Any]:
        """Call at once."""
        return self.exchange.call("store", "get")

    @method
    async def coroutine(self) -> Any:
        """Call twice, one after the other."""
        await self.exchange.call("store", "get")
        return await self.exchange.call("store", "get")

    @method(thread=True)
    def thread(self) -> str:
        """Tell what is current in a thread."""
        return name_of_current()

    @method(limit=1)
    async def limited(self) -> Any:
        """Call when it is its turn."""
        return await self.exchange.call("store", "get")

    @method
    async def own(self) -> Any:
        """Call within a span of the user's."""
        with self.tracer.start_as_current_span("own"):
            return await self.exchange.call("store", "get")

    @method
    def pass_on(self) -> Deferred[Any]:
        """Let the other answer."""
        return self.forward("store", "get")

    @method
    async def wait(self) -> str:
        """Tell what is current after all."""
        await self.owed
        return name_of_current()

    @method
    def divide(self, x: int, y: int) -> float:
        """Return the quotient."""
        return x / y

    @method
    async def refuse(self) -> None:
        """Raise what is meant for the caller."""
        await succeed(None)
        raise CallError("not today", number=1000)

    @method
    def told(self) -> str | None:
        """Return what the method is told to be a part of."""
        return current_call().traceparent


class Store(Service):
    """Is called by others."""

    name = "store"

    @method
    def get(self) -> str:
        """Return something."""
        return "something"


def name_of_current() -> str:
    span: Any = get_current_span()
    return str(getattr(span, "name", ""))


@pytest.fixture
def spans() -> Collected:
    return Collected()


@pytest.fixture
def work(spans: Collected) -> Work:
    return Work(spans)


@pytest.fixture
def caller(network: Network, spans: Collected, work: Work, logbook: Logbook) -> Iterator[Exchange]:
    """A caller, a service, and a third that the service calls; all are traced."""
    network.hub()
    caller, middle, last = network.peer(), network.peer(), network.peer()
    middle.add(work)
    last.add(Store())
    for exchange in (caller, middle, last):
        trace(exchange, spans.provider)
    yield caller
    assert name_of_current() == "", "what was attached was detached again"


@pytest.mark.parametrize("name", ["plain", "pass_on", "limited"])
def test_calls_of_a_method_are_within_its_span(network: Network, caller: Exchange, spans: Collected, name: str) -> None:
    assert network.result(caller.call("work", name)) == "something"
    within: Any = {"CLIENT store/get": {"SERVER store/get": {}}}
    assert spans.tree() == {f"CLIENT work/{name}": {f"SERVER work/{name}": within}}
    assert len({trace_of(span) for span in spans.all()}) == 1


def test_so_they_are_in_a_coroutine_after_each_await(network: Network, caller: Exchange, spans: Collected) -> None:
    network.result(caller.call("work", "coroutine"))
    server = spans.named("work/coroutine", "SERVER")
    calls = [span for span in spans.all() if span.name == "store/get" and span.kind.name == "CLIENT"]
    assert [parent_of(span) for span in calls] == [id_of(server)] * 2


def test_a_span_of_the_users_own_is_between(network: Network, caller: Exchange, spans: Collected) -> None:
    network.result(caller.call("work", "own"))
    within: Any = {"INTERNAL own": {"CLIENT store/get": {"SERVER store/get": {}}}}
    assert spans.tree() == {"CLIENT work/own": {"SERVER work/own": within}}


def test_calls_that_wait_for_their_turn_have_each_its_own(network: Network, caller: Exchange, spans: Collected) -> None:
    answers = [caller.call("work", "limited") for _ in range(3)]
    for answer in answers:
        network.result(answer)
    assert len({trace_of(span) for span in spans.all()}) == 3
    assert len(spans.all()) == 12


def test_it_is_current_in_a_thread_and_after_a_long_wait(network: Network, caller: Exchange, work: Work) -> None:
    assert network.result(caller.call("work", "thread")) == "work/thread"
    answer = caller.call("work", "wait")
    network.settle()
    network.result(caller.call("work", "plain"))
    work.owed.callback(None)
    assert network.result(answer) == "work/wait"


def test_it_says_who_called_whom(network: Network, caller: Exchange, spans: Collected, work: Work) -> None:
    network.result(caller.call("work", "told"))
    written = written_on(spans.named("work/told", "SERVER"))
    assert written == {
        "rpc.system": "exchange",
        "rpc.service": "work",
        "rpc.method": "told",
        "exchange.instance": readable(work.exchange.id_of(work)),
        "exchange.caller": readable(caller.identity),
    }


def test_the_call_itself_tells_of_it(network: Network, caller: Exchange, spans: Collected) -> None:
    told = network.result(caller.call("work", "told"))
    server = spans.named("work/told", "SERVER")
    assert told == f"00-{trace_of(server):032x}-{id_of(server):016x}-{told[-2:]}"


def test_what_a_method_raises_is_recorded(
    network: Network, caller: Exchange, spans: Collected, logbook: Logbook
) -> None:
    with pytest.raises(CallError):
        network.result(caller.call("work", "divide", 1, 0))
    span = spans.named("work/divide", "SERVER")
    (event,) = span.events
    recorded = dict(event.attributes or {})
    assert recorded["exception.type"] == "ZeroDivisionError"
    assert "return x / y" in str(recorded["exception.stacktrace"])
    written = written_on(span)
    assert (written["error.type"], written["rpc.response.status_code"]) == ("ZeroDivisionError", "57")
    assert not span.status.is_ok
    assert logbook.failures() == ["ZeroDivisionError: division by zero"]


def test_so_is_what_is_meant_for_the_caller(network: Network, caller: Exchange, spans: Collected) -> None:
    with pytest.raises(CallError):
        network.result(caller.call("work", "refuse"))
    written = written_on(spans.named("work/refuse", "SERVER"))
    assert (written["error.type"], written["rpc.response.status_code"]) == ("CallError", "1000")


@pytest.mark.parametrize(
    ("name", "args", "told", "kind"),
    [("divide", (1,), "work/divide", "BadArguments"), ("made-up", (), "work/_OTHER", "MethodUnavailable")],
)
def test_a_call_that_is_refused_has_a_span_in_the_same_trace(
    network: Network, caller: Exchange, spans: Collected, name: str, args: tuple[Any, ...], told: str, kind: str
) -> None:
    with pytest.raises(CallError):
        network.result(caller.call("work", name, *args))
    client, server = (spans.named(told, kind) for kind in ("CLIENT", "SERVER"))
    assert parent_of(server) == id_of(client)
    assert written_on(server)["error.type"] == kind
    assert written_on(server)["exchange.delivered"] is False


def test_a_call_that_is_cancelled_is_marked_and_no_error(network: Network, caller: Exchange, spans: Collected) -> None:
    answer = caller.call("work", "wait")
    network.settle()
    answer.addErrback(lambda failure: None).cancel()
    network.settle()
    span = spans.named("work/wait", "SERVER")
    assert written_on(span)["exchange.cancelled"] is True
    assert span.status.is_ok


def test_an_answer_within_the_process_is_not_a_part_of_the_method(network: Network, spans: Collected) -> None:
    """A caller's callback in the process of the method must not begin spans within it."""
    exchange, work = network.peer(), Work(spans)
    exchange.add(work)
    trace(exchange, spans.provider)
    seen: list[str] = []
    answer = exchange.call("work", "wait")
    answer.addCallback(lambda _: seen.append(name_of_current()))
    work.owed.callback(None)
    network.result(answer)
    assert seen == [""]


def test_what_is_built_in_has_none(network: Network, caller: Exchange, spans: Collected) -> None:
    network.result(caller.ping("work"))
    assert spans.all() == []
