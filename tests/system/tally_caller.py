"""Makes calls all the time, each with a number of its own, and tells at the end what came of them.

    python tally_caller.py FIRST PAUSE HUB ...

It says "calling" when the first call was answered. After each answer it pauses for so many
seconds before it makes another call in its place. A line on its standard input, or its end,
makes it stop when the last call has ended; then it says in one line of JSON how many calls
gave a result, and for each that failed its number, the kind of the failure and ``delivered``.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from twisted.internet import stdio, task
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.protocol import Protocol
from twisted.internet.task import deferLater

from exchange import CallError, Exchange, back_off

OUTSTANDING = 8
"""Calls that wait for their answers at any time."""

STEP = 100
"""How far apart the numbers of two callers are which begin one after the other."""


class Caller(Protocol):
    """Calls until its standard input says that it is enough."""

    def __init__(self, exchange: Exchange, first: int, pause: float) -> None:
        self._exchange = exchange
        self._next = first
        self._pause = pause
        self._is_enough = False
        self.done = 0
        self.failed: list[tuple[int, str, bool | None]] = []

    def dataReceived(self, data: bytes) -> None:
        self._is_enough = True

    def connectionLost(self, reason: Any = None) -> None:
        self._is_enough = True

    async def call_on(self) -> None:
        """Make one call after the other."""
        while not self._is_enough:
            token, self._next = self._next, self._next + STEP
            try:
                result = await self._exchange.call("tally", "count", token)
                assert result == token
                self.done += 1
                if self.done == 1:
                    print("calling", flush=True)
                await self._rest(self._pause)
            except CallError as error:
                self.failed.append((token, type(error).__name__, error.delivered))
                await self._rest(0.01)

    def _rest(self, seconds: float) -> Deferred[None]:
        return deferLater(self._exchange.reactor, seconds)


async def main(reactor: Any, first: str, pause: str, *hubs: str) -> None:
    exchange = Exchange(reactor, heartbeat=1, dead_after=3)
    exchange.connect(*hubs, retry=back_off(base=0.2, longest=1))
    exchange.startService()
    await exchange.when_linked()
    caller = Caller(exchange, int(first), float(pause))
    stdio.StandardIO(caller)
    await gatherResults([Deferred.fromCoroutine(caller.call_on()) for _ in range(OUTSTANDING)])
    print(json.dumps({"done": caller.done, "failed": caller.failed}), flush=True)
    await exchange.stopService()


if __name__ == "__main__":
    task.react(lambda reactor, *args: Deferred.fromCoroutine(main(reactor, *args)), sys.argv[1:])
