"""The turn: each link that was touched is written once, and soon.

A link that got frames while bytes were being read is written when the read is
over. One that got them from application code is written in the next round of the
reactor.
"""

from __future__ import annotations

from typing import Protocol

from twisted.internet.interfaces import IReactorTime


class Flushable(Protocol):
    """What can be touched."""

    def flush(self) -> None:
        """Write what is queued."""


class Turn:
    """The touched links of one exchange."""

    __slots__ = ("_clock", "_reading", "_scheduled", "_touched")

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._touched: list[Flushable] = []
        self._reading = False
        self._scheduled = False

    def touch(self, link: Flushable) -> None:
        """Have ``link`` written at the end of this read, or else in the next round."""
        self._touched.append(link)
        if not self._reading and not self._scheduled:
            self._scheduled = True
            self._clock.callLater(0, self._next_round)

    def begin(self) -> None:
        """A read begins."""
        self._reading = True

    def end(self) -> None:
        """A read is over: write what it touched."""
        self._reading = False
        self._flush()

    def _next_round(self) -> None:
        self._scheduled = False
        self._flush()

    def _flush(self) -> None:
        touched, self._touched = self._touched, []
        for link in touched:
            link.flush()
