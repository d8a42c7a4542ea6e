"""Who may make a report, and to whom it goes."""

from __future__ import annotations

import pytest

from exchange.errors import LocalProtocolError
from exchange.routing.interest import BUILT_IN
from exchange.routing.policy import Grant, Rule
from exchange.wire.frames import Frame, encode
from exchange.wire.layouts import Kind
from tests.routing.recorder import Recorder, a_hub, a_peer, announce, report, said, subscribe, withdraw


def test_a_peer_cannot_report_under_another_name() -> None:
    story = a_hub()
    peer = story.attach_with("peer", "math")

    with pytest.raises(LocalProtocolError, match="no instance of 'history'"):
        story.receive(peer, report(peer.make(1), "history", None))


def test_a_peer_cannot_report_to_a_subscription_to_another_service() -> None:
    story = a_hub()
    peer, subscriber = story.attach_with("peer", "math"), story.attach("subscriber")
    story.receive(subscriber, subscribe(subscriber.make(1), BUILT_IN))

    with pytest.raises(LocalProtocolError, match="no subscription to 'math'") as caught:
        story.receive(peer, report(peer.make(1), "math", subscriber.make(1)))
    assert caught.value.code == "forged"
    assert subscriber.taken() == []


def test_a_report_goes_to_the_subscription_that_it_is_addressed_to() -> None:
    story = a_hub()
    peer, other = story.attach("peer"), story.attach("other")
    story.receive(peer, subscribe(peer.make(1)))
    story.receive(other, subscribe(other.make(1)))
    frame = report(story.local.make(0), BUILT_IN, peer.make(1))
    story.receive(story.local, frame)

    assert peer.taken() == [frame]
    assert other.taken() == []


def test_reports_to_nobody_are_counted() -> None:
    story = a_hub()
    peer = story.attach("peer")
    story.receive(story.local, report(story.local.make(0), BUILT_IN, peer.make(1)))

    assert story.switch.counters.unexpected == 1
    assert peer.taken() == []


def test_a_report_of_a_peer_reaches_who_subscribed_to_its_service_or_to_that_instance() -> None:
    story = a_hub()
    peer, subscriber = story.attach_with("peer", "feed"), story.attach("subscriber")
    story.receive(subscriber, subscribe(subscriber.make(1), "feed"), subscribe(subscriber.make(2), peer.make(1)))
    for number in (1, 2, 3):
        story.receive(peer, report(peer.make(1), "feed", subscriber.make(number)))

    assert [frame[2][2] for frame in subscriber.taken()] == [subscriber.make(1), subscriber.make(2)]
    assert story.switch.counters.unexpected == 1


def test_a_report_does_not_pass_from_hub_to_hub() -> None:
    story = a_hub()
    rome, oslo = story.attach("rome", is_hub=True), story.attach("oslo", is_hub=True)
    thing = Recorder("far").make(1)
    story.receive(rome, subscribe(thing))
    story.receive(oslo, report(oslo.make(0), BUILT_IN, thing))

    assert said(rome.taken()) == []
    assert story.switch.counters.unexpected == 1


def test_a_report_that_the_subscribers_link_does_not_take_is_dropped_and_counted() -> None:
    story = a_hub()
    peer = story.attach("peer")
    story.receive(peer, subscribe(peer.make(1)))
    peer.max_frame = 100
    story.receive(story.local, report(story.local.make(0), BUILT_IN, peer.make(1), bytes(100)))

    assert peer.taken() == []
    assert story.switch.counters.too_large == len(peer.too_large) == 1


def live(thing: bytes, name: str = "feed", subject: str = "a") -> Frame:
    """Return a report that is for all who want it."""
    return encode(Kind.REPORT, thing, (name, subject, None, False, False), b"")


@pytest.mark.parametrize(("audience", "outside"), [("*", True), ("plant", True), ("", False), ("elsewhere", False)])
def test_a_report_of_our_own_leaves_only_where_its_instance_is_known(audience: str, outside: bool) -> None:
    story = a_peer("plant")
    hub, thing = story.attach("rome", is_hub=True), story.local.make(1)
    story.receive(story.local, announce(thing, "feed", audience=audience))
    story.receive(story.local, subscribe(story.local.make(1), "feed", pattern="*"))
    story.receive(hub, subscribe(hub.make(1), "feed", pattern="*"))
    hub.taken(), story.local.taken()

    addressed = encode(Kind.REPORT, thing, ("feed", "a", hub.make(1), True, False), b"")
    story.receive(story.local, live(thing), addressed)

    assert story.local.taken() == [live(thing)]
    assert hub.taken() == ([live(thing), addressed] if outside else [])


def test_a_report_of_what_is_not_announced_is_heard_by_nobody() -> None:
    story = a_peer()
    hub, thing = story.attach("rome", is_hub=True), story.local.make(1)
    story.receive(hub, subscribe(hub.make(1), "feed", pattern="*"))
    story.receive(story.local, live(thing))
    assert hub.taken() == []

    story.receive(story.local, announce(thing, "feed"), live(thing))
    story.receive(story.local, withdraw(thing), live(thing))

    assert [frame for frame in hub.taken() if frame[0] == Kind.REPORT] == [live(thing)]


def test_who_subscribes_to_an_instance_that_is_not_known_here_hears_what_nobody_wanted_before() -> None:
    story = a_peer()
    hub = story.attach("rome", is_hub=True)
    thing = hub.make(16)
    story.receive(hub, live(thing))
    story.receive(story.local, subscribe(story.local.make(1), thing, pattern="*"))
    story.receive(hub, live(thing))

    assert story.local.taken() == [live(thing)]


def test_who_subscribes_to_an_instance_that_is_known_hears_at_once() -> None:
    story = a_hub()
    publisher, subscriber = story.attach_with("publisher", "feed"), story.attach("subscriber")
    frame = live(publisher.make(1))
    story.receive(publisher, frame)
    story.receive(subscriber, subscribe(subscriber.make(1), publisher.make(1), pattern="*"))
    story.receive(publisher, frame)

    assert subscriber.taken() == [frame]


def test_a_peer_remembers_where_the_reports_of_its_hub_go_until_that_is_gone() -> None:
    story = a_peer()
    hub = story.attach("hub", is_hub=True)
    story.receive(story.local, subscribe(story.local.make(1), "feed"))
    far = Recorder("far").make(1)
    story.receive(hub, report(far, "feed", None), report(far, "feed", None))

    assert len(story.local.taken()) == 2
    assert len(story.switch._reports.fanout) == 1
    story.switch.detach(hub, "lost")
    assert len(story.switch._reports.fanout) == 0


def test_what_is_addressed_to_somebody_who_may_not_hear_it_is_not_passed_on() -> None:
    story = a_hub()
    feed, reader = story.attach_with("publisher", "feed"), story.attach("reader")
    story.receive(reader, subscribe(reader.make(1), "feed", pattern="*"))
    reader.taken()
    addressed = encode(Kind.REPORT, feed.make(1), ("feed", "a", reader.make(1), True, False), b"")
    story.receive(feed, addressed)
    assert reader.taken() == [addressed]

    reader.grant = Grant("reader", [Rule(subscribe=("news",))])
    story.receive(feed, addressed)
    assert reader.taken() == []
    assert story.switch.counters.denied == 1
