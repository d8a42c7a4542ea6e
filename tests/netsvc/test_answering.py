from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import succeed

from exchange import netsvc
from exchange.netsvc.process import Process, standing_in
from tests.netsvc.places import central, joined
from tests.netsvc.site import Site
from tests.netsvc.stories import Told


class Slow(netsvc.Service):
    """A service that answers when the test says so."""

    def __init__(self, name: str = "slow") -> None:
        netsvc.Service.__init__(self, name)
        self.ids: list[str] = []
        self.requests: list[Any] = []
        for method in (self.park, self.plain, self.keep, self.early, self.parkLater, self.bounce):
            self.exportMethod(method)

    def park(self, x: Any) -> None:
        """Suspend; the answer tells the argument."""
        self.ids.append(self.conversationId())
        self.suspendResponse(self.answer)

    def answer(self, id: str) -> Any:
        """What a suspended request is answered with: raise, suspend again, or a value."""
        request = self.currentRequest()
        assert request is not None
        assert request.conversationId() == id
        (x,) = request.content()
        if x == "bad":
            self.abortResponse(1, "Bad", "app", "why")
        if x == "worse":
            raise ValueError("no such thing")
        if x == "again":
            self.suspendResponse(lambda: "at last")
        return x

    def plain(self) -> None:
        """Suspend, and answer with nothing."""
        self.ids.append(self.conversationId())
        self.suspendResponse()

    def keep(self) -> None:
        """Leave, and keep the request."""
        self.requests.append(self.currentRequest())
        self.delayResponse()

    def early(self, x: Any) -> None:
        """Answer, and go on."""
        try:
            self.returnResponse(x)
        except Exception:
            self.returnResponse("caught")

    async def parkLater(self) -> None:
        """Suspend from a coroutine."""
        await succeed(None)
        self.ids.append(self.conversationId())
        self.suspendResponse()

    def bounce(self, x: Any) -> None:
        """Let another service answer."""
        request = self.currentRequest()
        assert request is not None
        request.bounceRequest(self.lookupServiceName("other")[0], "multiply")
        self.delayResponse()


@pytest.fixture
def slow(here: Process) -> Slow:
    """A service in the process of its caller."""
    return Slow()


def call(caller: netsvc.Service, told: Told, method: str, *params: Any, timeout: float | None = None) -> str:
    """Call a method; its outcome is told in one piece or in four."""
    id: str = getattr(caller.serviceEndPoint("slow"), method)(*params)
    caller.processResponse(told.one, id)
    caller.processFailure(told.four, id, timeout)
    return id


def test_suspended_requests_are_answered_in_any_order(
    site: Site, slow: Slow, caller: netsvc.Service, told: Told
) -> None:
    for number in range(3):
        call(caller, told, "park", number)
    site.settle()
    assert told.lines == []
    assert slow.currentRequest() is None
    for id in reversed(slow.ids):
        slow.resumeResponse(id)
    assert told.lines == []
    site.settle()
    assert told.lines == [(2,), (1,), (0,)]


def test_a_suspended_request_may_be_of_another_process(site: Site, told: Told) -> None:
    central(site)
    with standing_in(joined(site)):
        slow = Slow()
    with standing_in(joined(site)):
        caller = netsvc.Service()
    site.settle()
    call(caller, told, "park", 42)
    site.settle()
    slow.resumeResponse(slow.ids[0])
    site.settle()
    assert told.lines == [(42,)]


def test_without_a_callback_the_answer_is_nothing(site: Site, slow: Slow, caller: netsvc.Service, told: Told) -> None:
    for method in ("plain", "parkLater"):
        call(caller, told, method)
    site.settle()
    assert len(slow.ids) == 2
    slow.resumeResponse(slow.ids[0])
    slow.deliverResponse(slow.ids[1], "x")
    site.settle()
    assert told.lines == [("x",), (None,)]


@pytest.mark.parametrize(
    ("x", "outcome"),
    [
        ("bad", (1, "Bad", "app", "why")),
        ("worse", (57, "Application Error", "netsvc", "ValueError: no such thing")),
    ],
)
def test_a_failure_in_a_resumed_response_reaches_the_caller(
    site: Site, slow: Slow, caller: netsvc.Service, told: Told, logbook: Any, x: str, outcome: Any
) -> None:
    call(caller, told, "park", x)
    site.settle()
    slow.resumeResponse(slow.ids[0])
    site.settle()
    assert told.lines == [outcome]
    assert slow.currentRequest() is None
    logbook.failures()


