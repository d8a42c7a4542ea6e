from __future__ import annotations

import pytest

from exchange import PresenceChange, netsvc
from exchange.netsvc.binding import Binding
from exchange.netsvc.process import Process, current, standing_in, tcp_at, tcp_to
from tests.netsvc.places import Listener, Seed
from tests.netsvc.site import Site
from tests.netsvc.stories import Math, Told


def central(site: Site, port: int = 11111, group: str = "") -> Process:
    """Return a process with an exchange that listens."""
    with standing_in(site.process()) as process:
        netsvc.Exchange(netsvc.EXCHANGE_SERVER, group).listen(port, "127.0.0.1")
    return process


def joined(site: Site, port: int = 11111, group: str = "") -> Process:
    """Return a process with an exchange that is linked."""
    with standing_in(site.process()) as process:
        netsvc.Exchange(netsvc.EXCHANGE_CLIENT, group).connect("localhost", port)
    return process


def test_services_of_one_process_need_no_exchange(site: Site, here: Process, told: Told) -> None:
    caller = netsvc.Service()
    Math("math", "")
    caller.monitorResponse(told.one, caller.serviceEndPoint("math").multiply(6, 7))
    site.settle()
    assert told.lines == [(42,)]


@pytest.mark.parametrize("service_first", [True, False])
def test_services_may_be_made_before_or_after_the_exchange(
    site: Site, here: Process, told: Told, service_first: bool
) -> None:
    central(site)
    if service_first:
        Math()
    with standing_in(joined(site)):
        caller = netsvc.Service()
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", 11111)
    if not service_first:
        Math()
    site.settle()
    caller.monitorResponse(told.one, caller.serviceEndPoint("math").multiply(6, 7))
    site.settle()
    assert told.lines == [(42,)]


def test_a_service_may_live_where_the_exchange_listens(site: Site, here: Process, told: Told) -> None:
    with standing_in(central(site)):
        Math()
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", 11111)
    caller = netsvc.Service()
    site.settle()
    caller.monitorResponse(told.one, caller.serviceEndPoint("math").multiply(6, 7))
    site.settle()
    assert told.lines == [(42,)]


def test_those_of_this_process_come_first_and_then_the_lowest_id(site: Site) -> None:
    central(site)
    far = []
    for process in (joined(site), joined(site)):
        with standing_in(process):
            far += [Math(), Math()]
    with standing_in(joined(site)) as here:
        near = [Math(), Math()]
    site.settle()

    found = [binding.serviceAddress() for binding in here.bindings("math")]
    assert found[:2] == [math.serviceAddress() for math in near]
    assert found[2:] == sorted(math.serviceAddress() for math in far)
    assert [binding.serviceLocation() for binding in here.bindings("math")] == [
        *[netsvc.SERVICE_LOCAL] * 2,
        *[netsvc.SERVICE_REMOTE] * 4,
    ]


def test_all_see_a_service_under_one_identity(site: Site) -> None:
    central(site)
    with standing_in(joined(site)) as there:
        math = Math()
    here = joined(site)
    site.settle()
    (seen,) = here.bindings("math")
    (own,) = there.bindings("math")
    assert seen.agentIdentity() == own.agentIdentity() == math.agentIdentity()
    assert seen.processIdentity() == own.processIdentity() == math.processIdentity()


def test_the_audience_decides_who_sees_a_service(site: Site) -> None:
    central(site, 11111, "plant")
    with standing_in(joined(site, 11111, "plant")) as there:
        for name, audience in (("all", "*"), ("own", ""), ("group", "plant"), ("others", "office")):
            Math(name, audience)
    here = joined(site, 11111, "plant")
    site.settle()
    names = ("all", "own", "group", "others")
    assert [name for name in names if here.bindings(name)] == ["all", "group"]
    assert [name for name in names if there.bindings(name)] == list(names)


def test_a_process_in_two_groups_offers_in_both_and_passes_on_what_the_audience_allows(site: Site) -> None:
    central(site, 11111, "plant")
    central(site, 22222, "office")
    with standing_in(joined(site, 11111, "plant")) as in_plant:
        Math("machine")
        Math("machine for the plant", "plant")
        Math("machine for the office", "office")
    in_office = joined(site, 22222, "office")
    with standing_in(joined(site, 11111, "plant")) as in_both:
        netsvc.Exchange(netsvc.EXCHANGE_CLIENT, "office").connect("localhost", 22222)
        Math("clock")
    site.settle()

    for process in (in_plant, in_office, in_both):
        assert len(process.bindings("clock")) == 1
    (machine,) = in_both.bindings("machine")
    assert machine.networkGroup() == "plant", "it is reached where it lives"
    (bridged,) = in_office.bindings("machine")
    assert bridged.agentIdentity() == machine.agentIdentity()
    assert in_both.bindings("machine for the plant") != []
    assert in_office.bindings("machine for the plant") == []
    assert in_both.bindings("machine for the office") == [], "the exchange of the plant tells nobody of it"


