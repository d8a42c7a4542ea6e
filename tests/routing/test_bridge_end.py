"""What passes over a bridge: instances, calls, subscriptions and reports; each as a story of two switches."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.errors import CallError, ServiceWithdrawn
from exchange.routing.bridge_end import BridgeEnd
from exchange.wire.failures import error_of, failure_of
from exchange.wire.frames import body_of, encode
from exchange.wire.identities import make_id
from exchange.wire.layouts import Kind
from tests.routing.bridges import FAR, Pair, Side, about
from tests.routing.recorder import announce, cancel, failure, reply, report, request, said, subscribe, unsubscribe


def test_what_is_offered_keeps_id_and_all_and_says_which_way_it_came_and_by_whom() -> None:
    pair = Pair()
    thing = pair.offer()

    (told,) = pair.outer.taken(Kind.ANNOUNCE)
    assert told[1:3] == (thing, (1, "log", (), "*", b"", None, ("db",), pair.outer.story.local.identity))
    assert pair.inner.taken(Kind.ANNOUNCE) == []


def test_what_is_offered_already_is_not_offered_again() -> None:
    pair = Pair()
    pair.offer()
    pair.outer.hub.taken()
    pair.offer()
    assert pair.outer.hub.taken() == []

    pair.offer(path=("store",))
    assert [frame[2][6] for frame in pair.outer.taken(Kind.ANNOUNCE)] == [("store", "db")]


def test_what_is_withdrawn_goes_with_its_reason() -> None:
    pair = Pair()
    thing = pair.offer()
    pair.outer.hub.taken()
    pair.outer.end.withdraw(thing, "drained")
    pair.outer.end.withdraw(thing, "drained")

    assert [frame[1:3] for frame in pair.outer.hub.taken()] == [(thing, ("drained",))]
    assert len(pair.outer.end) == 0


def test_what_is_refused_is_not_offered() -> None:
    pair = Pair(outer_hub=True)
    peer = pair.outer.hub
    pair.outer.receive(announce(peer.make(1), "log"))
    pair.outer.end.offer(peer.make(1), about(path=("db",)))

    assert pair.outer.end.offers == {}
    assert pair.outer.story.switch.counters.unexpected == 1


# Calls


@pytest.mark.parametrize("by_id", [False, True])
def test_a_call_crosses_as_a_new_call_to_the_instance_and_its_answer_comes_back(by_id: bool) -> None:
    pair = Pair()
    thing = pair.offer()
    call = FAR.make(7)
    pair.outer.receive(request(call, thing if by_id else "log", "add", b"\x93body"))

    (asked,) = pair.inner.taken(Kind.REQUEST)
    assert asked[1].startswith(pair.inner.story.local.identity)
    assert asked[2] == (thing, "add", None)
    assert bytes(body_of(asked[3])) == b"\x93body"

    pair.outer.hub.taken()
    pair.inner.receive(reply(asked[1], b"answer"))
    (answer,) = pair.outer.hub.taken()
    assert answer == reply(call, b"answer")
    assert nothing_is_left_of_calls(pair)


def test_a_failure_comes_back_as_it_was_made() -> None:
    pair = Pair()
    pair.offer()
    call = FAR.make(7)
    pair.outer.receive(request(call, "log"))
    (asked,) = pair.inner.taken(Kind.REQUEST)
    pair.outer.hub.taken()
    pair.inner.receive(failure_of(asked[1], CallError("no", number=1234, delivered=True)))

    (failed,) = pair.outer.hub.taken()
    error = error_of(failed)
    assert (failed[1], error.number, error.delivered, str(error)) == (call, 1234, True, "no")


def test_a_cancelled_call_is_cancelled_on_the_far_side() -> None:
    pair = Pair()
    pair.offer()
    call = FAR.make(7)
    pair.outer.receive(request(call, "log"))
    (asked,) = pair.inner.taken(Kind.REQUEST)
    pair.outer.receive(cancel(call))

    assert pair.inner.hub.taken() == [cancel(asked[1])]
    assert nothing_is_left_of_calls(pair)


def test_a_call_whose_caller_is_lost_is_cancelled_on_the_far_side() -> None:
    pair = Pair()
    pair.offer()
    pair.outer.receive(request(FAR.make(7), "log"))
    (asked,) = pair.inner.taken(Kind.REQUEST)
    pair.outer.story.switch.detach(pair.outer.hub, "gone")

    assert pair.inner.hub.taken() == [cancel(asked[1])]
    assert nothing_is_left_of_calls(pair)


def test_a_call_that_loses_its_link_on_the_far_side_fails_as_if_its_service_was_lost() -> None:
    pair = Pair()
    pair.offer()
    pair.outer.receive(request(FAR.make(7), "log"))
    pair.outer.hub.taken()
    pair.inner.story.switch.detach(pair.inner.hub, "gone")

    assert failure(pair.outer.hub.taken()) == ("ServiceWithdrawn", None), "it is not the caller's link that was lost"
    assert nothing_is_left_of_calls(pair)


def test_without_a_link_on_the_far_side_the_way_is_gone() -> None:
    pair = Pair()
    thing = pair.offer()
    pair.inner.story.switch.detach(pair.inner.hub, "gone")
    pair.outer.hub.taken()
    pair.outer.receive(request(FAR.make(7), thing))

    assert failure(pair.outer.hub.taken()) == ("WayGone", False)


def test_what_is_not_offered_any_more_cannot_be_called() -> None:
    pair = Pair()
    thing = pair.offer()
    pair.outer.end.withdraw(thing, "lost")
    pair.outer.hub.taken()
    pair.outer.end.send(request(FAR.make(7), thing))
    pair.outer.receive(request(FAR.make(8), thing))

    assert failure(pair.outer.hub.taken()) == ("WayGone", False)
    assert pair.inner.taken(Kind.REQUEST) == []


def test_a_number_that_a_call_over_the_bridge_has_is_not_taken_again() -> None:
    pair = Pair()
    pair.offer()
    numbers = iter([5, 5, 6])
    pair.inner.end = BridgeEnd(
        pair.inner.story.switch, lambda: bytes(pair.inner.story.local.make(next(numbers))), lambda: b""
    )
    pair.outer.end.part("for another")
    pair.outer.end = pair.outer.new_end()
    pair.inner.end.join(pair.outer.end)
    pair.offer()
    pair.outer.receive(request(FAR.make(7), "log"), request(FAR.make(8), "log"))

    asked = [frame[1] for frame in pair.inner.taken(Kind.REQUEST)]
    assert asked == [pair.inner.story.local.make(5), pair.inner.story.local.make(6)]


def test_a_call_whose_number_is_in_use_on_the_far_side_fails() -> None:
    pair = Pair()
    pair.offer()
    taken = pair.inner.story.local.make(1_000)
    pair.inner.story.receive(pair.inner.story.local, request(taken, "elsewhere"))
    pair.outer.hub.taken()
    pair.outer.receive(request(FAR.make(7), "log"))

    assert failure(pair.outer.hub.taken()) == ("CallError", False)
    assert nothing_is_left_of_calls(pair, owed=1)


def test_an_answer_that_nobody_waits_for_goes_nowhere() -> None:
    pair = Pair()
    pair.inner.end.send(reply(FAR.make(1)))
    pair.outer.end.send(cancel(FAR.make(1)))

    assert pair.outer.hub.taken() == pair.inner.hub.taken() == []


def test_the_principal_of_the_caller_is_seen_in_this_process_and_over_a_link_that_of_the_link() -> None:
    pair = Pair()
    pair.offer()
    pair.inner.hub.principal = "bridge"
    pair.outer.receive(request(FAR.make(7), "log", principal="alice"))
    assert [frame[2][2] for frame in pair.inner.taken(Kind.REQUEST)] == ["bridge"]

    own = pair.inner.story.local.make(20)
    pair.inner.story.receive(pair.inner.story.local, announce(own, "here"))
    pair.outer.end.offer(own, about("here", path=("db",)))
    pair.outer.receive(request(FAR.make(8), "here", principal="alice"))
    assert [frame[2] for frame in pair.inner.story.local.taken()] == [(own, "multiply", "alice")]


def test_a_hub_vouches_for_the_callers_that_its_bridge_brings() -> None:
    pair = Pair(inner_hub=True)
    thing = pair.inner.hub.make(1)
    pair.inner.receive(announce(thing, "log"))
    pair.outer.end.offer(thing, about(path=("db",)))
    pair.outer.receive(request(FAR.make(7), "log", principal="alice"))

    assert [frame[2] for frame in pair.inner.taken(Kind.REQUEST)] == [(thing, "multiply", "alice")]


# What the bridge offers is never its own


def test_the_own_calls_of_a_peer_do_not_go_over_its_bridge_but_to_its_hub() -> None:
    pair = Pair()
    pair.offer()
    call = pair.outer.story.local.make(1)
    pair.outer.hub.taken()
    pair.outer.story.receive(pair.outer.story.local, request(call, "log"))

    assert said(pair.outer.hub.taken()) == [("REQUEST", call)]
    assert pair.inner.taken(Kind.REQUEST) == []


def test_the_own_subscriptions_of_a_peer_do_not_go_over_its_bridge_but_to_its_hub() -> None:
    pair = Pair()
    thing = pair.offer()
    own = pair.outer.story.local.make(1)
    pair.outer.story.receive(pair.outer.story.local, subscribe(own, "log", pattern="*"))
    assert [frame[1] for frame in pair.outer.taken(Kind.SUBSCRIBE)] == [own]
    assert pair.inner.taken(Kind.SUBSCRIBE) == []

    pair.outer.receive(subscribe(FAR.make(1), "log", pattern="*"))
    pair.inner.receive(report(thing, "log", None))
    assert pair.outer.story.local.taken() == [], "a hub that asked for it will pass it on, if it is for us"


def test_what_a_bridge_offers_is_reached_by_another_bridge_of_the_same_exchange() -> None:
    pair, third = Pair(), Side("third", "back")
    second = pair.outer.new_end()
    second.join(third.end)
    thing = pair.offer()
    third.end.offer(thing, about(path=("db", "front")))
    third.receive(subscribe(FAR.make(1), "log", pattern="*"), request(FAR.make(7), "log"))

    assert [frame[2][0] for frame in pair.inner.taken(Kind.REQUEST)] == [thing]
    pair.inner.receive(report(thing, "log", None, b"\x94live"))
    assert third.hub.taken()[-1] == report(thing, "log", None, b"\x94live")


def test_a_bridge_asks_for_what_came_by_the_path_that_it_knows_and_by_no_other() -> None:
    pair, third = Pair(), Side("third", "back")
    second = pair.outer.new_end()
    second.join(third.end)
    thing = pair.offer(path=("store",))
    third.end.offer(thing, about(path=("plant", "front")))
    pair.outer.hub.taken()
    third.receive(subscribe(FAR.make(1), "log", pattern="*"), request(FAR.make(7), "log"))

    assert pair.inner.taken(Kind.REQUEST) == []
    assert sorted(Kind(frame[0]).name for frame in pair.outer.hub.taken()) == ["REQUEST", "SUBSCRIBE"]
    third.hub.taken()
    pair.outer.receive(subscribe(FAR.make(2), "log", pattern="*"))
    pair.inner.receive(report(thing, "log", None))
    assert third.hub.taken() == []


def test_what_went_is_not_followed() -> None:
    pair = Pair()
    assert not pair.inner.end.follows(FAR.make(1), ())
    thing = pair.offer()
    assert pair.inner.end.follows(thing, ())
    assert not pair.inner.end.follows(thing, ("store",))


# Subscriptions and reports


def test_a_subscription_crosses_as_one_for_each_instance_that_it_is_about() -> None:
    pair = Pair()
    things = [pair.offer(1), pair.offer(2)]
    pair.offer(3, "other")
    pair.outer.receive(subscribe(FAR.make(1), "log", pattern="a*"))

    made = pair.inner.taken(Kind.SUBSCRIBE)
    assert [frame[2][:3] for frame in made] == [(thing, "a*", "latest") for thing in things]
    later = pair.offer(4)
    assert [frame[2][0] for frame in pair.inner.taken(Kind.SUBSCRIBE)] == [later]

    pair.outer.receive(unsubscribe(FAR.make(1)))
    assert len(pair.inner.taken(Kind.UNSUBSCRIBE)) == 3
    assert len(pair.inner.end) == 0


def test_a_subscription_to_one_instance_crosses_for_that_alone() -> None:
    pair = Pair()
    pair.offer(1)
    wanted = pair.offer(2)
    pair.outer.receive(subscribe(FAR.make(1), wanted, pattern="*"))

    assert [frame[2][0] for frame in pair.inner.taken(Kind.SUBSCRIBE)] == [wanted]


def test_what_is_kept_is_shown_to_whom_it_is_for_and_what_is_live_to_all() -> None:
    pair = Pair()
    thing = pair.offer()
    pair.outer.receive(subscribe(FAR.make(1), "log", pattern="*"))
    (made,) = pair.inner.taken(Kind.SUBSCRIBE)
    pair.outer.hub.taken()
    pair.inner.receive(report(thing, "log", made[1], b"\x94kept"), report(thing, "log", None, b"\x94live"))

    assert pair.outer.hub.taken() == [
        report(thing, "log", FAR.make(1), b"\x94kept"),
        report(thing, "log", None, b"\x94live"),
    ]


def test_reports_of_what_is_not_offered_or_for_what_is_not_wanted_go_nowhere() -> None:
    pair = Pair()
    thing = pair.offer()
    pair.inner.end.send(report(FAR.make(9), "log", None))
    pair.inner.end.send(report(thing, "log", FAR.make(9)))

    assert pair.outer.taken(Kind.REPORT) == []


def test_what_a_link_left_out_is_told_over_a_bridge_to_whom_it_concerns() -> None:
    pair = Pair()
    pair.offer()
    pair.outer.receive(subscribe(FAR.make(1), "log", pattern="*"))
    (made,) = pair.inner.taken(Kind.SUBSCRIBE)
    pair.outer.hub.taken()
    notice = encode(Kind.REPORT, FAR.make(0), ("$exchange", "skipped", made[1], False, False), b"\x94")
    pair.inner.receive(notice)

    outer = make_id(pair.outer.end.identity, 0)
    array = ("$exchange", "skipped", FAR.make(1), False, False)
    assert pair.outer.hub.taken() == [encode(Kind.REPORT, outer, array, b"\x94")]


def test_a_subscription_that_is_answered_again_is_made_anew() -> None:
    pair = Pair()
    thing = pair.offer()
    pair.outer.receive(subscribe(FAR.make(1), "log", pattern="*"))
    (first,) = pair.inner.taken(Kind.SUBSCRIBE)
    pair.outer.receive(subscribe(FAR.make(1), "log", attachment=2, pattern="*"))

    again, ended = pair.inner.hub.taken()
    assert (Kind(again[0]), again[2][0]) == (Kind.SUBSCRIBE, thing)
    assert ended == unsubscribe(first[1])
    assert len(pair.inner.end) == 2


def test_a_subscription_is_made_anew_when_its_instance_comes_by_another_path() -> None:
    pair = Pair()
    thing = pair.offer()
    pair.outer.receive(subscribe(FAR.make(1), "log", pattern="*"))
    (first,) = pair.inner.taken(Kind.SUBSCRIBE)
    pair.offer(path=("store",))

    again, ended = pair.inner.hub.taken()
    assert again[2][0] == thing
    assert ended == unsubscribe(first[1])


def test_a_subscription_ends_for_an_instance_that_goes_and_begins_when_it_is_back() -> None:
    pair = Pair()
    thing = pair.offer()
    pair.outer.receive(subscribe(FAR.make(1), "log", pattern="*"))
    (first,) = pair.inner.taken(Kind.SUBSCRIBE)
    pair.outer.end.withdraw(thing, "lost")
    assert pair.inner.hub.taken() == [unsubscribe(first[1])]

    pair.offer()
    assert [frame[2][0] for frame in pair.inner.taken(Kind.SUBSCRIBE)] == [thing]


def test_another_hub_that_the_exchange_of_a_bridge_moves_to_hears_of_the_subscriptions_of_the_bridge() -> None:
    pair = Pair()
    thing = pair.offer()
    pair.outer.receive(subscribe(FAR.make(1), "log", pattern="*"))
    (made,) = pair.inner.taken(Kind.SUBSCRIBE)
    other = pair.inner.story.attach("other hub", is_hub=True, attachment=2)

    assert [(frame[1], frame[2][0], frame[2][3]) for frame in other.taken()] == [(made[1], thing, 2)]

    pair.outer.receive(unsubscribe(FAR.make(1)))
    assert other.taken() == [unsubscribe(made[1])]


def test_an_instance_that_only_its_bridged_group_may_know_is_subscribed_to_over_the_bridge() -> None:
    pair = Pair()
    local, own = pair.inner.story.local, pair.inner.story.local.make(20)
    pair.inner.story.receive(local, announce(own, "here", audience="front"))
    pair.outer.end.offer(own, about("here", "front", ("db",)))
    pair.outer.receive(subscribe(FAR.make(1), "here", pattern="*"), request(FAR.make(7), "here"))
    asked = [frame for frame in local.taken() if frame[0] == Kind.SUBSCRIBE]
    assert [frame[2][0] for frame in asked] == [own]

    pair.outer.hub.taken()
    pair.inner.story.receive(local, report(own, "here", None))
    assert pair.outer.hub.taken() == [report(own, "here", None)]
    assert pair.inner.taken(Kind.REPORT) == []


# The end of a bridge


def test_a_bridge_that_parts_leaves_nothing_behind() -> None:
    pair = Pair()
    thing = pair.offer()
    pair.outer.receive(subscribe(FAR.make(1), "log", pattern="*"), request(FAR.make(7), "log"))
    asked = pair.inner.hub.taken()
    pair.outer.hub.taken()
    pair.inner.end.part("it stopped")

    assert [frame[1] for frame in pair.inner.hub.taken()] == [asked[0][1], asked[1][1]], "both are ended"
    told = pair.outer.hub.taken()
    assert (thing, ("lost",)) in [frame[1:3] for frame in told]
    errors = [error_of(frame) for frame in told if frame[0] == Kind.FAILURE]
    assert [(type(error), error.delivered) for error in errors] == [(ServiceWithdrawn, None)]
    for side in (pair.inner, pair.outer):
        assert not side.story.switch.debts.owed
        assert len(side.story.switch.registry) == 0


def nothing_is_left_of_calls(pair: Pair, owed: int = 0) -> bool:
    sides: list[Any] = [pair.inner, pair.outer]
    debts = sum(len(side.story.switch.debts.owed) for side in sides)
    return debts == owed and len(pair.inner.end) == 0 and len(pair.outer.end) == 1
