"""The site of a hub."""

from __future__ import annotations

from pathlib import Path

from twisted.internet.endpoints import TCP4ServerEndpoint

from exchange.app.http import Mounting, door_of, http_endpoint, http_tls, names_of, site_of
from exchange.app.securing import Securing
from exchange.app.tables import HubTable
from exchange.gateways.dashboard.door import Door, permits_all
from exchange.gateways.dashboard.hosts import Hosts
from exchange.net.tls import ListeningEndpoint
from exchange.net.tokens import TokenAuthenticator
from exchange.testing import Network
from tests.gateways.dashboard.site import asked
from tests.gateways.web import Web
from tests.net.authority import make_files


def test_the_page_stands_at_the_root_of_it(network: Network) -> None:
    door = Door(None, permits_all, Hosts())
    site = Web(network, site_of(Mounting(network.clock, network.hub("rome"), door, lambda: True)))

    assert asked(site, "/").headers["content-type"] == "text/html; charset=utf-8"


def test_it_is_asked_by_the_names_of_the_hub_and_by_any_where_it_asks_who_that_is(
    network: Network, tmp_path: Path
) -> None:
    hub = network.hub("rome")
    names = names_of(HubTable(name="rome"), ["tcp:hub.plant.example:11111"])
    assert {"rome", "hub.plant.example"} < set(names)
    site = Web(network, site_of(Mounting(network.clock, hub, door_of(hub, [], names), lambda: True)))
    assert asked(site, "/", host="hub.plant.example:8080").status == 200
    assert asked(site, "/", host="evil.example").status == 421

    (tmp_path / "tokens").write_text("ann:the-token-of-ann-and-long\n")
    (tmp_path / "tokens").chmod(0o600)
    door = door_of(hub, [TokenAuthenticator(tmp_path / "tokens", network.clock.seconds)], names)
    site = Web(network, site_of(Mounting(network.clock, hub, door, lambda: True)))
    assert asked(site, "/", host="proxy.example").status == 401
    assert asked(site, "/", "Authorization: Bearer the-token-of-ann-and-long", host="proxy.example").status == 200


def test_it_speaks_tls_where_the_hub_does(network: Network, tmp_path: Path) -> None:
    make_files(tmp_path)
    files = [str(tmp_path / name) for name in ("hub.pem", "hub-key.pem", "authority.pem")]
    tls = http_tls(Securing(files[0], files[1], files[2]))

    assert isinstance(http_endpoint(network.clock, "tcp:0", tls), ListeningEndpoint)
    assert isinstance(http_endpoint(network.clock, "tcp:0", http_tls(Securing(None, None, None))), TCP4ServerEndpoint)
    assert not isinstance(http_endpoint(network.clock, "unix:page", tls), ListeningEndpoint)
