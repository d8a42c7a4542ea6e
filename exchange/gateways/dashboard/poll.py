"""The poll: while anybody looks, the hubs are asked once a second, for all who look together; large ones less often."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from exchange.gateways.dashboard.figures import Snapshot
from exchange.gateways.jsonrpc_writer import write_json

PAUSE = 1.0
"""Seconds between an answer and the next question, at least."""

MOST_A_SECOND = 250_000
"""Characters that are told in a second: where there is more to tell, it is asked for less often."""

Section = tuple[str, str]
"""A name, and what is said there, as JSON."""

Seen = Callable[[list[Section]], object]
"""Takes all sections."""


class Poll:
    """Asks for what the hubs tell, as long as somebody looks.

    Args:
        read: Asks once.
        clock: The reactor, or a clock in tests.
    """

    log = Logger()

    def __init__(self, read: Callable[[], Coroutine[Any, Any, Snapshot]], clock: Any) -> None:
        self._read = read
        self._clock = clock
        self._looking: dict[Seen, None] = {}
        self._once: list[Deferred[list[Section]]] = []
        self._asking: Deferred[None] | None = None
        self._timer: IDelayedCall | None = None
        self._last: list[Section] = []
        self._answered = 0.0

    def look(self, seen: Seen) -> None:
        """Show what is told to somebody, from now on: at first what was told last, if that was just now."""
        self._looking[seen] = None
        if self._is_fresh:
            seen(self._last)
        self._begin()

    def look_away(self, seen: Seen) -> None:
        """Show them nothing more; if nobody looks, nobody is asked."""
        self._looking.pop(seen, None)
        if not self._looking and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def once(self) -> Deferred[list[Section]]:
        """Return a Deferred of what is told now, or was within the last second."""
        answer: Deferred[list[Section]] = Deferred(self._wait_no_more)
        if self._is_fresh:
            answer.callback(self._last)
            return answer
        self._once.append(answer)
        self._begin()
        return answer

    @property
    def _is_fresh(self) -> bool:
        return bool(self._last) and 0 <= self._clock.seconds() - self._answered < PAUSE

    def _wait_no_more(self, answer: Deferred[list[Section]]) -> None:
        self._once = [each for each in self._once if each is not answer]

    def _begin(self) -> None:
        if self._asking is None and self._timer is None:
            self._ask()

    def _ask(self) -> None:
        self._timer = None
        self._asking = Deferred.fromCoroutine(self._asked())
        self._asking.addErrback(lambda failure: self.log.failure("what the hubs tell could not be read", failure))
        self._asking.addCallback(lambda _: self._go_on())

    async def _asked(self) -> None:
        snapshot = await self._read()
        self._last = [(name, write_json(said)) for name, said in snapshot.items()]
        self._answered = self._clock.seconds()
        waiting, self._once = self._once, []
        for answer in waiting:
            if not answer.called:  # they hung up meanwhile
                answer.callback(self._last)
        for seen in list(self._looking):
            seen(self._last)

    def _go_on(self) -> None:
        self._asking = None
        if self._looking or self._once:
            size = sum(len(text) for _, text in self._last)
            self._timer = self._clock.callLater(max(PAUSE, size / MOST_A_SECOND), self._ask)
