"""The echo of ``exchange bench``."""

from __future__ import annotations

import pytest
from twisted.internet.defer import Deferred

from exchange import Exchange
from exchange.app.cli.echo import SUBJECT, Circle, Echo, known
from exchange.errors import CallTimeout, ServiceUnavailable
from exchange.testing import Network


def test_what_is_sent_comes_back(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    echo = Echo()
    callee.add(echo)

    assert network.result(caller.call(callee.id_of(echo), "echo", b"abc")) == b"abc"


def test_reports_come_back_or_are_given_up(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    echo = Echo()
    callee.add(echo)
    circle = Circle(echo, b"abc", 5)
    first = circle.first()
    subscription = caller.subscribe("exchange-bench", SUBJECT, circle.hear)
    network.settle()

    assert network.result(first) is None
    assert network.result(circle.send()) is None
    subscription.cancel()
    network.settle()
    late = circle.send()
    network.clock.advance(5)
    with pytest.raises(CallTimeout, match="a report did not come back within 5 seconds"):
        network.result(late)
    circle.hear([3, b""])


def test_what_is_not_known_in_time_is_told(network: Network) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer()
    waiting = Deferred.fromCoroutine(known(caller, callee, callee.id_of(added(callee)), 5))
    assert network.result(waiting) is None

    network.cut(callee)
    waiting = Deferred.fromCoroutine(known(caller, callee, callee.id_of(added(callee)), 5))
    network.clock.advance(5)
    with pytest.raises(ServiceUnavailable):
        network.result(waiting)


def added(callee: Exchange) -> Echo:
    echo = Echo()
    callee.add(echo)
    return echo