def test_a_resumed_response_may_be_suspended_again(site: Site, slow: Slow, caller: netsvc.Service, told: Told) -> None:
    call(caller, told, "park", "again")
    site.settle()
    for expected in ([], [("at last",)], [("at last",)]):
        slow.resumeResponse(slow.ids[0])
        site.settle()
        assert told.lines == expected


def test_a_result_that_cannot_be_sent_is_error_52(site: Site, slow: Slow, caller: netsvc.Service, told: Told) -> None:
    slow.exportMethod(lambda: slow.suspendResponse(object), "odd")
    end_point = caller.serviceEndPoint("slow")
    caller.processFailure(told.four, end_point.odd())
    site.settle()
    slow.resumeResponse(slow._netsvc_suspended.ids()[0])
    site.settle()
    assert told.lines[0][0] == netsvc.SERVER_RESPONSE_ENCODING_ERROR


def test_a_suspended_request_is_answered_without_its_callback_or_by_a_failure(
    site: Site, slow: Slow, caller: netsvc.Service, told: Told
) -> None:
    for number in range(4):
        call(caller, told, "park", number)
    site.settle()
    slow.deliverResponse(slow.ids[0], "delivered")
    slow.cancelResponse(slow.ids[1], 7, "Cancelled", "app", "one")
    slow.cancelAllResponses(8, "Cancelled", "app")
    for id in slow.ids:
        slow.deliverResponse(id)
        slow.resumeResponse(id)
        slow.cancelResponse(id, 9, "Too late")
    site.settle()
    assert told.lines == [
        ("delivered",),
        (7, "Cancelled", "app", "one"),
        (8, "Cancelled", "app", ""),
        (8, "Cancelled", "app", ""),
    ]


def test_an_abandoned_request_is_never_answered_and_its_caller_runs_out_of_time(
    site: Site, slow: Slow, caller: netsvc.Service, told: Told
) -> None:
    call(caller, told, "park", 1, timeout=5)
    site.settle()
    slow.abandonResponse(slow.ids[0])
    slow.resumeResponse(slow.ids[0])
    site.clock.advance(4)
    assert told.lines == []
    site.clock.advance(1)
    assert told.lines == [(47, "Request Timeout", "netsvc", "")]


def test_a_suspended_request_that_nobody_waits_for_any_more_is_forgotten(
    site: Site, slow: Slow, caller: netsvc.Service, told: Told
) -> None:
    call(caller, told, "park", 1, timeout=1)
    site.clock.advance(1)
    assert slow._netsvc_suspended.ids() == []
    slow.resumeResponse(slow.ids[0])
    site.settle()
    assert told.lines == [(47, "Request Timeout", "netsvc", "")]


def test_a_kept_request_is_answered_once(site: Site, slow: Slow, caller: netsvc.Service, told: Told) -> None:
    for _ in range(2):
        call(caller, told, "keep")
    site.settle()
    first, second = slow.requests
    slow.sendResponse(first, 1)
    slow.sendFailure(first, 7, "too late")
    slow.sendFailure(second, 7, "Bad", "app", "why")
    slow.sendResponse(second, 2)
    site.settle()
    assert told.lines == [(1,), (7, "Bad", "app", "why")]


def test_a_method_may_answer_early_and_catching_exceptions_does_not_hinder_it(
    site: Site, slow: Slow, caller: netsvc.Service, told: Told
) -> None:
    call(caller, told, "early", 42)
    site.settle()
    assert told.lines == [(42,)]


def test_a_request_is_passed_on_to_another_service(site: Site, told: Told) -> None:
    central(site)
    with standing_in(joined(site)):
        slow = Slow()
    with standing_in(joined(site)):
        other = netsvc.Service("other")
        other.exportMethod(lambda x: x * 6 if x != 13 else other.abortResponse(13, "Bad"), "multiply")
    with standing_in(joined(site)):
        caller = netsvc.Service()
    site.settle()
    assert slow.lookupServiceName("other")
    call(caller, told, "bounce", 7)
    call(caller, told, "bounce", 13)
    site.settle()
    assert told.lines == [(42,), (13, "Bad", "", "")]


def test_only_a_method_can_suspend_or_return(slow: Slow) -> None:
    for leave in (slow.suspendResponse, slow.returnResponse):
        with pytest.raises(RuntimeError, match="only a method"):
            leave()
