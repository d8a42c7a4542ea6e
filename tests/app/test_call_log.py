"""A line for each call, for whoever asks for it."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.logger import ILogObserver, LogEvent, globalLogPublisher
from zope.interface import implementer

from exchange import CallError, Exchange, Service, method
from exchange.app.call_log import NAMESPACE, CallLog
from exchange.testing import Network


class Kitchen(Service):
    """Cooks."""

    name = "kitchen"

    @method
    def cook(self, what: str) -> str:
        """Return it, cooked."""
        return f"cooked {what}"

    @method
    def refuse(self) -> None:
        """Tell that there is nothing."""
        raise CallError("nothing is left", number=77)

    @method
    def wait(self) -> Deferred[None]:
        """Never answer."""
        return Deferred()


@implementer(ILogObserver)
class Calls(list[dict[str, Any]]):
    """The lines of calls."""

    def __call__(self, event: LogEvent) -> None:
        if event.get("log_namespace") == NAMESPACE:
            self.append(dict(event))


@pytest.fixture
def calls() -> Any:
    seen = Calls()
    globalLogPublisher.addObserver(seen)
    yield seen
    globalLogPublisher.removeObserver(seen)


@pytest.fixture
def caller(network: Network) -> Exchange:
    network.hub()
    return network.peer()


def kitchen(network: Network, is_wanted: bool) -> CallLog:
    callee, log = network.peer(), CallLog(is_wanted)
    log.add(callee)
    callee.add(Kitchen())
    return log


def test_a_call_that_was_answered_has_a_line(network: Network, caller: Exchange, calls: Calls) -> None:
    kitchen(network, True)

    network.result(caller.call_for(None, "kitchen", "cook", ["soup"], user="bob"))

    (line,) = calls
    told = {name: line[name] for name in ("service", "method", "outcome", "delivered", "principal", "user")}
    assert told == {
        "service": "kitchen",
        "method": "cook",
        "outcome": "reply",
        "delivered": True,
        "principal": None,
        "user": "bob",
    }
    assert line["call"].startswith(line["caller"])
    assert line["seconds"] == 0.0


def test_a_call_that_failed_says_with_what(network: Network, caller: Exchange, calls: Calls) -> None:
    kitchen(network, True)

    with pytest.raises(CallError):
        network.result(caller.call("kitchen", "refuse"))
    with pytest.raises(CallError):
        network.result(caller.call("kitchen", "dance"))

    refused, unknown = calls
    assert (refused["outcome"], refused["error"], refused["delivered"]) == ("failure", 77, True)
    assert (unknown["outcome"], unknown["error"], unknown["delivered"]) == ("failure", 55, False)
    assert unknown["method"] == "dance"


def test_a_call_that_nobody_waits_for_any_more_was_cancelled(network: Network, caller: Exchange, calls: Calls) -> None:
    kitchen(network, True)
    answer = caller.call("kitchen", "wait")
    network.clock.advance(2)
    answer.addErrback(lambda _: None)

    answer.cancel()
    network.settle()

    (line,) = calls
    assert (line["outcome"], line["seconds"]) == ("cancelled", 2.0)


def test_a_call_has_its_trace(network: Network, caller: Exchange, calls: Calls) -> None:
    kitchen(network, True)
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    network.result(caller.call_for(None, "kitchen", "cook", ["soup"], trace={"traceparent": parent}))

    assert (calls[0]["trace_id"], calls[0]["span_id"]) == ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")


def test_no_argument_and_no_result_stands_in_a_line(network: Network, caller: Exchange, calls: Calls) -> None:
    kitchen(network, True)

    network.result(caller.call("kitchen", "cook", "secret soup"))

    assert "soup" not in str(calls)


def test_unless_it_is_wanted_there_is_no_line_and_it_may_be_wanted_later(
    network: Network, caller: Exchange, calls: Calls
) -> None:
    log = kitchen(network, False)
    network.result(caller.call("kitchen", "cook", "soup"))
    assert calls == []

    log.change(True)
    network.result(caller.call("kitchen", "cook", "soup"))
    log.change(True)
    network.result(caller.call("kitchen", "cook", "soup"))
    assert len(calls) == 2

    log.change(False)
    network.result(caller.call("kitchen", "cook", "soup"))
    assert len(calls) == 2


def test_what_a_hub_is_asked_by_others_has_a_line_and_what_it_asks_itself_has_none(
    network: Network, calls: Calls
) -> None:
    hub, log = network.hub(), CallLog(True)
    log.add(hub)

    network.result(hub.call("$exchange", "metrics"))
    assert calls == []

    network.result(network.peer(hub).call("$exchange", "overview"))
    assert [(line["service"], line["method"]) for line in calls] == [("$exchange", "overview")]
