"""Publishing: lifetimes, numbers, who subscribes, and to whom a report goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from exchange import Exchange, Limits, Service, UnsuitableValue
from exchange.services import numbers
from exchange.services.publisher import Subscriber
from exchange.services.report import Posting, encode_content, report_frame
from exchange.testing import Network
from exchange.wire.frames import SIZE_SIZE
from exchange.wire.layouts import Kind
from exchange.wire.limits import SMALLEST_FRAME
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.reporting import Ear, Feed

Steps = list[tuple[float, str, int, float]]
"""When, on which subject, what, with what lifetime."""


def site(network: Network) -> tuple[Feed, Exchange, Exchange]:
    """Return a feed, the peer that has it, and another peer."""
    network.hub()
    publisher, subscriber = network.peer(), network.peer()
    feed = Feed()
    publisher.add(feed)
    network.settle()
    return feed, publisher, subscriber


# Lifetimes, row by row


@pytest.mark.parametrize("place", ["another process", "the same process"])
@pytest.mark.parametrize(
    ("pattern", "steps", "early", "late"),
    [
        ("a", [(0, "a", 1, -1)], [1], [1]),
        ("a", [(0, "a", 1, 0)], [1], []),
        ("a", [(0, "a", 1, 2)], [1], []),
        ("a", [(0, "a", 1, 3.25)], [1], []),
        ("a", [(0, "a", 1, 3.75)], [1], [1]),
        ("a", [(0, "a", 1, 10)], [1], [1]),
        ("a", [(0, "a", 1, -1), (1, "a", 2, 0)], [1, 2], []),
        ("a", [(0, "a", 1, -1), (1, "a", 2, -1)], [1, 2], [2]),
        ("a.*", [(0, "a.x", 1, -1), (0, "a.y", 2, -1)], [1, 2], [1, 2]),
        ("a", [(0, "a.x", 1, -1), (0, "a.y", 2, -1)], [], []),
        ("?", [(0, "a", 1, -1), (0, "bb", 2, -1)], [1], [1]),
    ],
)
def test_a_late_subscriber_gets_the_last_of_each_subject_that_is_kept(
    network: Network, place: str, pattern: str, steps: Steps, early: list[int], late: list[int]
) -> None:
    feed, publisher, other = site(network)
    here = other if place == "another process" else publisher
    first = Ear(here, "feed", pattern)
    network.settle()
    for when, subject, content, lifetime in steps:
        network.clock.advance(when)
        feed.publish(subject, content, lifetime)
    network.clock.advance(3.5 - sum(step[0] for step in steps))

    second = Ear(here, "feed", pattern)
    network.settle()

    assert (first.heard, second.heard) == (early, late)
    assert [report.retained for report in first.reports] == [False] * len(early)
    assert [report.retained for report in second.reports] == [True] * len(late)


def test_what_is_kept_is_gone_with_its_publisher(network: Network) -> None:
    feed, publisher, other = site(network)
    feed.publish("a", 1, -1)
    publisher.remove(feed)
    publisher.add(feed)
    network.settle()

    ear = Ear(other)
    network.settle()
    assert (ear.is_ready(), ear.heard) == (True, [])


def test_a_subscriber_gets_what_is_kept_before_what_is_published_then(network: Network) -> None:
    feed, _, other = site(network)
    feed.publish("a", "kept", -1)
    ear = Ear(other)
    feed.publish("b", "not heard, for the subscription has not arrived")
    network.settle()
    feed.publish("c", "live")
    network.settle()

    assert ear.heard == ["kept", "live"]


def test_a_publisher_of_ever_new_subjects_keeps_the_numbers_of_the_last_and_none_restarts(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "MOST", 4)
    feed, publisher, other = site(network)
    ear = Ear(other, "feed", "a")
    network.settle()
    for number in range(20):
        feed.publish(f"subject {number}", number)
        if number in (0, 1, 19):
            feed.publish("a", number)
    network.settle()
    assert ear.heard == [0, 1, 19]
    assert [report.skipped for report in ear.reports] == [0, 0, 0]
    assert ear.reports[2].number > ear.reports[1].number == 2
    assert len(publisher._publisher.publication(publisher.id_of(feed)).numbers) <= 8


def test_reports_can_be_expired_and_purged(network: Network) -> None:
    feed, _, other = site(network)
    feed.publish("a", 1, -1)
    feed.publish("b", 2, 1)
    network.clock.advance(2)
    feed.publish("c", 3, -1)

    assert feed.purge() == 1
    assert feed.expire("a", age=1) == 1
    assert feed.expire("c", age=1) == 0
    ear = Ear(other)
    network.settle()
    assert ear.heard == [3]
    assert feed.expire() == 1


def test_a_report_says_how_long_it_is_kept_yet(network: Network) -> None:
    feed, _, other = site(network)
    live = Ear(other)
    network.settle()
    for subject, lifetime in (("a", 0), ("b", 8), ("c", -1)):
        feed.publish(subject, subject, lifetime)
    network.clock.advance(2)
    late = Ear(other)
    network.settle()

    assert [report.remaining for report in live.reports] == [0, 8, None]
    assert [report.remaining for report in late.reports] == [6, None]


# Numbers and times


def test_a_report_says_of_what_by_whom_which_and_when(network: Network) -> None:
    feed, publisher, other = site(network)
    network.clock.advance(100)
    ear = Ear(other)
    network.settle()
    feed.publish("a", 1, 5)
    feed.publish("b", 1)
    feed.publish("a", 2)
    network.settle()

    assert [(report.subject, report.number) for report in ear.reports] == [("a", 1), ("b", 1), ("a", 2)]
    assert {report.instance for report in ear.reports} == {publisher.id_of(feed)}
    assert {report.name for report in ear.reports} == {"feed"}
    assert {report.posted for report in ear.reports} == {100.0}
    assert {(report.retained, report.skipped) for report in ear.reports} == {(False, 0)}


def test_numbers_go_on_while_nobody_listens(network: Network) -> None:
    feed, _, other = site(network)
    for _ in range(5):
        feed.publish("a", "unheard")
    ear = Ear(other)
    network.settle()
    feed.publish("a", "heard")
    network.settle()

    assert [(report.number, report.skipped) for report in ear.reports] == [(6, 0)]


def test_a_report_that_was_not_published_has_no_number(network: Network) -> None:
    feed, _, other = site(network)
    ear = Ear(other)
    network.settle()
    feed.publish("a", 1)
    with pytest.raises(UnsuitableValue):
        feed.publish("a", object())
    feed.publish("a", 2)
    network.settle()

    assert [report.number for report in ear.reports] == [1, 2]
    assert [report.skipped for report in ear.reports] == [0, 0]


# Bad input


def test_a_report_that_is_heard_live_and_is_too_large_to_be_addressed_is_said_in_the_log(
    network: Network, logbook: Logbook
) -> None:
    network.hub(limits=Limits(max_frame=SMALLEST_FRAME))
    feed, publisher, other = Feed(), network.peer(), network.peer()
    publisher.add(feed)
    live = Ear(other)
    network.settle()
    frame = report_frame(publisher.id_of(feed), "feed", "a", Posting(encode_content(b""), 1, 0.0, None))
    fits = SMALLEST_FRAME - (len(frame[3]) - SIZE_SIZE) - 16  # what is encoded longer: the bytes, and the time
    for _ in range(2):
        feed.publish("a", bytes(fits), -1)
    network.settle()
    late = [Ear(other) for _ in range(2)]
    network.settle()

    assert [len(content) for content in live.heard] == [fits, fits]
    assert [(ear.is_ready(), ear.heard) for ear in late] == [(True, [])] * 2
    (line,) = logbook.lines("whoever subscribes there later is not shown it")
    assert "a report of 'feed' on 'a' has" in line
    feed.publish("a", bytes(SMALLEST_FRAME))
    feed.publish("a", bytes(SMALLEST_FRAME))
    assert len(logbook.lines("it is skipped there; others are counted from now on")) == 1


@pytest.mark.parametrize("small", ["publisher's hub", "subscriber"])
def test_a_report_that_a_link_does_not_take_is_skipped_and_the_link_stays(
    network: Network, small: str, logbook: Logbook
) -> None:
    limits = Limits(max_frame=SMALLEST_FRAME)
    network.hub(limits=limits if small == "publisher's hub" else None)
    publisher = network.peer()
    other = network.peer(limits=limits if small == "subscriber" else None)
    feed = Feed()
    publisher.add(feed)
    ear = Ear(other)
    network.settle()
    feed.publish("a", "small", -1)
    feed.publish("a", bytes(SMALLEST_FRAME), -1)
    network.settle()
    late = Ear(other)
    network.settle()
    assert late.is_ready()
    feed.publish("a", "small again")
    network.settle()

    assert ear.heard == ["small", "small again"]
    assert [report.skipped for report in ear.reports] == [0, 1]
    assert late.heard == ["small again"]
    assert logbook.lines("closed") == []


# To whom


def counting_frames(monkeypatch: pytest.MonkeyPatch, exchange: Exchange) -> Callable[[], int]:
    """Count the REPORT frames that leave an exchange."""
    sent = []
    (hub,) = exchange._switch.hubs
    send = hub.send

    def count(frame: Any) -> None:
        if frame[0] == Kind.REPORT:
            sent.append(frame)
        send(frame)

    monkeypatch.setattr(hub, "send", count)
    return lambda: len(sent)


def test_publishing_to_nobody_costs_no_frame(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    feed, publisher, other = site(network)
    ear = Ear(other, pattern="b")
    network.settle()
    count = counting_frames(monkeypatch, publisher)
    feed.publish("a", 1, -1)
    network.settle()
    assert count() == 0

    feed.publish("b", 1)
    network.settle()
    assert (count(), ear.heard) == (1, [1])
    ear.subscription.cancel()
    network.settle()
    feed.publish("b", 2)
    network.settle()
    assert count() == 1


def test_one_frame_leaves_however_many_subscribers_there_are(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    feed, publisher, other = site(network)
    third = network.peer()
    ears = [Ear(peer) for peer in (other, third) for _ in range(20)]
    network.settle()
    count = counting_frames(monkeypatch, publisher)
    feed.publish("a", 1)
    network.settle()

    assert count() == 1
    assert [ear.heard for ear in ears] == [[1]] * 40


def test_a_service_can_see_who_subscribes(network: Network) -> None:
    feed, _, other = site(network)
    one, two = Ear(other, pattern="a*"), Ear(other, pattern="b*")
    network.settle()

    assert feed.comings == ["+a*", "+b*"]
    assert [(each.pattern, each.identity) for each in feed.subscribers()] == [
        ("a*", other.identity),
        ("b*", other.identity),
    ]
    assert [each.subscription for each in feed.subscribers()] == [one.subscription.id, two.subscription.id]
    one.subscription.cancel()
    network.settle()
    assert feed.comings[2:] == ["-a*"]
    network.cut(other)
    assert feed.comings[3:] == ["-b*"]
    assert feed.subscribers() == []


def test_who_subscribed_before_the_service_came_is_seen_too(network: Network) -> None:
    network.hub()
    publisher, other = network.peer(), network.peer()
    Ear(other), Ear(publisher)
    feed = Feed()
    publisher.add(feed)
    network.settle()

    assert feed.comings == ["+*", "+*"]


def test_a_subscriber_that_comes_back_is_seen_going_and_coming(network: Network) -> None:
    feed, _, other = site(network)
    Ear(other)
    network.settle()
    network.cut(other)
    network.restore(other)
    network.clock.advance(2)

    assert feed.comings == ["+*", "-*", "+*"]


def test_a_hook_that_raises_is_logged_and_harms_nobody(network: Network, logbook: Logbook) -> None:
    class Shy(Feed):
        def subscribed(self, subscriber: Subscriber) -> None:
            raise ValueError("go away")

    network.hub()
    publisher, other = network.peer(), network.peer()
    shy = Shy()
    publisher.add(shy)
    ear = Ear(other)
    network.settle()
    shy.publish("a", 1)
    network.settle()

    assert ear.heard == [1]
    assert logbook.failures() == ["ValueError: go away"]


def test_a_report_can_be_sent_to_one_subscriber_whatever_its_pattern(network: Network) -> None:
    feed, _, other = site(network)
    one, two = Ear(other, pattern="nothing"), Ear(other)
    network.settle()
    to = feed.subscribers()[0]
    feed.publish("a", "for all")
    feed.send_report(to, "a", "for one")
    network.settle()

    assert (one.heard, two.heard) == (["for one"], ["for all"])
    assert [(report.number, report.retained, report.skipped) for report in one.reports] == [(0, False, 0)]
    late = Ear(other)
    network.settle()
    assert late.heard == []


def test_a_hook_may_greet_who_comes_after_what_is_kept(network: Network) -> None:
    class Polite(Feed):
        def subscribed(self, subscriber: Subscriber) -> None:
            self.send_report(subscriber, "greeting", "hello")

    network.hub()
    publisher, other = network.peer(), network.peer()
    polite = Polite()
    publisher.add(polite)
    polite.publish("a", "kept", -1)
    ear = Ear(other)
    network.settle()

    assert ear.heard == ["kept", "hello"]


def test_a_report_cannot_be_sent_to_who_has_gone_nor_without_a_subject(network: Network) -> None:
    feed, publisher, other = site(network)
    ear = Ear(other)
    network.settle()
    (to,) = feed.subscribers()
    with pytest.raises(ValueError, match="must have a subject"):
        feed.send_report(to, "", 1)
    with pytest.raises(ValueError, match="subject"):
        feed.send_report(to, "\x00", 1)
    ear.subscription.cancel()
    network.settle()
    with pytest.raises(ValueError, match="does not subscribe"):
        feed.send_report(to, "a", 1)
    with pytest.raises(KeyError):
        publisher._publisher.send_report(publisher.id_of(feed), to.subscription, "a", 1)


def test_a_service_in_two_exchanges_publishes_in_both(network: Network) -> None:
    network.hub()
    one, two = network.peer(), network.peer()
    feed = Feed()
    one.add(feed)
    two.add(feed)
    ears = [Ear(one, one.id_of(feed)), Ear(two, two.id_of(feed))]
    network.settle()

    written = Outcome(feed.publish("a", 1))
    network.settle()

    assert [ear.heard for ear in ears] == [[1], [1]]
    assert written.count == 1
    feed.send_report(feed.subscribers()[1], "b", 2)
    network.settle()
    assert [ear.heard for ear in ears] in ([[1, 2], [1]], [[1], [1, 2]])


# Who is not known is not heard


class Private(Feed):
    audience = ""


class Hidden(Feed):
    hidden = True


def test_a_service_of_one_process_only_reports_to_that_process_only(network: Network, logbook: Logbook) -> None:
    feed, publisher, other = site(network)
    private = Private()
    publisher.add(private)
    private.publish("a", "kept", -1)
    inside, outside = Ear(publisher), Ear(other)
    network.settle()
    private.publish("a", "live")
    feed.publish("b", "public")
    network.settle()

    assert inside.heard == ["kept", "live", "public"]
    assert outside.heard == ["public"]
    assert [each.identity for each in private.subscribers()] == [publisher.identity]
    assert logbook.lines("closed") == []


def test_a_hidden_service_is_heard_by_nobody_and_harms_no_link(network: Network, logbook: Logbook) -> None:
    _, publisher, other = site(network)
    hidden = Hidden()
    publisher.add(hidden)
    inside, outside = Ear(publisher), Ear(other)
    hidden.publish("a", 1, -1)
    network.settle()

    assert (inside.heard, outside.heard) == ([], [])
    assert hidden.subscribers() == []
    assert logbook.lines("closed") == []


def test_a_service_that_becomes_public_is_heard_and_shows_what_it_keeps(network: Network) -> None:
    _, publisher, other = site(network)
    private = Private()
    publisher.add(private)
    private.publish("a", "kept", -1)
    ear = Ear(other)
    network.settle()
    private.audience = "*"
    publisher.announce(private)
    network.settle()

    assert ear.heard == ["kept"]
    private.publish("a", "live")
    network.settle()
    assert ear.heard == ["kept", "live"]


def test_what_a_service_publishes_while_it_gets_ready_is_shown_when_it_is(network: Network) -> None:
    ready: Deferred[None] = Deferred()

    class Slow(Feed):
        def prepare(self) -> Any:
            self.publish("a", "kept", -1)
            self.publish("b", "lost")
            return ready

    network.hub()
    publisher, other = network.peer(), network.peer()
    ears = [Ear(publisher), Ear(other)]
    publisher.add(Slow())
    network.settle()
    assert [ear.heard for ear in ears] == [[], []]

    ready.callback(None)
    network.settle()
    assert [ear.heard for ear in ears] == [["kept"], ["kept"]]


# Back-pressure


def test_a_subscriber_that_does_not_read_misses_what_waits_longest_and_the_others_hear_all(network: Network) -> None:
    network.hub(limits=Limits(soft_limit=100_000, hard_limit=300_000))
    publisher, deaf, other = network.peer(), network.peer(), network.peer()
    feed = Feed()
    publisher.add(feed)
    dull = Ear(deaf)
    ear = Ear(other)
    network.settle()
    network.stall(deaf)
    for number in range(100):
        feed.publish("a", [number, bytes(10_000)])
        network.settle()

    assert [content[0] for content in ear.heard] == list(range(100))
    network.restore(deaf)
    network.settle()
    assert dull.heard[-1][0] == 99
    assert dull.subscription.skipped == 100 - len(dull.heard)


def test_the_plain_service_hears_of_subscribers_and_does_nothing(network: Network) -> None:
    class Plain(Service):
        name = "feed"

    network.hub()
    publisher, other = network.peer(), network.peer()
    plain = Plain()
    publisher.add(plain)
    ear = Ear(other)
    network.settle()
    ear.subscription.cancel()
    network.settle()

    assert plain.subscribers() == []
