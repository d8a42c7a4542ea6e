"""Waiting for a Deferred that others may wait for too."""

from __future__ import annotations

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from exchange import CallTimeout
from exchange.callers.waits import bare, check_timeout, wait_for
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


def test_how_long_to_wait_is_a_number_of_seconds_or_none() -> None:
    for timeout in (None, 0, 0.5, 10**6, True):
        check_timeout(timeout)
    for wrong in (-1, float("nan"), float("inf"), 10**400):
        with pytest.raises(ValueError, match="timeout must be a number of seconds, at least 0 and at most .*, or None"):
            check_timeout(wrong)
    with pytest.raises(TypeError, match="not '1'"):
        check_timeout("1")
    endless: Deferred[None] = Deferred()
    assert isinstance(Outcome(Deferred.fromCoroutine(wait_for(endless, -1, Clock(), ""))).error, ValueError)
