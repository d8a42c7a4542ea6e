"""What a site comes to as a plan, checked before anything is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.testing import MemoryReactor

from exchange.app.config import Site
from exchange.app.credentials import CredentialsFile
from exchange.app.plan import (
    Plan,
    PlannedBridge,
    PlannedSide,
    checked_gateway,
    checked_path,
    planned_bridges,
    planned_gateways,
    planned_services,
    shown_by_hub,
)
from exchange.app.tables import BridgeTable, GatewayTable, HubTable, LimitsTable, ServiceTable
from exchange.errors import ConfigurationError

SITE = Site(
    file="site.toml",
    hub=HubTable(listen=["tcp:1:interface=127.0.0.1", "systemd:domain=INET:index=0", "unix:hub.sock"]),
    runs_hub=True,
    services={"math": ServiceTable(class_path="m:C"), "far": ServiceTable(class_path="m:D", hub="hosta:2")},
    gateways={"web": GatewayTable()},
)


def test_what_says_no_hub_dials_every_way_into_that_of_the_file() -> None:
    services = planned_services(MemoryReactor(), SITE)

    assert [each.hubs for each in services] == [("tcp:127.0.0.1:1", "unix:hub.sock"), ("tcp:hosta:2",)]
    assert [each.label for each in services] == [
        "site.toml: [services.math] class",
        "site.toml: [services.far] class",
    ]


def test_hubs_that_were_asked_for_win_over_those_of_the_file() -> None:
    hubs = ("tcp:hostb:3",)

    assert {each.hubs for each in planned_services(MemoryReactor(), SITE, hubs)} == {hubs}
    assert {each.hubs for each in planned_gateways(MemoryReactor(), SITE, hubs)} == {hubs}


def test_a_plan_knows_the_ways_into_the_hub_that_it_runs() -> None:
    assert Plan(SITE.hub, HubTable(), LimitsTable()).own_ways == ("tcp:127.0.0.1:1", "unix:hub.sock")
    assert Plan(None, HubTable(), LimitsTable()).own_ways == ()


@pytest.mark.parametrize("path", ["", "/", "rpc", "/rpc/", "/rpc//more"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a path; one looks like /xmlrpc/service"):
        checked_path(path, "mount")


def test_a_gateway_cannot_stand_below_another() -> None:
    table = GatewayTable(mount={"/rpc": "xmlrpc", "/rpc/more": "xmlrpc"})

    with pytest.raises(ConfigurationError, match="here mount: '/rpc/more' stands below '/rpc'; put it elsewhere"):
        checked_gateway(MemoryReactor(), table, "here ")


def test_gateways_may_stand_side_by_side() -> None:
    table = GatewayTable(mount={"/rpc/a": "xmlrpc", "/rpc/b": "xmlrpc", "/rpc-c": "xmlrpc"})

    assert checked_gateway(MemoryReactor(), table, "here") is table


def test_files_may_stand_at_the_root_and_leave_room_for_others(tmp_path: Path) -> None:
    table = GatewayTable(mount={"/": f"files:{tmp_path}", "/rpc": "xmlrpc", "/more": f"files:{tmp_path}"})

    assert checked_gateway(MemoryReactor(), table, "here ") is table
    with pytest.raises(ConfigurationError, match="here mount: '/' is not a path"):
        checked_gateway(MemoryReactor(), GatewayTable(mount={"/": "xmlrpc"}), "here ")


def test_a_folder_that_is_not_there_is_noticed_before_anything_starts(tmp_path: Path) -> None:
    table = GatewayTable(mount={"/static": f"files:{tmp_path}/public"})
    site = Site(file="site.toml", hub=HubTable(), gateways={"web": table})

    with pytest.raises(ConfigurationError) as caught:
        planned_gateways(MemoryReactor(), site)
    assert str(caught.value) == (
        f"site.toml: [gateways.web] mount: there is no folder '{tmp_path}/public' for '/static'; "
        "make it, or name another"
    )


def bridged(hub: HubTable | None, **keys: dict[Any, Any]) -> PlannedBridge:
    """Return what becomes of a bridge of a site with this hub."""
    site = Site(file="site.toml", hub=hub, bridges={"store": BridgeTable(**keys)})
    (bridge,) = planned_bridges(MemoryReactor(), site)
    return bridge


def test_a_side_of_a_bridge_that_names_no_hub_is_at_that_of_the_file_and_in_its_group() -> None:
    hub = HubTable(listen="tcp:1:interface=127.0.0.1", group="plant")
    outer = PlannedSide("plant", ("tcp:127.0.0.1:1",))
    inner = PlannedSide("", ("tcp:hosta:2", "tcp:hostb:2"))

    assert bridged(hub, hubs={"inner": ["hosta:2", "hostb:2"]}) == PlannedBridge("store", inner, outer)
    both = bridged(hub, hubs={"inner": "a:1", "outer": "b:1"}, groups={"inner": "database", "outer": "x"})
    assert both == PlannedBridge("store", PlannedSide("database", ("tcp:a:1",)), PlannedSide("x", ("tcp:b:1",)))


def test_a_side_of_a_bridge_must_be_dialled_somewhere() -> None:
    with pytest.raises(
        ConfigurationError, match=r"site.toml: \[bridges.store\] hubs outer: missing, and site.toml has"
    ):
        bridged(None, hubs={"inner": "a:1"})
    with pytest.raises(ConfigurationError, match=r"\[bridges.store\] hubs inner: 'nowhere' is not an endpoint"):
        bridged(None, hubs={"inner": "nowhere", "outer": "a:1"})


def test_the_sides_of_a_bridge_are_in_two_groups() -> None:
    with pytest.raises(ConfigurationError, match=r"\[bridges.store\] groups: both sides are in the exchange group ''"):
        bridged(None, hubs={"inner": "a:1", "outer": "b:1"})


def test_what_is_shown_is_said_by_a_table_else_by_the_hub_of_the_file_and_options_win() -> None:
    hub = HubTable(credentials="own")
    site = Site(
        file="site.toml",
        hub=hub,
        services={"a": ServiceTable(class_path="m:A", credentials="a.secret"), "b": ServiceTable(class_path="m:B")},
        gateways={"web": GatewayTable()},
        bridges={"x": BridgeTable(hubs={"inner": "h:1"}, groups={"inner": "y"}, credentials={"inner": "in"})},
    )
    own = CredentialsFile("own", "site.toml: [hub] credentials")
    mine = CredentialsFile("mine", "--credentials")
    reactor = MemoryReactor()

    named = CredentialsFile("a.secret", "site.toml: [services.a] credentials")
    assert [each.shown for each in planned_services(reactor, site)] == [named, own]
    assert [each.shown for each in planned_gateways(reactor, site)] == [own]
    (bridge,) = planned_bridges(reactor, site)
    assert bridge.inner.shown == CredentialsFile("in", "site.toml: [bridges.x] credentials")
    assert bridge.outer.shown == own
    assert {each.shown for each in planned_services(reactor, site, (), mine)} == {mine}
    assert {each.shown for each in planned_gateways(reactor, site, (), mine)} == {mine}
    assert shown_by_hub(Site()) is shown_by_hub(Site(hub=HubTable())) is None
