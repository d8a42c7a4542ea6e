"""In what two sites differ, and what of it is taken up while a process runs."""

from __future__ import annotations

from typing import Any, cast

import pytest
from msgspec.structs import fields

from exchange.app.config import Site
from exchange.app.differences import NOT_OF_GATEWAYS, RENEWED, differences
from exchange.app.policy import PolicyTable
from exchange.app.tables import (
    BridgeTable,
    GatewayTable,
    HubTable,
    LimitsTable,
    LoggingTable,
    ServiceTable,
    TracingTable,
)

KINDS: dict[str, Any] = {
    "hub": HubTable,
    "limits": LimitsTable,
    "logging": LoggingTable,
    "services": ServiceTable,
    "bridges": BridgeTable,
    "tracing": TracingTable,
}


def told(old: Site, new: Site) -> list[tuple[str, bool]]:
    return [(str(each), each.is_renewed) for each in differences(old, new)]


def site(**tables: Any) -> Site:
    return Site(runs_hub="hub" in tables, **tables)


def test_sites_that_say_the_same_do_not_differ() -> None:
    assert told(site(hub=HubTable(name="rome")), site(hub=HubTable(name="rome"))) == []


def test_each_difference_is_named_by_table_and_key() -> None:
    old = site(
        hub=HubTable(),
        services={"math": ServiceTable(class_path="m:C"), "old": ServiceTable(class_path="m:C")},
        gateways={"web": GatewayTable()},
        bridges={"store": BridgeTable(hubs={"inner": "tcp:a:1"})},
    )
    new = site(
        hub=HubTable(name="rome", drain_time=5, token_file="tokens"),
        limits=LimitsTable(max_links=5, max_frame=200_000),
        logging=LoggingTable(level="warn", file="log"),
        tracing=TracingTable(exporter="console"),
        policy=(PolicyTable(call="*"),),
        services={"math": ServiceTable(class_path="m:D", credentials="x"), "new": ServiceTable(class_path="m:C")},
        gateways={"web": GatewayTable(listen="tcp:1", hub="tcp:b:1", tokens="t", service_group="g")},
        bridges={"store": BridgeTable(hubs={"inner": "tcp:b:1"}, credentials={"inner": "x"})},
    )

    assert told(old, new) == [
        ("[hub] name", False),
        ("[hub] drain-time", True),
        ("[hub] token-file", True),
        ("[limits] max-frame", False),
        ("[limits] max-links", True),
        ("[logging] level", True),
        ("[logging] file", False),
        ("[tracing] exporter", False),
        ("[[policy]]", True),
        ("[services.math] class", False),
        ("[services.math] credentials", True),
        ("[services.old] (gone)", False),
        ("[services.new] (new)", False),
        ("[gateways.web] listen", False),
        ("[gateways.web] hub", False),
        ("[gateways.web] service-group", True),
        ("[gateways.web] tokens", True),
        ("[bridges.store] hubs", False),
        ("[bridges.store] credentials", True),
    ]


def test_a_hub_that_came_or_went_needs_a_restart() -> None:
    assert told(site(), site(hub=HubTable())) == [("[hub] (new)", False)]
    assert told(site(hub=HubTable()), site()) == [("[hub] (gone)", False)]


@pytest.mark.parametrize(
    ("old", "new", "taken_up"),
    [
        ({"certificate": "a", "key": "b"}, {"certificate": "c", "key": "d"}, True),
        ({"certificate": "a", "key": "b"}, {"certificate": "a", "key": "b", "authority": "c"}, True),
        ({}, {"certificate": "a", "key": "b"}, False),
        ({"certificate": "a", "key": "b"}, {}, False),
        ({"authority": "a"}, {"certificate": "a", "key": "b"}, False),
    ],
)
def test_files_of_tls_may_be_others_but_whether_it_is_spoken_stays(
    old: dict[str, Any], new: dict[str, Any], taken_up: bool
) -> None:
    found = differences(site(hub=HubTable(**old)), site(hub=HubTable(**new)))

    assert {each.is_renewed for each in found} == {taken_up}


def test_files_of_tls_are_looked_at_for_each_side_of_a_bridge() -> None:
    def bridge(**authority: Any) -> Site:
        return site(bridges={"b": BridgeTable(hubs={"inner": "tcp:a:1"}, authority=cast(Any, authority))})

    assert told(bridge(inner="a"), bridge(inner="b")) == [("[bridges.b] authority", True)]
    assert told(bridge(inner="a"), bridge(outer="a")) == [("[bridges.b] authority", False)]


def test_every_key_that_is_taken_up_is_a_key() -> None:
    for kind, names in RENEWED.items():
        if kind != "policy":
            assert names <= {field.name for field in fields(KINDS[kind])}
    assert {field.name for field in fields(GatewayTable)} > NOT_OF_GATEWAYS
