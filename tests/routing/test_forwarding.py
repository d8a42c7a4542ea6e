"""Calls that pass through: requests go out, answers come back the same way, and limits are the next link's."""

from __future__ import annotations

import pytest

from exchange.errors import CallError, LocalProtocolError, MethodUnavailable
from exchange.wire.failures import error_of, failure_of
from exchange.wire.limits import Limits
from tests.routing.recorder import (
    Recorder,
    a_call,
    a_hub,
    a_peer,
    announce,
    cancel,
    failure,
    nothing_is_owed,
    reply,
    request,
    said,
    size_of,
)

# R8: answers go back the way requests came


def test_request_and_answer_are_passed_on_as_they_came() -> None:
    story = a_hub()
    callee, caller = story.attach_with("callee", "math"), story.attach("caller")
    asked, answered = request(caller.make(1), "math", body=b"6 7"), reply(caller.make(1), b"42")
    story.receive(caller, asked)
    story.receive(callee, answered)

    assert callee.taken() == [asked]
    assert caller.taken() == [answered]
    assert nothing_is_owed(story, caller, callee)


def test_the_answer_of_a_hub_arrives_at_the_caller_in_its_peer() -> None:
    story = a_peer()
    hub = story.attach("hub", is_hub=True)
    call = story.local.make(1)
    story.receive(story.local, request(call, "math"))
    story.receive(hub, reply(call))

    assert said(story.local.taken()) == [("REPLY", call)]
    assert nothing_is_owed(story, hub)


@pytest.mark.parametrize("delivered", [True, False, None])
def test_a_failure_of_the_callee_arrives_as_it_was_made(delivered: bool | None) -> None:
    story = a_hub()
    caller, callee, call = a_call(story)
    story.receive(callee, failure_of(call, MethodUnavailable("no", delivered=delivered)))

    assert failure(caller.taken()) == ("MethodUnavailable", delivered)


def test_a_strangers_answer_is_dropped_and_counted_and_removes_nobodys_debt() -> None:
    story = a_hub()
    caller, callee, call = a_call(story)
    stranger = story.attach_with("stranger", "math")
    story.receive(stranger, reply(call), failure_of(call, CallError("no", delivered=False)))
    story.receive(caller, reply(call))
    assert caller.taken() == []
    assert story.switch.counters.unexpected == 3

    story.receive(callee, reply(call))
    assert said(caller.taken()) == [("REPLY", call)]


def test_an_answer_that_comes_twice_is_passed_on_once() -> None:
    story = a_hub()
    caller, callee, call = a_call(story)
    story.receive(callee, reply(call), reply(call))

    assert said(caller.taken()) == [("REPLY", call)]
    assert story.switch.counters.unexpected == 1


def test_a_number_in_use_again_is_against_the_rules() -> None:
    story = a_hub()
    caller, callee, call = a_call(story)

    with pytest.raises(LocalProtocolError, match="in progress already"):
        story.receive(caller, request(call, "math"))
    assert callee.taken() == []
    assert (caller.asking, callee.owing) == (1, 1)


def test_a_link_may_have_so_many_calls_outstanding() -> None:
    story = a_hub(limits=Limits(max_calls=2))
    callee, caller, other = story.attach_with("callee", "math"), story.attach("caller"), story.attach("other")
    story.receive(caller, *(request(caller.make(number), "math") for number in (1, 2, 3)))
    story.receive(other, request(other.make(1), "math"))

    assert failure(caller.taken()) == ("Overloaded", False)
    assert len(callee.taken()) == 3
    story.receive(callee, reply(caller.make(1)))
    story.receive(caller, request(caller.make(4), "math"))
    assert said(callee.taken()) == [("REQUEST", caller.make(4))]


def test_65536_calls_may_be_outstanding_unless_it_is_configured() -> None:
    story = a_hub()
    callee, caller = story.attach_with("callee", "math"), story.attach("caller")
    for number in range(65_537):
        story.receive(caller, request(caller.make(number), "math"))

    assert (caller.asking, callee.owing) == (65_536, 65_536)
    assert failure(caller.taken()) == ("Overloaded", False)


def test_the_link_of_a_hub_does_not_fill_up_because_one_caller_would_lock_out_all_others() -> None:
    story = a_peer(limits=Limits(max_calls=2))
    hub, callers = story.attach("hub", is_hub=True), [Recorder(f"caller {number}") for number in range(5)]
    story.receive(story.local, announce(story.local.make(1), "math"))
    hub.taken()
    for caller in callers:
        story.receive(hub, request(caller.make(1), "math"))

    assert said(story.local.taken()) == [("REQUEST", caller.make(1)) for caller in callers]
    assert (hub.taken(), hub.asking) == ([], 5)


