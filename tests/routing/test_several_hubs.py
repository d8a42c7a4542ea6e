"""What a hub tells other hubs, of exchanges that are linked with it, with others, or twice; found by the simulation."""

from __future__ import annotations

from exchange.wire.layouts import Kind
from tests.routing.recorder import Recorder, Story, a_hub, announce, report, said, subscribe, withdraw


def attachments(port: Recorder) -> list[int]:
    """Return the attachments of the instances that a hub was told of since the last time."""
    return [frame[2][0] for frame in port.taken() if frame[0] == Kind.ANNOUNCE]


def a_peer_with_two_links(story: Story) -> tuple[Recorder, Recorder, bytes]:
    older = story.attach_with("feeder", "feed", attachment=1)
    newer = story.attach_with("feeder", "feed", attachment=2)
    return older, newer, older.make(1)


def test_other_hubs_are_told_nothing_when_the_older_of_two_links_goes() -> None:
    story = a_hub()
    other = story.attach("other hub", is_hub=True)
    older, _, _ = a_peer_with_two_links(story)
    assert attachments(other) == [1, 2]

    story.switch.detach(older, "lost")
    assert other.taken() == []


def test_other_hubs_are_told_of_the_older_of_two_links_when_the_newer_goes() -> None:
    story = a_hub()
    other = story.attach("other hub", is_hub=True)
    older, newer, thing = a_peer_with_two_links(story)
    other.taken()

    story.switch.detach(newer, "lost")
    assert attachments(other) == [1]
    story.switch.detach(older, "lost")
    assert said(other.taken()) == [("WITHDRAW", thing)]


def test_other_hubs_are_not_told_of_what_the_older_of_two_links_says() -> None:
    story = a_hub()
    other = story.attach("other hub", is_hub=True)
    older, _, thing = a_peer_with_two_links(story)
    other.taken()

    story.receive(older, announce(thing, "feed", attachment=1, groups=("late",)))
    assert other.taken() == []


def test_other_hubs_are_told_of_the_way_in_use_when_its_link_leaves() -> None:
    story = a_hub()
    other = story.attach("other hub", is_hub=True)
    _, newer, _ = a_peer_with_two_links(story)
    other.taken()

    story.switch.note_leaving(newer)
    assert attachments(other) == [1]


def test_a_new_hub_is_told_of_a_peer_here_that_has_moved_to_another_hub_already() -> None:
    story = a_hub()
    feeder = story.attach_with("feeder", "feed", attachment=1)
    elsewhere = story.attach("elsewhere", is_hub=True)
    story.receive(elsewhere, announce(feeder.make(1), "feed", attachment=2))

    assert attachments(story.attach("new hub", is_hub=True)) == [1]


def test_the_way_of_a_peer_that_has_moved_is_withdrawn_as_moved() -> None:
    story = a_hub()
    other = story.attach("other hub", is_hub=True)
    feeder = story.attach_with("feeder", "feed", attachment=1)
    elsewhere = story.attach("elsewhere", is_hub=True)
    story.receive(elsewhere, announce(feeder.make(1), "feed", attachment=2))
    other.taken()

    story.switch.detach(feeder, "lost")
    (frame,) = other.taken()
    assert (frame[0], frame[2]) == (Kind.WITHDRAW, ("moved",))
    assert story.names() == ["feed"]
    story.receive(elsewhere, withdraw(feeder.make(1), "lost"))
    assert other.taken() == []
    assert story.names() == []


def test_an_announcement_is_passed_on_as_it_came_though_nothing_known_of_it_changed() -> None:
    story = a_hub()
    other = story.attach("other hub", is_hub=True)
    feeder = story.attach_with("feeder", "feed")
    other.taken()

    again = announce(feeder.make(1), "feed", attachment=1)
    story.receive(feeder, again)
    assert other.taken() == [again]


def test_where_a_report_goes_depends_on_where_it_came_from() -> None:
    story = a_hub()
    elsewhere, other = story.attach("elsewhere", is_hub=True), story.attach("other hub", is_hub=True)
    feeder = story.attach("feeder", attachment=2)
    thing = feeder.make(1)
    story.receive(elsewhere, announce(thing, "feed", attachment=1))
    story.receive(feeder, announce(thing, "feed", attachment=2))
    story.receive(other, subscribe(other.make(1), "feed", pattern="*"))
    other.taken()

    story.receive(elsewhere, report(thing, "feed", None))  # was on its way when the feeder moved
    assert other.taken() == []
    story.receive(feeder, report(thing, "feed", None))
    assert said(other.taken()) == [("REPORT", thing)]


def test_a_link_is_put_to_the_test_when_another_hub_tells_of_a_newer_one() -> None:
    """The exchange came back at another hub, and nobody noticed here that it had been away (R3)."""
    story = a_hub()
    mine, bystander = story.attach_with("feeder", "feed", attachment=3), story.attach("bystander", attachment=1)
    other = story.attach("other hub", is_hub=True)

    story.receive(other, announce(mine.make(1), "feed", attachment=2), announce(mine.make(2), "feed", attachment=3))
    assert (mine.proofs, bystander.proofs) == (0, 0)
    story.receive(other, announce(mine.make(1), "feed", attachment=4))
    assert (mine.proofs, bystander.proofs) == (1, 0)
    story.receive(other, subscribe(bystander.make(1), "feed", attachment=2))
    assert (mine.proofs, bystander.proofs) == (1, 1)


def test_what_a_bridge_brings_tells_of_the_link_of_the_bridge() -> None:
    story = a_hub()
    bridge, maker = story.attach("bridge", attachment=1), story.attach("feeder", attachment=1)
    other = story.attach("other hub", is_hub=True)

    story.receive(other, announce(maker.make(1), "feed", attachment=2, by=bridge.identity, path=("plant",)))
    assert (bridge.proofs, maker.proofs) == (1, 0)


def test_between_hubs_attachments_decide_nothing() -> None:
    story = a_hub()
    older, newer = (Recorder("other hub", is_hub=True, attachment=number) for number in (1, 2))
    story.switch.attach(older)
    story.switch.attach(newer)
    story.receive(newer, announce(newer.make(1), "feed", attachment=9))
    assert (older.proofs, newer.proofs) == (0, 0)


def test_what_lives_in_a_hub_has_no_attachment() -> None:
    """A hub is attached to all others at once, by links whose numbers have nothing to do with each other."""
    story = a_hub()
    other, peer = story.attach("other hub", is_hub=True, attachment=7), story.attach("peer", attachment=5)
    story.receive(story.local, announce(story.local.make(1), "feed"))
    assert attachments(other) == [0]
    story.receive(peer, announce(peer.make(1), "news"))
    peer.taken()
    story.receive(story.local, subscribe(story.local.make(1), "news"))
    assert [frame[2][3] for frame in peer.taken() if frame[0] == Kind.SUBSCRIBE] == [0]
