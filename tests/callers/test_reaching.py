"""Reaching a hub; over real links in test_blocking and test_aio."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.task import Clock

from exchange import Exchange, LinkRefused
from exchange.callers.reaching import endpoint_of, first_link, reach
from exchange.testing import Network
from tests.outcomes import Outcome


class Attempts:
    """A dialer whose attempts end as a test says."""

    def __init__(self, *attempts: Deferred[None]) -> None:
        self._attempts = list(attempts)

    def when_linked(self, attempts: int = 0) -> Deferred[None]:
        assert attempts == 1
        return self._attempts.pop(0) if self._attempts else Deferred()


def linked(clock: Clock, hubs: int, *attempts: Deferred[None]) -> Outcome:
    return Outcome(Deferred.fromCoroutine(first_link(Attempts(*attempts), "HUBS", hubs, 10, clock)))


def refusal(code: str) -> Deferred[None]:
    return fail(LinkRefused(code, f"refused for {code}"))


def test_hubs_are_asked_again_until_one_welcomes_us() -> None:
    clock = Clock()
    outcome = linked(clock, 1, fail(DNSLookupError()), refusal("stopped"), succeed(None))
    assert (outcome.count, outcome.error) == (1, None)
    assert clock.getDelayedCalls() == []


def test_refused_for_good_is_refused_when_as_many_refused_as_there_are_hubs() -> None:
    assert linked(Clock(), 1, refusal("group")).error.text == "the hub at HUBS does not take us: refused for group"
    down = fail(ConnectError(string="it is down"))
    assert linked(Clock(), 2, refusal("group"), down, refusal("group")).is_open
    assert linked(Clock(), 2, refusal("group"), refusal("group")).error.code == "group"


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (DNSLookupError(), "there is no such host"),
        (ConnectError(osError=OSError("no route")), "no route"),
        (ValueError("strange.\n words."), "strange. words"),
        (KeyError(), "KeyError"),
        (LinkRefused("stopped", "it stops"), "it stops"),
    ],
)
def test_when_the_time_is_up_the_last_reason_is_told(failure: Exception, reason: str) -> None:
    clock = Clock()
    outcome = linked(clock, 1, fail(failure))
    assert outcome.is_open

    clock.advance(10)

    assert outcome.error.code == "unreachable"
    assert outcome.error.text == f"no hub at HUBS took us in 10 seconds ({reason}); is it running?"


@pytest.mark.parametrize(
    ("hub", "endpoint"),
    [
        ("localhost:11111", "tcp:localhost:11111"),
        ("[::1]:11111", r"tcp:\:\:1:11111"),
        ("tcp:localhost:11111", "tcp:localhost:11111"),
        ("tcp:11111", "tcp:11111"),
        ("unix:/run/hub", "unix:/run/hub"),
        ("localhost", "localhost"),
    ],
)
def test_a_hub_is_written_short_or_as_an_endpoint(hub: str, endpoint: str) -> None:
    assert endpoint_of(hub) == endpoint


@pytest.mark.parametrize("hub", [5, None, b"localhost:11111"])
def test_a_hub_is_named_by_a_text(hub: Any) -> None:
    with pytest.raises(TypeError, match="a hub is named by a text, as in 'localhost:11111', not by "):
        endpoint_of(hub)


@pytest.mark.parametrize("timeout", [None, "10", -1, float("nan"), float("inf")])
def test_how_long_to_wait_for_a_hub_is_a_number(network: Network, timeout: Any) -> None:
    peer = Exchange(network.clock)
    error = Outcome(Deferred.fromCoroutine(reach(peer, ["localhost:11111"], timeout))).error
    assert isinstance(error, TypeError | ValueError)
    assert str(error).startswith("timeout must be a number of seconds, at least 0 and at most ")
    assert not peer.running
