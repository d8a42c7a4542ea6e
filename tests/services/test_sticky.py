"""The same instance of a name, as long as it is there."""

from __future__ import annotations

import pytest

from exchange import CallTimeout, Exchange, Service, ServiceUnavailable, method
from exchange.testing import Network
from tests.outcomes import Outcome


class Counting(Service):
    name = "counting"

    def __init__(self) -> None:
        self.count = 0

    @method
    def add(self) -> int:
        self.count += 1
        return self.count

    @method
    def whoami(self) -> int:
        return id(self)


def site(network: Network) -> tuple[Exchange, dict[Exchange, Counting]]:
    """Return a caller, and three peers with a service each."""
    network.hub()
    caller, services = network.peer(), {network.peer(): Counting() for _ in range(3)}
    for peer, service in services.items():
        peer.add(service)
    network.settle()
    return caller, services


def test_calls_are_spread_unless_they_stick(network: Network) -> None:
    caller, services = site(network)
    spread, sticky = caller.service("counting"), caller.service("counting", sticky=True)
    network.settle()
    assert [network.result(spread.add()) for _ in range(3)] == [1, 1, 1]
    assert [network.result(sticky.add()) for _ in range(3)] == [2, 3, 4]
    assert sorted(service.count for service in services.values()) == [1, 1, 4]


def test_another_is_chosen_only_when_the_first_is_gone(network: Network) -> None:
    caller, services = site(network)
    sticky = caller.service("counting", sticky=True)
    network.settle()
    network.result(sticky.add())
    used = next(peer for peer, service in services.items() if service.count)
    network.cut(used)
    assert [network.result(sticky.add()) for _ in range(2)] == [1, 2]
    network.restore(used)
    network.clock.advance(2)
    assert network.result(sticky.add()) == 3


def test_the_very_first_calls_stick_though_nobody_is_known_yet(network: Network) -> None:
    caller, services = site(network)
    sticky = caller.service("counting", sticky=True)
    answers = [Outcome(sticky.add()) for _ in range(3)]
    network.settle()
    assert [answer.value for answer in answers] == [1, 2, 3]
    assert sorted(service.count for service in services.values()) == [0, 0, 3]


def test_who_sticks_is_spread_over_the_instances(network: Network) -> None:
    caller, services = site(network)
    for place in (caller, *(network.peer() for _ in range(9))):
        for _ in range(6):
            network.result(place.service("counting", sticky=True).add())
    counts = [service.count for service in services.values()]
    assert sum(counts) == 60
    assert min(counts) >= 8


def test_one_in_the_own_process_comes_before_all_others(network: Network) -> None:
    _, services = site(network)
    for peer, service in services.items():
        before = service.count
        network.result(peer.service("counting", sticky=True).add())
        assert service.count == before + 1


def test_a_link_that_was_lost_for_a_moment_changes_nothing_about_the_choice(network: Network) -> None:
    caller, _ = site(network)
    sticky = [caller.service("counting", sticky=True) for _ in range(5)]
    before = [network.result(each.whoami()) for each in sticky]
    network.cut(caller)
    with pytest.raises(ServiceUnavailable):
        network.result(sticky[0].whoami())
    for _ in range(4):
        network.peer().add(Counting())
    network.restore(caller)
    network.clock.advance(3)
    assert [network.result(each.whoami()) for each in sticky] == before


def test_where_nobody_is_the_call_fails_as_any_other(network: Network) -> None:
    caller, _ = site(network)
    with pytest.raises(ServiceUnavailable, match="nothing"):
        network.result(caller.service("nothing", sticky=True).add())


def test_without_a_link_the_call_fails_at_once(network: Network) -> None:
    alone = network.peer()
    answer = Outcome(alone.service("counting", sticky=True).add())
    assert isinstance(answer.error, ServiceUnavailable)


def test_a_call_that_is_held_until_the_service_appears_sticks_too(network: Network) -> None:
    network.hub()
    caller = network.peer()
    sticky = caller.service("counting", wait=10, sticky=True)
    answers = [Outcome(sticky.whoami()) for _ in range(3)]
    network.clock.advance(1)
    for _ in range(3):
        network.peer().add(Counting())
    network.clock.advance(1)
    assert len({answer.value for answer in answers}) == 1


@pytest.mark.parametrize("timeout", [2, None])
def test_a_picture_that_does_not_become_whole_costs_the_time_of_the_call_and_nothing_more(
    network: Network, timeout: float | None
) -> None:
    hub = network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Counting())
    network.settle()
    network.delay(hub, 5)
    answer = Outcome(caller.service("counting", timeout, sticky=True).add())
    network.clock.advance(3)
    if timeout is None:
        assert answer.is_open
        network.clock.advance(40)
        assert answer.value == 1
    else:
        assert isinstance(answer.error, CallTimeout)
        assert answer.error.delivered is False
        network.clock.advance(40)


def test_a_given_instance_is_that_one_in_any_case(network: Network) -> None:
    caller, services = site(network)
    peer, service = next(iter(services.items()))
    given = caller.service(peer.id_of(service), sticky=True)
    assert [network.result(given.add()) for _ in range(2)] == [1, 2]
