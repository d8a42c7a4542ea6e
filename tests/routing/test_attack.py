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
    announce,
    cancel,
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
