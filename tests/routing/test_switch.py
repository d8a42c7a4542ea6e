"""Who gets a frame: the rules of the switch, each as stories; those about calls stand in `test_forwarding`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exchange.errors import LocalProtocolError
from exchange.routing.interest import BUILT_IN
from exchange.routing.registry import Change, Happening
from exchange.routing.weight import weight_of
from exchange.routing.wishes import About, Wish
from exchange.wire.failures import error_of
from exchange.wire.frames import Frame
from exchange.wire.identities import make_id
from exchange.wire.layouts import Kind
from exchange.wire.limits import Limits
from tests.routing.recorder import (
    Recorder,
    a_call,
    a_hub,
    a_peer,
    announce,
    cancel,
    failure,
    identity,
    nothing_is_owed,
    reply,
    report,
    request,
    said,
    subscribe,
    unsubscribe,
    withdraw,
)

# R1: one hop


def test_a_frame_goes_where_r1_says() -> None:
    peer, other = Recorder("peer"), Recorder("other")
    hub, next_hub = Recorder("rome", is_hub=True), Recorder("oslo", is_hub=True)
    story = a_hub()
    table = {
        (peer, other): True,
        (peer, hub): True,
        (hub, peer): True,
        (hub, next_hub): False,
        (peer, peer): False,
        (hub, hub): False,
        (story.local, story.local): True,
        (story.local, peer): True,
        (hub, story.local): True,
    }

    assert {pair: story.switch.passes(*pair) for pair in table} == table


def test_a_peer_forwards_nothing_between_its_links() -> None:
    story, rome, oslo = a_peer(), Recorder("rome", is_hub=True), Recorder("oslo", is_hub=True)

    assert not story.switch.passes(rome, oslo)
    assert story.switch.passes(rome, story.local)
    assert story.switch.passes(story.local, oslo)


def test_a_request_never_goes_back_to_where_it_came_from() -> None:
    story = a_hub()
    peer = story.attach_with("peer", "math")
    story.receive(peer, request(peer.make(1), "math"), request(peer.make(2), peer.make(1)))

    assert [type(error_of(frame)).__name__ for frame in peer.taken()] == ["ServiceUnavailable", "WayGone"]


def test_a_call_within_one_process_needs_no_hub() -> None:
    story = a_peer()
    call = story.local.make(1)
    story.receive(story.local, announce(story.local.make(1), "math"), request(call, "math"))
    frame = story.local.taken()[0]
    story.receive(story.local, reply(call))

    assert frame[2][0] == story.local.make(1)
    assert said(story.local.taken()) == [("REPLY", call)]
    assert nothing_is_owed(story)


# R2: what a peer says is checked

OTHERS = Recorder("somebody else").make(1)
OWN = Recorder("peer").make(1)
FORGERIES: dict[str, Callable[[], Frame]] = {
    "a request": lambda: request(OTHERS, "math"),
    "a request in somebody's name": lambda: request(OWN, "math", principal="boss"),
    "a cancellation": lambda: cancel(OTHERS),
    "a subscription": lambda: subscribe(OTHERS),
    "an end of a subscription": lambda: unsubscribe(OTHERS),
    "an instance": lambda: announce(OTHERS, "math"),
    "an instance in somebody's name": lambda: announce(OWN, "math", principal="boss"),
    "the end of an instance": lambda: withdraw(OTHERS),
    "a report of somebody's instance": lambda: report(OTHERS, "math", None),
    "a report of an instance that was not announced": lambda: report(OWN, "math", None),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_of_a_peer_is_refused_and_has_no_effect(forgery: str) -> None:
    story = a_hub()
    victim, peer = story.attach_with("somebody else", "math"), story.attach("peer")
    story.receive(victim, subscribe(OTHERS), request(victim.make(1), "nothing"))
    story.local.taken(), victim.taken()
    names, told = story.names(), list(story.told)

    with pytest.raises(LocalProtocolError) as caught:
        story.receive(peer, FORGERIES[forgery]())

    assert caught.value.code == "forged"
    assert (story.names(), story.told) == (names, told)
    assert victim.taken() == story.local.taken() == peer.taken() == []
    assert nothing_is_owed(story, victim, peer)


@pytest.mark.parametrize("forgery", [name for name in FORGERIES if "report" not in name])
def test_a_hub_is_believed(forgery: str) -> None:
    story = a_hub()
    hub = story.attach("rome", is_hub=True)

    story.receive(hub, FORGERIES[forgery]())


def test_who_has_proved_who_they_are_speaks_in_that_name_only() -> None:
    story = a_hub()
    peer = story.attach("peer")
    peer.principal = "ann"
    callee = story.attach_with("callee", "math")
    story.receive(peer, announce(OWN, "history", principal="ann"), request(OWN, "math", principal="ann"))

    assert said(callee.taken()) == [("REQUEST", OWN)]
    for forged in (announce(OWN, "history"), request(peer.make(2), "math")):
        with pytest.raises(LocalProtocolError, match="must be that of its link: ann"):
            story.receive(peer, forged)


# R3: an instance is its id, a way is how to get there


def test_a_newer_attachment_puts_the_older_link_to_the_proof() -> None:
    story = a_hub()
    older, newer = story.attach("peer", attachment=1), story.attach("peer", attachment=2)

    assert (older.proofs, newer.proofs) == (1, 0)


def test_an_older_attachment_that_comes_later_is_itself_put_to_the_proof() -> None:
    story = a_hub()
    newer, older = story.attach("peer", attachment=2), story.attach("peer", attachment=1)

    assert (older.proofs, newer.proofs) == (1, 0)


def test_all_older_links_are_put_to_the_proof_also_when_the_one_between_has_gone() -> None:
    story = a_hub()
    first, second = story.attach("peer", attachment=1), story.attach("peer", attachment=2)
    story.switch.detach(second, "gone")
    story.attach("peer", attachment=3)

    assert first.proofs == 2


def test_links_of_other_exchanges_and_of_the_same_attachment_are_left_in_peace() -> None:
    story = a_hub()
    ports = [story.attach("one", attachment=1), story.attach("two", attachment=2), story.attach("one", attachment=1)]

    assert [port.proofs for port in ports] == [0, 0, 0]


def test_requests_take_the_newer_link_as_soon_as_it_has_announced() -> None:
    story = a_hub()
    older = story.attach_with("peer", "math", attachment=1)
    newer, caller = story.attach("peer", attachment=2), story.attach("caller")
    story.receive(caller, request(caller.make(1), "math"))
    story.receive(newer, announce(newer.make(1), "math", attachment=2))
    story.receive(caller, request(caller.make(2), "math"))

    assert said(older.taken()) == [("REQUEST", caller.make(1))]
    assert said(newer.taken()) == [("REQUEST", caller.make(2))]


def test_a_watch_is_told_of_the_first_way_of_changes_and_of_the_last_way_only() -> None:
    story = a_hub()
    older = story.attach_with("peer", "math", attachment=1)
    newer = story.attach_with("peer", "math", attachment=2)
    story.receive(newer, announce(newer.make(1), "math", attachment=2, groups=("web-services",)))
    story.switch.detach(older, "gone")
    assert story.told == [("came", "math", ""), ("changed", "math", "")]

    story.switch.detach(newer, "gone")
    assert story.told[2:] == [("went", "math", "lost")]


def test_a_watch_is_told_the_reason_of_a_withdrawal() -> None:
    story = a_hub()
    peer = story.attach_with("peer", "math")
    story.receive(peer, withdraw(peer.make(1), "drained"))

    assert story.told[1:] == [("went", "math", "drained")]


def test_a_watch_is_told_what_differs_when_a_leaving_way_is_given_up() -> None:
    story = a_hub()
    older, newer = story.attach("peer", attachment=1), story.attach("peer", attachment=2)
    story.receive(older, announce(older.make(1), "math", attachment=1))
    story.receive(newer, announce(newer.make(1), "math", attachment=2, digest=b"2"))
    story.switch.note_leaving(newer)

    assert story.told[1:] == [("changed", "math", ""), ("changed", "math", "")]
    assert newer.leaving


def test_a_watch_is_told_of_those_whose_way_in_use_is_suspected() -> None:
    story = a_hub()
    older = story.attach_with("peer", "moved", 1, attachment=1)
    story.receive(older, announce(older.make(2), "left behind", attachment=1))
    newer = story.attach_with("peer", "moved", 1, attachment=2)
    story.told.clear()
    story.switch.note_suspected(older, True)

    assert story.told == [("changed", "left behind", "")]
    assert [instance.suspected for instance in story.switch.registry] == [False, True]
    story.switch.note_suspected(newer, True)
    story.switch.note_suspected(older, False)
    assert story.told[1:] == [("changed", "moved", ""), ("changed", "left behind", "")]


def test_nothing_more_is_told_of_what_went_because_of_a_suspicion() -> None:
    story = a_hub()
    peer = story.attach_with("peer", "first", 1)
    story.receive(peer, announce(peer.make(2), "second"))
    watcher = story.switch.watcher

    def give_up(change: Change) -> None:
        watcher(change)
        if change.happening is Happening.CHANGED:
            story.switch.detach(peer, "nobody waits for it")

    story.switch.watcher = give_up
    story.switch.note_suspected(peer, True)

    assert story.told[2:] == [("changed", "first", ""), ("went", "first", "lost"), ("went", "second", "lost")]


def test_whoever_looks_at_the_hubs_is_told_that_one_is_suspected() -> None:
    story = a_peer()
    hub = story.attach("hub", is_hub=True)
    told: list[bool] = []
    story.switch.hub_watcher = lambda: told.append(hub.suspected)
    story.switch.note_suspected(hub, True)
    story.switch.note_suspected(hub, False)

    assert told == [True, False]


def test_what_was_not_announced_cannot_be_withdrawn() -> None:
    story = a_hub()
    peer = story.attach_with("peer", "math", number=1)
    story.receive(peer, withdraw(peer.make(2)))
    story.receive(story.attach("peer", attachment=2), withdraw(peer.make(1)))

    assert story.names() == ["math"]
    assert story.switch.counters.unexpected == 2


def test_one_link_may_announce_so_many_instances_and_change_them_as_often_as_it_likes() -> None:
    story = a_hub(limits=Limits(max_instances=2))
    peer = story.attach("peer")
    for number in (1, 2, 1, 2):
        story.receive(peer, announce(peer.make(number), "math"))

    with pytest.raises(LocalProtocolError, match="2 instances at most") as caught:
        story.receive(peer, announce(peer.make(3), "math"))
    assert caught.value.code == "limit"
    assert len(story.names()) == 2


def test_what_the_instances_and_subscriptions_of_one_link_take_is_bounded_too() -> None:
    story = a_hub(limits=Limits(max_kept=2_000))
    peer, heavy = story.attach("peer"), ("x" * 200,) * 5
    story.receive(peer, announce(peer.make(1), "math", groups=heavy))
    for frame in (
        announce(peer.make(2), "math", groups=heavy),
        announce(peer.make(1), "math", groups=heavy * 2),
        subscribe(peer.make(1), "f" * 255, pattern="p" * 1_000),
    ):
        with pytest.raises(LocalProtocolError, match="may take 2000 bytes at most") as caught:
            story.receive(peer, frame)
        assert caught.value.code == "limit"
    assert len(story.names()) == 1

    story.receive(peer, announce(peer.make(1), "math"), subscribe(peer.make(1), "f" * 255, pattern="p" * 1_000))
    with pytest.raises(LocalProtocolError, match="may take 2000 bytes at most"):
        story.receive(peer, announce(peer.make(1), "math", groups=heavy))
    story.receive(peer, unsubscribe(peer.make(1)), announce(peer.make(1), "math", groups=heavy))
    assert len(story.names()) == 1


def test_65536_ordinary_instances_may_be_announced_over_one_link() -> None:
    limits, fields = Limits(), {"digest": bytes(32), "principal": "ann", "groups": ("web-services",)}
    frame = announce(OWN, "arithmetic", **fields)

    assert weight_of(frame[2]) * limits.max_instances < limits.max_kept


def test_the_services_in_the_process_of_a_hub_are_not_limited() -> None:
    story = a_hub(limits=Limits(max_instances=1, max_subscriptions=1, max_kept=1))
    for number in range(20):
        thing = story.local.make(number)
        story.receive(story.local, announce(thing, "math"), subscribe(thing))

    assert len(story.names()) == 20


def test_a_peer_believes_its_hub_how_many_subscriptions_it_passes_on() -> None:
    story = a_peer(limits=Limits(max_subscriptions=1, max_kept=1))
    hub = story.attach("hub", is_hub=True)
    story.receive(hub, *(subscribe(make_id(identity("caller"), number), "math") for number in range(3)))

    assert story.switch.counters.unexpected == 0


def test_what_a_hub_has_no_room_for_is_told_when_something_else_is_withdrawn() -> None:
    story = a_peer()
    one, two = story.local.make(1), story.local.make(2)
    for thing in (one, two):
        story.receive(story.local, announce(thing, "math"), subscribe(thing, "feed"))
    hub = Recorder("hub", is_hub=True, attachment=1)
    hub.takes = Limits(max_instances=1, max_subscriptions=1)
    story.switch.attach(hub)
    assert said(hub.taken()) == [("ANNOUNCE", one), ("SUBSCRIBE", one)]
    assert hub.fulls == 1

    for frame in (announce(story.local.make(3), "math"), subscribe(story.local.make(3), "feed")):
        with pytest.raises(LocalProtocolError, match="and a hub takes no more of one process") as caught:
            story.receive(story.local, frame)
        assert caught.value.code == "limit"
    assert hub.taken() == []

    story.receive(story.local, withdraw(one), unsubscribe(one))
    assert said(hub.taken()) == [("WITHDRAW", one), ("ANNOUNCE", two), ("UNSUBSCRIBE", one), ("SUBSCRIBE", two)]


# R4: announcements go up


@pytest.mark.parametrize(
    ("audience", "group", "told"),
    [
        ("*", "", True),
        ("*", "plant", True),
        ("", "", False),
        ("", "plant", False),
        ("plant", "plant", True),
        ("office", "plant", False),
    ],
)
def test_a_peer_announces_what_its_audience_allows(audience: str, group: str, told: bool) -> None:
    story = a_peer(group)
    thing = story.local.make(1)
    before = story.attach("rome", is_hub=True)
    story.receive(story.local, announce(thing, "math", audience=audience))
    after = story.attach("oslo", is_hub=True)
    story.receive(story.local, withdraw(thing))

    assert said(before.taken()) == ([("ANNOUNCE", thing), ("WITHDRAW", thing)] if told else [])
    assert said(after.taken()) == ([("ANNOUNCE", thing), ("WITHDRAW", thing)] if told else [])
    assert story.local.taken() == []


def test_an_instance_that_becomes_private_is_withdrawn() -> None:
    story = a_peer()
    thing = story.local.make(1)
    hub = story.attach("hub", is_hub=True)
    story.receive(story.local, announce(thing, "math"), announce(thing, "math", audience=""))
    story.receive(story.local, withdraw(thing))

    assert said(hub.taken()) == [("ANNOUNCE", thing), ("WITHDRAW", thing)]


def test_an_instance_that_was_always_private_is_never_spoken_of() -> None:
    story = a_peer()
    thing = story.local.make(1)
    hub = story.attach("hub", is_hub=True)
    private = {"audience": ""}
    story.receive(story.local, announce(thing, "math", **private), announce(thing, "math", digest=b"2", **private))

    assert hub.taken() == []


def test_a_peer_speaks_of_its_own_under_the_attachment_and_principal_of_each_link() -> None:
    story = a_peer()
    thing = story.local.make(1)
    older = story.attach("hub", is_hub=True, attachment=1)
    story.receive(story.local, announce(thing, "math"), subscribe(thing))
    newer = Recorder("hub", is_hub=True, attachment=2)
    newer.principal = "ann"
    story.switch.attach(newer)
    story.receive(story.local, announce(thing, "math", digest=b"2"))

    assert [frame[2][0] for frame in older.frames if frame[0] == Kind.ANNOUNCE] == [1, 1]
    assert [(frame[2][0], frame[2][5]) for frame in newer.frames if frame[0] == Kind.ANNOUNCE] == [(2, "ann")] * 2
    for hub in (older, newer):
        assert [frame[2][3] for frame in hub.frames if frame[0] == Kind.SUBSCRIBE] == [hub.attachment]


def test_a_hub_tells_its_peers_of_no_instance() -> None:
    story = a_hub()
    peer = story.attach("peer")
    story.receive(story.local, announce(story.local.make(1), "math"))
    story.attach_with("other", "history")

    assert peer.taken() == []


def test_a_hub_tells_another_what_its_peers_told_it_and_nothing_of_a_third() -> None:
    story = a_hub()
    peer, rome = story.attach_with("peer", "math"), story.attach("rome", is_hub=True)
    far = Recorder("far").make(1)
    story.receive(rome, announce(far, "history"))
    oslo = story.attach("oslo", is_hub=True)
    story.receive(peer, announce(peer.make(1), "math", digest=b"2"))
    story.switch.detach(peer, "gone")

    assert said(oslo.taken()) == [(kind, peer.make(1)) for kind in ("ANNOUNCE", "ANNOUNCE", "WITHDRAW")]
    assert far not in [frame[1] for frame in rome.taken()]


# R5 and R6, as far as the directory needs them


def test_the_directory_of_a_hub_hears_of_its_subscribers() -> None:
    story = a_hub()
    peer = story.attach("peer")
    frame = subscribe(peer.make(1))
    story.receive(peer, frame, frame, unsubscribe(peer.make(1)))

    assert said(story.local.taken()) == [("SUBSCRIBE", peer.make(1)), ("UNSUBSCRIBE", peer.make(1))]


def test_the_directory_hears_the_end_of_all_that_it_was_told_of() -> None:
    story = a_hub()
    peer = story.attach("peer")
    story.receive(peer, subscribe(peer.make(1)))
    with pytest.raises(LocalProtocolError, match="cannot change its service"):
        story.receive(peer, subscribe(peer.make(1), "x"))
    story.switch.detach(peer, "protocol")

    assert said(story.local.taken()) == [("SUBSCRIBE", peer.make(1)), ("UNSUBSCRIBE", peer.make(1))]


def test_one_link_may_hold_sixteen_subscriptions_to_the_directory() -> None:
    story = a_hub()
    peer, other = story.attach("peer"), story.attach("other")
    story.receive(peer, *(subscribe(peer.make(number), "feed") for number in range(100, 120)))
    for _ in range(2):
        story.receive(peer, *(subscribe(peer.make(number)) for number in range(16)))
    with pytest.raises(LocalProtocolError, match=r"16 subscriptions to \$exchange at most") as caught:
        story.receive(peer, subscribe(peer.make(16)))
    assert caught.value.code == "limit"

    story.receive(other, subscribe(other.make(1)))
    story.receive(peer, unsubscribe(peer.make(100)), unsubscribe(peer.make(3)), subscribe(peer.make(16)))
    assert (peer.watching, other.watching) == (16, 1)


def test_a_subscription_of_a_peer_is_told_to_every_hub_now_and_later() -> None:
    story = a_peer()
    thing = story.local.make(1)
    early = story.attach("rome", is_hub=True)
    story.receive(story.local, subscribe(thing))
    late = story.attach("oslo", is_hub=True)
    frame = report(late.make(0), BUILT_IN, thing)
    story.receive(late, frame)
    story.receive(story.local, unsubscribe(thing))
    never = story.attach("bonn", is_hub=True)

    assert said(early.taken()) == said(late.taken()) == [("SUBSCRIBE", thing), ("UNSUBSCRIBE", thing)]
    assert never.taken() == []
    assert story.local.taken() == [frame]


def test_a_subscription_that_comes_by_a_newer_link_is_answered_there_again() -> None:
    story = a_hub()
    older, thing = story.attach("peer", attachment=1), Recorder("peer").make(1)
    story.receive(older, subscribe(thing, attachment=1))
    newer = story.attach("peer", attachment=2)
    story.receive(newer, subscribe(thing, attachment=2))
    frame = report(story.local.make(0), BUILT_IN, thing)
    story.receive(story.local, frame)

    assert said(story.local.taken()) == [("SUBSCRIBE", thing)] * 2
    assert (older.taken(), newer.taken()) == ([], [frame])


def test_a_subscription_that_loses_one_of_its_ways_is_answered_again_and_ends_with_the_last() -> None:
    story = a_hub()
    thing = Recorder("peer").make(1)
    older, newer = story.attach("peer", attachment=1), story.attach("peer", attachment=2)
    story.receive(older, subscribe(thing, attachment=1))
    story.receive(newer, subscribe(thing, attachment=2))
    story.local.taken()

    story.switch.detach(newer, "gone")
    assert said(story.local.taken()) == [("SUBSCRIBE", thing)]
    story.switch.detach(older, "gone")
    assert said(story.local.taken()) == [("UNSUBSCRIBE", thing)]


def test_subscriptions_to_other_services_are_kept_and_not_told_to_the_directory() -> None:
    story = a_hub()
    peer = story.attach("peer")
    story.receive(peer, subscribe(peer.make(1), "feed"))
    story.switch.detach(peer, "gone")

    assert story.local.taken() == []


def test_a_peer_has_no_directory_of_its_own() -> None:
    story = a_peer()
    hub, other = story.attach("rome", is_hub=True), story.attach("oslo", is_hub=True)
    story.receive(hub, subscribe(hub.make(1)))

    assert story.local.taken() == other.taken() == []


def test_what_was_not_subscribed_cannot_be_ended() -> None:
    story = a_hub()
    peer = story.attach("peer")
    story.receive(peer, unsubscribe(peer.make(1)))

    assert story.switch.counters.unexpected == 1
    assert story.local.taken() == []


def test_one_link_may_hold_so_many_subscriptions_and_renew_them_as_often_as_it_likes() -> None:
    story = a_hub(limits=Limits(max_subscriptions=2))
    peer = story.attach("peer")
    for number in (1, 2, 1, 2):
        story.receive(peer, subscribe(peer.make(number)))

    with pytest.raises(LocalProtocolError, match="2 subscriptions at most") as caught:
        story.receive(peer, subscribe(peer.make(3)))
    assert caught.value.code == "limit"


# R9: loss settles everything


def test_the_loss_of_a_callee_ends_its_calls_at_once_and_whether_they_were_delivered_is_unknown() -> None:
    story = a_hub()
    caller, callee, call = a_call(story)
    story.switch.detach(callee, "connection reset")
    frame = caller.frames[0]

    assert failure(caller.taken()) == ("ServiceWithdrawn", None)
    assert frame[1] == call
    assert str(error_of(frame)) == "'math' was lost while it owed the answer: connection reset"
    assert (story.names(), story.switch.counters.settled) == ([], 1)
    assert nothing_is_owed(story, caller, callee)


def test_what_a_port_owed_that_left_in_good_order_was_not_delivered() -> None:
    story = a_hub()
    caller, callee, _ = a_call(story)
    story.switch.note_leaving(callee)
    story.switch.detach(callee, "goodbye", left=True)

    assert failure(caller.taken()) == ("ServiceWithdrawn", False)


@pytest.mark.parametrize(("left", "delivered"), [(True, False), (False, None)])
def test_the_loss_of_its_hub_ends_the_calls_of_a_peer(left: bool, delivered: bool | None) -> None:
    story = a_peer()
    hub = story.attach("hub", is_hub=True)
    story.receive(story.local, request(story.local.make(1), "math"))
    story.switch.detach(hub, "connection reset", left)

    assert failure(story.local.taken()) == ("LinkLost", delivered)
    assert nothing_is_owed(story, hub)


def test_the_calls_of_a_lost_caller_are_cancelled_at_the_callee() -> None:
    story = a_hub()
    caller, callee, call = a_call(story)
    story.switch.detach(caller, "connection reset")

    assert said(callee.taken()) == [("CANCEL", call)]
    assert caller.taken() == []
    assert nothing_is_owed(story, caller, callee)


def test_nothing_about_a_port_survives_it() -> None:
    story = a_hub()
    caller, callee, _ = a_call(story)
    story.receive(callee, subscribe(callee.make(1)), announce(callee.make(2), "history"))
    story.receive(callee, request(callee.make(9), "nothing"))
    story.local.taken()
    story.switch.detach(callee, "gone")

    assert story.names() == []
    assert said(story.local.taken()) == [("UNSUBSCRIBE", callee.make(1))]
    assert nothing_is_owed(story, caller, callee)
    again = story.attach("callee", attachment=2)
    assert (callee.proofs, again.taken()) == (0, [])


def test_the_loss_of_one_link_leaves_what_is_behind_another_of_the_same_exchange() -> None:
    story = a_hub()
    caller, older, call = a_call(story)
    newer = story.attach_with("callee", "math", attachment=2)
    story.receive(caller, request(caller.make(2), "math"))
    story.switch.detach(older, "gone")

    assert [frame[1] for frame in caller.taken()] == [call]
    assert story.names() == ["math"]
    assert (newer.owing, caller.asking) == (1, 1)


def test_a_port_is_detached_once() -> None:
    story = a_hub()
    caller, callee, _ = a_call(story)
    story.switch.detach(callee, "gone")
    story.switch.detach(callee, "gone again")
    story.switch.detach(Recorder("never attached"), "gone")

    assert len(caller.taken()) == 1
    assert story.told == [("came", "math", ""), ("went", "math", "lost")]


class Restless(Recorder):
    """Does something at once whenever it is given a frame."""

    act: Callable[[Frame], Any] = staticmethod(lambda frame: None)

    def send(self, frame: Frame) -> None:
        super().send(frame)
        self.act(frame)


def test_who_hears_of_a_loss_may_call_at_once_and_finds_no_way_to_what_is_gone() -> None:
    story = a_hub()
    caller, spare = Restless("caller"), story.attach_with("spare", "math")
    spare.congested = True
    callee = story.attach_with("callee", "math")
    story.switch.attach(caller)
    story.receive(caller, request(caller.make(1), "math"), request(caller.make(2), "math"))
    spare.congested = False
    numbers = iter((11, 12))
    caller.act = lambda frame: story.receive(caller, request(caller.make(next(numbers)), "math"))
    story.switch.detach(callee, "gone")

    assert [frame[1] for frame in caller.taken()] == [caller.make(1), caller.make(2)]
    assert said(spare.taken()) == [("REQUEST", caller.make(11)), ("REQUEST", caller.make(12))]
    assert (spare.owing, callee.owing) == (2, 0)


def test_who_watches_may_call_at_once_and_finds_no_way_to_what_is_gone() -> None:
    story = a_hub()
    callee = story.attach_with("callee", "history", number=1)
    story.receive(callee, announce(callee.make(2), "math"))
    calls = iter((1, 2))
    story.switch.watcher = lambda change: story.receive(
        story.local, request(story.local.make(next(calls)), "math"), cancel(story.local.make(99))
    )
    story.switch.detach(callee, "gone")

    assert callee.taken() == []
    assert [(type(error_of(frame)).__name__, error_of(frame).delivered) for frame in story.local.taken()] == [
        ("WayGone", False),
        ("WayGone", False),
    ]


def test_a_call_that_was_answered_while_a_loss_is_settled_ends_once() -> None:
    story = a_hub()
    callee = Restless("callee")
    story.switch.attach(callee)
    story.receive(callee, announce(callee.make(1), "math"))
    caller = story.attach("caller")
    first, second = caller.make(1), caller.make(2)
    story.receive(caller, request(first, "math"), request(second, "math"))
    callee.act = lambda frame: story.receive(callee, reply(first), reply(second))
    story.switch.detach(caller, "gone")

    assert [frame for frame in said(callee.taken()) if frame[0] == "CANCEL"] == [("CANCEL", first)]
    assert nothing_is_owed(story, caller, callee)


def test_a_port_that_goes_while_it_is_given_a_request_settles_that_call_too() -> None:
    story = a_hub()
    callee = Restless("callee")
    story.switch.attach(callee)
    story.receive(callee, announce(callee.make(1), "math"))
    caller = story.attach("caller")
    callee.act = lambda frame: story.switch.detach(callee, "too much is waiting")
    story.receive(caller, request(caller.make(1), "math"))

    assert failure(caller.taken()) == ("ServiceWithdrawn", None)
    assert nothing_is_owed(story, caller, callee)


def test_what_came_together_is_taken_up_to_the_frame_by_which_its_port_is_detached() -> None:
    story = a_hub()
    callee, caller = story.attach_with("callee", "math"), story.attach("caller")
    callee.send = lambda frame: story.switch.detach(caller, "lost")  # type: ignore[method-assign]
    story.switch.receive_all(caller, [request(caller.make(1), "math"), request(caller.make(2), "math")])

    assert story.switch.counters.requests == 1
    assert nothing_is_owed(story, callee, caller)


# R10: attaching tells everything


def test_a_new_hub_hears_all_announcements_and_then_all_subscriptions() -> None:
    story = a_peer()
    things = [story.local.make(number) for number in (1, 2, 3)]
    story.receive(story.local, subscribe(things[2]), announce(things[0], "math"), announce(things[1], "history"))
    first = story.attach("hub", is_hub=True, attachment=1)
    story.switch.detach(first, "gone")
    second = story.attach("hub", is_hub=True, attachment=2)

    for hub in (first, second):
        assert said(hub.taken()) == [("ANNOUNCE", things[0]), ("ANNOUNCE", things[1]), ("SUBSCRIBE", things[2])]


def test_nobody_is_told_before_a_hub_was_told_everything() -> None:
    story = a_peer()
    thing = story.local.make(1)
    story.receive(story.local, announce(thing, "math"))
    heard: list[tuple[list[tuple[str, bytes]], list[Any]]] = []
    hub = Recorder("hub", is_hub=True)
    story.switch.hub_watcher = lambda: heard.append((said(hub.frames), list(story.switch.hubs)))
    story.switch.attach(hub)
    story.switch.detach(hub, "gone")

    assert heard == [([("ANNOUNCE", thing)], [hub]), ([("ANNOUNCE", thing)], [])]


def test_the_comings_and_goings_of_peers_are_no_business_of_who_watches_the_hubs() -> None:
    story = a_hub()
    story.switch.hub_watcher = lambda: pytest.fail("a peer is no hub")
    story.switch.detach(story.attach("peer"), "gone")


def test_a_subscription_is_held_up_by_the_port_that_it_came_from() -> None:
    class Busy(Recorder):
        def hold(self, go_on: Callable[[], None]) -> bool:
            super().hold(go_on)
            waiting.append(go_on)
            return True

    story = a_hub()
    waiting: list[Callable[[], None]] = []
    busy, free = Busy("busy"), story.attach("free")
    story.switch.attach(busy)
    story.receive(busy, subscribe(busy.make(1)))
    story.receive(free, subscribe(free.make(1)))

    def go_on() -> None:
        """Be called when there is room."""

    assert story.switch.hold(busy.make(1), go_on)
    assert not story.switch.hold(free.make(1), go_on)
    assert not story.switch.hold(free.make(2), go_on)
    assert waiting == [go_on]


def test_what_is_wished_behind_a_port_is_of_its_subscriptions_alone() -> None:
    story = a_hub()
    one, other = story.attach("one"), story.attach("other")
    story.receive(one, subscribe(one.make(1), "feed", pattern="*"))
    about = About(one.make(9), "feed", "a", None)
    assert story.switch.wishes_of(one).of(about) == Wish("latest", (one.make(1),))
    assert story.switch.wishes_of(other).of(about).subscriptions == ()
