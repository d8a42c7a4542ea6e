"""Joins: which of several links between two hubs is theirs, decided by one of the two alone.

Two hubs may dial each other in the same moment, or one dials the other by two names, or
comes back before the other has noticed that it was away. Each time both must keep the
same link, and one only. So the hub with the lower identity decides, and the other
believes it: a link that opens takes the place of an older one.

The one that decides asks the link that it has for a sign of life before it refuses
another, so that a dead one which only the far end has noticed is not in the way.
"""

from __future__ import annotations

from typing import Protocol

from exchange.wire.identities import Identity

PATIENCE = 1.0
"""Seconds in which the link that is there must show a sign of life."""


class Contender(Protocol):
    """One link between our hub and another, in whatever state.

    Attributes:
        identity: Of the hub at the far end.
    """

    identity: Identity

    def go_on(self) -> None:
        """It is decided for: say WELCOME or READY."""

    def refuse(self) -> None:
        """Another is decided for: say BYE, before anything was attached."""

    def give_way(self) -> None:
        """Another takes its place: say BYE, and be detached."""

    def ask(self, number: int, is_open: bool) -> None:
        """Send PING if it is open; call `Joins.answered` when the PONG comes, `Joins.overdue` after `PATIENCE`."""


class Claim:
    """The links between our hub and one other.

    Attributes:
        link: That which was decided for, if any.
        is_open: Whether that has said or heard READY.
        waiting: Those that are not decided about, the first to come first.
        asked: Number of the question that is open, 0 if none is.
    """

    __slots__ = ("asked", "is_open", "link", "waiting")

    def __init__(self) -> None:
        self.link: Contender | None = None
        self.is_open = False
        self.waiting: list[Contender] = []
        self.asked = 0


class Joins:
    """The links between our hub and others; whoever owns the links tells it what becomes of them.

    Tell `came` when HELLO or WELCOME was read, `opened` when READY was said or heard and
    before the link is attached, and `lost` when it is closed, whoever closed it.
    """

    def __init__(self, own: Identity) -> None:
        self._own = own
        self._claims: dict[Identity, Claim] = {}
        self._questions = 0

    def __len__(self) -> int:
        return len(self._claims)

    def decides(self, far: Identity) -> bool:
        """Whether it is us who decides about links to the hub ``far``."""
        return self._own < far

    def came(self, link: Contender) -> None:
        """A link has come so far that it can be decided about: now, or when the one before it was heard."""
        if not self.decides(link.identity):
            link.go_on()
            return
        claim = self._claims.setdefault(link.identity, Claim())
        if claim.link is None:
            self._decide(claim, link)
        else:
            claim.waiting.append(link)
            self._ask(claim)

    def opened(self, link: Contender) -> None:
        """The greeting of a link is over; an older one that the far hub has given up goes first."""
        claim = self._claims.setdefault(link.identity, Claim())
        older, claim.link, claim.is_open = claim.link, link, True
        if older is not None and older is not link:
            older.give_way()
        claim.asked = 0  # READY may be older than what waits, so it is asked all the same
        self._ask(claim)

    def answered(self, link: Contender, number: int) -> None:
        """The PONG came: the link is alive, and those that wait for its place are refused."""
        claim = self._asked(link, number)
        if claim is not None:
            claim.asked = 0
            waiting, claim.waiting = claim.waiting, []
            for each in waiting:
                each.refuse()

    def overdue(self, link: Contender, number: int) -> None:
        """The time for a sign of life is over."""
        claim = self._asked(link, number)
        if claim is not None:
            claim.link = None
            link.give_way()
            self._next(link.identity, claim)

    def lost(self, link: Contender) -> None:
        """A link is closed; it may be one that was never told of."""
        claim = self._claims.get(link.identity)
        if claim is None:
            return
        if link in claim.waiting:
            claim.waiting.remove(link)
        elif claim.link is link:
            claim.link = None
            self._next(link.identity, claim)

    def _asked(self, link: Contender, number: int) -> Claim | None:
        claim = self._claims.get(link.identity)
        return claim if claim is not None and claim.link is link and claim.asked == number else None

    def _decide(self, claim: Claim, link: Contender) -> None:
        claim.link, claim.is_open, claim.asked = link, False, 0
        link.go_on()
        self._ask(claim)

    def _next(self, far: Identity, claim: Claim) -> None:
        if claim.waiting:
            self._decide(claim, claim.waiting.pop(0))
        else:
            del self._claims[far]

    def _ask(self, claim: Claim) -> None:
        """Ask the link that is there, once, if others wait for its place."""
        if claim.link is not None and claim.waiting and not claim.asked:
            self._questions += 1
            claim.asked = self._questions
            claim.link.ask(claim.asked, claim.is_open)
