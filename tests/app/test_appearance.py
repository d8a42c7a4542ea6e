"""Waiting until a service is known elsewhere."""

from __future__ import annotations

import pytest

from exchange.app.appearance import appearance_of, is_announced
from exchange.services.service import Service
from exchange.testing import Network


class Math(Service):
    name = "math"


def test_a_service_appears_at_the_hub_once_it_is_linked(network: Network) -> None:
    hub, home = network.hub(), network.peer()
    service = Math()
    network.cut(home)
    home.add(service)
    appeared = appearance_of(service, home, at=hub)
    network.settle()
    assert not appeared.called

    network.restore(home)
    network.clock.advance(5)

    assert network.result(appeared) is None


def test_another_of_the_same_name_is_not_the_one(network: Network) -> None:
    hub, home, other = network.hub(), network.peer(), network.peer()
    network.cut(home)
    service = Math()
    home.add(service)
    other.add(Math())

    appeared = appearance_of(service, home, at=hub)
    network.settle()

    assert not appeared.called


def test_what_is_there_already_has_appeared(network: Network) -> None:
    hub, home = network.hub(), network.peer()
    service = Math()
    home.add(service)
    network.settle()

    assert network.result(appearance_of(service, home, at=hub)) is None


@pytest.mark.parametrize(
    ("changes", "group", "expected"),
    [
        ({}, "", True),
        ({}, "plant", True),
        ({"name": ""}, "", False),
        ({"hidden": True}, "", False),
        ({"audience": ""}, "", False),
        ({"audience": "plant"}, "plant", True),
        ({"audience": "plant"}, "office", False),
    ],
)
def test_hubs_are_told_of_services_with_a_name_and_a_fitting_audience(
    changes: dict[str, object], group: str, expected: bool
) -> None:
    service = Math()
    for name, value in changes.items():
        setattr(service, name, value)

    assert is_announced(service, group) is expected
