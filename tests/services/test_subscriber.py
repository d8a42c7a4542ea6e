"""Subscribing: what each callback hears, when a subscription stands, and who publishes."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail

from exchange import Exchange, Limits, LinkLost, Report, Service, current_call, method
from exchange.services import hearers, subscription
from exchange.services.report import Posting, encode_content, report_frame
from exchange.testing import Network
from exchange.wire.frames import encode
from exchange.wire.layouts import Kind
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.offered import Math
from tests.services.reporting import Ear, Feed


def added(exchange: Exchange, name: str = "feed") -> Feed:
    """Return a feed that was added to an exchange."""
    feed = Feed(name)
    exchange.add(feed)
    return feed


# To whom one subscribes


def test_a_subscription_by_name_is_to_all_instances_present_and_future(network: Network) -> None:
    network.hub()
    one, two, other = network.peer(), network.peer(), network.peer()
    first = added(one)
    ear = Ear(other)
    network.settle()
    second, elsewhere = added(two), added(two, "news")
    network.settle()
    for feed, content in ((first, 1), (second, 2), (elsewhere, 3)):
        feed.publish("a", content)
        network.settle()

    assert ear.heard == [1, 2]
    assert [report.instance for report in ear.reports] == [one.id_of(first), two.id_of(second)]


def test_a_subscription_to_one_instance_is_to_that_one_only(network: Network) -> None:
    network.hub()
    one, two, other = network.peer(), network.peer(), network.peer()
    first, second = added(one), added(two)
    first.publish("a", "kept by the first", -1)
    second.publish("a", "kept by the second", -1)
    ear = Ear(other, two.id_of(second))
    network.settle()
    first.publish("a", 1)
    second.publish("a", 2)
    network.settle()

    assert ear.heard == ["kept by the second", 2]
    assert ear.is_ready()


def test_a_subscription_to_an_instance_outlives_its_links(network: Network) -> None:
    network.hub()
    publisher, other = network.peer(), network.peer()
    feed = added(publisher)
    ear = Ear(other, publisher.id_of(feed))
    network.settle()
    for lost in (publisher, other):
        network.cut(lost)
        network.restore(lost)
        network.clock.advance(2)
        feed.publish("a", 1)
        network.settle()

    assert ear.heard == [1, 1]


@pytest.mark.parametrize("place", ["hub", "same process", "no hub"])
def test_it_does_not_matter_where_publisher_and_subscriber_are(network: Network, place: str) -> None:
    hub: Exchange | None = None if place == "no hub" else network.hub()
    publisher = network.peer()
    other = hub if place == "hub" and hub else publisher
    feed = added(publisher)
    feed.publish("a", "kept", -1)
    ear = Ear(other)
    network.settle()
    feed.publish("a", "live")
    network.settle()

    assert (ear.heard, ear.is_ready()) == (["kept", "live"], True)


def test_a_hub_publishes_as_any_exchange(network: Network) -> None:
    hub, other = network.hub(), network.peer()
    feed = added(hub)
    feed.publish("a", "kept", -1)
    ear = Ear(other)
    network.settle()
    feed.publish("a", "live")
    network.settle()

    assert ear.heard == ["kept", "live"]


# What a callback hears


def test_each_subscription_that_fits_hears_a_report_once(network: Network) -> None:
    network.hub()
    publisher, other = network.peer(), network.peer()
    feed = added(publisher)
    thing = publisher.id_of(feed)
    ears = [Ear(other, to, pattern) for to in ("feed", thing) for pattern in ("*", "nyse.*", "n?se.ibm", "lse.*", "*")]
    network.settle()
    feed.publish("nyse.ibm", 1)
    network.settle()

    assert [ear.heard for ear in ears] == [[1], [1], [1], [], [1]] * 2


def test_the_same_subscription_twice_is_two_and_each_ends_by_itself(network: Network) -> None:
    network.hub()
    publisher, other = network.peer(), network.peer()
    feed = added(publisher)
    one, two = Ear(other, pattern="a"), Ear(other, pattern="a")
    network.settle()
    one.subscription.cancel()
    one.subscription.cancel()
    network.settle()
    feed.publish("a", 1)
    network.settle()

    assert (one.heard, two.heard) == ([], [1])
    assert feed.comings == ["+a", "+a", "-a"]


def test_a_callback_may_take_the_content_alone(network: Network) -> None:
    peer = network.peer()
    heard: list[Any] = []
    feed = added(peer)
    peer.subscribe("feed", "*", heard.append)
    peer.subscribe("feed", "*", lambda content, *, more=0: heard.append((content, more)))
    feed.publish("a", 1)

    assert heard == [1, (1, 0)]


@pytest.mark.parametrize("seen", [lambda: None, lambda a, b, c: None])
def test_a_callback_that_can_take_neither_is_refused(network: Network, seen: Any) -> None:
    peer = network.peer()
    with pytest.raises(TypeError, match="the content and the report"):
        peer.subscribe("feed", "*", seen)
    assert len(peer._subscriber) == 0


def test_a_callback_may_return_a_deferred_or_be_a_coroutine_function(network: Network) -> None:
    peer = network.peer()
    heard: list[Any] = []
    feed, waits = added(peer), Deferred[str]()
    peer.add(Math())

    async def seen(content: Any, report: Report) -> None:
        heard.append(await peer.call("math", "multiply", content, 2))
        heard.append(await waits)

    peer.subscribe("feed", "*", seen)
    peer.subscribe("feed", "*", lambda content: peer.call("math", "echo", content).addCallback(heard.append))
    feed.publish("a", 21)
    waits.callback("done")

    assert sorted(map(str, heard)) == ["21", "42", "done"]


def test_a_callback_that_raises_is_logged_with_its_subscription_and_stops_nobody(
    network: Network, logbook: Logbook
) -> None:
    peer = network.peer()
    feed = added(peer)

    def plain(content: Any) -> None:
        raise ValueError("plain")

    async def coroutine(content: Any) -> None:
        raise ValueError("coroutine")

    for seen in (plain, coroutine, lambda content: fail(ValueError("deferred"))):
        peer.subscribe("feed", "n*", seen)
    ear = Ear(peer)
    feed.publish("nyse", 1)
    feed.publish("nyse", 2)

    assert ear.heard == [1, 2]
    assert len(logbook.lines("the subscription to 'feed' on 'n*' raised")) == 6
    assert logbook.failures() == ["ValueError: plain", "ValueError: coroutine", "ValueError: deferred"] * 2


def test_what_was_missed_is_told_as_skipped(network: Network) -> None:
    network.hub()
    publisher, other = network.peer(), network.peer()
    feed = added(publisher)
    ear = Ear(other)
    network.settle()
    feed.publish("a", 1)
    network.settle()
    network.cut(other)
    for content in (2, 3, 4):
        feed.publish("a", content)
    network.restore(other)
    network.clock.advance(2)
    feed.publish("a", 5)
    feed.publish("a", 6)
    network.settle()

    assert ear.heard == [1, 5, 6]
    assert [report.skipped for report in ear.reports] == [0, 3, 0]


def test_what_is_kept_is_not_heard_twice_after_a_lost_link(network: Network) -> None:
    network.hub()
    publisher, other = network.peer(), network.peer()
    feed = added(publisher)
    ear = Ear(other)
    network.settle()
    feed.publish("a", "old", -1)
    feed.publish("b", "old", -1)
    network.settle()
    network.cut(publisher)
    feed.publish("b", "new", -1)
    network.restore(publisher)
    network.clock.advance(2)

    assert ear.heard == ["old", "old", "new"]
    assert [report.retained for report in ear.reports] == [False, False, True]


def test_a_killed_publisher_that_is_replaced_is_heard_without_action(network: Network) -> None:
    network.hub()
    publisher, other = network.peer(), network.peer()
    added(publisher).publish("a", "first life", -1)
    ear = Ear(other)
    network.settle()
    network.cut(publisher)
    replacement = added(network.peer())
    replacement.publish("a", "second life", -1)
    network.settle()

    assert ear.heard == ["first life", "second life"]
    assert [report.number for report in ear.reports] == [1, 1]
    assert ear.publishers == ["came", "went lost", "came"]


def test_the_flow_goes_on_when_the_hub_is_replaced(network: Network) -> None:
    hub, spare = network.hub(), network.hub()
    publisher, other = network.peer(hub, spare), network.peer(hub, spare)
    feed = added(publisher)
    feed.publish("a", "kept", -1)
    ear = Ear(other)
    network.settle()
    network.cut(hub)
    network.clock.advance(5)
    feed.publish("a", "after")
    network.settle()

    assert ear.heard == ["kept", "after"]
    assert ear.publishers == ["came", "went lost", "came"]


# What callbacks cause


def test_what_a_callback_publishes_is_heard_after_what_it_was_told_of(network: Network) -> None:
    network.hub()
    publisher, other = network.peer(), network.peer()
    feed = added(publisher)

    def more(content: int) -> None:
        if content < 3:
            feed.publish("a", content + 1)

    publisher.subscribe("feed", "*", more)
    inside, outside = Ear(publisher), Ear(other)
    network.settle()
    feed.publish("a", 1)
    network.settle()

    assert inside.heard == outside.heard == [1, 2, 3]


def test_a_callback_may_cancel_its_own_and_other_subscriptions(network: Network) -> None:
    peer = network.peer()
    feed = added(peer)
    ears: list[Ear] = []

    def stop(content: Any) -> None:
        for ear in ears:
            ear.subscription.cancel()
        own.cancel()

    own = peer.subscribe("feed", "*", stop)
    ears += [Ear(peer), Ear(peer)]
    feed.publish("a", 1)

    assert [ear.heard for ear in ears] == [[], []]
    assert len(peer._subscriber) == 0


def test_who_hears_what_a_method_publishes_is_not_part_of_its_call(network: Network) -> None:
    class Loud(Feed):
        @method
        def say(self) -> None:
            current_call()
            self.publish("a", 1)

    peer, calls = network.peer(), []

    def seen(content: Any) -> None:
        with pytest.raises(LookupError):
            current_call()
        calls.append(content)

    peer.add(Loud())
    peer.subscribe("feed", "*", seen)
    network.result(peer.call("feed", "say"))

    assert calls == [1]


# Bad input


def test_a_pattern_of_one_kibibyte_is_allowed(network: Network) -> None:
    network.hub()
    publisher, other = network.peer(), network.peer()
    feed = added(publisher)
    ear = Ear(other, pattern="*" * 1023 + "b")
    network.settle()
    feed.publish("a" * 1024, 1)
    feed.publish("a" * 1023 + "b", 2)
    network.settle()

    assert ear.heard == [2]


def test_a_report_that_cannot_be_understood_is_logged_and_heard_by_nobody(network: Network, logbook: Logbook) -> None:
    peer = network.peer()
    feed = added(peer)
    ear = Ear(peer)
    peer._receive(encode(Kind.REPORT, peer.id_of(feed), ("feed", "a", None, False, False), b"\xc1"))
    feed.publish("a", 1)

    assert ear.heard == [1]
    assert len(logbook.lines("a report cannot be understood")) == 1


def test_a_notice_that_cannot_be_understood_or_comes_too_late_changes_nothing(
    network: Network, logbook: Logbook
) -> None:
    peer = network.peer()
    added(peer)
    ear = Ear(peer)
    array = ("$exchange", "skipped", ear.subscription.id, False, False)
    thing = peer.id_of(peer._offers.service_of(peer._offers.things()[0]))  # type: ignore[arg-type]
    peer._subscriber.notice(encode(Kind.REPORT, thing, array, b"\xc1"))
    ear.subscription.cancel()
    peer._subscriber.notice(encode(Kind.REPORT, thing, array, b"\x94\x81\xa5count\x03\x00\x01\x00"))

    assert ear.subscription.skipped == 0
    assert len(logbook.lines("what a link left out cannot be understood")) == 1


def test_a_report_to_who_has_just_cancelled_is_dropped(network: Network) -> None:
    network.hub()
    publisher, other = network.peer(), network.peer()
    feed = added(publisher)
    ear = Ear(other)
    network.settle()
    feed.send_report(feed.subscribers()[0], "a", 1)
    feed.publish("a", 2)
    ear.subscription.cancel()
    other._subscriber.report(
        encode(
            Kind.REPORT,
            publisher.id_of(feed),
            ("feed", "a", ear.subscription.id, False, False),
            b"\x94\x01\x00\x01\x00",
        )
    )
    network.settle()

    assert ear.heard == []


# When it stands


def test_a_subscription_is_ready_when_each_publisher_has_shown_what_it_keeps(network: Network) -> None:
    network.hub()
    one, two, other = network.peer(), network.peer(), network.peer()
    for peer in (one, two):
        added(peer).publish("a", 1, -1)
    network.settle()
    ear, at_ready = Ear(other), []
    ear.subscription.ready.addCallback(lambda _: at_ready.append(len(ear.heard)))
    assert not ear.is_ready()
    network.settle()

    assert at_ready == [2]


def test_without_a_publisher_it_is_ready_as_soon_as_that_is_certain(network: Network) -> None:
    hub, alone = network.hub(), Exchange(network.clock)
    other = network.peer()
    assert Ear(alone).is_ready()
    assert Ear(hub).is_ready()
    ear = Ear(other)
    assert not ear.is_ready()
    network.settle()
    assert ear.is_ready()


def test_without_the_hub_that_is_dialled_it_waits(network: Network) -> None:
    hub = network.hub()
    network.cut(hub)
    other = network.peer()
    ear = Ear(other)
    network.clock.advance(3)
    assert not ear.is_ready()
    network.restore(hub)
    network.clock.advance(5)
    assert ear.is_ready()


def test_a_publisher_that_is_lost_is_waited_for_no_more(network: Network) -> None:
    network.hub()
    publisher, other = network.peer(), network.peer()
    added(publisher)
    network.settle()
    network.stall(publisher)
    ear = Ear(other)
    network.settle()
    assert not ear.is_ready()
    network.cut(publisher)

    assert ear.is_ready()
    network.restore(publisher)


def test_whoever_waits_for_a_subscription_that_is_cancelled_waits_no_longer(network: Network) -> None:
    network.hub()
    other = network.peer()
    ear = Ear(other)
    ready = Outcome(ear.subscription.ready)
    ear.subscription.cancel()

    assert ready.count == 1
    network.settle()
    assert ready.count == 1


# Who publishes


def test_a_subscriber_learns_when_publishers_come_and_go_and_why(network: Network) -> None:
    network.hub()
    one, two, other = network.peer(), network.peer(), network.peer()
    first = added(one)
    added(one, "another name")
    network.settle()
    ear = Ear(other)
    network.settle()
    assert ear.publishers == ["came"]
    added(two)
    network.settle()
    first.join("group")
    one.remove(first)
    network.settle()
    network.cut(two)

    assert ear.publishers == ["came", "came", "went withdrawn", "went lost"]


def test_a_subscriber_learns_that_a_publisher_is_suspected_and_is_no_more(network: Network) -> None:
    network.hub()
    publisher, other = network.peer(heartbeat=40, dead_after=90), network.peer()
    feed, elsewhere = added(publisher), added(other, "news")
    ear, news = Ear(other), Ear(other, "news")
    network.settle()
    network.stall(publisher)
    network.clock.advance(20)
    assert ear.publishers == ["came", "changed suspected"]
    late = Ear(other)
    assert late.publishers == ["came suspected"]

    network.restore(publisher)
    network.settle()
    assert ear.publishers == ["came", "changed suspected", "changed"]
    assert late.publishers == ["came suspected", "changed"]

    feed.join("a group that is of no interest here")
    network.settle()
    elsewhere.publish("a", 1)
    assert (ear.publishers[3:], news.publishers, news.heard) == ([], ["came"], [1])


def test_a_suspected_publisher_that_is_dead_went(network: Network) -> None:
    network.hub()
    publisher, other = network.peer(), network.peer()
    added(publisher)
    ear = Ear(other)
    network.settle()
    network.freeze(publisher)
    network.clock.advance(32)
    assert ear.publishers == ["came", "changed suspected", "went lost suspected"]

    network.restore(publisher)
    network.clock.advance(5)
    assert ear.publishers[3:] == ["came"]


def test_publishers_that_only_a_silent_hub_tells_of_are_suspected(network: Network) -> None:
    hub, publisher, other = network.hub(), network.peer(), network.peer()
    added(publisher)
    added(other)
    ear = Ear(other)
    network.settle()
    network.freeze(hub)
    network.clock.advance(20)

    assert sorted(ear.publishers) == ["came", "came", "changed suspected"]
    assert [presence.identity for presence in other.instances() if presence.suspected] == [publisher.identity]


def test_publishers_that_are_known_already_are_told_before_the_first_report(network: Network) -> None:
    peer = network.peer()
    added(peer).publish("a", "kept", -1)
    told: list[str] = []
    peer.subscribe("feed", "*", told.append, publishers=lambda change: told.append(change.kind))

    assert told == ["came", "kept"]


def test_a_callback_about_publishers_that_raises_is_logged_and_stops_nobody(network: Network, logbook: Logbook) -> None:
    peer = network.peer()

    def raises(change: Any) -> None:
        raise ValueError("publishers")

    subscription = peer.subscribe("feed", "*", print, publishers=raises)
    ear = Ear(peer)
    added(peer)
    subscription.cancel()

    assert ear.publishers == ["came"]
    assert logbook.failures() == ["ValueError: publishers"]


def test_a_cancelled_subscription_is_told_of_no_publisher(network: Network) -> None:
    peer = network.peer()
    ears: list[Ear] = []
    peer.subscribe("feed", "*", print, publishers=lambda change: ears[0].subscription.cancel())
    ears.append(Ear(peer))
    added(peer)

    assert ears[0].publishers == []


# What is remembered


def test_when_the_last_subscription_is_cancelled_nothing_of_it_is_left(network: Network) -> None:
    hub, publisher, other = network.hub(), network.peer(), network.peer()
    feed = added(publisher)
    ears = [Ear(other, to) for to in ("feed", "feed", publisher.id_of(feed))]
    network.settle()
    feed.publish("a", 1, -1)
    network.settle()
    for ear in ears:
        ear.subscription.cancel()
    network.settle()

    view = other._subscriber
    assert (len(view), view._services, view._unready, len(view._hearers)) == (0, {}, {}, 0)
    for exchange in (hub, publisher):
        held = [each for each in exchange._switch.subscriptions._services if each != "$exchange"]
        assert held == []
    assert feed.subscribers() == []


def test_numbers_of_those_who_left_for_good_are_forgotten_and_of_the_lost_some_are_kept(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscription, "MOST_GONE", 2)
    network.hub()
    other = network.peer()
    ear = Ear(other)
    publishers = [network.peer() for _ in range(4)]
    feeds = [added(peer) for peer in publishers]
    network.settle()
    for feed in feeds:
        feed.publish("a", 1)
    network.settle()
    publishers[0].remove(feeds[0])
    network.settle()
    assert len(ear.subscription._numbers) == 3
    for peer in publishers[1:]:
        network.cut(peer)

    assert len(ear.subscription._numbers) == 2


def test_which_subscriptions_a_report_fits_is_remembered_within_bounds(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearers, "MOST_REMEMBERED", 10)
    peer = network.peer()
    feed = added(peer)
    ear = Ear(peer)
    for number in range(25):
        feed.publish(f"a {number}", number)

    assert ear.heard == list(range(25))
    assert len(peer._subscriber._hearers) <= 10


def test_a_peer_that_subscribes_to_an_instance_after_its_name_hears_what_was_wanted_by_nobody_before(
    network: Network,
) -> None:
    network.hub()
    publisher, other = network.peer(), network.peer()
    feed = added(publisher)
    by_name = Ear(other, "feed", "*")
    network.settle()
    feed.publish("b", "on its way when the subscription ends")
    by_name.subscription.cancel()
    network.settle()
    ear = Ear(other, publisher.id_of(feed), "b")
    network.settle()
    feed.publish("b", 2)
    network.settle()

    assert (by_name.heard, ear.heard) == ([], [2])


def test_a_lost_link_is_no_business_of_a_call_that_a_callback_makes_later(network: Network) -> None:
    """A call that a callback makes while the link is gone fails, and the subscription goes on."""
    hub, publisher, other = network.hub(), network.peer(), network.peer()
    publisher.add(Math())
    feed = added(publisher)
    answers: list[Outcome] = []
    ear = Ear(other)
    other.subscribe("feed", "*", lambda content: answers.append(Outcome(other.call("math", "echo", content))))
    network.settle()
    feed.publish("a", 1)
    network.settle()
    network.cut(hub)
    network.restore(hub)
    network.clock.advance(5)
    feed.publish("a", 2)
    network.settle()

    assert [answer.value for answer in answers] == [1, 2]
    assert ear.heard == [1, 2]
    assert not any(isinstance(answer.error, LinkLost) for answer in answers)


def test_a_plain_function_without_a_signature_is_given_the_content(network: Network) -> None:
    peer = network.peer()
    feed = added(peer)
    counts: dict[Any, int] = {}

    class Unsigned:
        __signature__ = "none"

        def __call__(self, *args: Any) -> None:
            counts[args] = counts.get(args, 0) + 1

    peer.subscribe("feed", "*", Unsigned())
    feed.publish("a", 1)

    assert counts == {(1,): 1}


def test_services_may_subscribe_too(network: Network) -> None:
    class Mirror(Service):
        name = "mirror"

        def prepare(self) -> None:
            self.exchange.subscribe("feed", "*", self.repeat)

        def repeat(self, content: Any, report: Report) -> None:
            self.publish(report.subject, content, lifetime=-1 if report.retained else 0)

    network.hub()
    publisher, between, other = network.peer(), network.peer(), network.peer()
    feed = added(publisher)
    feed.publish("a", "kept", -1)
    between.add(Mirror())
    network.settle()
    ear = Ear(other, "mirror")
    network.settle()
    feed.publish("b", "live")
    network.settle()

    assert ear.heard == ["kept", "live"]


def test_what_is_addressed_on_a_subject_that_is_not_wanted_leaves_no_number(network: Network) -> None:
    network.hub()
    publisher, reader = network.peer(), network.peer()
    feed = added(publisher)
    ear = Ear(reader, "feed", "wanted.*")
    network.settle()
    thing, to = publisher.id_of(feed), ear.subscription.id
    for number in range(1, 20):
        posting = Posting(encode_content(number), number, 0.0, 0)
        publisher._receive(report_frame(thing, "feed", f"other {number}", posting, to, retained=True))
    network.settle()
    assert ear.heard == list(range(1, 20))
    assert len(ear.subscription._numbers) == 0


# How many there may be


def test_one_subscription_more_than_the_hub_takes_is_refused_and_costs_no_link(
    network: Network, logbook: Logbook
) -> None:
    hub = network.hub(limits=Limits(max_subscriptions=3))  # one of them is that of the watch on publishers
    publisher, reader = network.peer(), network.peer()
    feed = Feed()
    publisher.add(feed)
    first, second = Ear(reader), Ear(reader)
    for _ in range(2):
        with pytest.raises(ValueError, match="there are 3 subscriptions already, .* raise its max-subscriptions"):
            Ear(reader)
    network.settle()
    feed.publish("a", 1)
    network.settle()
    assert (first.heard, second.heard) == ([1], [1])
    assert logbook.lines("closed") == []
    assert len(hub._switch.subscriptions) == 3

    second.subscription.cancel()
    third = Ear(reader)
    network.settle()
    feed.publish("a", 2)
    network.settle()
    assert (first.heard, second.heard, third.heard) == ([1, 2], [1], [2])


def test_what_was_refused_leaves_nothing_behind(network: Network) -> None:
    network.hub(limits=Limits(max_kept=200))
    reader = network.peer()
    with pytest.raises(ValueError, match="would take more than 200 bytes, .* raise its max-kept"):
        Ear(reader, pattern="a" * 300)
    assert len(reader._subscriber) == 0
    Ear(reader, pattern="a" * 10)
