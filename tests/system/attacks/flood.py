"""Programs of the test of slow readers: python flood.py HUB flood|read|ask [OVERFLOW]."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import Any

from twisted.internet import task
from twisted.internet.defer import Deferred

from exchange import Exchange, Overloaded, Report, Service, method

EVERY = 0.005
"""Seconds between two bursts."""

BURST = 20
LARGE = "x" * 2_000
KEPT = 10
"""Subjects on which the last report is kept."""


class Flood(Service):
    """Publishes some eight megabytes a second until it is told to halt; some of it is kept."""

    name = "flood"

    def __init__(self) -> None:
        self.count = 0
        self.kept: dict[str, int] = {}

    def prepare(self) -> None:
        self.timer = self.call_every(EVERY, self.burst)

    def burst(self) -> None:
        for _ in range(BURST):
            self.count += 1
            self.publish("live", [self.count, LARGE])
            if self.count % 7 == 0:
                subject = f"kept {self.count % KEPT}"
                self.kept[subject] = self.count
                self.publish(subject, [self.count, LARGE], -1)
        if self.count % 1_000 == 0:
            print(f"published {self.count}.", flush=True)

    @method
    def halt(self) -> tuple[int, dict[str, int]]:
        """Publish no more; return the last number, and what is kept."""
        self.timer.cancel()
        return self.count, self.kept


class Reader(Service):
    """Reads the flood, and tells what it has heard."""

    name = "reader"

    def __init__(self) -> None:
        self.last: dict[str, int] = {}
        self.missed = 0
        self.told: list[int] = []

    def seen(self, content: Any, report: Report) -> None:
        self.last[report.subject] = content[0]
        self.missed += report.skipped

    @method
    def held(self) -> tuple[dict[str, int], int, list[int]]:
        """Return the last of each subject, how many were missed, and how many a link said that it left out."""
        return self.last, self.missed, self.told


async def run(reactor: Any, hub: str, what: str, *overflow: str) -> None:
    exchange = Exchange(reactor)
    exchange.connect(hub)
    exchange.startService()
    if what == "ask":
        await ask(reactor, exchange)
        return
    if what == "read":
        reader = Reader()
        exchange.add(reader)
        exchange.subscribe("flood", "*", reader.seen, overflow[0], skipped=reader.told.append)
    else:
        exchange.add(Flood())
    await exchange.when_linked()
    print("linked.", flush=True)
    await Deferred()


async def ask(reactor: Any, exchange: Exchange) -> None:
    """Halt the flood, and say what the reader holds once it was told what it missed."""
    print("halted", json.dumps(await exchange.call("flood", "halt", wait=5)), flush=True)
    while True:
        with suppress(Overloaded):  # its link is refused calls until it has drained
            held = await exchange.call("reader", "held", wait=5, timeout=60)
            if held[2]:
                break
        await task.deferLater(reactor, 0.05)
    print("held", json.dumps(held), flush=True)


if __name__ == "__main__":
    task.react(run, sys.argv[1:])
