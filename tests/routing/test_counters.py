"""What a switch counts."""

from __future__ import annotations

from dataclasses import asdict

from exchange.routing.counters import Counters
from tests.routing.recorder import a_hub, cancel, reply, request


def test_nothing_is_counted_before_anything_happened() -> None:
    assert set(asdict(Counters()).values()) == {0}


def test_requests_refusals_losses_and_the_unexpected_are_counted_apart() -> None:
    story = a_hub()
    callee = story.attach_with("callee", "math")
    caller = story.attach("caller")
    story.receive(caller, request(caller.make(1), "math"), request(caller.make(2), "nothing"))
    story.receive(callee, reply(caller.make(7)))
    story.receive(caller, cancel(caller.make(8)))
    story.switch.detach(callee, "gone")

    assert story.switch.counters == Counters(requests=1, refused=1, settled=1, unexpected=2, too_large=0)


def test_all_counters_are_told_by_their_names() -> None:
    assert Counters(requests=3).told() == asdict(Counters(requests=3))
