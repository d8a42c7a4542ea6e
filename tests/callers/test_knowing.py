"""Who is there, asked for in the middle of a program."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from exchange import Service
from exchange.callers.knowing import Knowing
from exchange.testing import Network
from tests.outcomes import Outcome


class Math(Service):
    name = "math"
    groups = ["web-services"]


def test_the_first_who_asks_waits_until_the_hub_has_told(network: Network) -> None:
    hub, caller, callee = network.hub(), network.peer(), network.peer()
    callee.add(Math())
    hub.add(Service())
    knowing = Knowing(caller)

    outcome = Outcome(Deferred.fromCoroutine(knowing.instances(None, "web-services", 10)))
    assert outcome.is_open
    network.settle()
    assert [each.name for each in outcome.value] == ["math"]

    again = Outcome(Deferred.fromCoroutine(knowing.instances("nobody", None, 10)))
    assert again.value == []


def test_without_a_hub_it_waits_no_longer_than_asked(network: Network) -> None:
    network.hub()
    caller = network.peer()
    network.cut(caller)

    outcome = Outcome(Deferred.fromCoroutine(Knowing(caller).instances(None, None, 0.1)))
    network.clock.advance(0.2)

    assert isinstance(outcome.error, TimeoutError)
    assert str(outcome.error) == "no hub told who is there in 0.1 seconds"
