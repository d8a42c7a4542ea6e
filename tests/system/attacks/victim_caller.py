"""A caller that must notice nothing of an attack, in a process of its own so that it measures nobody else.

    python victim_caller.py HUB [CREDENTIALS]

It calls all the time, one call after the other, and looks at every answer. Each line of its
standard input is a number, and ends a phase when that has had so many calls: it says in one
line of JSON what came of them.
"""

from __future__ import annotations

import json
import sys
import time
from statistics import median
from typing import Any

from twisted.internet import stdio, task
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol
from twisted.internet.task import deferLater

from exchange import CallError, Exchange, back_off
from exchange.app.credentials import CredentialsFile

PAUSE = 0.001
WINDOW = 100
"""Calls of which the slowest but one counts: their p99."""


class Caller(Protocol):
    """Calls until the process ends."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._took: list[float] = []
        self._wrong: list[str] = []
        self._enough = 0
        self.unlinked = 0

    def dataReceived(self, data: bytes) -> None:
        """The phase shall be over soon."""
        self._enough = int(data)

    def _end_phase(self) -> None:
        self._enough = 0
        took, self._took = self._took, []
        wrong, self._wrong = self._wrong, []
        windows = [sorted(took[at : at + WINDOW]) for at in range(0, len(took) - WINDOW + 1, WINDOW)]
        p99 = median(window[-2] for window in windows) if windows else max(took, default=0)
        told = {"calls": len(took), "p50": median(took) if took else 0, "p99": p99, "slowest": max(took, default=0)}
        print(json.dumps({**told, "wrong": wrong[:5], "unlinked": self.unlinked}), flush=True)

    async def call_on(self) -> None:
        """Make one call after the other."""
        number = 0
        while True:
            number += 1
            begun = time.perf_counter()
            try:
                result = await self._exchange.call("victim", "multiply", number, 7, timeout=20)
                if result != number * 7:
                    self._wrong.append(f"{number} * 7 is not {result}")
            except CallError as error:
                self._wrong.append(repr(error))
            self._took.append(time.perf_counter() - begun)
            if 0 < self._enough <= len(self._took):
                self._end_phase()
            await deferLater(self._exchange.reactor, PAUSE)


async def main(reactor: Any, hub: str, *files: str) -> None:
    credentials = [CredentialsFile(file, "CREDENTIALS").read() for file in files]
    exchange = Exchange(reactor, credentials=credentials[0] if credentials else None)
    caller = Caller(exchange)

    def changed(change: Any) -> None:
        caller.unlinked += not change.is_open

    exchange.connect(hub, retry=back_off(base=0.1, longest=0.5))
    exchange.watch_links(changed)
    exchange.startService()
    await exchange.when_linked()
    stdio.StandardIO(caller)
    print("victim", exchange.identity.hex(), flush=True)
    await Deferred.fromCoroutine(caller.call_on())


if __name__ == "__main__":
    task.react(lambda reactor, *args: Deferred.fromCoroutine(main(reactor, *args)), sys.argv[1:])
