"""An allowance: how much an exchange may tell one hub, so that the hub does not end the link for it.

A hub keeps so many instances and subscriptions for each link, and no more (`Room`). What
it takes, it says when it greets. What there is no room for is not told, and waits here
until something else is withdrawn: a link that is ended is made anew, and would be ended
again, for ever.
"""

from __future__ import annotations

from typing import Any

from exchange.routing.weight import weight_of
from exchange.wire.frames import Frame
from exchange.wire.layouts import Kind
from exchange.wire.limits import Limits

Key = tuple[int, bytes]
"""The kind that tells of a thing, and its id."""

_ENDS = {Kind.WITHDRAW: Kind.ANNOUNCE, Kind.UNSUBSCRIBE: Kind.SUBSCRIBE}


class Allowance:
    """Counts what a hub was told of as the hub counts it.

    Args:
        limits: What the hub takes.

    Attributes:
        waiting: What the hub was not told of, for want of room.
    """

    def __init__(self, limits: Limits) -> None:
        self.waiting: dict[Key, Frame] = {}
        self._most = {Kind.ANNOUNCE: limits.max_instances, Kind.SUBSCRIBE: limits.max_subscriptions}
        self._most_kept = limits.max_kept
        self._counts = dict.fromkeys(self._most, 0)
        self._told: dict[Key, int] = {}
        self._kept = 0

    def pass_on(self, frame: Frame) -> list[Frame]:
        """Take an ANNOUNCE, SUBSCRIBE, WITHDRAW or UNSUBSCRIBE for the hub; return what it is to be sent now."""
        kind, thing, array, _ = frame
        begins = _ENDS.get(Kind(kind))
        if begins is not None:
            return self._end((begins, thing), frame)
        key = (kind, thing)
        if not self._take(key, array):
            self.waiting[key] = frame
            return []
        self.waiting.pop(key, None)
        return [frame]

    def _end(self, key: Key, frame: Frame) -> list[Frame]:
        self.waiting.pop(key, None)
        weight = self._told.pop(key, None)
        if weight is None:
            return []
        self._counts[Kind(key[0])] -= 1
        self._kept -= weight
        return [frame, *self._released(key[0])]

    def _released(self, kind: int) -> list[Frame]:
        """Return what waited and has room now, the first of the kind of which something ended."""
        released = []
        for key, frame in list(self.waiting.items()) if self.waiting else ():
            if key[0] != kind:
                continue
            if not self._take(key, frame[2]):
                break
            del self.waiting[key]
            released.append(frame)
        return released

    def _take(self, key: Key, array: tuple[Any, ...]) -> bool:
        """Count what the hub is to be told of; return whether it has room for it."""
        before = self._told.get(key)
        kind, weight = Kind(key[0]), weight_of(array)
        more = weight - (before or 0)
        if before is None and self._counts[kind] >= self._most[kind]:
            return False
        if more > 0 and self._kept + more > self._most_kept:
            return False
        self._counts[kind] += before is None
        self._told[key] = weight
        self._kept += more
        return True
