"""Limits: how large, how many and how long, for all that comes from outside.

Every bound of the wire stands here once. A number can be told to the far end
under its name in the greeting; see ``docs/specification/wire.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB

LARGEST_HEADER = 0xFFFF
LARGEST_GREETING = 16 * KIB
"""Largest frame before a link is open, in bytes after the size."""

SMALLEST_FRAME = 128 * KIB
"""Least that the largest frame may be: room for any header, and for any failure."""

MOST_ITEMS = 256
"""Longest array or map in a header: groups of a service, path, versions."""

LONGEST_NAME = 255
LONGEST_PATTERN = 1024
LONGEST_TEXT = 1024
"""In bytes of UTF-8: names of all sorts; patterns and subjects; text for people."""

LONGEST_DIGEST = 64

LONGEST_PATH = 8
"""Exchange groups that an instance may have come through."""

MOST_WATCHES = 16
"""Subscriptions to `$exchange` that one link may hold; an exchange needs one."""

BRIEF = 4 * KIB
"""Up to so many bytes a piece is copied, which costs less than a view of it."""

DEEPEST = 64
"""How many containers may stand one in another in a body."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange takes from the far ends of its links.

    Attributes:
        max_frame: Largest frame, in bytes after the size; an exchange takes `SMALLEST_FRAME` at least.
        soft_limit: Bytes waiting for a link above which it is congested.
        hard_limit: Bytes waiting for a link above which it is ended.
        max_calls: Calls that the link of a peer may have outstanding; its hub may have any number here.
        max_instances: Instances that one link may announce.
        max_subscriptions: Subscriptions that one link may hold.
        max_kept: What its instances and subscriptions together may take, in bytes of their texts.
        max_changes: How often in a second one peer may change or take back what it told of them; what is more waits.
        max_links: Links that may be accepted at one time.
        max_links_per_address: Of them, from one address.
        max_greetings: Links that may be in their greeting at one time.
        greeting_time: Seconds for a greeting.
        farewell_time: Seconds that a far end has to close after our BYE.
    """

    max_frame: int = 16 * MIB
    soft_limit: int = 16 * MIB
    hard_limit: int = 64 * MIB
    max_calls: int = 65_536
    max_instances: int = 65_536
    max_subscriptions: int = 65_536
    max_kept: int = 16 * MIB
    max_changes: int = 1_000
    max_links: int = 16_384
    max_links_per_address: int = 1_024
    max_greetings: int = 1_024
    greeting_time: float = 10.0
    farewell_time: float = 1.0

    def told(self) -> dict[str, int]:
        """Return what a hub says of them in its greeting: what differs from the usual, and the largest frame."""
        told = {"max-frame": self.max_frame}
        for name, field in _TOLD.items():
            if getattr(self, field) != getattr(_USUAL, field):
                told[name] = getattr(self, field)
        return told


_USUAL = Limits()

_TOLD = {"max-instances": "max_instances", "max-subscriptions": "max_subscriptions", "max-kept": "max_kept"}


def taken_by(told: dict[str, int]) -> Limits:
    """Return what a far end takes that said this in its greeting; the rest is as usual."""
    fields = {field: told[name] for name, field in _TOLD.items() if name in told}
    return Limits(told.get("max-frame", _USUAL.max_frame), **fields)
