from __future__ import annotations

from typing import Any

import pytest

from exchange import netsvc
from exchange.netsvc.failures import ServiceFailure
from exchange.netsvc.process import Process
from tests.logbook import Logbook
from tests.netsvc.site import Site
from tests.netsvc.stories import Math, Told

GONE = (57, "Application Error", "netsvc")
TIMEOUT = (47, "Request Timeout", "netsvc", "")


@pytest.fixture
def math(here: Process) -> Math:
    """The service that is called."""
    return Math()


def call(caller: netsvc.Service, method: str = "multiply", *params: Any) -> str:
    """Call a method of the service math."""
    conversation: str = getattr(caller.serviceEndPoint("math"), method)(*params)
    return conversation


def test_a_result_is_told_in_a_later_turn(site: Site, math: Math, caller: netsvc.Service, told: Told) -> None:
    conversation = call(caller, "multiply", 6, 7)
    assert math.begun == []
    caller.monitorResponse(told.two, conversation)
    assert caller.responsePending(conversation)

    site.settle()
    assert told.lines == [(conversation, 42)]
    assert not caller.responsePending(conversation)


def test_result_and_failure_may_have_a_callback_each(
    site: Site, math: Math, caller: netsvc.Service, told: Told
) -> None:
    for method in ("own", "who"):
        conversation = call(caller, method)
        caller.processResponse(told.one, conversation)
        caller.processFailure(told.four, conversation)
    site.settle()
    assert sorted(told.lines, key=len) == [(math.agentIdentity(),), (1, "Bad", "app", "why")]


def test_a_failure_is_told_whole_and_never_with_a_traceback(
    site: Site, math: Math, caller: netsvc.Service, told: Told, logbook: Logbook
) -> None:
    conversation = call(caller, "bad")
    caller.processFailure(told.five, conversation)
    site.settle()
    assert told.lines == [(conversation, *GONE, "ValueError: no such thing")]
    assert logbook.failures() == ["ValueError: no such thing"]


def test_of_a_failure_one_argument_is_none_and_it_can_be_told_apart(
    site: Site, math: Math, caller: netsvc.Service
) -> None:
    seen: list[Any] = []

    def result(value: Any) -> None:
        failure = caller.currentFailure()
        assert failure is not None
        seen.append((value, caller.failureOccurred(), failure.error(), failure.origin(), caller.conversationId()))

    conversation = call(caller, "own")
    caller.monitorResponse(result, conversation)
    site.settle()
    assert seen == [(None, True, 1, "app", conversation)]
    assert not caller.failureOccurred()


def test_a_service_that_goes_while_it_owes_the_answer_is_told_at_once(
    site: Site, math: Math, caller: netsvc.Service, told: Told
) -> None:
    conversation = call(caller, "slow")
    caller.monitorResponse(told.four, conversation)
    site.settle()
    assert told.lines == []

    math.destroyAgent()
    site.settle()
    assert [line[:3] for line in told.lines] == [GONE]
    assert site.clock.seconds() == 0


def test_a_call_of_a_service_that_has_gone_since_fails_like_one_that_goes(
    site: Site, math: Math, caller: netsvc.Service, told: Told
) -> None:
    end_point = caller.serviceEndPoint("math")
    math.destroyAgent()

    caller.processFailure(told.four, end_point.multiply(6, 7))
    assert end_point
    assert told.lines == []
    site.settle()
    assert [line[:3] for line in told.lines] == [GONE]


def test_a_service_that_was_not_found_raises_where_it_is_called(
    here: Process, caller: netsvc.Service, math: Math
) -> None:
    conversation = call(caller, "multiply", 1, 1)
    with pytest.raises(netsvc.ServiceUnavailable) as unavailable:
        caller.serviceEndPoint("absent").multiply(6, 7)
    error = unavailable.value
    assert (error.error, error.description, error.origin, error.details) == (
        46,
        "Service Unavailable",
        "netsvc",
        "absent",
    )
    with pytest.raises(RuntimeError):
        caller.monitorResponse(print, conversation)


def test_when_the_time_is_up_nothing_else_is_told(site: Site, math: Math, caller: netsvc.Service, told: Told) -> None:
    for register in (caller.monitorResponse, caller.processFailure):
        register(told.four, call(caller, "slow"), 2.5)
    site.clock.advance(2.25)
    assert told.lines == []

    site.clock.advance(0.5)
    assert told.lines == [TIMEOUT, TIMEOUT]
    for owed in math.owed:
        assert owed.called, "the service was not told that nobody waits"
    site.clock.advance(60)
    assert told.lines == [TIMEOUT, TIMEOUT]


def test_an_answer_in_time_ends_the_waiting(site: Site, math: Math, caller: netsvc.Service, told: Told) -> None:
    caller.monitorResponse(told.one, call(caller, "multiply", 6, 7), 2)
    site.clock.advance(60)
    assert told.lines == [(42,)]


def test_without_a_time_a_call_lasts_as_long_as_its_service(
    site: Site, math: Math, caller: netsvc.Service, told: Told
) -> None:
    caller.monitorResponse(told.one, call(caller, "slow"))
    site.clock.advance(3600)
    assert told.lines == []
    math.owed[0].callback("at last")
    site.settle()
    assert told.lines == [("at last",)]


