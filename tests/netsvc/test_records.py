from __future__ import annotations

from typing import Any

from exchange import netsvc
from exchange.netsvc.process import Process
from exchange.netsvc.records import AtHand, Failure, Response
from tests.netsvc.site import Site


def test_a_method_can_ask_about_its_request(site: Site, here: Process, caller: netsvc.Service) -> None:
    seen: list[Any] = []
    curious = netsvc.Service("curious")

    def ask(*args: Any) -> None:
        request = curious.currentRequest()
        assert request is not None
        seen.append((request.methodName(), request.content(), request.conversationId() == curious.conversationId()))
        seen.append((curious.currentResponse(), curious.currentFailure()))

    curious.exportMethod(ask, "dotted.ask")
    caller.serviceEndPoint("curious").dotted.ask(1, "two")
    site.settle()
    assert seen == [("dotted.ask", [1, "two"], True), (None, None)]
    assert curious.currentRequest() is None
    assert curious.conversationId() == ""


def test_a_callback_can_ask_about_its_response(site: Site, here: Process, caller: netsvc.Service) -> None:
    seen: list[Any] = []
    echo = netsvc.Service("echo")
    echo.exportMethod(lambda value: value, "echo")

    def result() -> None:
        response = caller.currentResponse()
        assert response is not None
        seen.append((response.content(), response.conversationId(), caller.failureOccurred()))

    conversation = caller.serviceEndPoint("echo").echo("hello")
    caller.monitorResponse(result, conversation)
    site.settle()
    assert seen == [("hello", conversation, False)]


def test_what_was_at_hand_before_is_at_hand_again() -> None:
    at_hand = AtHand()
    outer, inner = Response("1", None), Response("2", None)
    with at_hand.holding(outer):
        with at_hand.holding(inner):
            assert at_hand.record is inner
        assert at_hand.record is outer
    assert at_hand.record is None


def test_a_response_comes_after_its_request_and_a_failure_in_its_place() -> None:
    assert Response("$ID?1", 42).sequenceNumber() == 1
    assert Failure("$ID?1", netsvc.ServiceFailure(1)).sequenceNumber() == 0
