"""What a link does while its far end does not read, and when it does again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exchange import Exchange, Hub, Service, method
from exchange.errors import Overloaded
from exchange.net.congestion import Congestion
from exchange.testing import Network
from exchange.wire.limits import KIB, MIB, Limits
from tests.net.test_telling import Crowd, known

SMALL = Limits(soft_limit=64 * KIB, hard_limit=256 * KIB)
LARGE = "x" * KIB
MANY = 10_000


class Feed(Service):
    name = "feed"

    @method
    def large(self) -> str:
        return LARGE


class Reader:
    """A peer that subscribes, and what it was told.

    Attributes:
        heard: Subject, content and how many were skipped before.
        told: How many were skipped, as the link told.
    """

    def __init__(self, network: Network, overflow: str, pattern: str = "*") -> None:
        self.peer = network.peer()
        self.heard: list[tuple[str, Any, int]] = []
        self.told: list[int] = []
        self.subscription = self.peer.subscribe("feed", pattern, self._seen, overflow, skipped=self.told.append)
        network.settle()

    def _seen(self, content: Any, report: Any) -> None:
        self.heard.append((report.subject, content[0] if isinstance(content, tuple) else content, report.skipped))


@pytest.fixture
def hub(network: Network) -> Hub:
    return network.hub("rome", limits=SMALL)


@pytest.fixture
def feed(network: Network, hub: Hub) -> Feed:
    feed = Feed()
    network.peer().add(feed)
    return feed


def flood(network: Network, feed: Feed, count: int, subject: str = "a", lifetime: float = 0) -> None:
    for number in range(count):
        feed.publish(subject, (number, LARGE), lifetime)
        network.settle()


def link_to(hub: Hub, peer: Exchange) -> Any:
    return next(link for link in hub._links.attached if link.identity == peer.identity)


def test_latest_hears_the_last_and_how_many_it_did_not(network: Network, hub: Hub, feed: Feed) -> None:
    reader = Reader(network, "latest")
    network.stall(reader.peer)
    flood(network, feed, 1_000)
    assert link_to(hub, reader.peer).congestion.size < 2 * SMALL.soft_limit
    network.restore(reader.peer)
    network.settle()

    assert reader.heard[-1][1] == 999
    assert sum(skipped for _, _, skipped in reader.heard) == sum(reader.told) == 1_000 - len(reader.heard)
    assert reader.subscription.skipped == reader.told[0]
    assert len(reader.told) == 1


@pytest.mark.parametrize(("overflow", "kept"), [("drop-oldest", "the last"), ("drop-newest", "the first")])
def test_which_are_dropped_is_as_the_subscription_says(
    network: Network, hub: Hub, feed: Feed, overflow: str, kept: str
) -> None:
    reader = Reader(network, overflow)
    network.stall(reader.peer)
    flood(network, feed, 500)
    network.restore(reader.peer)
    network.settle()

    numbers = [number for _, number, _ in reader.heard]
    assert numbers == sorted(numbers)
    assert 50 < len(numbers) < 250
    assert (numbers[-1] == 499) == (kept == "the last")
    assert reader.told == [500 - len(numbers)]


def test_disconnect_loses_the_link_rather_than_a_report(network: Network, hub: Hub, feed: Feed, logbook: Any) -> None:
    reader = Reader(network, "disconnect")
    network.stall(reader.peer)
    flood(network, feed, 500)
    network.restore(reader.peer)
    network.clock.advance(5)

    assert reader.told == []
    assert "ends the link rather than miss a report" in str(logbook.lines())
    feed.publish("a", ("after", ""))
    network.settle()
    assert reader.heard[-1][1] == "after"


def test_what_is_kept_is_never_lost(network: Network, hub: Hub, feed: Feed) -> None:
    reader = Reader(network, "drop-newest")
    feed.publish("cleared", ("stale", ""), -1)
    network.settle()
    network.stall(reader.peer)
    for number in range(300):
        for subject in ("a", "b"):
            flood(network, feed, 1, subject)
        feed.publish(f"kept {number % 7}", (number, LARGE), -1)
        network.settle()
    feed.publish("cleared", ("nothing", ""), 0)
    network.settle()
    network.restore(reader.peer)
    network.settle()

    last = {subject: number for subject, number, _ in reader.heard if subject not in ("a", "b")}
    assert last == {f"kept {number % 7}": number for number in range(293, 300)} | {"cleared": "nothing"}


def test_others_hear_everything_meanwhile(network: Network, hub: Hub, feed: Feed) -> None:
    slow, quick = Reader(network, "latest"), Reader(network, "disconnect")
    network.stall(slow.peer)
    flood(network, feed, 300)

    assert [number for _, number, _ in quick.heard] == list(range(300))
    assert quick.told == []


def test_replies_are_never_dropped_and_requests_go_elsewhere_or_nowhere(network: Network, hub: Hub, feed: Feed) -> None:
    slow = Reader(network, "drop-oldest").peer
    slow.add(Feed())
    caller, spare = network.peer(), network.peer()
    network.stall(slow)
    answers = [slow.call("feed", "large", timeout=None) for _ in range(20)]
    asked = [slow.call(feed.exchange.id_of(feed), "large", timeout=None) for _ in range(100)]
    network.settle()
    flood(network, feed, 200)
    link = link_to(hub, slow)
    assert link.congested
    for _ in range(20):
        assert network.result(caller.call("feed", "large")) == LARGE
    refused = caller.call(slow.id_of(slow._offers.service_of(slow._offers.things()[0])), "large")  # type: ignore[arg-type]
    with pytest.raises(Overloaded) as caught:
        network.result(refused)
    assert caught.value.delivered is False

    network.restore(slow)
    network.settle()
    assert [network.result(answer) for answer in [*answers, *asked]] == [LARGE] * 120
    assert not link.congested
    network.stop(spare)


def test_a_publisher_whose_own_link_cannot_keep_up_tells_those_who_lost_something(network: Network) -> None:
    hub = network.hub("rome")
    publisher, feed = network.peer(limits=SMALL), Feed()
    publisher.add(feed)
    reader = Reader(network, "latest")
    network.stall(hub)
    for number in range(500):
        feed.publish("a", (number, LARGE))
        network.settle()
    network.restore(hub)
    network.settle()

    assert reader.heard[-1][1] == 499
    assert reader.told == [500 - len(reader.heard)]


def test_what_a_hub_left_out_for_another_hub_is_told_to_its_peers(network: Network, hub: Hub, feed: Feed) -> None:
    oslo = network.hub("oslo", join=[hub])
    peer = network.peer(oslo)
    told: list[int] = []
    heard: list[int] = []
    peer.subscribe("feed", "*", lambda content: heard.append(content[0]), "latest", skipped=told.append)
    network.settle()
    network.stall(oslo)
    flood(network, feed, 500)
    network.restore(oslo)
    network.settle()

    assert heard[-1] == 499
    assert told == [500 - len(heard)]


def test_a_link_that_is_lost_tells_nothing_of_what_waited(network: Network, hub: Hub, feed: Feed) -> None:
    reader = Reader(network, "latest")
    network.stall(reader.peer)
    flood(network, feed, 300)
    network.cut(reader.peer)
    network.restore(reader.peer)
    network.clock.advance(5)
    flood(network, feed, 1)

    assert reader.told == []
    assert reader.heard[-1][1] == 0


def test_a_report_is_published_when_it_has_left_this_process(network: Network, hub: Hub, feed: Feed) -> None:
    """For those who must not run ahead: the Deferred of `publish` waits while the link is held up."""
    reader = Reader(network, "drop-newest")
    assert feed.publish("a", ("at once", LARGE)).called
    network.stall(hub)
    left = [feed.publish("a", (number, LARGE)) for number in range(200)]
    network.settle()
    assert [each.called for each in (left[0], left[-1])] == [True, False]
    network.restore(hub)
    network.settle()
    assert all(each.called for each in left)
    assert len(reader.heard) == 201


# Very many instances


@pytest.mark.heavy
def test_a_watcher_of_very_many_on_a_slow_link_gets_a_right_picture(network: Network) -> None:
    limits = Limits(soft_limit=64 * KIB, hard_limit=2 * MIB)  # the whole picture would take more
    hub = network.hub("rome", limits=limits)
    crowd = Crowd(hub, MANY)
    watcher = network.peer()
    network.stall(watcher)
    watch = watcher.watch()
    network.settle()
    largest = 0
    for number in range(1, 2_001):  # most of which are shown already, or wait to be
        if number % 3:
            crowd.withdraw(5 * number)
        else:
            crowd.announce(5 * number, "changed")
        if number % 7 == 0:
            crowd.announce(5 * number, "back")
            crowd.announce(MANY + number, "new")
        if number % 100 == 0:
            network.settle()
            largest = max(largest, link_to(hub, watcher).congestion.size)
    assert not watch.complete.called
    assert 0 < largest < limits.hard_limit
    network.restore(watcher)
    network.clock.advance(2)

    assert network.result(watch.complete) is None
    assert {each.name: each.groups for each in watch.instances} == known(hub)
    crowd.leave()
    network.clock.advance(2)
    assert watch.instances == []


def stalling(network: Network, hub: Hub) -> Callable[[Any], None]:
    return lambda change: network.stall(hub) if change.is_open else None


@pytest.mark.heavy
@pytest.mark.parametrize("stalled", [(True, False), (True, True)])
def test_two_hubs_of_very_many_can_always_attach(network: Network, hub: Hub, stalled: tuple[bool, bool]) -> None:
    """Each tells the other everything, and neither has to read what the other says in order to go on."""
    oslo = network.hub("oslo", limits=SMALL)
    crowds = [Crowd(hub, MANY, "rome"), Crowd(oslo, MANY, "oslo")]
    slow = [each for each, is_stalled in zip((hub, oslo), stalled, strict=True) if is_stalled]
    for each in slow:
        each.watch_links(stalling(network, each))
    network.join(oslo, hub)
    for number in range(1, 500):
        for crowd in crowds:
            crowd.withdraw(number * 10)
    network.clock.advance(3)
    for link in (link_to(hub, oslo), link_to(oslo, hub)):
        assert link.congestion.size < SMALL.hard_limit
    for each in slow:
        network.restore(each)
    network.clock.advance(3)

    assert known(hub) == known(oslo)
    assert len(known(hub)) == 2 * (MANY - 499)
    for crowd in crowds:
        crowd.leave()
    network.clock.advance(1)


def test_what_was_skipped_is_told_once_though_what_is_written_at_once_makes_the_link_go_on(hub: Hub) -> None:
    class Waiting:
        def __init__(self) -> None:
            self.size = 2
            self.skipped = {bytes(20): 3}

        def take(self) -> list[bytes]:
            self.size -= 1
            return [b"frame"]

    class Link:
        is_paused, congested, is_attached, now = False, True, True, 0.0

        def __init__(self) -> None:
            self.congestion = Congestion(self, hub._links)  # type: ignore[arg-type]
            self.sent: list[Any] = []

        def write_all(self, frames: list[bytes]) -> None:
            self.congestion.go_on()

        def send(self, frame: Any) -> None:
            self.sent.append(frame)

    link = Link()
    link.congestion._backlog = Waiting()  # type: ignore[assignment]
    link.congestion.go_on()

    assert len(link.sent) == 1
    assert hub._switch.counters.skipped == 3
