"""Who may come in."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.web.server import Request
from twisted.web.static import Data

from exchange.gateways.dashboard.door import HUB, Door, Guarded, Inside, permits_all
from exchange.gateways.dashboard.hosts import Hosts
from exchange.testing import Network
from tests.gateways.dashboard.site import Named, Rules, asked, web_of
from tests.gateways.web import Web


class Room(Inside):
    """Says who came in."""

    def answer(self, request: Request, who: str | None) -> Any:
        """Say it."""
        return (who or "somebody").encode()


@pytest.fixture
def open_site(network: Network) -> Web:
    return web_of(network, Room(Door(None, permits_all, Hosts())))


@pytest.fixture
def closed_site(network: Network) -> Web:
    return web_of(network, Room(Door(Named(), Rules(ann={("administer", HUB)}, bob=set()), Hosts(None))))


def test_without_authentication_whoever_is_here_may_come_in(open_site: Web) -> None:
    assert asked(open_site, "/").body == b"somebody"


def test_but_by_no_name_that_somebody_else_had_lead_here(open_site: Web) -> None:
    answer = asked(open_site, "/", host="evil.example")
    assert (answer.status, answer.body.partition(b":")[0]) == (421, b"this hub is not asked by that name")


def test_a_page_of_another_site_may_not_ask(open_site: Web) -> None:
    assert asked(open_site, "/", "Origin: https://evil.example").status == 403
    assert asked(open_site, "/", "Origin: http://localhost:8080").status == 200


def test_whoever_does_not_say_who_they_are_is_asked(closed_site: Web) -> None:
    answer = asked(closed_site, "/")
    assert (answer.status, answer.headers["www-authenticate"]) == (401, 'Basic realm="exchange"')


def test_whoever_may_not_administer_the_hub_is_told_so(closed_site: Web) -> None:
    answer = asked(closed_site, "/", "X-Name: bob")
    assert answer.status == 403
    assert b"principal 'bob' may not administer '$exchange' here" in answer.body


def test_whoever_may_comes_in_under_their_name(closed_site: Web) -> None:
    assert asked(closed_site, "/", "X-Name: ann", host="proxy.example").body == b"ann"


def test_every_answer_keeps_browsers_from_what_nobody_asked_for(open_site: Web, closed_site: Web) -> None:
    for answer in (asked(open_site, "/"), asked(closed_site, "/"), asked(open_site, "/", host="evil.example")):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert {"form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(policy.split("; "))
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"


def test_another_resource_can_be_put_behind_the_door(network: Network) -> None:
    site = web_of(network, Guarded(Door(Named(), Rules(ann={("administer", HUB)}), Hosts()), Data(b"1", "text/plain")))
    assert asked(site, "/").status == 401
    assert asked(site, "/", "X-Name: ann").body == b"1"


def test_a_door_may_be_replaced_while_all_stands_behind_it(network: Network) -> None:
    door = Door(None, permits_all, Hosts())
    site = web_of(network, Room(door))
    assert asked(site, "/").status == 200

    door.take_over(Door(Named(), Rules(ann={("administer", HUB)}), Hosts(None)))

    assert asked(site, "/").status == 401
    assert asked(site, "/", "X-Name: ann", host="any.example").body == b"ann"