def test_a_callback_must_be_registered_before_the_next_call(
    site: Site, math: Math, caller: netsvc.Service, told: Told
) -> None:
    first = call(caller, "multiply", 1, 1)
    second = call(caller, "multiply", 2, 2)
    for register in (caller.monitorResponse, caller.processResponse, caller.processFailure):
        with pytest.raises(RuntimeError, match="right after the call"):
            register(told.one, first)
    caller.monitorResponse(told.one, second)
    site.settle()
    assert told.lines == [(4,)]


def test_a_callback_that_comes_after_the_answer_is_refused_rather_than_never_called(
    site: Site, math: Math, caller: netsvc.Service, told: Told
) -> None:
    conversation = call(caller, "multiply", 1, 1)
    site.settle()
    with pytest.raises(RuntimeError, match="right after the call"):
        caller.monitorResponse(told.one, conversation)


def test_no_id_is_no_call(caller: netsvc.Service, told: Told) -> None:
    caller.monitorResponse(told.one, None)
    caller.processResponse(told.one, None)
    caller.processFailure(told.one, None)
    assert told.lines == []


def test_a_call_without_a_callback_is_made_all_the_same(site: Site, math: Math, caller: netsvc.Service) -> None:
    call(caller, "multiply", 6, 7)
    site.settle()
    assert math.begun == [(6, 7)]


def test_an_ignored_answer_is_not_told_but_the_call_goes_on(
    site: Site, math: Math, caller: netsvc.Service, told: Told
) -> None:
    conversation = call(caller, "multiply", 6, 7)
    caller.monitorResponse(told.one, conversation, 5)
    caller.ignoreResponse(conversation)
    caller.ignoreResponse("another")
    site.clock.advance(10)
    assert told.lines == []
    assert math.begun == [(6, 7)]


def test_arguments_that_cannot_be_sent_raise_where_the_call_is_made(
    site: Site, math: Math, caller: netsvc.Service
) -> None:
    with pytest.raises(ServiceFailure, match=r"Request Encoding Error(.|\n)*args\[1\]") as failure:
        call(caller, "multiply", 1, object())
    assert failure.value.error == 42
    site.settle()
    assert math.begun == []


def test_an_error_in_a_callback_is_logged_and_the_next_answer_is_told(
    site: Site, math: Math, caller: netsvc.Service, told: Told, logbook: Logbook
) -> None:
    caller.monitorResponse(lambda result: 1 // 0, call(caller, "multiply", 1, 1))
    caller.monitorResponse(told.one, call(caller, "multiply", 6, 7))
    site.settle()
    assert told.lines == [(42,)]
    assert logbook.failures() == ["ZeroDivisionError: integer division or modulo by zero"]


def test_a_destroyed_caller_is_told_nothing(site: Site, math: Math, caller: netsvc.Service, told: Told) -> None:
    caller.monitorResponse(told.one, call(caller, "multiply", 6, 7), 1)
    caller.destroyAgent()
    site.clock.advance(5)
    assert told.lines == []


def test_a_call_that_is_cancelled_fails_as_said_in_a_later_turn_and_ends_at_the_service(
    site: Site, here: Process, caller: netsvc.Service, told: Told
) -> None:
    math = Math()
    id = caller.serviceEndPoint("math").slow()
    caller.monitorResponse(told.five, id)
    site.settle()
    caller.cancelRequest(id, 7, "Cancelled", "app", "why")
    caller.cancelRequest(id, 8, "Again")
    caller.cancelRequest("$ID?unknown", 9, "Unknown")
    assert told.lines == []
    site.settle()
    assert told.lines == [(id, 7, "Cancelled", "app", "why")]
    assert math.owed[0].called, "the method was cancelled"


def test_all_calls_for_which_somebody_waits_are_cancelled_at_once(
    site: Site, here: Process, caller: netsvc.Service, told: Told
) -> None:
    Math()
    caller.serviceEndPoint("math").slow()
    for _ in range(2):
        caller.processFailure(told.four, caller.serviceEndPoint("math").slow())
    site.settle()
    caller.cancelAllRequests(7, "Cancelled")
    site.settle()
    assert told.lines == [(7, "Cancelled", "", "")] * 2


def test_the_last_call_can_be_asked_for(site: Site, here: Process, caller: netsvc.Service, told: Told) -> None:
    math = Math()
    assert caller.lastRequest() == (None, None, "")
    id = caller.sendRequest(math.serviceBinding(), "multiply", 6, 7)
    assert caller.lastRequest() == (id, math.serviceBinding(), "multiply")
    caller.processResponse(told.one, id)
    site.settle()
    assert told.lines == [(42,)]
    with pytest.raises(netsvc.ServiceUnavailable):
        caller.serviceEndPoint("nobody").multiply(6, 7)
    assert caller.lastRequest() == (None, None, "")


def test_a_destroyed_service_may_call_yet(site: Site, here: Process, caller: netsvc.Service, told: Told) -> None:
    Math()
    caller.destroyAgent()
    caller.processResponse(told.one, caller.serviceEndPoint("math").multiply(6, 7))
    site.settle()
    assert told.lines == [(42,)]
