"""What is done for whoever has come in, and what is not."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from exchange import BadArguments, CallError, CallRefused, Exchange, Hub, Rule, ServiceUnavailable
from exchange.gateways.dashboard.door import permits_all
from exchange.gateways.dashboard.questions import Questions, id_of
from exchange.testing import Network
from tests.gateways.dashboard.conftest import Plant
from tests.gateways.dashboard.site import Rules


@pytest.fixture
def questions(network: Network, hub: Hub, peer: Exchange) -> Questions:
    return Questions(hub, permits_all, network.clock)


def come(network: Network, asked: Coroutine[Any, Any, dict[str, Any]]) -> Any:
    return network.result(Deferred.fromCoroutine(asked))


def call(network: Network, questions: Questions, method: str, *args: Any, who: str | None = None, **more: Any) -> Any:
    said = {"service": "plant", "method": method, "args": list(args), **more}
    return come(network, questions.call(who, said, "10.0.0.7"))


def test_a_method_is_called_and_its_result_is_told_in_words(network: Network, questions: Questions) -> None:
    answer = call(network, questions, "multiply", 6, 7)
    assert answer["result"] == {"kind": "json", "text": "42", "cut": False}
    assert answer["seconds"] == 0
    assert call(network, questions, "number")["result"]["kind"] == "python"


def test_arguments_are_made_what_the_method_is_annotated_with(network: Network, questions: Questions) -> None:
    answer = call(network, questions, "colour", "red", kwargs={"on": "2026-11-24"})
    assert answer["result"]["text"] == '["red","date"]'
    with pytest.raises(BadArguments, match="on"):
        call(network, questions, "colour", "red", "no date")


def test_it_is_called_in_the_name_of_whoever_asks(network: Network, questions: Questions) -> None:
    assert call(network, questions, "who", who="ann")["result"]["text"] == "\"ann from ['REMOTE_ADDR']\""


def test_one_instance_may_be_called_by_its_id(network: Network, hub: Hub, questions: Questions) -> None:
    (presence,) = [each for each in hub.instances() if each.name == "plant"]
    assert call(network, questions, "multiply", 2, 2, instance=id_of(presence))["result"]["text"] == "4"
    with pytest.raises(ServiceUnavailable, match="has no instance 'xyz'"):
        call(network, questions, "multiply", 2, 2, instance="xyz")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"service": "plant"},
        {"service": 1, "method": "multiply"},
        {"service": "plant", "method": "multiply", "args": {}},
        {"service": "plant", "method": "multiply", "kwargs": []},
        {"service": "plant", "method": "multiply", "timeout": 0},
        {"service": "plant", "method": "multiply", "timeout": 301},
        {"service": "plant", "method": "multiply", "timeout": True},
        {"service": "plant", "method": "multiply", "instance": None},
    ],
)
def test_what_is_no_call_is_refused(network: Network, questions: Questions, said: dict[str, Any]) -> None:
    with pytest.raises(BadArguments):
        come(network, questions.call(None, said, ""))


def test_a_failure_is_handed_on(network: Network, questions: Questions) -> None:
    with pytest.raises(CallError, match="out of order") as caught:
        call(network, questions, "refuse")
    assert (caught.value.number, caught.value.origin, caught.value.details) == (120, "plant", "the belt is off")


def test_nobody_may_more_than_the_policy_grants_them(network: Network, hub: Hub, peer: Exchange, plant: Plant) -> None:
    rules = Rules(
        ann={("call", "plant.multiply"), ("watch", "plant")},
        bob={("subscribe", "plant")},
    )
    plant.publish("speed", 1, lifetime=-1)
    questions = Questions(hub, rules, network.clock)

    assert call(network, questions, "multiply", 6, 7, who="ann")["result"]["text"] == "42"
    assert come(network, questions.describe("ann", "plant"))["name"] == "plant"
    with pytest.raises(CallRefused, match=r"principal 'ann' may not call 'plant\.who' here"):
        call(network, questions, "who", who="ann")
    with pytest.raises(CallRefused, match="principal 'bob' may not watch 'plant' here"):
        come(network, questions.describe("bob", "plant"))
    with pytest.raises(CallRefused, match="whoever has not proved who they are may not watch"):
        call(network, questions, "$describe")
    with pytest.raises(CallRefused, match="may not subscribe"):
        come(network, questions.reports("ann", "plant"))
    assert come(network, questions.reports("ann"))["rows"] == []
    assert len(come(network, questions.reports("bob"))["rows"]) == 1


@pytest.mark.parametrize("method", ["kick", "drain", "overview"])
def test_the_hub_itself_is_not_called_like_a_service(network: Network, questions: Questions, method: str) -> None:
    with pytest.raises(ServiceUnavailable, match="the hub itself is not called from here"):
        come(network, questions.call(None, {"service": "$exchange", "method": method}, ""))


def test_a_link_is_ended(network: Network, hub: Hub, questions: Questions, peer: Exchange) -> None:
    (link,) = network.result(hub.call("$exchange", "links"))["rows"]

    assert come(network, questions.kick("ann", {"link": link["id"]}, "127.0.0.1")) == {"ended": 1}
    assert network.result(hub.call("$exchange", "links"))["rows"] == []
    with pytest.raises(BadArguments):
        come(network, questions.kick("ann", {"link": "nobody"}, "127.0.0.1"))
    with pytest.raises(BadArguments):
        come(network, questions.kick("ann", {}, "127.0.0.1"))
    network.clock.advance(10)


def test_without_a_policy_nobody_from_another_machine_ends_a_link_at_the_page_either(
    network: Network, hub: Hub, questions: Questions
) -> None:
    (link,) = network.result(hub.call("$exchange", "links"))["rows"]

    with pytest.raises(CallRefused, match="has no policy, and then only who is on its machine may do that"):
        come(network, questions.kick("ann", {"link": link["id"]}, "10.0.0.7"))
    hub.rejudge((), None, [Rule(principal=("*",), administer=("*",))])
    network.clock.advance(10)
    (link,) = network.result(hub.call("$exchange", "links"))["rows"]
    assert come(network, questions.kick("ann", {"link": link["id"]}, "10.0.0.7")) == {"ended": 1}
    network.clock.advance(10)
