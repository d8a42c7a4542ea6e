"""The same instance of a name, as long as it is there."""

from __future__ import annotations

import pytest

from exchange import Exchange, Service, ServiceUnavailable, method
from exchange.testing import Network


class Counting(Service):
    name = "counting"

    def __init__(self) -> None:
        self.count = 0

    @method
    def add(self) -> int:
        self.count += 1
        return self.count


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


def test_before_anybody_is_known_the_name_is_called(network: Network) -> None:
    caller, _ = site(network)
    assert network.result(caller.service("counting", sticky=True).add()) == 1
    with pytest.raises(ServiceUnavailable):
        network.result(caller.service("nothing", sticky=True).add())


def test_a_given_instance_is_that_one_in_any_case(network: Network) -> None:
    caller, services = site(network)
    peer, service = next(iter(services.items()))
    given = caller.service(peer.id_of(service), sticky=True)
    assert [network.result(given.add()) for _ in range(2)] == [1, 2]
