"""Checks of logins that take a while: how many may be under way, and how often one may fail.

The same login, asked for over many connections at the same time, is checked once.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from math import ceil
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred
from twisted.web import http

from exchange.gateways.refusals import TOO_MANY_REQUESTS, Refusal
from exchange.gateways.remembered import Seal
from exchange.gateways.terms import Identified
from exchange.strikes import Strikes

MOST_CHECKS = 64
"""Logins that may be under way at once."""

MOST_OF_ONE = 16
"""Of them, those that come from one address."""

BUSY = Refusal(
    http.SERVICE_UNAVAILABLE, "too many logins are being checked at the moment; try again", ((b"retry-after", b"1"),)
)
TOO_MANY_OF_ONE = Refusal(
    TOO_MANY_REQUESTS, "too many logins from this address are being checked; try again", ((b"retry-after", b"1"),)
)


class Claim(NamedTuple):
    """Who somebody says they are.

    Attributes:
        address: From where they say it.
        name: The name that they claim, if they claim one.
        sealed: All that they say, sealed.
    """

    address: str
    name: bytes
    sealed: bytes


class Checks:
    """The checks that are under way, and what is remembered of those that failed.

    Args:
        clock: Returns the time in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._strikes = Strikes(clock)
        self._seal = Seal()
        self._waiting: dict[bytes, list[Deferred[Identified]]] = {}
        self._counts: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def make(
        self, claim: Claim, check: Callable[[], Coroutine[Any, Any, Identified]]
    ) -> Refusal | Deferred[Identified]:
        """Have a claim checked, unless they have to wait who make it.

        If the Deferred is cancelled, the check goes on, and counts all the same.

        Args:
            check: Returns what came of it, and raises nothing.
        """
        waiting = self._waiting.get(claim.sealed)
        is_new = waiting is None
        if waiting is None:
            refusal = self._why_not_now(claim)
            if refusal is not None:
                return refusal
            waiting = self._waiting[claim.sealed] = []
        who: Deferred[Identified] = Deferred()
        waiting.append(who)
        if is_new:
            self._counts[claim.address] = self._counts.get(claim.address, 0) + 1
            Deferred.fromCoroutine(check()).addCallback(self._end, claim)
        return who

    def _why_not_now(self, claim: Claim) -> Refusal | None:
        who = self._who(claim)
        seconds = self._strikes.wait(who)
        if seconds > 0:
            text = "too many logins failed that came from this address; wait before you try again"
            return Refusal(TOO_MANY_REQUESTS, text, ((b"retry-after", b"%d" % ceil(seconds)),))
        if len(self._waiting) >= MOST_CHECKS:
            return BUSY
        most = 1 if self._strikes.are_many(who) else MOST_OF_ONE
        return TOO_MANY_OF_ONE if self._counts.get(claim.address, 0) >= most else None

    def _end(self, found: Identified, claim: Claim) -> None:
        self._counts[claim.address] -= 1
        if not self._counts[claim.address]:
            del self._counts[claim.address]
        if isinstance(found, Refusal) and found.status == http.UNAUTHORIZED:
            self._strikes.add(self._who(claim))
        for who in self._waiting.pop(claim.sealed):
            if not who.called:  # or they hung up
                who.callback(found)

    def _who(self, claim: Claim) -> bytes:
        return self._seal.of(claim.address.encode(), claim.name)