def test_the_calls_of_this_process_are_not_limited() -> None:
    story = a_peer(limits=Limits(max_calls=2))
    story.receive(story.local, announce(story.local.make(1), "math"))
    for number in range(5):
        story.receive(story.local, request(story.local.make(number), "math"))

    assert [kind for kind, _ in said(story.local.taken())] == ["REQUEST"] * 5


def test_a_cancel_settles_the_debt_and_goes_on_to_the_callee() -> None:
    story = a_hub()
    caller, callee, call = a_call(story)
    story.receive(caller, cancel(call))
    assert said(callee.taken()) == [("CANCEL", call)]
    assert nothing_is_owed(story, caller, callee)

    story.receive(callee, reply(call))
    assert caller.taken() == []
    assert story.switch.counters.unexpected == 1


def test_a_peer_cancels_what_it_asked_its_hub_for() -> None:
    story = a_peer()
    hub = story.attach("hub", is_hub=True)
    call = story.local.make(1)
    story.receive(story.local, request(call, "math"), cancel(call))

    assert said(hub.taken()) == [("REQUEST", call), ("CANCEL", call)]
    assert nothing_is_owed(story, hub)


def test_a_cancel_of_what_is_not_owed_goes_nowhere() -> None:
    story = a_hub()
    caller, callee, call = a_call(story)
    newer = story.attach("caller", attachment=2)
    story.receive(newer, cancel(call))
    story.receive(caller, cancel(caller.make(2)))

    assert callee.taken() == []
    assert story.switch.counters.unexpected == 2
    assert caller.asking == 1


def test_an_instance_whose_call_was_cancelled_comes_last_until_it_answers() -> None:
    story = a_hub()
    caller, callee, call = a_call(story)
    other = story.attach_with("other", "math")
    story.receive(caller, cancel(call), request(caller.make(2), "math"), request(caller.make(3), "math"))
    assert (callee.owing, other.owing) == (0, 2)

    story.receive(caller, request(caller.make(4), callee.make(1)))
    story.receive(callee, reply(caller.make(4)))
    story.receive(caller, request(caller.make(5), "math"))
    assert (callee.owing, other.owing) == (1, 2)


def test_a_request_that_comes_back_to_its_maker_fails_without_harm_to_the_call() -> None:
    story = a_peer()
    asked = story.attach("hub", is_hub=True, attachment=1)
    call = story.local.make(1)
    story.receive(story.local, request(call, "math"))
    other = story.attach("hub", is_hub=True, attachment=2)
    story.receive(story.local, announce(story.local.make(1), "math"))
    asked.taken(), other.taken()

    story.receive(other, request(call, "math"))
    assert failure(other.taken()) == ("WayGone", False)
    assert story.local.taken() == []

    story.receive(asked, reply(call))
    assert said(story.local.taken()) == [("REPLY", call)]
    assert nothing_is_owed(story, asked, other)


def test_a_request_that_comes_back_after_its_call_was_forgotten_fails_too() -> None:
    story = a_peer()
    hub = story.attach("hub", is_hub=True)
    story.receive(story.local, announce(story.local.make(1), "math"))
    hub.taken()
    story.receive(hub, request(story.local.make(9), "math"))

    assert failure(hub.taken()) == ("WayGone", False)
    assert nothing_is_owed(story, hub)


# R14: limits are the next link's


def test_a_request_that_the_next_link_does_not_take_fails_undelivered() -> None:
    story = a_hub()
    callee, caller = story.attach_with("callee", "math"), story.attach("caller")
    frame = request(caller.make(1), "math", body=bytes(100))
    callee.max_frame = size_of(frame) - 1
    story.receive(caller, frame)
    assert failure(caller.taken()) == ("UnsuitableValue", False)
    assert callee.taken() == []
    assert story.switch.counters.too_large == 1

    callee.max_frame += 1
    story.receive(caller, frame)
    assert callee.taken() == [frame]


def test_a_reply_that_the_callers_link_does_not_take_becomes_a_failure_delivered() -> None:
    story = a_hub()
    caller, callee, call = a_call(story)
    frame = reply(call, bytes(100))
    caller.max_frame = size_of(frame) - 1
    story.receive(callee, frame)
    error = error_of(caller.taken()[0])

    assert (type(error).__name__, error.number, error.delivered) == ("UnsuitableValue", 52, True)
    assert nothing_is_owed(story, caller, callee)


@pytest.mark.parametrize("delivered", [True, False, None])
def test_a_failure_that_the_callers_link_does_not_take_still_tells_whether_it_was_delivered(
    delivered: bool | None,
) -> None:
    story = a_hub()
    caller, callee, call = a_call(story)
    caller.max_frame = 1_000
    story.receive(callee, failure_of(call, CallError("no", details="x" * 2_000, delivered=delivered)))

    assert failure(caller.taken()) == ("UnsuitableValue", delivered)
