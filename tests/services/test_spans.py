"""What an exchange asks of whoever traces: one span for each call, however often it is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from exchange import CallError, Exchange, Service, current_call, method
from exchange.services.current import Begun
from exchange.services.observing import View
from exchange.testing import Network

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Span:
    """A call, and what became of it."""

    carried: Mapping[str, str] = {"traceparent": PARENT}

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def repeated(self, error: CallError) -> None:
        """Say why it is made again."""
        self.lines.append(f"again: {type(error).__name__}")

    def ended(self, result: Any) -> Any:
        """Say how it ended."""
        self.lines.append(f"ended: {type(result.value).__name__ if isinstance(result, Failure) else result}")
        return result


class Lines:
    """Traces by writing lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def call(self, service: str | None, to: str | bytes, method: str, context: Mapping[str, Any]) -> Span:
        """Say that a call is made."""
        self.lines.append(f"call {service!r}.{method}")
        return Span(self.lines)

    def answer(self, name: str, begun: Begun) -> View | None:
        """Say that a call came."""
        self.lines.append(f"answer {name}")
        return None

    def visit(self, request: Any) -> Mapping[str, str]:
        """Say nothing: there is no gateway."""
        return {}


class Told(Service):
    """Tells of the trace that its caller told."""

    name = "told"

    @method
    def trace(self) -> str | None:
        """Return it."""
        return current_call().traceparent

    @method(idempotent=True)
    def never(self) -> Deferred[Any]:
        """Give no answer."""
        return Deferred()


def traced() -> tuple[Network, Exchange, Lines]:
    """Return a caller that is traced, and whatever is told."""
    network = Network()
    network.hub()
    network.peer().add(Told())
    caller, lines = network.peer(), Lines()
    caller.use_tracing(lines)
    return network, caller, lines


def test_a_call_is_one_span_and_its_context_reaches_the_method() -> None:
    network, caller, lines = traced()
    assert network.result(caller.call("told", "trace")) == PARENT
    assert lines.lines == ["call 'told'.trace", f"ended: {PARENT}"]
    network.close()


def test_a_call_by_a_proxy_on_behalf_of_a_user_and_one_that_is_sticky_are_traced_too() -> None:
    network, caller, lines = traced()
    for proxy in (caller.service("told", user="ann"), caller.service("told", sticky=True)):
        assert network.result(proxy.trace()) == PARENT
    assert lines.lines == ["call 'told'.trace", f"ended: {PARENT}"] * 2
    network.close()


def test_each_call_to_all_is_a_span() -> None:
    network, caller, lines = traced()
    network.peer().add(Told())
    outcomes = network.result(caller.call_all("told", "trace"))
    assert [outcome.value for outcome in outcomes.values()] == [PARENT] * 2
    assert len(lines.lines) == 4
    network.close()


def test_what_is_built_in_is_not_traced() -> None:
    network, caller, lines = traced()
    network.result(caller.ping("told"))
    network.result(caller.describe("told"))
    overview = network.result(caller.call("$exchange", "overview"))
    network.result(caller.call(overview["identity"] + bytes(4), "overview"))
    assert lines.lines == []
    network.close()


def test_a_call_that_is_held_is_one_span_however_often_it_was_tried() -> None:
    network, caller, lines = traced()
    answer = caller.call("later", "trace", wait=10)
    network.clock.advance(3)

    class Later(Told):
        name = "later"

    network.peer().add(Later())
    assert network.result(answer) == PARENT
    assert lines.lines == ["call 'later'.trace", f"ended: {PARENT}"]
    network.close()


def test_a_call_that_is_made_again_says_why() -> None:
    network, lines = Network(), Lines()
    network.hub()
    callee, caller = network.peer(), network.peer()
    callee.add(Told())
    caller.use_tracing(lines)
    answer = caller.call("told", "never", retry=True)
    network.settle()
    network.cut(callee)
    network.peer().add(Told())
    network.clock.advance(1)
    answer.addErrback(lambda failure: failure.trap(CancelledError) and None).cancel()
    network.settle()
    assert lines.lines == ["call 'told'.never", "again: ServiceWithdrawn", "ended: CancelledError"]
    network.restore(callee)
    network.close()


@pytest.mark.parametrize("method", ["nothing", 7])
def test_a_call_that_cannot_be_made_ends_its_span(method: Any) -> None:
    network, caller, lines = traced()
    with pytest.raises(CallError):
        network.result(caller.call("told", method))
    assert lines.lines in (["call 'told'.nothing", "ended: MethodUnavailable"], [])
    with pytest.raises(ValueError, match="at least 0"):
        caller.call("told", "trace", timeout=-1)
    network.close()


def test_calls_that_come_are_shown() -> None:
    network, caller, lines = traced()
    caller.add(Told())
    network.result(network.peer().call("told", "trace"))
    network.result(caller.call("told", "trace"))
    assert "answer told" in lines.lines
    network.close()


def test_an_exchange_is_traced_once() -> None:
    network, caller, lines = traced()
    assert caller.tracing is lines
    with pytest.raises(RuntimeError, match="traced already"):
        caller.use_tracing(Lines())
    network.close()
