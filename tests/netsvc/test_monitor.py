from __future__ import annotations

from typing import Any

import pytest

from exchange import netsvc
from exchange.netsvc.process import Process, standing_in
from tests.logbook import Logbook
from tests.netsvc.places import central, joined
from tests.netsvc.site import Site
from tests.netsvc.stories import Told

AVAILABLE, WITHDRAWN = netsvc.SERVICE_AVAILABLE, netsvc.SERVICE_WITHDRAWN


@pytest.fixture
def monitor(here: Process) -> netsvc.Monitor:
    """One that watches."""
    return netsvc.Monitor()


def named(lines: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return what was told, with the names of services in place of their bindings."""
    return [(line[0].serviceName(), *line[1:]) for line in lines]


def test_who_watches_the_registry_is_told_of_services_and_groups_those_there_first(
    site: Site, monitor: netsvc.Monitor, told: Told
) -> None:
    service = netsvc.Service("a")
    service.joinGroup("one")
    monitor.subscribeRegistry(told.three)
    assert told.lines == []
    site.settle()
    service.joinGroup("two")
    service.leaveGroup("one")
    service.destroyAgent()
    site.settle()
    assert named(told.lines) == [
        ("a", None, AVAILABLE),
        ("a", "one", AVAILABLE),
        ("a", "two", AVAILABLE),
        ("a", "one", WITHDRAWN),
        ("a", "two", WITHDRAWN),
        ("a", None, WITHDRAWN),
    ]


@pytest.mark.parametrize(
    ("callback", "expected"),
    [
        ("two", [("a", AVAILABLE), ("a", AVAILABLE), ("a", WITHDRAWN)]),
        ("three", [("a", None, AVAILABLE), ("a", None, AVAILABLE), ("a", None, WITHDRAWN)]),
    ],
)
def test_who_watches_a_name_is_told_of_all_that_bear_it_and_of_no_groups(
    site: Site, monitor: netsvc.Monitor, told: Told, callback: str, expected: list[Any]
) -> None:
    first = netsvc.Service("a")
    monitor.subscribeServiceName(getattr(told, callback), "a")
    site.settle()
    netsvc.Service("a").joinGroup("one")
    netsvc.Service("b")
    first.destroyAgent()
    site.settle()
    assert named(told.lines) == expected


@pytest.mark.parametrize(
    ("callback", "expected"),
    [
        ("two", [("a", AVAILABLE), ("b", AVAILABLE), ("a", WITHDRAWN), ("b", WITHDRAWN)]),
        (
            "three",
            [("a", "g", AVAILABLE), ("b", "g", AVAILABLE), ("a", "g", WITHDRAWN), ("b", "g", WITHDRAWN)],
        ),
    ],
)
def test_who_watches_a_group_is_told_of_its_members(
    site: Site, monitor: netsvc.Monitor, told: Told, callback: str, expected: list[Any]
) -> None:
    first, second = netsvc.Service("a"), netsvc.Service("b")
    first.joinGroup("g")
    monitor.subscribeServiceGroup(getattr(told, callback), "g")
    site.settle()
    second.joinGroup("g")
    second.joinGroup("h")
    first.leaveGroup("g")
    second.destroyAgent()
    site.settle()
    assert named(told.lines) == expected


def test_who_watches_an_address_is_told_what_it_is_now_and_what_becomes_of_it(
    site: Site, monitor: netsvc.Monitor, told: Told
) -> None:
    service, other = netsvc.Service("a"), netsvc.Service("a")
    address = service.serviceAddress()

    def tagged(binding: Any, group: Any, status: Any, subscription: Any) -> None:
        told.lines.append((binding, group, status, subscription))

    assert monitor.subscribeServiceAddress(told.three, address) == AVAILABLE
    assert monitor.subscribeServiceAddress(tagged, address, "tag") == AVAILABLE
    site.settle()
    service.joinGroup("g")
    other.destroyAgent()
    service.destroyAgent()
    site.settle()
    assert named([line for line in told.lines if len(line) == 3]) == [
        ("a", None, AVAILABLE),
        ("a", "g", AVAILABLE),
        ("a", "g", WITHDRAWN),
        ("a", None, WITHDRAWN),
    ]
    assert [line[1:] for line in told.lines if len(line) == 4] == [
        (None, AVAILABLE, "tag"),
        ("g", AVAILABLE, "tag"),
        ("g", WITHDRAWN, "tag"),
        (None, WITHDRAWN, "tag"),
    ]


def test_of_an_address_where_nobody_is_nothing_is_told_but_that_it_is_so(
    site: Site, monitor: netsvc.Monitor, told: Told
) -> None:
    service = netsvc.Service("a")
    address = service.serviceAddress()
    service.destroyAgent()
    assert monitor.subscribeServiceAddress(told.three, address) == WITHDRAWN
    site.settle()
    assert told.lines == []


def test_of_two_callbacks_for_one_thing_the_last_counts(site: Site, monitor: netsvc.Monitor, told: Told) -> None:
    netsvc.Service("a")
    for callback in (told.two, told.three):
        monitor.subscribeServiceName(callback, "a")
    site.settle()
    assert named(told.lines) == [("a", None, AVAILABLE)]


def test_who_watches_no_more_is_told_nothing_not_even_what_is_due(
    site: Site, monitor: netsvc.Monitor, told: Told
) -> None:
    service = netsvc.Service("a")
    service.joinGroup("g")
    for _ in range(2):
        monitor.subscribeRegistry(told.three)
        monitor.subscribeServiceName(told.two, "a")
        monitor.subscribeServiceGroup(told.two, "g")
        monitor.subscribeServiceAddress(told.three, service.serviceAddress(), "tag")
        monitor.unsubscribeRegistry()
        monitor.unsubscribeServiceName("a")
        monitor.unsubscribeServiceGroup("g")
        monitor.unsubscribeServiceAddress(service.serviceAddress(), "tag")
    monitor.subscribeRegistry(told.three)
    monitor.destroyAgent()
    service.destroyAgent()
    site.settle()
    assert told.lines == []


def test_services_of_other_processes_are_told_too(site: Site, told: Told) -> None:
    central(site)
    with standing_in(joined(site)):
        netsvc.Monitor().subscribeServiceName(told.two, "far")
    with standing_in(joined(site)) as there:
        service = netsvc.Service("far")
    site.settle()
    site.cut_off(there)
    assert named(told.lines) == [("far", AVAILABLE), ("far", WITHDRAWN)]
    assert told.lines[0][0] == told.lines[1][0]
    assert told.lines[0][0].serviceAddress() == service.serviceAddress()


def test_a_service_is_a_monitor_and_an_error_in_its_callback_stops_nothing(
    site: Site, here: Process, told: Told, logbook: Logbook
) -> None:
    def raising(binding: Any, status: int) -> None:
        raise ValueError("oh")

    service = netsvc.Service("a")
    service.subscribeServiceName(raising, "a")
    service.subscribeRegistry(told.three)
    site.settle()
    assert named(told.lines) == [("a", None, AVAILABLE)]
    assert logbook.failures() == ["ValueError: oh"]
