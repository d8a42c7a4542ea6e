"""An allotment: how much one principal may use of a hub, all its links together."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from weakref import WeakValueDictionary

from exchange.routing.rate import Bucket

MOST_KEPT = 4_096
"""Allotments that are kept; of more, those are forgotten that would be made anew as they are."""


class Quota(NamedTuple):
    """What the rules say of somebody; ``None`` is no limit."""

    calls_per_second: float | None = None
    bytes_per_second: float | None = None
    max_instances: int | None = None
    max_subscriptions: int | None = None


class Holding:
    """The instances, or the subscriptions, of a principal: each counts once, by however many links it was told."""

    __slots__ = ("_links", "most")

    def __init__(self, most: int | None) -> None:
        self.most = most
        self._links: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._links)

    def has_room_for(self, thing: bytes) -> bool:
        """Whether this may be had too, or is there already."""
        return self.most is None or thing in self._links or len(self._links) < self.most

    def add(self, thing: bytes) -> None:
        """One link more has told of it."""
        self._links[thing] = self._links.get(thing, 0) + 1

    def discard(self, thing: bytes) -> None:
        """One link less tells of it."""
        left = self._links.pop(thing, 0) - 1
        if left > 0:
            self._links[thing] = left


class Allotment:
    """What one principal may use, and uses.

    Attributes:
        quota: What the rules say.
        instances: Those that its links have announced.
        subscriptions: Those that came from its links, less those to the hub itself.
    """

    __slots__ = ("__weakref__", "_bytes", "_calls", "instances", "quota", "subscriptions")

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self.instances = Holding(quota.max_instances)
        self.subscriptions = Holding(quota.max_subscriptions)
        self._calls = _bucket_of(quota.calls_per_second)
        self._bytes = _bucket_of(quota.bytes_per_second)

    @property
    def is_paced(self) -> bool:
        """Whether its links may have to be read more slowly than they could be."""
        return self._calls is not None or self._bytes is not None

    def use(self, calls: int, size: int, now: float) -> float:
        """Note that so many calls came, and bytes; return the seconds in which nothing more may."""
        waits = (
            0.0 if self._calls is None else self._calls.take(calls, now),
            0.0 if self._bytes is None else self._bytes.take(size, now),
        )
        return max(waits)

    def is_idle(self, now: float) -> bool:
        """Whether it is as a new one is."""
        buckets = [bucket for bucket in (self._calls, self._bytes) if bucket is not None]
        return not self.instances and not self.subscriptions and all(bucket.is_full(now) for bucket in buckets)


class Allotments:
    """The allotments of all principals that have any: to come again by another link is not to have another.

    Args:
        quota_of: Returns what the rules say of a principal.
    """

    def __init__(self, quota_of: Callable[[str], Quota]) -> None:
        self._quota_of = quota_of
        self._kept: dict[str, Allotment] = {}
        self._known: WeakValueDictionary[str, Allotment] = WeakValueDictionary()  # those that a link has, too

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, principal: str, now: float) -> Allotment | None:
        """Return what somebody has; ``None`` if no rule limits them."""
        known = self._known.get(principal)
        if known is None:
            quota = self._quota_of(principal)
            if quota == Quota():
                return None
            known = self._known[principal] = Allotment(quota)
        if len(self._kept) >= MOST_KEPT:
            self._kept = {name: each for name, each in self._kept.items() if not each.is_idle(now)}
        self._kept[principal] = known
        return known

    def take_over(self, before: Allotments) -> None:
        """Have those who may use as much as ``before`` go on with what they have used of it."""
        same = {who: known for who, known in before._known.items() if known.quota == self._quota_of(who)}
        self._known.update(same)
        self._kept |= {who: known for who, known in same.items() if who in before._kept}


def _bucket_of(rate: float | None) -> Bucket | None:
    """Return a bucket that holds what may be used in a second, and one at least."""
    return None if rate is None else Bucket(rate, max(rate, 1.0))
