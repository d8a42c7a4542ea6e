"""What says to which trace a call belongs: what of it is believed, and how it goes from call to call."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from opentelemetry.trace import TraceState
from twisted.internet.defer import Deferred

from exchange import Exchange, Service, current_call, method
from exchange.services.trace_context import LONGEST_STATE, parent_of, state_of, trace_in
from exchange.testing import Network
from exchange.wire.values import encode_context, join_request

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


BAD_STATES = (
    "plant=\x1b[31m",
    "plant=1\nother=2",
    "plant",
    "plant=",
    "=1",
    "1=1",
    "Plant=1",
    "plant=1=2",
    "plant=1,plant=2",
    ",".join(f"k{number}=1" for number in range(33)),
    "plant=" + "x" * LONGEST_STATE,
    "plant=" + "x" * 257,
    ", ,",
)


class Told(Service):
    """Tells of the trace that its caller told."""

    name = "told"

    @method
    def trace(self) -> dict[str, str]:
        """Return it."""
        return current_call().trace


class Between(Service):
    """Calls another service."""

    name = "between"

    @method
    def ask(self) -> Deferred[Any]:
        """Return what the other was told."""
        return self.exchange.call("told", "trace")

    @method
    async def ask_later(self) -> Any:
        """Return what the other was told by the second of two calls."""
        await self.exchange.call("told", "trace")
        return await self.exchange.call("told", "trace")

    @method
    def pass_on(self) -> Deferred[Any]:
        """Let the other answer."""
        return self.forward("told", "trace")


def three() -> tuple[Network, Exchange]:
    """Return a network with a caller, a service, and another service that calls it; nobody traces."""
    network = Network()
    network.hub()
    network.peer().add(Told())
    network.peer().add(Between())
    return network, network.peer()


def ask(network: Network, caller: Exchange, method: str, **trace: str) -> Any:
    return network.result(caller.call_for(None, "between", method, (), trace=trace))


@pytest.mark.parametrize("name", ["ask", "ask_later", "pass_on"])
def test_whoever_does_not_trace_passes_on_what_came(name: str) -> None:
    network, caller = three()
    told = {"traceparent": PARENT, "tracestate": "plant=1,other=2"}
    assert ask(network, caller, name, **told) == told
    network.close()


@pytest.mark.parametrize("name", ["ask", "ask_later", "pass_on"])
def test_where_nothing_came_nothing_is_passed_on(name: str) -> None:
    network, caller = three()
    assert ask(network, caller, name) == {}
    network.close()


def test_a_call_on_behalf_of_another_is_passed_on_with_its_trace_from_a_callback_too() -> None:
    kept: list[Any] = []

    class Keeping(Service):
        name = "keeping"

        @method
        def keep(self) -> None:
            kept.append(current_call())

    network, caller = three()
    keeping = Keeping()
    caller.add(keeping)
    network.result(caller.call_for(None, "keeping", "keep", (), trace={"traceparent": PARENT}))
    assert network.result(caller.forward(kept[0], "told", "trace")) == {"traceparent": PARENT}
    network.close()


@pytest.mark.parametrize(
    "given",
    [
        PARENT,
        f"00-{TRACE}-b7ad6b7169203331-00",
        f"01-{TRACE}-b7ad6b7169203331-01",
        f"cc-{TRACE}-b7ad6b7169203331-01-what-will-be",
    ],
)
def test_a_parent_is_written_as_version_00_does(given: str) -> None:
    assert parent_of(given) == f"00{given[2:55]}"


@pytest.mark.parametrize(
    "given",
    [
        None,
        7,
        PARENT.encode(),
        "",
        "yes",
        PARENT.upper(),
        f" {PARENT}",
        f"{PARENT}\n",
        f"{PARENT}-more",
        f"{PARENT}0",
        f"ff{PARENT[2:]}",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[1:]}-b7ad6b7169203331-01",
        f"01-{TRACE}-b7ad6b7169203331-01x",
        f"01-{TRACE}-b7ad6b7169203331-01-\x07",
        f"01-{TRACE}-b7ad6b7169203331-01-{'x' * 1000}",
    ],
)
def test_what_is_no_parent_is_as_if_it_were_not_there(given: object) -> None:
    assert parent_of(given) is None
    assert trace_in({"traceparent": given, "tracestate": "plant=1"}) == {}


@pytest.mark.parametrize("given", [None, 7, "", *BAD_STATES])
def test_a_state_that_is_none_costs_the_state_alone(given: object) -> None:
    assert state_of(given) is None
    assert trace_in({"traceparent": PARENT, "tracestate": given}) == {"traceparent": PARENT}


LONGEST = f"plant={'x' * 250},other={'x' * 249}"


@pytest.mark.parametrize(
    "state", ["plant=1", "a=1,\tb=2 ,,c=3", "tenant@plant=1", "0/a@b=1", "a/a_b*c-d= ! ~", LONGEST]
)
def test_a_state_is_passed_on_as_it_came(state: str) -> None:
    assert len(LONGEST) == LONGEST_STATE
    assert trace_in({"traceparent": PARENT, "tracestate": state})["tracestate"] == state


def test_what_is_passed_on_is_nothing_of_which_opentelemetry_would_complain(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever calls could else have the log of a process filled that traces."""
    random = Random(1)
    for _ in range(20_000):
        state = "".join(random.choice("ab1=,@ \t-_/*!~\x7fA") for _ in range(random.randrange(12)))
        if state_of(state) is not None:
            assert TraceState.from_header([state]), state
    assert caplog.records == []


def test_what_came_malformed_reaches_no_method_and_no_other_call() -> None:
    network, caller = three()
    body = join_request((), {}, encode_context({"traceparent": "yes", "tracestate": "x" * 5000}))
    from exchange.services.waiting import Terms

    assert network.result(caller._calls.send_body("between", "ask", body, Terms(30.0))) == {}
    network.close()


def test_a_method_sees_parent_and_state_by_themselves() -> None:
    seen: list[Any] = []

    class Seeing(Service):
        name = "seeing"

        @method
        def see(self) -> None:
            seen.append((current_call().traceparent, current_call().tracestate))

    network = Network()
    caller = network.peer()
    caller.add(Seeing())
    network.result(caller.call_for(None, "seeing", "see", (), trace={"traceparent": PARENT, "tracestate": "a=1"}))
    network.result(caller.call("seeing", "see"))
    assert seen == [(PARENT, "a=1"), (None, None)]
    network.close()
