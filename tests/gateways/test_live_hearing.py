"""What a listener hears of a service: of all its instances that are shown, and while they are."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import Exchange, Hub, Service
from exchange.gateways.live_backlog import Backlog
from exchange.gateways.live_hearing import MOST_LOST, Hearing, compiled
from exchange.gateways.live_text import Wording
from exchange.gateways.live_wish import Wish
from exchange.gateways.selection import Selection
from exchange.testing import Network
from tests.gateways.sse import EventReader

Heard = list[tuple[str, Any]]


class Feed(Service):
    """Reports what a test wants."""

    name = "feed"
    groups = ("web-services",)


class Ear:
    """A hearing that follows a selection, as a gateway's do."""

    def __init__(self, network: Network, *patterns: str) -> None:
        self.network = network
        self.peer = network.peer()
        selection = Selection(self.peer, "web-services")
        network.settle()
        self.backlog = Backlog()
        self.came = 0
        wish = Wish("feed", patterns or ("*",), False, None)
        shown = selection.instances("feed")
        self.hearing = Hearing(self.peer, wish, shown, self.backlog, Wording(), self._came)
        selection.observe(self.hearing.changed)
        network.settle()

    def heard(self) -> Heard:
        """Return what has come since this was asked last."""
        self.network.settle()
        reader = EventReader()
        for _, entry in self.backlog.take(10**9).entries:
            reader.feed(entry)
        return [(event.type, event.content) for event in reader.events]

    def _came(self) -> None:
        self.came += 1


def feeding(network: Network, *feeds: Feed) -> Exchange:
    """Return a new peer that offers ``feeds``."""
    peer = network.peer()
    for feed in feeds:
        peer.add(feed)
    network.settle()
    return peer


def test_what_is_kept_is_heard_first_and_then_what_is_reported(network: Network, hub: Hub) -> None:
    feed = Feed()
    feeding(network, feed)
    feed.publish("a", 1, lifetime=-1)
    feed.publish("b", 2, lifetime=60)
    feed.publish("c", 3)
    ear = Ear(network)
    assert sorted(ear.heard()) == [("a", 1), ("b", 2)]

    feed.publish("c", 4)

    assert ear.heard() == [("c", 4)]
    assert ear.came == 3


def test_only_subjects_that_fit_one_of_the_patterns_are_heard_and_each_report_once(network: Network, hub: Hub) -> None:
    feed = Feed()
    feeding(network, feed)
    feed.publish("nyse.ibm", 1, lifetime=-1)
    ear = Ear(network, "nyse.*", "*.ibm", "lse.?")
    assert ear.heard() == [("nyse.ibm", 1)]

    for subject in ("nyse.ibm", "lse.ibm", "lse.x", "lse.xy", "nyse[1]"):
        feed.publish(subject, 2)

    assert ear.heard() == [("nyse.ibm", 2), ("lse.ibm", 2), ("lse.x", 2)]


def test_every_shown_instance_is_heard_and_no_other(network: Network, hub: Hub) -> None:
    first, second, hidden = Feed(), Feed(), Feed()
    hidden.groups = ("other",)
    feeding(network, first), feeding(network, second), feeding(network, hidden)
    hidden.publish("secret", 1, lifetime=-1)
    ear = Ear(network)
    for feed in (first, second, hidden):
        feed.publish("a", 1)
    assert ear.heard() == [("a", 1), ("a", 1)]

    hidden.join("web-services")
    assert ear.heard() == [("secret", 1)]
    hidden.publish("a", 2)
    assert ear.heard() == [("a", 2)]

    hidden.leave("web-services")
    network.settle()
    hidden.publish("a", 3)
    assert ear.heard() == []


def test_when_the_last_instance_goes_that_is_told_and_when_one_comes_back_too(network: Network, hub: Hub) -> None:
    first, second = Feed(), Feed()
    homes = [feeding(network, first), feeding(network, second)]
    ear = Ear(network)

    homes[0].remove(first)
    assert ear.heard() == []
    homes[1].remove(second)
    assert ear.heard() == [("gone", {"service": "feed", "reason": "withdrawn"})]

    third = Feed()
    feeding(network, third)
    third.publish("a", 1)
    assert ear.heard() == [("back", {"service": "feed"}), ("a", 1)]


def test_a_service_that_leaves_the_group_is_gone_though_it_runs(network: Network, hub: Hub) -> None:
    feed = Feed()
    feeding(network, feed)
    ear = Ear(network)

    feed.leave("web-services")
    network.settle()
    feed.publish("a", 1)
    assert ear.heard() == [("gone", {"service": "feed", "reason": "left"})]

    feed.publish("b", 2, lifetime=-1)
    feed.join("web-services")
    assert ear.heard() == [("back", {"service": "feed"}), ("b", 2)]


