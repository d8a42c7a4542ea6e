"""A bridge between two exchange groups: what is seen, called and heard on the other side, and when it works."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import Bridge, CallTimeout, Exchange, RemoteError, Service, ServiceUnavailable, ServiceWithdrawn
from exchange.testing import Network
from tests.logbook import Logbook
from tests.services.bridged import BACK, Log, Site, Watcher


@pytest.fixture
def site(network: Network) -> Site:
    return Site(network)


def test_what_crosses_keeps_id_name_groups_and_digest_and_has_come_by_its_group(site: Site, network: Network) -> None:
    watcher = Watcher(site.web)
    log = Log()
    site.database.add(log)
    network.settle()

    (presence,) = watcher.seen()
    assert presence.id == site.database.id_of(log)
    assert (presence.name, presence.groups, presence.audience) == ("log", ("web-services",), "*")
    assert (presence.digest, presence.principal, presence.path) == (log.digest, None, (BACK,))


def test_calls_cross_and_their_results_failures_and_time_too(site: Site, network: Network, logbook: Logbook) -> None:
    log = Log()
    site.database.add(log)
    network.settle()

    assert network.result(site.web.call("log", "add", {"line": 1})) == 1
    assert network.result(site.web.call(site.database.id_of(log), "add", b"x" * 100_000)) == 2
    assert log.calls == [{"line": 1}, b"x" * 100_000]
    assert network.result(site.web.call("log", "time_left", timeout=7)) == 7
    assert network.result(site.web.call("log", "time_left", timeout=None)) is None
    with pytest.raises(RemoteError, match="KeyError") as caught:
        network.result(site.web.call("log", "fail"))
    assert caught.value.delivered is True
    assert logbook.failures() == ["KeyError: 'no such line'"]
    assert network.result(site.web.describe("log")).methods["add"].documentation.startswith("Note a line")


def test_what_a_front_end_offers_is_called_from_the_back_end_too(site: Site, network: Network) -> None:
    site.web.add(Log("page"))
    network.settle()

    assert network.result(site.database.call("page", "add", 1)) == 1


def test_a_call_that_is_cancelled_or_out_of_time_is_cancelled_where_it_runs(site: Site, network: Network) -> None:
    log = Log()
    site.database.add(log)
    network.settle()
    answer = site.web.call("log", "wait")
    network.settle()
    answer.addErrback(lambda failure: None)
    answer.cancel()
    network.settle()
    assert log.calls == ["begun", "cancelled"]

    late = site.web.call("log", "wait", timeout=1)
    network.clock.advance(2)
    with pytest.raises(CallTimeout):
        network.result(late)
    assert log.calls == ["begun", "cancelled"] * 2


def test_a_service_that_is_lost_on_the_far_side_ends_its_calls_at_once(site: Site, network: Network) -> None:
    site.database.add(Log())
    network.settle()
    answer = site.web.call("log", "wait")
    network.settle()
    network.cut(site.database)

    with pytest.raises(ServiceWithdrawn) as caught:
        network.result(answer)
    assert caught.value.delivered is None


def test_a_lost_link_of_the_bridge_ends_the_calls_over_it_and_they_may_have_been_delivered(
    site: Site, network: Network
) -> None:
    for exchange in (site.inner, site.outer):
        log = Log()
        site.database.add(log)
        network.settle()
        answer = site.web.call("log", "wait", retry=False)
        network.settle()
        network.cut(exchange)

        with pytest.raises(ServiceWithdrawn) as caught:
            network.result(answer)
        assert caught.value.delivered is None
        assert log.calls == ["begun", "cancelled"]
        network.restore(exchange)
        network.clock.advance(5)
        site.database.remove(log)
        network.settle()


def test_reports_cross_with_what_is_kept_and_their_numbers_and_times(site: Site, network: Network) -> None:
    log = Log()
    site.database.add(log)
    log.publish("a", 1, lifetime=-1)
    log.publish("b", 2, lifetime=60)
    heard: list[Any] = []
    network.clock.advance(10)
    subscription = site.web.subscribe(
        "log", "*", lambda content, report: heard.append((content, report.number, report.retained, report.remaining))
    )
    network.settle()
    assert subscription.ready.called
    assert heard == [(1, 1, True, None), (2, 1, True, 50)]

    log.publish("a", 3, lifetime=-1)
    network.settle()
    assert heard[2:] == [(3, 2, False, None)]
    assert [each.subject for each in posted(site, network)] == ["a", "b"]


def posted(site: Site, network: Network) -> list[Any]:
    """Return what a new subscriber hears."""
    seen: list[Any] = []
    site.web.subscribe("log", "*", lambda content, report: seen.append(report)).ready.addErrback(lambda _: None)
    network.settle()
    assert all(report.instance.startswith(site.database.identity) for report in seen)
    return sorted(seen, key=lambda report: str(report.subject))


def test_each_report_comes_once_however_many_subscribe_and_none_after_the_end(site: Site, network: Network) -> None:
    log = Log()
    site.database.add(log)
    heard: list[Any] = []
    subscriptions = [site.web.subscribe("log", pattern, heard.append) for pattern in ("*", "a*", "*")]
    network.settle()
    log.publish("a", 1)
    network.settle()
    assert heard == [1, 1, 1]
    assert len(log.subscribers()) == 3

    for subscription in subscriptions:
        subscription.cancel()
    network.settle()
    assert log.subscribers() == []


def test_a_report_to_one_subscriber_crosses_to_that_one(site: Site, network: Network) -> None:
    log = Log()
    site.database.add(log)
    first: list[Any] = []
    second: list[Any] = []
    for seen in (first, second):
        site.web.subscribe("log", "*", seen.append)
        network.settle()
    log.send_report(log.subscribers()[1], "only", "you")
    network.settle()

    assert (first, second) == ([], ["you"])


def test_a_service_that_changes_changes_on_the_far_side(site: Site, network: Network) -> None:
    watcher = Watcher(site.web)
    log = Log()
    site.database.add(log)
    network.settle()
    log.join("printers")
    network.settle()
    assert watcher.seen()[0].groups == ("web-services", "printers")

    log.audience = BACK
    site.database.announce(log)
    network.settle()
    assert watcher.told == [("came", "log", ""), ("changed", "log", ""), ("went", "log", "withdrawn")]


@pytest.mark.parametrize("end", ["withdrawn", "lost"])
def test_what_goes_is_gone_on_the_far_side_with_the_same_reason(site: Site, network: Network, end: str) -> None:
    watcher = Watcher(site.web)
    log = Log()
    site.database.add(log)
    network.settle()
    if end == "withdrawn":
        site.database.remove(log)
    else:
        network.cut(site.database)
    network.settle()

    assert watcher.told == [("came", "log", ""), ("went", "log", end)]
    answer = site.web.call("log", "add", 1)
    network.clock.advance(10)
    with pytest.raises(ServiceUnavailable):
        network.result(answer)


# When it works


def test_without_a_link_on_one_side_nothing_of_it_is_offered_on_the_other(site: Site, network: Network) -> None:
    site.database.add(Log())
    site.inner.add(Log("glue"))
    site.web.add(Log("page"))
    watcher, back = Watcher(site.web), Watcher(site.database)
    network.settle()
    assert watcher.names() == {"log", "glue", "page"}
    network.cut(site.inner)
    network.settle()
    assert watcher.names() == {"page"}
    assert {told for told in watcher.told if told[0] == "went"} == {("went", "log", "lost"), ("went", "glue", "lost")}
    assert back.names() == {"log"}

    network.restore(site.inner)
    network.clock.advance(5)
    assert watcher.names() == back.names() == {"log", "glue", "page"}
    assert network.result(site.web.call("log", "add", 1)) == 1


def test_a_subscriber_hears_what_is_kept_and_nothing_twice_when_the_bridge_lost_a_link(
    site: Site, network: Network
) -> None:
    log = Log()
    site.database.add(log)
    log.publish("a", 1, lifetime=-1)
    heard: list[Any] = []
    site.web.subscribe("log", "*", heard.append)
    network.settle()
    for exchange in (site.inner, site.outer):
        network.cut(exchange)
        log.publish("a", len(heard) + 1, lifetime=-1)
        network.restore(exchange)
        network.clock.advance(5)

    assert heard == [1, 2, 3]


def test_a_bridge_works_while_both_of_its_exchanges_run(network: Network) -> None:
    site = Site(network)
    site.database.add(Log())
    watcher = Watcher(site.web)
    network.settle()
    network.stop(site.inner)
    assert (watcher.names(), watcher.told[-1]) == (set(), ("went", "log", "lost"))

    site.inner.startService()
    network.settle()
    assert network.result(site.web.call("log", "add", 1)) == 1
    network.stop(site.outer)
    assert watcher.names() == set()
    assert Watcher(site.database).names() == {"log"}
    site.outer.startService()
    network.settle()
    assert watcher.names() == {"log"}


def test_a_bridge_that_is_stopped_offers_nothing_and_holds_nothing(site: Site, network: Network) -> None:
    site.database.add(Log())
    watcher = Watcher(site.web)
    site.web.subscribe("log", "*", lambda content: None)
    network.settle()
    answer = site.web.call("log", "wait")
    network.settle()
    site.bridge.stop()
    site.bridge.stop()
    with pytest.raises(ServiceWithdrawn, match="bridge between two exchange groups stopped"):
        network.result(answer)

    assert watcher.names() == set()
    assert not any(site.inner.outstanding()[:3])
    site.database.add(Log("later"))
    network.settle()
    assert watcher.names() == set()


def test_a_bridge_may_be_made_before_its_exchanges_run(network: Network) -> None:
    inner, outer = Exchange(network.clock, "db"), Exchange(network.clock, "front")
    inner.add(Log())
    Bridge(inner, outer)
    inner.startService()
    outer.startService()
    network.settle()

    assert outer.instances() == []
    network.result(inner.stopService())
    network.result(outer.stopService())


def test_a_bridge_joins_two_groups(network: Network) -> None:
    with pytest.raises(ValueError, match="both exchanges are in the exchange group 'db'"):
        Bridge(Exchange(network.clock, "db"), Exchange(network.clock, "db"))


# Hubs and more bridges in one process


def test_a_hub_may_itself_be_in_two_groups(network: Network) -> None:
    front, back = network.hub("front"), network.hub("back", group=BACK)
    web, database = network.peer(front), network.peer(back, group=BACK)
    Bridge(back, front)
    log = Log()
    database.add(log)
    back.add(Log("glue"))
    watcher = Watcher(web)
    heard: list[Any] = []
    web.subscribe("log", "*", heard.append)
    network.settle()
    log.publish("a", 1)
    network.settle()

    assert watcher.names() == {"log", "glue"}
    assert network.result(web.call("log", "add", 1)) == network.result(web.call("glue", "add", 1)) == 1
    assert heard == [1]
    network.cut(database)
    assert watcher.names() == {"glue"}


def test_what_crosses_one_bridge_crosses_the_next_of_the_same_process(network: Network) -> None:
    hubs = {group: network.hub(group, group=group) for group in ("a", "b", "c")}
    ends = [network.peer(hubs[group], group=group) for group in ("a", "b", "c")]
    first, last = network.peer(hubs["a"], group="a"), network.peer(hubs["c"], group="c")
    Bridge(ends[0], ends[1])
    Bridge(ends[1], ends[2])
    log = Log()
    first.add(log)
    log.publish("x", 1, lifetime=-1)
    watcher = Watcher(last)
    heard: list[Any] = []
    last.subscribe("log", "*", heard.append)
    network.settle()
    log.publish("x", 2, lifetime=-1)
    network.settle()

    assert watcher.paths() == [("a", "b")]
    assert network.result(last.call("log", "add", 1)) == 1
    assert heard == [1, 2]


def test_a_service_that_was_added_to_both_exchanges_is_itself_in_both_groups(site: Site, network: Network) -> None:
    glue = Log("glue")
    site.inner.add(glue)
    web, database = Watcher(site.web), Watcher(site.database)
    network.settle()
    assert [presence.identity for presence in web.seen()] == [site.inner.identity]

    site.outer.add(glue)
    network.settle()
    assert [presence.identity for presence in web.seen()] == [site.outer.identity]
    assert [presence.identity for presence in database.seen()] == [site.inner.identity]

    site.outer.remove(glue)
    network.settle()
    assert [presence.identity for presence in web.seen()] == [site.inner.identity]
    assert network.result(site.web.call("glue", "add", 1)) == 1


def test_the_process_of_a_bridge_sees_a_service_where_it_lives_and_calls_it_there(site: Site, network: Network) -> None:
    site.database.add(Log())
    network.settle()

    assert network.result(site.inner.call("log", "add", 1)) == 1
    with pytest.raises(ServiceUnavailable):
        network.result(site.outer.call("log", "add", 1))


def test_what_a_callback_publishes_does_not_overtake_what_it_was_told_of(site: Site, network: Network) -> None:
    class Echo(Service):
        name = "echo"

    echo, log = Echo(), Log()
    site.inner.add(echo)
    site.database.add(log)
    heard: list[Any] = []
    site.inner.subscribe("log", "*", lambda content: echo.publish("x", content))
    for name in ("log", "echo"):
        site.web.subscribe(name, "*", lambda content, report: heard.append(report.name))
    network.settle()
    log.publish("a", 1)
    network.settle()

    assert heard == ["log", "echo"]
