"""The span of a call at its caller: what is written on it, and within which one it is."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.trace import get_tracer
from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from exchange import CallError, CallTimeout, Exchange, RemoteError, Service, ServiceUnavailable, method
from exchange.spans.call_span import CallSpan, begin_call
from exchange.testing import Network
from exchange.tracing import trace
from exchange.wire.identities import readable
from tests.logbook import Logbook
from tests.spans.collected import Collected, parent_of, trace_of, written_on


class Math(Service):
    """Ends in all ways."""

    name = "math"

    @method
    def multiply(self, x: int, y: int) -> int:
        """Return the product."""
        return x * y

    @method
    def divide(self, x: int, y: int) -> float:
        """Return the quotient."""
        return x / y

    @method
    def never(self) -> Deferred[None]:
        """Give no answer."""
        return Deferred()


@pytest.fixture
def spans() -> Collected:
    return Collected()


@pytest.fixture
def caller(network: Network, spans: Collected) -> Exchange:
    """A caller that is traced; the service is in another process, which is not."""
    network.hub()
    network.peer().add(Math())
    caller = network.peer()
    trace(caller, spans.provider)
    return caller


def test_it_says_whom_was_called(network: Network, caller: Exchange, spans: Collected) -> None:
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42
    span = spans.named("math/multiply", "CLIENT")
    assert written_on(span) == {"rpc.system": "exchange", "rpc.service": "math", "rpc.method": "multiply"}
    assert span.status.is_ok
    assert span.events == ()
    assert span.instrumentation_scope is not None
    assert span.instrumentation_scope.name == "exchange"


def test_of_a_call_by_id_it_says_the_name_if_that_is_known(
    network: Network, caller: Exchange, spans: Collected
) -> None:
    caller.watch("math")
    network.settle()
    (presence,) = caller.instances("math")
    network.result(caller.call(presence.id, "multiply", 6, 7))
    assert written_on(spans.named("math/multiply"))["exchange.instance"] == readable(presence.id)
    other = network.peer()
    trace(other, spans.provider)
    network.result(other.call(presence.id, "divide", 6, 3))
    assert "rpc.service" not in written_on(spans.named("divide"))


def test_it_says_how_a_call_failed(network: Network, caller: Exchange, spans: Collected, logbook: Logbook) -> None:
    with pytest.raises(RemoteError):
        network.result(caller.call("math", "divide", 1, 0))
    span = spans.named("math/divide")
    assert not span.status.is_ok
    assert span.status.description == "ZeroDivisionError: division by zero"
    written = written_on(span)
    assert (written["error.type"], written["rpc.response.status_code"]) == ("RemoteError", "57")
    assert written["exchange.delivered"] is True
    (event,) = span.events
    assert event.name == "exception"
    logbook.failures()


def test_it_says_that_nobody_was_there(network: Network, caller: Exchange, spans: Collected) -> None:
    with pytest.raises(ServiceUnavailable):
        network.result(caller.call("nobody", "multiply"))
    written = written_on(spans.named("nobody/multiply"))
    assert written["error.type"] == "ServiceUnavailable"
    assert written["exchange.delivered"] is False


def test_it_says_that_time_ran_out(network: Network, caller: Exchange, spans: Collected) -> None:
    answer = caller.call("math", "never", timeout=5)
    network.clock.advance(6)
    with pytest.raises(CallTimeout):
        network.result(answer)
    written = written_on(spans.named("math/never"))
    assert (written["error.type"], written["rpc.response.status_code"]) == ("CallTimeout", "47")
    assert "exchange.delivered" not in written


def test_it_says_that_the_caller_did_not_wait(network: Network, caller: Exchange, spans: Collected) -> None:
    answer = caller.call("math", "never")
    network.settle()
    answer.cancel()
    with pytest.raises(CancelledError):
        network.result(answer)
    assert written_on(spans.named("math/never"))["error.type"] == "CancelledError"


def test_it_says_that_what_was_to_be_sent_cannot_be(network: Network, caller: Exchange, spans: Collected) -> None:
    with pytest.raises(CallError):
        network.result(caller.call("math", "multiply", object()))
    assert written_on(spans.named("math/multiply"))["error.type"] == "UnsuitableValue"


def test_arguments_results_and_users_are_not_written_anywhere(
    network: Network, caller: Exchange, spans: Collected
) -> None:
    network.result(caller.service("math", user="secret", properties={"key": "secret"}).multiply("secret", 2))
    assert "secret" not in spans.named("math/multiply").to_json()


def test_it_says_that_a_call_was_made_again(network: Network, spans: Collected) -> None:
    network.hub()
    callee, caller = network.peer(), network.peer()
    callee.add(Math())
    trace(caller, spans.provider)
    answer = caller.call("math", "never", retry=True)
    network.settle()
    network.cut(callee)
    network.peer().add(Math())
    network.clock.advance(1)
    answer.addErrback(lambda failure: failure.trap(CancelledError) and None).cancel()
    network.settle()
    event, _ = spans.named("math/never").events
    assert (event.name, dict(event.attributes or {})) == ("exchange.repeated", {"error.type": "ServiceWithdrawn"})
    network.restore(callee)


def test_a_span_of_the_user_is_its_parent(network: Network, caller: Exchange, spans: Collected) -> None:
    with spans.provider.get_tracer("mine").start_as_current_span("mine"):
        answers = [caller.call("math", "multiply", 6, 7), caller.call_all("math", "multiply", 6, 7)]
    for answer in answers:
        network.result(answer)
    mine, *calls = sorted(spans.all(), key=lambda span: span.kind.name == "CLIENT")
    assert len(calls) == 2
    assert {parent_of(call) for call in calls} == {mine.context.span_id if mine.context else None}


def test_without_one_it_begins_a_trace(network: Network, caller: Exchange, spans: Collected) -> None:
    for _ in range(2):
        network.result(caller.call("math", "multiply", 6, 7))
    assert len({trace_of(span) for span in spans.all()}) == 2
    assert [span.parent for span in spans.all()] == [None, None]


def test_with_no_provider_there_is_nothing_to_carry(network: Network) -> None:
    caller = network.peer()
    caller.add(Math())
    trace(caller)
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42
    assert begin_call(get_tracer("none"), "math", "math", "multiply", {}).carried == {}


class Broken:
    """A span that cannot be ended."""

    def end(self) -> None:
        """Raise."""
        raise ZeroDivisionError

    def __getattr__(self, name: str) -> Any:
        raise ZeroDivisionError


@pytest.mark.parametrize("result", [42, Failure(CallError("no"))])
def test_a_span_that_cannot_be_ended_does_not_cost_the_result(result: Any, logbook: Logbook) -> None:
    broken: Any = Broken()
    assert CallSpan(broken, None, {}).ended(result) is result
    assert logbook.failures() == ["ZeroDivisionError: "]