def test_an_instance_that_was_lost_goes_on_where_it_was_and_what_was_missed_is_told(network: Network, hub: Hub) -> None:
    feed = Feed()
    home = feeding(network, feed)
    ear = Ear(network)
    feed.publish("a", 1, lifetime=-1)
    assert ear.heard() == [("a", 1)]

    network.cut(home)
    for content in (2, 3, 4):
        feed.publish("a", content, lifetime=-1)
    assert ear.heard() == [("gone", {"service": "feed", "reason": "lost"})]
    network.restore(home)
    network.clock.advance(10)

    assert ear.heard() == [("back", {"service": "feed"}), ("gap", {"missed": 2, "subject": "a"}), ("a", 4)]


def test_an_instance_that_comes_back_with_nothing_new_is_not_heard_twice(network: Network, hub: Hub) -> None:
    feed = Feed()
    home = feeding(network, feed)
    feed.publish("a", 1, lifetime=-1)
    ear = Ear(network)
    assert ear.heard() == [("a", 1)]

    network.cut(home)
    network.restore(home)
    network.clock.advance(10)

    assert [name for name, _ in ear.heard()] == ["gone", "back"]


def test_an_instance_that_was_lost_and_comes_back_outside_the_group_is_not_heard(network: Network, hub: Hub) -> None:
    feed = Feed()
    home = feeding(network, feed)
    ear = Ear(network)
    network.cut(home)
    feed.leave("web-services")
    feed.publish("a", 1, lifetime=-1)

    network.restore(home)
    network.clock.advance(10)

    assert ear.heard() == [("gone", {"service": "feed", "reason": "lost"})]


def test_what_comes_before_it_is_known_that_an_instance_is_back_is_heard_afterwards(network: Network, hub: Hub) -> None:
    feed = Feed()
    feeding(network, feed)
    ear = Ear(network)
    feed.publish("a", 1)
    assert ear.heard() == [("a", 1)]

    network.cut(ear.peer)  # so that reports come by the subscription before the picture is whole
    for content in (2, 3):
        feed.publish("a", content, lifetime=-1)
    network.restore(ear.peer)
    network.clock.advance(10)

    assert ear.heard() == [
        ("gone", {"service": "feed", "reason": "lost"}),
        ("back", {"service": "feed"}),
        ("gap", {"missed": 1, "subject": "a"}),
        ("a", 3),
    ]


def test_what_comes_before_it_is_known_that_an_instance_is_back_outside_the_group_is_not_heard(
    network: Network, hub: Hub
) -> None:
    feed = Feed()
    feeding(network, feed)
    ear = Ear(network)
    network.cut(ear.peer)

    feed.leave("web-services")
    feed.publish("a", 1, lifetime=-1)
    network.restore(ear.peer)
    network.clock.advance(10)

    assert ear.heard() == [("gone", {"service": "feed", "reason": "lost"})]


def test_no_more_than_some_of_the_lost_are_remembered(network: Network, hub: Hub) -> None:
    ear = Ear(network)
    for _ in range(MOST_LOST + 5):
        network.cut(feeding(network, Feed()))

    assert len(ear.peer._subscriber) == MOST_LOST  # the public face does not count them


def test_what_was_told_to_stop_hears_nothing_and_leaves_nothing(network: Network, hub: Hub) -> None:
    feed = Feed()
    home = feeding(network, feed)
    ear = Ear(network, "a", "b")
    assert len(home.subscribers(feed)) == 2

    ear.hearing.stop()
    network.settle()

    assert home.subscribers(feed) == []
    feed.publish("a", 1)
    assert ear.heard() == []


def test_where_nothing_can_be_subscribed_to_nothing_is_left(
    network: Network, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = Feed()
    home = feeding(network, feed)
    made: list[str] = []
    subscribe = Exchange.subscribe

    def limited(exchange: Exchange, service: Any, pattern: str, seen: Any) -> Any:
        if made:
            raise ValueError("a hub takes no more")
        made.append(pattern)
        return subscribe(exchange, service, pattern, seen)

    monkeypatch.setattr(Exchange, "subscribe", limited)
    with pytest.raises(ValueError, match="a hub takes no more"):
        Ear(network, "a", "b")

    network.settle()
    assert home.subscribers(feed) == []


@pytest.mark.parametrize(
    ("pattern", "subject", "fits"),
    [("a*", "ab", True), ("a?", "ab", True), ("a", "ab", False), ("[ab]", "a", False), ("[ab]", "[ab]", True)],
)
def test_a_pattern_means_what_it_means_to_an_exchange(pattern: str, subject: str, fits: bool) -> None:
    assert bool(compiled(pattern)(subject)) == fits


def test_no_pattern_takes_long() -> None:
    assert not compiled("*a" * 500 + "b")("a" * 1000)
