"""Checks of logins: so many at once, each login once, and not too many failures."""

from __future__ import annotations

from collections.abc import Awaitable

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from exchange.gateways.checks import BUSY, MOST_CHECKS, MOST_OF_ONE, TOO_MANY_OF_ONE, Checks, Claim
from exchange.gateways.refusals import Refusal
from exchange.gateways.terms import Identified
from exchange.strikes import FREE
from tests.outcomes import Outcome

WRONG = Refusal(401, "nobody is known by this login")


class Asked:
    """What was asked, each answered when the test says so."""

    def __init__(self, clock: Clock) -> None:
        self.checks = Checks(clock.seconds)
        self.waiting: list[Deferred[Identified]] = []

    def make(self, sealed: str, name: str = "ann", address: str = "10.0.0.1") -> Refusal | Outcome:
        found = self.checks.make(Claim(address, name.encode(), sealed.encode()), self._check)
        return found if isinstance(found, Refusal) else Outcome(found)

    def fail(self, times: int, **claim: str) -> None:
        for number in range(times):
            assert isinstance(self.make(f"wrong {number}", **claim), Outcome)
            self.waiting.pop().callback(WRONG)

    async def _check(self) -> Identified:
        self.waiting.append(Deferred())
        checking: Awaitable[Identified] = self.waiting[-1]
        return await checking


@pytest.fixture
def asked(clock: Clock) -> Asked:
    return Asked(clock)


def test_the_same_login_over_many_connections_is_checked_once(asked: Asked) -> None:
    found = [asked.make("ann's") for _ in range(1000)]
    assert len(asked.waiting) == 1

    asked.waiting[0].callback("ann")

    assert {outcome.value for outcome in found if isinstance(outcome, Outcome)} == {"ann"}
    assert len(asked.checks) == 0


def test_what_comes_of_a_check_at_once_is_told_at_once(clock: Clock) -> None:
    async def check() -> Identified:
        return "ann"

    found = Checks(clock.seconds).make(Claim("10.0.0.1", b"ann", b"ann's"), check)

    assert isinstance(found, Deferred)
    assert Outcome(found).value == "ann"


def test_only_so_many_logins_are_checked_at_once(asked: Asked) -> None:
    for number in range(MOST_CHECKS):
        assert isinstance(asked.make(f"login {number}", address=f"10.0.0.{number}"), Outcome)

    assert asked.make("one more", address="10.0.1.1") is BUSY
    assert isinstance(asked.make("login 3"), Outcome)  # which is under way anyhow
    asked.waiting.pop().callback("ann")
    assert isinstance(asked.make("one more", address="10.0.1.1"), Outcome)


def test_and_fewer_of_one_address(asked: Asked) -> None:
    for number in range(MOST_OF_ONE):
        assert isinstance(asked.make(f"login {number}"), Outcome)

    assert asked.make("one more") is TOO_MANY_OF_ONE
    assert isinstance(asked.make("one more", address="10.0.0.2"), Outcome)


def test_whoever_hangs_up_is_told_nothing_and_the_check_counts(asked: Asked) -> None:
    for number in range(FREE + 1):
        found = asked.make(f"wrong {number}")
        assert isinstance(found, Outcome)
        found.cancel()
        asked.waiting.pop().callback(WRONG)

    refusal = asked.make("another")
    assert isinstance(refusal, Refusal)
    assert refusal.status == 429


def test_whoever_fails_too_often_has_to_wait_and_is_told_how_long(asked: Asked, clock: Clock) -> None:
    asked.fail(FREE + 1)
    clock.advance(0.5)

    refusal = asked.make("right")

    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.headers) == (429, ((b"retry-after", b"1"),))
    clock.advance(0.5)
    assert isinstance(asked.make("right"), Outcome)


def test_others_and_other_names_need_not_wait(asked: Asked) -> None:
    asked.fail(FREE + 1)

    assert isinstance(asked.make("right", name="bob"), Outcome)
    assert isinstance(asked.make("right again", address="10.0.0.2"), Outcome)


def test_whoever_failed_often_may_try_one_thing_at_a_time(asked: Asked) -> None:
    asked.fail(FREE)

    assert isinstance(asked.make("guess 1"), Outcome)
    assert asked.make("guess 2") is TOO_MANY_OF_ONE


def test_a_check_that_broke_is_no_failure_of_theirs(asked: Asked) -> None:
    for number in range(FREE + 5):
        asked.make(f"login {number}")
        asked.waiting.pop().callback(Refusal(500, "broken"))

    assert isinstance(asked.make("another"), Outcome)
