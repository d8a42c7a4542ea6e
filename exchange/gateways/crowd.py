"""The crowd: how many connections there are to a site, in all and of each address, and which one is too many."""

from __future__ import annotations

from collections import Counter
from typing import Any

from twisted.web import http

from exchange.gateways.refusals import RETRY_AFTER, TOO_MANY_REQUESTS, Refusal

MAX_CONNECTIONS = 1_000
MAX_OF_ONE = 100
"""Of one address, unless told otherwise."""

MOST_TOLD = 100
"""Connections that may be told at one time why they are refused; those beyond are closed without a word."""


class Crowd:
    """Counts connections; those that are refused too, because they stay until they have been told.

    Args:
        limit: How many there may be.
        limit_of_one: How many of one address.
    """

    def __init__(self, limit: int = MAX_CONNECTIONS, limit_of_one: int = MAX_OF_ONE) -> None:
        self._limit = limit
        self._limit_of_one = limit_of_one
        self._taken: dict[Any, str] = {}
        self._of_each: Counter[str] = Counter()
        self._refused: set[Any] = set()

    def change(self, limit: int | None, limit_of_one: int | None) -> None:
        """Let so many come from now on; ``None`` changes nothing."""
        self._limit = self._limit if limit is None else limit
        self._limit_of_one = self._limit_of_one if limit_of_one is None else limit_of_one

    @property
    def is_pressing(self) -> bool:
        """Whether more are refused than can be told why."""
        return len(self._refused) > MOST_TOLD

    def come(self, connection: Any, address: str) -> Refusal | None:
        """Take one more connection, or return why it is refused.

        Args:
            address: Where it comes from; empty if nobody can tell, as over a Unix socket.
        """
        refusal = self._refusal_of(address)
        if refusal is None:
            self._taken[connection] = address
            self._of_each[address] += 1
        else:
            self._refused.add(connection)
        return refusal

    def go(self, connection: Any) -> None:
        """A connection is gone, whether it was taken or not."""
        self._refused.discard(connection)
        address = self._taken.pop(connection, None)
        if address is None:
            return
        self._of_each[address] -= 1
        if not self._of_each[address]:
            del self._of_each[address]

    def _refusal_of(self, address: str) -> Refusal | None:
        if len(self._taken) >= self._limit:
            return Refusal(http.SERVICE_UNAVAILABLE, f"this gateway takes {self._limit} connections at one time")
        if address and self._of_each.get(address, 0) >= self._limit_of_one:
            text = f"this gateway takes {self._limit_of_one} connections of one address at one time"
            return Refusal(TOO_MANY_REQUESTS, text, ((b"retry-after", b"%d" % RETRY_AFTER),))
        return None
