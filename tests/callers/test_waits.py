"""Waiting for a Deferred that others may wait for too."""

from __future__ import annotations

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from exchange import CallTimeout
from exchange.callers.waits import bare, wait_for
from tests.outcomes import Outcome


def test_each_waits_as_long_as_it_likes_and_others_go_on() -> None:
    clock = Clock()
    ready: Deferred[str] = Deferred()
    short, long, endless = (
        Outcome(Deferred.fromCoroutine(wait_for(ready, timeout, clock, "nobody was ready"))) for timeout in (1, 9, None)
    )

    clock.advance(2)
    assert isinstance(short.error, TimeoutError)
    assert str(short.error) == "nobody was ready in 1 seconds"
    endless.cancel()
    ready.callback("ready")

    assert long.value == "ready"
    assert ready.result == "ready"
    assert not clock.getDelayedCalls()


def test_what_is_there_already_is_not_waited_for() -> None:
    ready: Deferred[str] = Deferred()
    ready.callback("ready")
    assert Outcome(Deferred.fromCoroutine(wait_for(ready, 1, Clock(), ""))).value == "ready"


def test_our_errors_are_bared_of_their_way_and_others_keep_it() -> None:
    for error, is_bare in ((CallTimeout("late"), True), (AssertionError("a fault of ours"), False)):
        with pytest.raises(type(error)) as raised:
            raise error
        assert bare(raised.value) is error
        assert (error.__traceback__ is None) == is_bare
