from __future__ import annotations

from typing import Any

import pytest

from exchange import netsvc
from exchange.netsvc.process import Process, standing_in
from tests.netsvc.places import Listener, Seed, central, joined
from tests.netsvc.site import Site
from tests.netsvc.stories import Told


def test_a_report_reaches_a_subscriber_in_the_same_process_once(site: Site, here: Process) -> None:
    seed, listener = Seed(), Listener()
    netsvc.Exchange(netsvc.EXCHANGE_CLIENT)
    listener.monitorReports(listener.hear, "SEED", "next")
    seed.publishReport("next", {"count": 1})
    assert listener.heard == []
    site.settle()
    assert listener.heard == [("next", {"count": 1})]


@pytest.mark.parametrize("publisher_first", [True, False])
def test_a_report_reaches_a_subscriber_elsewhere_whatever_began_first(site: Site, publisher_first: bool) -> None:
    central(site)
    far = joined(site)
    if publisher_first:
        with standing_in(far):
            seed = Seed()
    with standing_in(joined(site)):
        listener = Listener()
        listener.monitorReports(listener.hear, "SEED", "*")
        site.settle()
    if not publisher_first:
        with standing_in(far):
            seed = Seed()
    site.settle()
    seed.publishReport("next", 1)
    site.settle()
    assert listener.heard == [("next", 1)]
    assert listener.publishers == [("SEED", netsvc.SERVICE_AVAILABLE)]


@pytest.mark.parametrize(
    ("callback", "expected"),
    [("one", (1,)), ("two", ("next", 1)), ("three", ("SEED", "next", 1)), ("nothing", ())],
)
def test_a_callback_is_told_as_much_as_it_takes(
    site: Site, here: Process, told: Told, callback: str, expected: tuple[Any, ...]
) -> None:
    seed, listener = Seed(), Listener()
    listener.monitorReports(getattr(told, callback), "SEED", "next")
    seed.publishReport("next", 1)
    site.settle()
    assert told.lines == [expected]


@pytest.mark.parametrize(
    ("published", "heard"),
    [
        ([("a", 1, -1)], [("a", 1)]),
        ([("a", 1, 2)], []),
        ([("a", 1, 10)], [("a", 1)]),
        ([("a", 1, -1), ("a", 2, 0)], []),
        ([("a", 1, -1), ("a", 2, -1)], [("a", 2)]),
        ([("a", 1, 2.25)], []),
    ],
)
def test_a_late_subscriber_gets_what_has_not_outlived_its_lifetime(
    site: Site, here: Process, published: list[tuple[str, int, float]], heard: list[tuple[str, int]]
) -> None:
    seed, early, late = Seed(), Listener(), Listener()
    early.monitorReports(early.hear, "SEED", "*")
    for subject, content, lifetime in published:
        seed.publishReport(subject, content, lifetime)
    site.clock.advance(3.5)
    late.monitorReports(late.hear, "SEED", "*")
    site.settle()
    assert late.heard == heard
    assert early.heard == [(subject, content) for subject, content, _ in published]


def test_what_was_published_before_there_was_an_exchange_is_kept_for_those_who_join_by_it(site: Site) -> None:
    central(site)
    with standing_in(site.process()):
        seed = Seed()
        seed.publishReport("init", 1, -1)
        seed.publishReport("init", 2, -1)
        netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", 11111)
    with standing_in(joined(site)):
        listener = Listener()
        listener.monitorReports(listener.hear, "SEED", "init")
    site.settle()
    seed.publishReport("init", 3, -1)
    site.settle()
    assert listener.heard == [("init", 2), ("init", 3)]


def test_a_subscriber_that_was_there_before_its_exchange_hears_by_it_too(site: Site) -> None:
    central(site)
    with standing_in(joined(site)):
        seed = Seed()
    with standing_in(site.process()):
        listener = Listener()
        listener.monitorReports(listener.hear, "SEED", "*")
        netsvc.Exchange(netsvc.EXCHANGE_CLIENT).connect("localhost", 11111)
    site.settle()
    seed.publishReport("next", 1)
    site.settle()
    assert listener.heard == [("next", 1)]


def test_who_subscribes_to_one_service_hears_its_namesakes_not(site: Site, here: Process) -> None:
    seed, other, listener = Seed(), Seed(), Listener()
    listener.monitorReports(listener.hear, seed.serviceBinding(), "*")
    other.publishReport("next", 1)
    seed.publishReport("next", 2)
    site.settle()
    assert listener.heard == [("next", 2)]


