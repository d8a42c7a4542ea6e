"""An instance that moves is not seen as going and coming."""

from __future__ import annotations

import pytest
from twisted.internet.task import Clock

from exchange.routing.registry import About, Change, Happening, Instance, Way
from exchange.services.held_back import HeldBack
from exchange.wire.identities import make_id
from tests.routing.recorder import Recorder, identity

ABOUT = About("math", (), "*", b"", None, ())


class Held(HeldBack):
    """Notes what is told, and when."""

    def __init__(self, clock: Clock) -> None:
        self.told: list[tuple[float, str, str]] = []
        super().__init__(self._note, clock.callLater, clock.seconds)
        self._now = clock.seconds

    def _note(self, change: Change) -> None:
        self.told.append((self._now(), change.happening.value, change.reason))


@pytest.fixture
def held(clock: Clock) -> Held:
    return Held(clock)


def an_instance(number: int = 1) -> Instance:
    port = Recorder("peer")
    return Instance(make_id(identity("peer"), number), Way(port, 0, ABOUT, b""))


def went(instance: Instance, reason: str = "moved") -> Change:
    return Change(Happening.WENT, instance, reason)


def came(instance: Instance) -> Change:
    return Change(Happening.CAME, instance)


def test_what_comes_or_goes_otherwise_is_told_at_once(held: Held) -> None:
    instance = an_instance()
    held.changed(came(instance))
    held.changed(went(instance, "lost"))
    assert held.told == [(0, "came", ""), (0, "went", "lost")]


def test_what_has_moved_and_is_there_again_has_changed_at_most(held: Held, clock: Clock) -> None:
    held.changed(went(an_instance()))
    clock.advance(0.9)
    held.changed(came(an_instance()))
    clock.advance(10)
    assert held.told == [(0.9, "changed", "")]
    assert clock.getDelayedCalls() == []


def test_what_is_not_there_again_within_a_second_is_lost(held: Held, clock: Clock) -> None:
    held.changed(went(an_instance()))
    clock.advance(1)
    assert held.told == [(1, "went", "lost")]
    held.changed(came(an_instance()))
    assert held.told[1:] == [(1, "came", "")]
    assert len(held) == 0
    assert clock.getDelayedCalls() == []


def test_each_is_held_back_for_a_second_of_its_own(held: Held, clock: Clock) -> None:
    held.changed(went(an_instance(1)))
    clock.advance(0.5)
    held.changed(went(an_instance(2)))
    clock.advance(0.5)
    assert held.told == [(1, "went", "lost")]
    clock.advance(0.5)
    assert held.told[1:] == [(1.5, "went", "lost")]


def test_what_moves_on_is_held_back_anew(held: Held, clock: Clock) -> None:
    for _ in range(3):
        held.changed(went(an_instance()))
        clock.advance(0.8)
        held.changed(came(an_instance()))
    assert [kind for _, kind, _ in held.told] == ["changed"] * 3


def test_the_end_tells_what_is_held_back_and_leaves_no_timer(held: Held, clock: Clock) -> None:
    held.changed(went(an_instance(1)))
    held.changed(went(an_instance(2)))
    held.stop()
    assert held.told == [(0, "went", "lost"), (0, "went", "lost")]
    assert clock.getDelayedCalls() == []
    held.stop()
    assert len(held.told) == 2


def test_whoever_is_told_may_cause_more(clock: Clock) -> None:
    """What is lost may bring others back, while the rest is being told."""
    told: list[str] = []

    def tell(change: Change) -> None:
        told.append(f"{change.happening.value} {change.instance.id[-1]}")
        if change.happening is Happening.WENT:
            back.changed(came(an_instance(2)))

    back = HeldBack(tell, clock.callLater, clock.seconds)
    back.changed(went(an_instance(1)))
    back.changed(went(an_instance(2)))
    clock.advance(1)
    assert told == ["went 1", "changed 2"]
