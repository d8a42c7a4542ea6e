from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from exchange.netsvc.process import Process
from exchange.netsvc.request import Request
from exchange.netsvc.suspended import Suspended
from tests.netsvc.site import Site


def run(request: Request, execute: Any) -> Any:
    """Run code, as an offer does."""
    return execute()


def test_a_resumed_callback_may_take_its_time(site: Site, here: Process) -> None:
    suspended, request, later = Suspended(here.loop, run), Request("1", "a", ()), Deferred[Any]()
    suspended.park(request, lambda: later)
    assert "1" in suspended
    suspended.resume("1")
    site.settle()
    assert (suspended.ids(), request.answer.called) == ([], False)
    later.callback(42)
    assert request.answer.result == 42


def test_what_a_resumed_callback_raises_is_the_answer(site: Site, here: Process) -> None:
    suspended, request = Suspended(here.loop, run), Request("1", "a", ())
    suspended.park(request, lambda: int("x"))
    suspended.resume("1")
    site.settle()
    failures: list[Failure] = []
    request.answer.addErrback(failures.append)
    assert failures[0].check(ValueError)


def test_one_that_was_taken_is_resumed_no_more(site: Site, here: Process) -> None:
    suspended, request = Suspended(here.loop, run), Request("1", "a", ())
    suspended.park(request, lambda: 42)
    suspended.resume("1")
    assert suspended.take("1") is request
    assert suspended.take("1") is None
    site.settle()
    assert not request.answer.called
