"""The site of a hub."""

from __future__ import annotations

from exchange.app.http import Mounting, site_of
from exchange.gateways.dashboard.door import Door, permits_all
from exchange.gateways.dashboard.hosts import Hosts
from exchange.testing import Network
from tests.gateways.dashboard.site import asked
from tests.gateways.web import Web


def test_the_page_stands_at_the_root_of_it(network: Network) -> None:
    door = Door(None, permits_all, Hosts())
    site = Web(network, site_of(Mounting(network.clock, network.hub("rome"), door, lambda: True)))

    assert asked(site, "/").headers["content-type"] == "text/html; charset=utf-8"
