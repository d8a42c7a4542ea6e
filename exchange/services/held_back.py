"""What is held back: an instance that moves from one hub to another is seen by no watch as going and coming (R3).

Nothing orders two links, so that a hub may hear that a way went before it hears of the
new one. The hub at the end of the old way says that the instance has moved; so its going
is told only if it is not there again within a second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exchange.routing.registry import Change, Happening
from exchange.routing.switch import LOST

MOVED = "moved"
"""The reason of what is known by another way; or was, when that was said."""

HOLD = 1.0
"""Seconds."""


class HeldBack:
    """Stands between the registry of a hub and those who watch it.

    Args:
        tell: Takes the changes that are told.
        later: Calls after so many seconds what it is given; what it returns can be cancelled.
        clock: Gives the time in seconds.
    """

    def __init__(
        self,
        tell: Callable[[Change], None],
        later: Callable[[float, Callable[[], None]], Any],
        clock: Callable[[], float],
    ) -> None:
        self._tell = tell
        self._later = later
        self._clock = clock
        self._held: dict[bytes, tuple[float, Change]] = {}  # what is to be told first stands first
        self._timer: Any = None

    def __len__(self) -> int:
        return len(self._held)

    def changed(self, change: Change) -> None:
        """Something became of an instance: tell it now, later, or not as what it seemed to be."""
        thing = change.instance.id
        was_held = self._held.pop(thing, None)
        if change.happening is Happening.WENT and change.reason == MOVED:
            self._held[thing] = (self._clock() + HOLD, change)
            self._wait()
        elif was_held:
            self._tell(Change(Happening.CHANGED, change.instance))
        else:
            self._tell(change)

    def stop(self) -> None:
        """Tell what is held back, and hold back nothing more that was said so far."""
        for thing in list(self._held):
            self._give_up(thing)
        self._wait()

    def _wait(self) -> None:
        if self._timer is not None and (not self._held or not self._timer.active()):
            timer, self._timer = self._timer, None
            if timer.active():
                timer.cancel()
        if self._held and self._timer is None:
            due, _ = next(iter(self._held.values()))
            self._timer = self._later(max(0.0, due - self._clock()), self._over)

    def _over(self) -> None:
        now = self._clock()
        for thing in [thing for thing, (due, _) in self._held.items() if due <= now]:
            self._give_up(thing)
        self._wait()

    def _give_up(self, thing: bytes) -> None:
        """It is nowhere else, or whoever said so has gone as well."""
        held = self._held.pop(thing, None)
        if held:
            self._tell(held[1]._replace(reason=LOST))