@pytest.mark.parametrize("mode", [netsvc.EXCHANGE_CLIENT, netsvc.EXCHANGE_SERVER])
def test_calls_and_reports_pass_from_one_group_to_another(site: Site, mode: int) -> None:
    central(site, 22222, "office")
    in_both = central(site, 11111, "plant")
    if mode == netsvc.EXCHANGE_CLIENT:
        in_both = joined(site, 11111, "plant")
    with standing_in(in_both):
        netsvc.Exchange(netsvc.EXCHANGE_CLIENT, "office").connect("localhost", 22222)
    with standing_in(joined(site, 11111, "plant")):
        math, feed = Math("math"), Seed("feed")
    between_told, told = Told(), Told()
    with standing_in(in_both):
        between_caller, between_listener = netsvc.Service(), Listener()
    with standing_in(joined(site, 22222, "office")):
        caller, near = netsvc.Service(), Listener()
    for listener in (near, between_listener):
        listener.monitorReports(listener.hear, "feed", "*")
    site.settle()
    for service, about in ((caller, told), (between_caller, between_told)):
        service.monitorResponse(about.one, service.serviceEndPoint("math").multiply(6, 7))
    feed.publishReport("news", 1)
    site.settle()

    assert told.lines == between_told.lines == [(42,)]
    assert near.heard == between_listener.heard == [("news", 1)]
    math.destroyAgent()
    site.settle()
    assert not caller.serviceEndPoint("math")
    assert not between_caller.serviceEndPoint("math")


def test_what_is_seen_in_two_groups_is_there_as_long_as_one_of_them_sees_it(site: Site) -> None:
    central(site, 11111, "plant")
    central(site, 22222, "office")
    central(site, 33333, "cellar")
    bridges = []
    for port, group in ((11111, "plant"), (22222, "office")):
        with standing_in(joined(site, 33333, "cellar")) as bridge:
            netsvc.Exchange(netsvc.EXCHANGE_CLIENT, group).connect("localhost", port)
        bridges.append(bridge)
    with standing_in(joined(site, 33333, "cellar")):
        boiler = Math("boiler")
    with standing_in(joined(site, 11111, "plant")) as here:
        netsvc.Exchange(netsvc.EXCHANGE_CLIENT, "office").connect("localhost", 22222)
    seen: list[tuple[str, str]] = []
    here.watch(lambda binding, change: seen.append((change.kind, binding.networkGroup())))
    site.settle()
    assert {each.agentIdentity() for each in here.bindings("boiler")} == {boiler.agentIdentity()}

    seen.clear()
    site.cut_off(bridges[0])
    assert len(here.bindings("boiler")) == 1
    assert "went" not in {kind for kind, _ in seen}
    site.cut_off(bridges[1])
    assert here.bindings("boiler") == []
    assert seen[-1][0] == "went"


def test_there_is_one_exchange_of_each_group(here: Process) -> None:
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT)
    with pytest.raises(RuntimeError, match="exchange of the group '' already"):
        netsvc.Exchange(netsvc.EXCHANGE_SERVER)
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT, "plant")


def test_a_watcher_is_told_of_each_service_once_wherever_it_runs(site: Site) -> None:
    seen: list[tuple[str, str]] = []

    def write(binding: Binding, change: PresenceChange) -> None:
        seen.append((change.kind, binding.serviceName()))

    central(site)
    with standing_in(joined(site)):
        far = netsvc.Service("far")
    with standing_in(joined(site)) as here:
        near = netsvc.Service("near")
        site.settle()
        here.watch(write)
        assert sorted(seen) == [("came", "far"), ("came", "near")]

        seen.clear()
        netsvc.Service("later")
        near.joinGroup("web-services")
        far.destroyAgent()
        site.settle()
    assert sorted(seen) == [("came", "later"), ("changed", "near"), ("went", "far")]


def test_a_service_can_be_destroyed_without_being_there(site: Site, here: Process) -> None:
    service = netsvc.Service("a")
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT)
    service.destroyAgent()
    assert here.bindings("a") == []
    service.destroyAgent()


def test_the_process_of_a_program_is_made_once_over_the_reactor() -> None:
    assert current() is current()
    from twisted.internet import reactor

    assert current().reactor is reactor


def test_ports_are_dialled_and_listened_at_by_tcp() -> None:
    assert tcp_to("localhost", 11111) == "tcp:localhost:11111"
    assert tcp_to("::1", 11111) == "tcp:\\:\\:1:11111"
    assert tcp_at(11111, "") == "tcp:11111:interface="
