"""Where subscriptions go: to every port behind which somebody publishes, now or later."""

from __future__ import annotations

import pytest

from exchange.errors import LocalProtocolError
from exchange.wire.frames import Frame, encode
from exchange.wire.layouts import Kind
from tests.routing.recorder import Recorder, Story, a_hub, a_peer, announce, said, subscribe, unsubscribe, withdraw


class Reacting(Recorder):
    """A port that does something the first time it is told of a kind."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.reactions: dict[Kind, object] = {}

    def send(self, frame: Frame) -> None:
        super().send(frame)
        reaction = self.reactions.pop(Kind(frame[0]), None)
        if callable(reaction):
            reaction()


def left_over(story: Story) -> tuple[int, int, int]:
    interest = story.switch._interest
    return len(interest), len(interest._held), len(story.switch.subscriptions)


def test_a_subscription_goes_to_those_who_have_the_service_now_and_later() -> None:
    story = a_hub()
    early, other = story.attach_with("early", "feed"), story.attach_with("other", "math")
    subscriber = story.attach("subscriber")
    thing = subscriber.make(1)
    story.receive(subscriber, subscribe(thing, "feed"))
    late = story.attach_with("late", "feed")

    assert said(early.taken()) == said(late.taken()) == [("SUBSCRIBE", thing)]
    assert other.taken() == []


def test_a_subscription_to_one_instance_goes_there_and_to_no_namesake() -> None:
    story = a_hub()
    one, two = story.attach_with("one", "feed"), story.attach_with("two", "feed")
    subscriber = story.attach("subscriber")
    story.receive(subscriber, subscribe(subscriber.make(1), two.make(1)), subscribe(subscriber.make(2), one.make(9)))

    assert one.taken() == []
    assert said(two.taken()) == [("SUBSCRIBE", subscriber.make(1))]
    story.receive(one, announce(one.make(9), "later", attachment=1))
    assert said(one.taken()) == [("SUBSCRIBE", subscriber.make(2))]


def test_a_port_is_told_once_however_many_instances_are_behind_it() -> None:
    story = a_hub()
    publisher, subscriber = story.attach_with("publisher", "feed"), story.attach("subscriber")
    story.receive(subscriber, subscribe(subscriber.make(1), "feed"))
    story.receive(publisher, announce(publisher.make(2), "feed"), announce(publisher.make(2), "feed", groups=("g",)))

    assert said(publisher.taken()) == [("SUBSCRIBE", subscriber.make(1))]


def test_the_local_port_is_told_again_for_each_instance_that_is_new_there() -> None:
    story = a_hub()
    subscriber = story.attach("subscriber")
    story.receive(subscriber, subscribe(subscriber.make(1), "feed"))
    for number in (1, 2):
        story.receive(story.local, announce(story.local.make(number), "feed"))
        assert said(story.local.taken()) == [("SUBSCRIBE", subscriber.make(1))]
    story.receive(story.local, announce(story.local.make(2), "feed", groups=("changed",)))
    assert story.local.taken() == []


def test_an_instance_that_becomes_known_further_is_new_to_those_who_hear_of_it_now() -> None:
    story = a_peer()
    hub = story.attach("rome", is_hub=True)
    story.receive(story.local, announce(story.local.make(1), "feed", audience=""))
    story.receive(hub, subscribe(hub.make(1), "feed"))
    story.local.taken()
    story.receive(story.local, announce(story.local.make(1), "feed", audience="*"))

    assert said(story.local.taken()) == [("SUBSCRIBE", hub.make(1))]


def test_the_end_of_a_subscription_is_told_to_all_who_have_it_also_when_the_service_has_gone() -> None:
    story = a_hub()
    stays, goes = story.attach_with("stays", "feed"), story.attach_with("goes", "feed")
    subscriber = story.attach("subscriber")
    thing = subscriber.make(1)
    story.receive(subscriber, subscribe(thing, "feed"))
    story.receive(goes, withdraw(goes.make(1)))
    story.receive(subscriber, unsubscribe(thing))

    assert said(stays.taken()) == said(goes.taken()) == [("SUBSCRIBE", thing), ("UNSUBSCRIBE", thing)]
    assert left_over(story) == (0, 0, 0)


def test_the_loss_of_a_subscriber_is_told_and_the_loss_of_a_publisher_is_forgotten() -> None:
    story = a_hub()
    publisher, lost = story.attach_with("publisher", "feed"), story.attach_with("lost", "feed")
    subscriber = story.attach("subscriber")
    story.receive(subscriber, subscribe(subscriber.make(1), "feed"))
    story.switch.detach(lost, "gone")
    story.switch.detach(subscriber, "gone")

    assert said(publisher.taken()) == [("SUBSCRIBE", subscriber.make(1)), ("UNSUBSCRIBE", subscriber.make(1))]
    assert said(lost.taken()) == [("SUBSCRIBE", subscriber.make(1))]
    assert left_over(story) == (0, 0, 0)


def test_a_lost_port_is_told_nothing_while_several_instances_behind_it_are_withdrawn() -> None:
    story = a_hub()
    lost, other = story.attach("twice", attachment=2), story.attach("twice", attachment=1)
    for number in (1, 2):
        for port in (lost, other):
            story.receive(port, announce(port.make(number), "feed", attachment=port.attachment))
    subscriber = story.attach("subscriber")
    story.receive(subscriber, subscribe(subscriber.make(1), "feed"))
    lost.taken()
    story.switch.detach(lost, "gone")

    assert lost.taken() == []
    assert said(other.taken()) == [("SUBSCRIBE", subscriber.make(1))]
    assert lost not in story.switch._interest._held


def test_a_subscription_goes_where_an_instance_has_moved() -> None:
    story = a_hub()
    older, subscriber = story.attach_with("publisher", "feed"), story.attach("subscriber")
    story.receive(subscriber, subscribe(subscriber.make(1), "feed"))
    newer = story.attach("publisher", attachment=2)
    story.receive(newer, announce(newer.make(1), "feed", attachment=2))

    assert said(older.taken()) == said(newer.taken()) == [("SUBSCRIBE", subscriber.make(1))]


def test_a_newer_way_of_a_subscription_is_told_to_all_who_have_it() -> None:
    story = a_hub()
    publisher, older = story.attach_with("publisher", "feed"), story.attach("subscriber", attachment=1)
    thing = older.make(1)
    story.receive(older, subscribe(thing, "feed", attachment=1))
    newer = story.attach("subscriber", attachment=2)
    story.receive(newer, subscribe(thing, "feed", attachment=2))
    story.receive(older, subscribe(thing, "feed", attachment=1))

    assert [frame[2][3] for frame in publisher.taken()] == [1, 2]


def test_an_older_way_that_comes_later_or_goes_is_told_to_nobody() -> None:
    story = a_hub()
    publisher = story.attach_with("publisher", "feed")
    newer, older = story.attach("subscriber", attachment=2), story.attach("subscriber", attachment=1)
    thing = older.make(1)
    story.receive(newer, subscribe(thing, "feed", attachment=2))
    story.receive(older, subscribe(thing, "feed", attachment=1), unsubscribe(thing))

    assert said(publisher.taken()) == [("SUBSCRIBE", thing)]


def test_whom_the_newer_way_may_not_reach_is_told_that_it_has_ended() -> None:
    """A process that subscribes to its own namesake: what it is told by one link, it shall not be told by the other."""
    story = a_hub()
    older = story.attach("both", attachment=1)
    newer = story.attach("both", attachment=2)
    story.receive(newer, announce(newer.make(1), "feed", attachment=2))
    story.receive(older, subscribe(older.make(1), "feed", attachment=1))
    story.receive(newer, subscribe(newer.make(1), "feed", attachment=2))

    assert said(newer.taken()) == [("SUBSCRIBE", newer.make(1)), ("UNSUBSCRIBE", newer.make(1))]


def test_what_comes_back_to_its_maker_is_not_taken_for_a_new_way() -> None:
    story = a_peer()
    hub = story.attach("rome", is_hub=True)
    thing = story.local.make(1)
    story.receive(story.local, announce(story.local.make(1), "feed"), subscribe(thing, "feed"))
    story.receive(hub, subscribe(thing, "feed", attachment=7))

    way = story.switch.subscriptions.in_use(thing)
    assert way is not None
    assert way.port is story.local
    assert story.switch.counters.unexpected == 1


def test_a_peer_tells_every_hub_of_its_own_subscriptions_and_a_hub_nobody_who_has_no_publisher() -> None:
    peer, hub = a_peer(), a_hub()
    rome, other = peer.attach("rome", is_hub=True), hub.attach("other")
    peer.receive(peer.local, subscribe(peer.local.make(1), "feed"))
    hub.receive(hub.local, subscribe(hub.local.make(1), "feed"))

    assert said(rome.taken()) == [("SUBSCRIBE", peer.local.make(1))]
    assert other.taken() == []


def test_a_peer_does_not_pass_on_what_its_hub_told_it() -> None:
    story = a_peer()
    rome, oslo = story.attach("rome", is_hub=True), story.attach("oslo", is_hub=True)
    story.receive(story.local, announce(story.local.make(1), "feed"))
    oslo.taken()
    story.receive(rome, subscribe(rome.make(1), "feed"))

    assert said(story.local.taken()) == [("SUBSCRIBE", rome.make(1))]
    assert oslo.taken() == []


def test_our_own_are_told_under_the_attachment_of_the_link() -> None:
    story = a_peer()
    hub = story.attach("rome", is_hub=True, attachment=5)
    story.receive(story.local, subscribe(story.local.make(1), "feed"))

    assert hub.taken()[0][2][3] == 5


def test_a_subscription_that_ends_while_it_is_told_is_told_to_nobody_more() -> None:
    local = Reacting("hub")
    story = a_hub()
    story.local.send = local.send  # type: ignore[method-assign]
    publisher, subscriber = story.attach_with("publisher", "feed"), story.attach("subscriber")
    story.receive(story.local, announce(story.local.make(1), "feed"))
    thing = subscriber.make(1)
    local.reactions[Kind.SUBSCRIBE] = lambda: story.receive(subscriber, unsubscribe(thing))
    story.receive(subscriber, subscribe(thing, "feed", attachment=1))
    assert said(publisher.taken()) == [("SUBSCRIBE", thing), ("UNSUBSCRIBE", thing)]

    story.receive(subscriber, subscribe(thing, "feed", attachment=1))
    local.reactions[Kind.SUBSCRIBE] = lambda: story.receive(subscriber, unsubscribe(thing))
    story.receive(subscriber, subscribe(thing, "feed", attachment=2))

    assert said(publisher.taken()) == [("SUBSCRIBE", thing), ("SUBSCRIBE", thing), ("UNSUBSCRIBE", thing)]
    assert said(local.taken())[-2:] == [("SUBSCRIBE", thing), ("UNSUBSCRIBE", thing)]
    assert left_over(story) == (0, 0, 0)


def test_a_port_that_goes_while_it_is_told_leaves_nothing_behind() -> None:
    story = a_hub()
    publisher, subscriber = Reacting("publisher"), story.attach("subscriber")
    story.switch.attach(publisher)
    story.receive(publisher, announce(publisher.make(1), "feed"))
    publisher.reactions[Kind.SUBSCRIBE] = lambda: story.switch.detach(publisher, "too slow")
    story.receive(subscriber, subscribe(subscriber.make(1), "feed"))

    assert left_over(story) == (0, 0, 1)


def test_a_hub_that_is_lost_while_it_is_told_everything_hears_no_more() -> None:
    story = a_peer()
    for number in (1, 2, 3):
        story.receive(story.local, subscribe(story.local.make(number), "feed"))
    hub = Reacting("rome")
    hub.is_hub = True
    hub.reactions[Kind.SUBSCRIBE] = lambda: story.switch.detach(hub, "too slow")
    story.switch.attach(hub)

    assert said(hub.taken()) == [("SUBSCRIBE", story.local.make(1))]
    assert left_over(story) == (0, 0, 3)


def test_a_subscription_that_has_ended_is_neither_begun_nor_renewed() -> None:
    story = a_hub()
    publisher = story.attach_with("publisher", "feed")
    interest, thing = story.switch._interest, Recorder("subscriber").make(1)
    interest.begin(thing)
    interest.renew(thing)
    interest.end(thing)

    assert publisher.taken() == []


def test_a_subscription_cannot_become_another() -> None:
    story = a_hub()
    subscriber = story.attach("subscriber")
    thing = subscriber.make(1)
    story.receive(subscriber, subscribe(thing, "feed"))
    for service, pattern in (("math", "instance.*"), ("feed", "other")):
        frame = encode(Kind.SUBSCRIBE, thing, (service, pattern, "latest", 0))
        with pytest.raises(LocalProtocolError, match="cannot change its service or its pattern"):
            story.receive(subscriber, frame)
