"""How much an exchange may tell one hub."""

from __future__ import annotations

import pytest

from exchange.routing.allowance import Allowance
from exchange.routing.weight import weight_of
from exchange.wire.frames import Frame
from exchange.wire.limits import Limits
from tests.routing.recorder import Recorder, announce, said, subscribe, unsubscribe, withdraw

OWN = Recorder("peer")
ONE, TWO, THREE = (OWN.make(number) for number in (1, 2, 3))


def told(allowance: Allowance, *frames: Frame) -> list[tuple[str, bytes]]:
    """Return what a hub is told when it is to be told this."""
    return said([each for frame in frames for each in allowance.pass_on(frame)])


def test_what_there_is_room_for_is_told_as_it_is() -> None:
    allowance = Allowance(Limits())
    frames = [announce(ONE, "math"), subscribe(ONE), announce(ONE, "math"), withdraw(ONE), unsubscribe(ONE)]

    assert [each for frame in frames for each in allowance.pass_on(frame)] == frames
    assert not allowance.waiting


@pytest.mark.parametrize(
    ("limits", "begin", "end"),
    [
        (Limits(max_instances=1), lambda thing: announce(thing, "math"), withdraw),
        (Limits(max_subscriptions=1), subscribe, unsubscribe),
    ],
)
def test_one_too_many_waits_until_another_has_ended(limits: Limits, begin: object, end: object) -> None:
    assert callable(begin)
    assert callable(end)
    allowance = Allowance(limits)
    name, last = (("ANNOUNCE", "WITHDRAW"), ("SUBSCRIBE", "UNSUBSCRIBE"))[end is unsubscribe]

    assert told(allowance, begin(ONE), begin(TWO), begin(THREE), begin(ONE)) == [(name, ONE), (name, ONE)]
    assert [thing for _, thing in allowance.waiting] == [TWO, THREE]
    assert told(allowance, end(ONE)) == [(last, ONE), (name, TWO)]
    assert [thing for _, thing in allowance.waiting] == [THREE]


def test_the_end_of_what_was_never_told_is_not_told_either() -> None:
    allowance = Allowance(Limits(max_subscriptions=1))

    assert told(allowance, subscribe(ONE), subscribe(TWO), unsubscribe(TWO)) == [("SUBSCRIBE", ONE)]
    assert told(allowance, unsubscribe(ONE)) == [("UNSUBSCRIBE", ONE)]


def test_instances_and_subscriptions_are_counted_each_for_itself_and_weighed_together() -> None:
    light, heavy = subscribe(ONE, "feed", pattern="a"), subscribe(TWO, "feed", pattern="a" * 100)
    kept = weight_of(announce(ONE, "math")[2]) + weight_of(heavy[2])
    allowance = Allowance(Limits(max_kept=kept))

    assert told(allowance, announce(ONE, "math"), light, heavy) == [("ANNOUNCE", ONE), ("SUBSCRIBE", ONE)]
    assert told(allowance, withdraw(ONE)) == [("WITHDRAW", ONE)]
    assert told(allowance, unsubscribe(ONE)) == [("UNSUBSCRIBE", ONE), ("SUBSCRIBE", TWO)]


def test_what_became_too_heavy_stays_as_it_was_told_and_what_became_lighter_is_always_told() -> None:
    thin, thick = announce(ONE, "math"), announce(ONE, "math", groups=("a" * 200,))
    allowance = Allowance(Limits(max_kept=weight_of(thin[2])))

    assert told(allowance, thin, thick) == [("ANNOUNCE", ONE)]
    assert list(allowance.waiting.values()) == [thick]
    assert told(allowance, thin) == [("ANNOUNCE", ONE)]
    assert not allowance.waiting


def test_what_still_has_no_room_goes_on_waiting() -> None:
    heavy = subscribe(TWO, "feed", pattern="a" * 500)
    allowance = Allowance(Limits(max_kept=100))

    assert told(allowance, announce(ONE, "math"), subscribe(ONE), heavy) == [("ANNOUNCE", ONE), ("SUBSCRIBE", ONE)]
    assert told(allowance, unsubscribe(ONE)) == [("UNSUBSCRIBE", ONE)]
    assert list(allowance.waiting.values()) == [heavy]
