"""What one writes to publish and to subscribe, what is refused, and how a publisher waits."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.testing import MemoryReactorClock

from exchange import Exchange
from exchange.testing import Network
from tests.outcomes import Outcome
from tests.services.reporting import Ear, Feed


def site(network: Network) -> tuple[Feed, Exchange, Exchange]:
    """Return a feed, the peer that has it, and another peer."""
    network.hub()
    publisher, subscriber = network.peer(), network.peer()
    feed = Feed()
    publisher.add(feed)
    network.settle()
    return feed, publisher, subscriber


# To subscribe


def test_two_lines_make_a_subscription_and_a_report(network: Network) -> None:
    feed, _, subscriber = site(network)
    heard: list[Any] = []
    subscription = subscriber.subscribe("feed", "nyse.*", heard.append)
    network.settle()
    feed.publish("nyse.ibm", 101)
    network.settle()

    assert heard == [101]
    assert (subscription.service, subscription.pattern) == ("feed", "nyse.*")


@pytest.mark.parametrize("overflow", ["drop-oldest", "drop-newest", "latest", "disconnect"])
def test_every_overflow_is_told_to_the_hub(network: Network, overflow: str) -> None:
    hub = network.hub()
    subscriber = network.peer()
    subscription = subscriber.subscribe("feed", "*", print, overflow)
    network.settle()

    way = hub._switch.subscriptions.in_use(subscription.id)
    assert way is not None
    assert way.frame[2][2] == overflow


def test_a_kept_report_is_seen_where_it_is_kept(network: Network) -> None:
    feed, publisher, _ = site(network)
    feed.publish("nyse.ibm", 101, -1)
    feed.publish("nyse.sun", 7)

    (kept,) = publisher.retained(feed).matching("nyse.*")
    assert kept[0] == "nyse.ibm"


def test_a_lifetime_is_over_by_a_clock_that_only_goes_forward() -> None:
    """That of the day may be set, and a lifetime must neither end nor begin anew with that."""
    reactor = MemoryReactorClock()
    publisher, feed = Exchange(reactor), Feed()
    publisher.add(feed)
    feed.publish("a", 1, 60)
    reactor.rightNow += 3_600
    ear = Ear(publisher)

    assert ear.heard == [1]
    assert 59 < (ear.reports[0].remaining or 0) <= 60


# Bad input


@pytest.mark.parametrize(
    ("service", "pattern", "overflow"),
    [
        ("feed", "a" * 1025, "latest"),
        ("feed", "ä" * 513, "latest"),
        ("feed", "a\x00", "latest"),
        ("fe\x07ed", "*", "latest"),
        ("f" * 256, "*", "latest"),
        ("$other", "*", "latest"),
        ("$exchange", "*", "latest"),
        (b"short", "*", "latest"),
        ("feed", "*", "never"),
    ],
)
def test_a_wish_that_cannot_be_one_is_refused_and_leaves_nothing(
    network: Network, service: Any, pattern: str, overflow: str
) -> None:
    network.hub()
    peer = network.peer()
    with pytest.raises(ValueError, match=r"service|pattern|overflow|watch"):
        peer.subscribe(service, pattern, print, overflow)
    network.settle()

    assert len(peer._subscriber) == 0
    assert len(peer._switch.subscriptions) == 0


@pytest.mark.parametrize("subject", ["a" * 1025, "ä" * 513, "a\x00", "a\x1b", "a\nb"])
def test_a_subject_that_cannot_be_one_is_refused_and_nothing_is_kept(network: Network, subject: str) -> None:
    feed, _, other = site(network)
    with pytest.raises(ValueError, match="subject"):
        feed.publish(subject, 1, -1)
    ear = Ear(other)
    network.settle()

    assert ear.heard == []


def test_a_lifetime_that_is_no_number_is_refused(network: Network) -> None:
    feed, _, _ = site(network)
    with pytest.raises(ValueError, match="lifetime"):
        feed.publish("a", 1, float("nan"))
    with pytest.raises(
        ValueError, match="the lifetime of a report cannot be that many seconds.*negative one is for ever"
    ):
        feed.publish("a", 1, 10**400)
    for given in ("long", None):
        with pytest.raises(TypeError, match="the lifetime of a report must be a number of seconds"):
            feed.publish("a", 1, given)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="the age of a report must be a number of seconds"):
            feed.expire("*", given)  # type: ignore[arg-type]


def test_who_was_not_added_cannot_publish(network: Network) -> None:
    feed = Feed()
    with pytest.raises(RuntimeError, match="was not added"):
        feed.publish("a", 1)
    assert feed.subscribers() == []
    assert feed.expire() == feed.purge() == 0


# Back-pressure


def test_whoever_must_not_run_ahead_can_wait_until_a_report_has_left(network: Network) -> None:
    hub, publisher, other = network.hub(), network.peer(), network.peer()
    feed = Feed()
    publisher.add(feed)
    ear = Ear(other)
    network.settle()
    assert Outcome(feed.publish("a", bytes(50_000))).count == 1
    network.settle()

    network.stall(hub)
    feed.publish("a", bytes(200_000))
    network.settle()
    written = Outcome(feed.publish("a", 1))
    network.settle()
    assert written.is_open

    network.restore(hub)
    network.settle()
    assert written.count == 1
    assert len(ear.heard) == 3
