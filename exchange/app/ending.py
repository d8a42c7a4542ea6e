"""How a process ends: after SIGTERM in good order, which may take a while; else at once.

SIGTERM is what service managers and ``kill`` send. All parts are drained then, those
first that only ask: gateways, then whatever is linked to a hub, then the hub. Whoever presses Ctrl-C waits
at a terminal, so that SIGINT ends all parts at once, as a second signal of either kind does.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from enum import IntEnum
from types import FrameType
from typing import Any

from twisted.internet.defer import Deferred, DeferredList
from twisted.logger import Logger

Drain = Callable[[float], Deferred[Any]]
"""Ends one part in good order, within so many seconds."""

ENDING_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stage(IntEnum):
    """The order in which parts are drained."""

    GATEWAYS = 1
    PEERS = 2
    HUB = 3


class Ending:
    """The end of one process.

    Attributes:
        seconds: How long it may take to drain all parts.
    """

    log = Logger()

    def __init__(self, reactor: Any, seconds: float) -> None:
        self._reactor = reactor
        self.seconds = seconds
        self._drains: list[tuple[Stage, Drain]] = []
        self._before: dict[int, Any] = {}
        self._first: int | None = None
        self._is_hurried = False
        self._draining: Deferred[None] | None = None

    @property
    def is_ending(self) -> bool:
        """Whether the process is about to end."""
        return self._first is not None or self._draining is not None

    def add(self, stage: Stage, drain: Drain) -> None:
        """Drain one more part at the end."""
        self._drains.append((stage, drain))

    def heed_signals(self) -> None:
        """Have the reactor's answer to signals depend on which came; call it when the reactor runs."""
        for number in ENDING_SIGNALS:
            before = signal.getsignal(number)
            if callable(before):  # else it is ignored, as a shell has its programs in the background do
                self._before[number] = before
                signal.signal(number, self.received)

    def received(self, number: int, frame: FrameType | None = None) -> None:
        """Take a signal: the first stops the reactor, which asks for `drained`; the next ends that."""
        if self._first is None:
            self._first = number
            self._before[number](number, frame)
        else:
            self._reactor.callFromThread(self._hurry)

    def leave(self, seconds: float) -> None:
        """End as after SIGTERM, because somebody asked for it, and take so many seconds at most."""
        if self._first is None:
            self._first, self.seconds = signal.SIGTERM, seconds
            self._reactor.stop()

    def drained(self) -> Deferred[None]:
        """Return a Deferred that fires when all parts are drained; at once, unless SIGTERM is why we end."""
        seconds = self.seconds if self._first == signal.SIGTERM else 0.0
        self._draining = Deferred.fromCoroutine(self._drain(seconds) if seconds else _nothing())
        return self._draining

    async def _drain(self, seconds: float) -> None:
        text = "leaving in good order, for {seconds:g} seconds at most; a second signal ends it at once"
        self.log.info(text, seconds=seconds)
        until = self._reactor.seconds() + seconds
        for stage in Stage:
            left = max(0.0, until - self._reactor.seconds())
            parts = [] if self._is_hurried else [drain for each, drain in self._drains if each is stage]
            await DeferredList([drain(left) for drain in parts], consumeErrors=True)

    def _hurry(self) -> None:
        self._is_hurried = True
        if self._draining is not None:
            self._draining.cancel()


async def _nothing() -> None:
    """Take no time."""
