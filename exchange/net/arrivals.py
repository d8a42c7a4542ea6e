"""Arrivals: how many links have been accepted, in all and from each address, and which one is too many.

A link counts once it is known who is at its far end. Those that are in their greeting are few anyway, and
the oldest gives way; or some who say nothing would keep out all others of their address.
"""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from exchange.wire.limits import Limits

MOST_TOLD = 100
"""Links that may be told at one time why they are refused; those beyond are closed without a word."""


class Arrived(Protocol):
    """A link that was accepted."""

    address: bytes


class Arrivals:
    """The links that far ends have made, as long as their connections last.

    Attributes:
        limits: How many there may be.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._taken: dict[Arrived, None] = {}
        self._of_each: Counter[bytes] = Counter()
        self._refused: set[Arrived] = set()

    def __len__(self) -> int:
        return len(self._taken)

    @property
    def is_pressing(self) -> bool:
        """Whether more are refused than can be told why."""
        return len(self._refused) >= MOST_TOLD

    def refusal_of(self, address: bytes) -> str | None:
        """Return why nobody more may come from an address; over a Unix socket there is none, and none is counted."""
        limits = self.limits
        if len(self._taken) >= limits.max_links:
            return f"this hub takes {limits.max_links} links at one time; dial again later, or raise its max-links"
        if address and self._of_each[address] >= limits.max_links_per_address:
            most = limits.max_links_per_address
            return f"this hub takes {most} links of one address at one time; raise its max-links-per-address"
        return None

    def come(self, link: Arrived) -> str | None:
        """Take one more, or return why not."""
        refusal = self.refusal_of(link.address)
        if refusal is None:
            self._taken[link] = None
            self._of_each[link.address] += 1
        return refusal

    def refuse(self, link: Arrived) -> None:
        """One that is too many is being told so before it said anything."""
        self._refused.add(link)

    def go(self, link: Arrived) -> None:
        """Its connection is gone; of one that never came, nothing happens."""
        self._refused.discard(link)
        if link in self._taken:
            del self._taken[link]
            self._of_each[link.address] -= 1
            if not self._of_each[link.address]:
                del self._of_each[link.address]
