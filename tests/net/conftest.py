"""Fixtures of the tests of links: a hub, and a door in it for strangers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from exchange import Hub
from exchange.testing import Network
from tests.net.stranger import Door, Stranger


@pytest.fixture
def hub(network: Network) -> Hub:
    """A hub that runs."""
    return network.hub("rome")


@pytest.fixture
def stranger(hub: Hub) -> Iterator[Callable[..., Any]]:
    """Connect a stranger: ``stranger("mallory")``. All have gone when the test is over."""
    door = Door(hub)
    strangers: list[Stranger] = []

    def connect(name: str = "stranger") -> Stranger:
        strangers.append(Stranger(door, name))
        return strangers[-1]

    yield connect
    for each in strangers:
        each.leave()