def test_to_subscribe_again_only_changes_the_callback(site: Site, here: Process, told: Told) -> None:
    seed, listener = Seed(), Listener()
    seed.publishReport("init", 1, -1)
    listener.monitorReports(listener.hear, "SEED", "*")
    site.settle()
    listener.monitorReports(told.one, "SEED", "*")
    seed.publishReport("next", 2)
    site.settle()
    assert (listener.heard, told.lines) == ([("init", 1)], [(2,)])
    assert seed.statuses() == [("*", netsvc.SUBSCRIPTION_REQUESTED)]


def test_a_report_comes_once_for_each_pattern_that_it_fits(site: Site, here: Process) -> None:
    seed, listener = Seed(), Listener()
    for pattern in ("a.*", "*.b", "c"):
        listener.monitorReports(listener.hear, "SEED", pattern)
    seed.publishReport("a.b", 1)
    site.settle()
    assert listener.heard == [("a.b", 1)] * 2


@pytest.mark.parametrize("pattern", ["next", None])
def test_what_is_ignored_is_heard_no_more_not_even_what_is_on_its_way(
    site: Site, here: Process, pattern: str | None
) -> None:
    seed, listener = Seed(), Listener()
    listener.monitorReports(listener.hear, "SEED", "next")
    site.settle()
    seed.publishReport("next", 1)
    listener.ignoreReports("SEED", pattern)
    listener.ignoreReports("SEED", pattern)
    site.settle()
    assert listener.heard == []
    assert seed.statuses() == [("next", netsvc.SUBSCRIPTION_REQUESTED), ("next", netsvc.SUBSCRIPTION_WITHDRAWN)]


def test_without_a_callback_reports_are_unexpected(site: Site, here: Process) -> None:
    seed, listener = Seed(), Listener()
    listener.subscribeReports("SEED", "next")
    seed.publishReport("next", 1)
    site.settle()
    listener.unsubscribeReports("SEED", "next")
    listener.unsubscribeReports("SEED", "next")
    seed.publishReport("next", 2)
    site.settle()
    assert listener.unexpected == [("SEED", "next", 1)]
    netsvc.Service().unexpectedReport("SEED", "next", 1)


def test_a_subscriber_gone_is_noted_for_each_of_its_patterns(site: Site) -> None:
    central(site)
    with standing_in(joined(site)):
        seed = Seed()
    with standing_in(joined(site)) as far:
        listener = Listener()
        listener.monitorReports(listener.hear, "SEED", "a")
        listener.monitorReports(listener.hear, "SEED", "b")
    site.settle()
    site.cut_off(far)
    requested, withdrawn = netsvc.SUBSCRIPTION_REQUESTED, netsvc.SUBSCRIPTION_WITHDRAWN
    assert seed.statuses()[:2] == [("a", requested), ("b", requested)]
    assert sorted(seed.statuses()[2:]) == [("a", withdrawn), ("b", withdrawn)]


def test_a_report_to_one_subscriber_reaches_nobody_else(site: Site) -> None:
    central(site)
    with standing_in(joined(site)) as near:
        seed, other = Seed(), Listener()
        other.monitorReports(other.hear, "SEED", "own")
    with standing_in(joined(site)):
        listener = Listener()
        listener.monitorReports(listener.hear, "SEED", "next")
        listener.acceptReports(listener.hear, "SEED", "own")
    site.settle()
    subscriber = next(each.subscriber() for each in seed.noted if each.subject() == "next")
    assert subscriber.processIdentity() == listener.processIdentity()
    for subject in ("own", "next", "other"):
        seed.sendReport(subscriber, subject, 1)
    site.settle()
    assert listener.heard == [("own", 1), ("next", 1)]
    assert listener.unexpected == [("SEED", "other", 1)]
    assert other.heard == []
    assert near.bindings("SEED") == [seed.noted[0].publisher()]

    listener.destroyAgent()
    site.settle()
    seed.sendReport(subscriber, "next", 2)
    site.settle()
    assert listener.heard == [("own", 1), ("next", 1)]


def test_what_is_accepted_from_one_service_comes_before_what_is_accepted_from_a_name(
    site: Site, here: Process, told: Told
) -> None:
    seed, listener = Seed(), Listener()
    listener.subscribeReports("SEED", "next")
    listener.acceptReports(told.one, "SEED", "next")
    seed.publishReport("next", "by name")
    site.settle()
    listener.acceptReports(listener.hear, seed.serviceBinding(), "next")
    seed.publishReport("next", "by binding")
    site.settle()
    listener.ignoreReports(seed.serviceBinding())
    seed.publishReport("next", "by name again")
    site.settle()
    assert told.lines == [("by name",), ("by name again",)]
    assert listener.heard == [("next", "by binding")]


