"""Where the parts of a site listen, and who wants the place of another."""

from __future__ import annotations

import pytest

from exchange.app.config import Site
from exchange.app.listeners import Place, clashes_among, places_of, told_of
from exchange.app.tables import GatewayTable, HubTable

HERE = "interface=127.0.0.1"


def clash(first: str, second: str, shares: bool = False) -> bool:
    return bool(list(clashes_among([Place("a", first, shares), Place("b", second, shares)])))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"tcp:8000:{HERE}", f"tcp:8000:{HERE}"),
        (f"tcp:8000:{HERE}", "tcp:port=8000:interface=localhost"),
        ("tcp:8000", f"tcp:8000:{HERE}"),
        (f"tcp:8000:{HERE}", "tcp:8000:interface=0.0.0.0"),
        ("tcp:8000", "ssl:8000:privateKey=a:certKey=b"),
        ("unix:hub.sock", "unix:address=hub.sock:mode=600"),
        ("systemd:domain=INET:index=0", "systemd:domain=INET:index=0"),
        ("systemd:domain=INET:name=a", "systemd:domain=INET6:name=a"),
    ],
)
def test_two_cannot_listen_at_one_place(first: str, second: str) -> None:
    assert clash(first, second)
    assert clash(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"tcp:8000:{HERE}", f"tcp:8001:{HERE}"),
        (f"tcp:8000:{HERE}", "tcp:8000:interface=192.0.2.1"),
        ("tcp:0", "tcp:0"),
        ("unix:hub.sock", "unix:other.sock"),
        ("unix:8000", "tcp:8000"),
        ("systemd:domain=INET:index=0", "systemd:domain=INET:index=1"),
    ],
)
def test_two_may_listen_at_two_places(first: str, second: str) -> None:
    assert not clash(first, second)


def test_gateways_share_a_listener_that_they_write_in_the_same_way() -> None:
    assert not clash("tcp:8000", "tcp:8000", shares=True)
    assert clash("tcp:8000", f"tcp:8000:{HERE}", shares=True)


def test_all_parts_that_are_to_run_have_their_places() -> None:
    hub = HubTable(listen=["tcp:1", "unix:a"], http="tcp:2")
    site = Site(hub=hub, runs_hub=True, gateways={"web": GatewayTable(listen="tcp:3")})

    assert [(each.label, each.text) for each in places_of(site)] == [
        ("[hub] listen", "tcp:1"),
        ("[hub] listen", "unix:a"),
        ("[hub] http", "tcp:2"),
        ("[gateways.web] listen", "tcp:3"),
    ]
    assert [each.label for each in places_of(Site(hub=hub))] == []


def test_it_is_said_who_wants_what_and_who_has_it() -> None:
    assert told_of(Place("[hub] http", "tcp:8000"), Place("[hub] listen", f"tcp:8000:{HERE}")) == (
        "[hub] http: 'tcp:8000': port 8000 is where [hub] listen ('tcp:8000:interface=127.0.0.1') is to listen; "
        "choose another"
    )
    assert "socket web of systemd is where" in told_of(*[Place("a", "systemd:domain=INET:name=web")] * 2)
    assert "'hub.sock' is where" in told_of(*[Place("a", "unix:hub.sock")] * 2)
