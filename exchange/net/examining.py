"""Examining: one link's greeting while it is found out who the far end is.

A failure is told after a second. From an address with many failures, examinations begin late
and few at a time, so that guessing takes for ever; whoever knows the secret is let in still, if
need be at a later attempt, because others of the address may hold all places for a while.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from exchange.net.examination import Challenge, Denied, Examination, Granted, Verdict
from exchange.net.patience import after
from exchange.net.surroundings import counted_by
from exchange.strikes import MOST_KNOWN, Strikes
from exchange.wire.dialogue import MOST_ROUNDS, Dialogue

if TYPE_CHECKING:
    from exchange.net.link import LinkProtocol

DELAY = 1.0
"""Seconds before a failure is told, and before an address with many failures is examined."""

FORGIVES_EVERY = 60.0
"""Seconds; more often the failures of one address are not forgiven, or whoever has a password could guess others."""

MOST_AT_ONCE = 4
"""Examinations under way for an address with many failures."""


class Doubts:
    """What a hub remembers of those who failed to prove who they are, by address."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.strikes = Strikes(clock)
        self._clock = clock
        self._forgiven: dict[bytes, float] = {}
        self._under_way: dict[bytes, int] = {}

    def are_too_many(self, address: bytes) -> bool:
        """Whether no further examination may begin for an address now."""
        return self.strikes.are_many(address) and self._under_way.get(address, 0) >= MOST_AT_ONCE

    def forgive(self, address: bytes) -> None:
        """Somebody of an address has proved who they are: its failures are forgotten, unless others were of late."""
        now = self._clock()
        if now - self._forgiven.get(address, -FORGIVES_EVERY) >= FORGIVES_EVERY and self.strikes.forgive(address):
            self._forgiven.pop(address, None)
            self._forgiven[address] = now
            if len(self._forgiven) > MOST_KNOWN:
                del self._forgiven[next(iter(self._forgiven))]

    def change(self, address: bytes, by: int) -> None:
        """An examination has begun, or is over."""
        count = self._under_way.pop(address, 0) + by
        if count:
            self._under_way[address] = count


class Examining:
    """The examination of one link.

    Args:
        granted: Is called with the principal, if there is one in the end.
    """

    log = Logger()

    def __init__(
        self,
        link: LinkProtocol,
        dialogue: Dialogue,
        examination: Examination,
        doubts: Doubts,
        granted: Callable[[str], None],
    ) -> None:
        self._link = link
        self._dialogue = dialogue
        self._examination = examination
        self._doubts = doubts
        self._address = counted_by(link.address)
        self._granted = granted
        self._rounds = 0
        self._is_thinking = False
        self._is_under_way = False

    def begin(self) -> None:
        """Begin, or end at once if too many of this address are examined."""
        if self._doubts.are_too_many(self._address):
            self._dialogue.bye("greeting", "too many failures from your address; dial again later")
            return
        self._doubts.change(self._address, 1)
        self._is_under_way = True
        self._link.closed.addCallback(lambda _: self._end())
        if self._doubts.strikes.are_many(self._address):
            self._is_thinking = True
            after(self._link, DELAY, self._resume, None)
        else:
            self._step(None)

    def go_on(self) -> None:
        """The far end may have told something."""
        if not self._is_thinking:
            told = self._dialogue.take_told()
            if told is not None:
                self._step(told)

    def _resume(self, told: bytes | None) -> None:
        self._is_thinking = False
        if self._dialogue.awaits_answer:  # else it has ended in the meantime
            self._step(told)
            self._link.settle()

    def _step(self, told: bytes | None) -> None:
        verdict = self._examination.step(told)
        if not isinstance(verdict, Deferred):
            self._conclude(verdict)
            return
        self._is_thinking = True
        verdict.addErrback(self._broken).addCallback(self._concluded)

    def _broken(self, failure: Failure) -> Verdict:
        self.log.failure("who a far end is could not be found out; it was not let in", failure)
        return Denied()

    def _concluded(self, verdict: Verdict) -> None:
        self._is_thinking = False
        if self._dialogue.awaits_answer:
            self._conclude(verdict)
            self._link.settle()

    def _conclude(self, verdict: Verdict) -> None:
        if isinstance(verdict, Granted):
            self._end()
            self._doubts.forgive(self._address)
            self._granted(verdict.principal)
        elif isinstance(verdict, Challenge) and self._rounds < MOST_ROUNDS:
            self._rounds += 1
            self._dialogue.challenge(verdict.data)
        else:
            self._is_thinking = True
            self._doubts.strikes.add(self._address)
            text = verdict.text if isinstance(verdict, Denied) else "this mechanism asks more than there is room for"
            after(self._link, DELAY, self._deny, text)

    def _end(self) -> None:
        if self._is_under_way:
            self._is_under_way = False
            self._doubts.change(self._address, -1)

    def _deny(self, text: str) -> None:
        self._dialogue.bye("denied", text)
        self._link.settle()