def test_a_publisher_that_goes_and_comes_is_told_and_heard_again(site: Site, here: Process) -> None:
    listener = Listener()
    listener.monitorReports(listener.hear, "SEED", "*")
    for content in (1, 2):
        seed = Seed()
        seed.publishReport("next", content, -1)
        site.settle()
        seed.destroyAgent()
        site.settle()
    came, went = ("SEED", netsvc.SERVICE_AVAILABLE), ("SEED", netsvc.SERVICE_WITHDRAWN)
    assert listener.publishers == [came, went, came, went]
    assert listener.heard == [("next", 1), ("next", 2)]


def test_a_report_tells_where_and_when_it_was_published_and_whether_it_was_kept(site: Site, here: Process) -> None:
    class Careful(Listener):
        def hear(self, subjectName: str, content: Any) -> None:
            report = self.currentReport()
            assert report is not None
            self.heard.append((report.publisher(), report.subjectPattern(), report.content(), report.isCached()))
            assert report.subjectName() == subjectName
            assert report.missedReports() == 0
            assert report.postingTime() == pytest.approx(posted)
            assert self.conversationId() == ""

    seed, listener, posted = Seed(), Careful(), site.clock.seconds()
    seed.publishReport("init", 1, -1)
    listener.monitorReports(listener.hear, "SEED", "*")
    seed.publishReport("next", 2)
    site.settle()
    here_is = seed.serviceBinding()
    assert listener.heard == [(here_is, "*", 1, True), (here_is, "*", 2, False)]
    assert listener.currentReport() is None


def test_what_is_kept_can_be_forgotten_by_age(site: Site, here: Process) -> None:
    seed = Seed()
    seed.publishReport("a.old", 1, -1)
    site.clock.advance(10)
    for subject in ("a.new", "b.new", "c.new"):
        seed.publishReport(subject, 2, -1)

    def kept() -> list[str]:
        late = Listener()
        late.monitorReports(late.hear, "SEED", "*")
        site.settle()
        late.destroyAgent()
        return [subject for subject, _ in late.heard]

    seed.expireReports("*", 5)
    assert kept() == ["a.new", "b.new", "c.new"]
    seed.expireReports("a.*")
    assert kept() == ["b.new", "c.new"]
    seed.expireAllReports(3600)
    seed.purgeReports()
    assert kept() == ["b.new", "c.new"]
    seed.expireAllReports(0)
    assert kept() == []


def test_content_that_cannot_be_sent_raises_where_it_is_published(site: Site, here: Process) -> None:
    seed, listener = Seed(), Listener()
    listener.monitorReports(listener.hear, "SEED", "*")
    site.settle()
    with pytest.raises(netsvc.ServiceFailure) as failure:
        seed.publishReport("next", object())
    assert failure.value.error == netsvc.CLIENT_REQUEST_ENCODING_ERROR
    with pytest.raises(netsvc.ServiceFailure):
        seed.sendReport(seed.noted[0].subscriber(), "next", object())


def test_an_error_in_a_hook_or_callback_stops_nobody(site: Site, here: Process, logbook: Any) -> None:
    class Raising(Seed):
        def handleSubscription(self, subscription: Any) -> None:
            raise KeyError("hook")

    def hear(content: Any) -> None:
        raise KeyError(content)

    seed, listener = Raising(), Listener()
    listener.monitorReports(hear, "SEED", "*")
    listener.monitorReports(listener.hear, "SEED", "next")
    seed.publishReport("next", 1)
    site.settle()
    assert listener.heard == [("next", 1)]
    assert logbook.failures() == ["KeyError: 'hook'"] * 2 + ["KeyError: 1"]


def test_a_destroyed_subscriber_is_told_nothing_more(site: Site, here: Process) -> None:
    seed, listener = Seed(), Listener()
    listener.monitorReports(listener.hear, "SEED", "*")
    site.settle()
    seed.publishReport("next", 1)
    listener.destroyAgent()
    seed.destroyAgent()
    site.settle()
    assert listener.heard == []
    assert listener.publishers == [("SEED", netsvc.SERVICE_AVAILABLE)]


def test_a_subject_is_matched_by_the_rules_of_patterns(here: Process) -> None:
    assert netsvc.Service().matchSubject("a.*", "a.b")


def test_a_pattern_or_name_that_cannot_be_one_leaves_nothing_behind(site: Site, here: Process) -> None:
    listener = Listener()
    with pytest.raises(ValueError, match=r"."):
        listener.monitorReports(listener.hear, "SEED", "*" * 2000)
    Seed()
    site.settle()
    assert listener.publishers == []


def test_hooks_that_nobody_has_written_do_nothing(site: Site, here: Process, told: Told) -> None:
    seed, listener = netsvc.Service("SEED"), netsvc.Service()
    listener.monitorReports(told.one, "SEED", "*")
    seed.publishReport("next", 1)
    site.settle()
    assert told.lines == [(1,)]
