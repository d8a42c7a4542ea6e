"""Leaving a link in good order: when BYE may be said."""

from __future__ import annotations

import pytest

from exchange.errors import ServiceWithdrawn, WayGone
from exchange.routing.leaving import Leaving, Step
from exchange.routing.port import Port
from exchange.wire.failures import error_of, failure_of
from exchange.wire.frames import Frame
from exchange.wire.identities import make_id
from exchange.wire.layouts import Kind
from tests.routing.recorder import a_hub, a_peer, announce, identity, reply, request, said


@pytest.fixture
def port() -> Port:
    return Port()


def test_who_leaves_says_bye_when_nothing_new_will_come_and_nothing_is_owed(port: Port) -> None:
    leaving = Leaving(port, asked=3, until=30)
    assert leaving.step(1, last_pong=2, far_is_leaving=False) is Step.WAIT
    assert leaving.step(1, last_pong=3, far_is_leaving=False) is Step.LEFT


@pytest.mark.parametrize("direction", ["owing", "asking"])
def test_who_leaves_waits_for_what_is_owed_in_either_direction(port: Port, direction: str) -> None:
    leaving = Leaving(port, asked=1, until=30)
    setattr(port, direction, 1)
    assert leaving.step(29, last_pong=1, far_is_leaving=True) is Step.WAIT
    setattr(port, direction, 0)
    assert leaving.step(29, last_pong=1, far_is_leaving=True) is Step.LEFT


def test_a_hub_waits_for_its_peer_to_go_first(port: Port) -> None:
    leaving = Leaving(port, asked=1, until=30, waits=True)
    assert leaving.step(1, last_pong=1, far_is_leaving=False) is Step.WAIT
    assert leaving.step(1, last_pong=1, far_is_leaving=True) is Step.LEFT


@pytest.mark.parametrize(("owing", "last_pong", "far_is_leaving"), [(1, 1, True), (0, 0, True), (0, 1, False)])
def test_nobody_waits_longer_than_the_seconds_that_were_given(
    port: Port, owing: int, last_pong: int, far_is_leaving: bool
) -> None:
    leaving = Leaving(port, asked=1, until=30, waits=True)
    port.owing = owing
    assert leaving.step(29.9, last_pong, far_is_leaving) is Step.WAIT
    assert leaving.step(30, last_pong, far_is_leaving) is Step.GIVE_UP


def test_what_is_done_in_the_last_moment_is_done(port: Port) -> None:
    assert Leaving(port, asked=1, until=30).step(31, last_pong=1, far_is_leaving=False) is Step.LEFT


def test_who_gives_up_answers_what_it_owes_there_and_cancels_it_at_the_callees() -> None:
    story = a_hub()
    callee, caller, other = story.attach_with("callee", "math"), story.attach("caller"), story.attach("other")
    mine, theirs = caller.make(1), other.make(1)
    story.receive(caller, request(mine, "math"))
    story.receive(other, request(theirs, "math"))
    callee.taken()
    story.switch.give_up(caller, "hub rome is leaving")
    assert said(callee.taken()) == [("CANCEL", mine)]
    (failed,) = caller.taken()
    error = error_of(failed)
    assert (failed[1], type(error), error.delivered) == (mine, ServiceWithdrawn, None)
    assert str(error) == "'math' still owed the answer: hub rome is leaving"
    assert list(story.switch.debts.owed) == [theirs]


def test_what_is_owed_to_us_by_the_one_that_is_given_up_is_still_awaited() -> None:
    story = a_hub()
    callee, caller = story.attach_with("callee", "math"), story.attach("caller")
    story.receive(caller, request(caller.make(1), "math"))
    story.switch.give_up(callee, "hub rome is leaving")
    assert list(story.switch.debts.owed) == [caller.make(1)]


def test_what_is_answered_while_others_are_given_up_is_not_given_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    story = a_peer()
    hub = story.attach("hub", is_hub=True)
    first, second = hub.make(1), hub.make(2)
    story.receive(story.local, announce(story.local.make(1), "math"))
    story.receive(hub, request(first, "math"), request(second, "math"))
    hub.taken()

    def send(frame: Frame) -> None:
        if frame[0] == Kind.CANCEL:
            story.receive(story.local, reply(second))

    monkeypatch.setattr(story.local, "send", send)
    story.switch.give_up(hub, "peer is leaving")
    assert sorted(said(hub.taken())) == [("FAILURE", first), ("REPLY", second)]


def test_an_instance_whose_call_came_back_is_the_last_to_be_asked_again() -> None:
    story = a_hub()
    near, far, caller = story.attach_with("near", "math"), story.attach("oslo", is_hub=True), story.attach("caller")
    leaver = make_id(identity("leaver"), 1)
    story.receive(far, announce(leaver, "math"))
    for number in range(1, 7):  # until the near one owes more than the far one counts for its distance
        story.receive(caller, request(caller.make(number), "math"))
    assert said(far.taken())[-1:] == [("REQUEST", caller.make(5))]
    story.receive(far, failure_of(caller.make(5), WayGone("it is leaving", delivered=False)))
    near.taken()
    story.receive(caller, request(caller.make(7), "math"))
    assert said(near.taken()) == [("REQUEST", caller.make(7))]
