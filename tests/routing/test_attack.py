"""A peer that sends anything at all harms nobody but itself (R2, R8, R9)."""

from __future__ import annotations

from random import Random

import pytest

from exchange.errors import CallError, LocalProtocolError
from exchange.wire.failures import failure_of
from exchange.wire.frames import Frame
from tests.routing.recorder import (
    Recorder,
    Story,
    a_hub,
    a_peer,
    announce,
    cancel,
    failure,
    nothing_is_owed,
    reply,
    report,
    request,
    said,
    subscribe,
    unsubscribe,
    withdraw,
)

FRAMES = 400
NAMES = ("math", "history", "mine", "nothing")


def any_frame(random: Random, things: list[bytes]) -> Frame:
    """Return a frame of any kind of traffic, about any of these things, whoever made them."""
    thing, to, name = random.choice(things), random.choice(things), random.choice(NAMES)
    principal = random.choice((None, None, None, "boss"))
    return random.choice(
        [
            request(thing, random.choice((to, name)), principal=principal),
            reply(thing),
            failure_of(thing, CallError("no", delivered=random.choice((True, False, None)))),
            cancel(thing),
            announce(thing, name, principal=principal, attachment=random.randrange(5)),
            withdraw(thing, random.choice(("withdrawn", "lost"))),
            subscribe(thing, random.choice((to, name, "$exchange"))),
            unsubscribe(thing),
            report(thing, random.choice((name, "$exchange")), random.choice((to, None))),
        ]
    )


def an_honest_life(story: Story) -> tuple[Recorder, Recorder, bytes]:
    """Return caller, callee, and a call that is owed; both have subscribed, both have services."""
    callee, caller = story.attach_with("callee", "math"), story.attach_with("caller", "history")
    for port in (callee, caller):
        story.receive(port, subscribe(port.make(2)))
    call = caller.make(3)
    story.receive(caller, request(call, "math"))
    return caller, callee, call


@pytest.mark.parametrize("seed", range(25))
def test_a_peer_that_sends_anything_harms_nobody_but_itself(seed: int) -> None:
    random, story = Random(seed), a_hub()
    caller, callee, call = an_honest_life(story)
    enemy = story.attach("enemy")
    things: list[bytes] = [port.make(number) for port in (enemy, enemy, caller, callee) for number in range(4)]
    callee.taken(), caller.taken(), story.local.taken()

    refused = 0
    for _ in range(FRAMES):
        try:
            story.receive(enemy, any_frame(random, things))
        except LocalProtocolError:
            refused += 1

    assert refused > FRAMES // 10
    # It may call them, and subscribe, like everybody else.
    for port in (caller, callee, story.local):
        assert {frame[1][:16] for frame in port.taken()} <= {enemy.identity}
    story.receive(callee, reply(call))
    assert said(caller.taken()) == [("REPLY", call)]

    story.switch.detach(enemy, "forged")
    assert story.names() == ["history", "math"]
    assert not story.switch.debts.owed
    counts = [(port.owing, port.asking) for port in (caller, callee, enemy, story.local)]
    assert counts == [(0, 0)] * 4


# A process with links to two hubs, which tells each of them something else about one thing: the link
# between the hubs is not its own, and is not ended for it.


def test_one_number_for_two_calls_at_two_hubs_costs_no_link_between_hubs() -> None:
    story = a_hub()
    other, callee, caller = (
        story.attach("other hub", is_hub=True),
        story.attach_with("callee", "math"),
        story.attach("x"),
    )
    call = caller.make(1)
    story.receive(caller, request(call, "math"))
    story.receive(other, request(call, "math"))

    assert failure(other.taken()[-1:]) == ("CallRefused", False)
    assert said(callee.taken()) == [("REQUEST", call)]
    story.receive(callee, reply(call))
    assert said(caller.taken()) == [("REPLY", call)]
    assert nothing_is_owed(story, other, callee, caller)


def test_one_number_for_two_calls_by_two_hubs_costs_a_process_no_link() -> None:
    story = a_peer()
    one, two = story.attach("one hub", is_hub=True), story.attach("other hub", is_hub=True)
    story.receive(story.local, announce(story.local.make(1), "math"))
    call = Recorder("x").make(1)
    story.receive(one, request(call, "math"))
    story.receive(two, request(call, "math"))

    assert failure(two.taken()[-1:]) == ("CallRefused", False)
    with pytest.raises(LocalProtocolError, match="in progress already"):
        story.receive(one, request(call, "math"))  # a hub does not repeat itself


def test_one_number_for_two_subscriptions_at_two_hubs_costs_no_link_between_hubs() -> None:
    story = a_hub()
    other, publisher, reader = (
        story.attach("other hub", is_hub=True),
        story.attach_with("feed", "feed"),
        story.attach("x"),
    )
    thing = reader.make(1)
    story.receive(reader, subscribe(thing, "feed"))
    publisher.taken()
    story.receive(other, subscribe(thing, "feed", pattern="else.*"), unsubscribe(thing))

    assert (publisher.taken(), story.switch.counters.unexpected) == ([], 2)
    story.receive(publisher, report(publisher.make(1), "feed", None))
    assert said(reader.taken())[-1:] == [("REPORT", publisher.make(1))]


def test_what_a_hub_itself_changes_of_a_subscription_is_against_the_rules() -> None:
    story, thing = a_hub(), Recorder("x").make(1)
    other = story.attach("other hub", is_hub=True)
    story.receive(other, subscribe(thing, "feed"))
    with pytest.raises(LocalProtocolError, match="cannot change its service or its pattern"):
        story.receive(other, subscribe(thing, "feed", pattern="else.*"))


def test_one_number_for_two_services_at_two_hubs_costs_no_link_between_hubs() -> None:
    story = a_hub()
    other, owner = story.attach("other hub", is_hub=True), story.attach_with("x", "math")
    story.receive(other, announce(owner.make(1), "trap"), withdraw(owner.make(1)))

    assert (story.names(), story.switch.counters.unexpected) == (["math"], 2)
    story.receive(other, announce(other.make(1), "feed"))
    with pytest.raises(LocalProtocolError, match="cannot become"):
        story.receive(other, announce(other.make(1), "trap"))
