"""Publishes a report each second: python publisher.py [HUB]."""

import sys
from datetime import UTC, datetime
from random import random

from twisted.internet import task
from twisted.internet.defer import Deferred

from exchange import Exchange, Service


class Seed(Service):
    """Publishes when it was started, and then something new each second."""

    name = "SEED"

    def __init__(self) -> None:
        self.count = 0

    def prepare(self) -> None:
        # Kept for ever: whoever subscribes later gets it too.
        self.publish("init", {"time": datetime.now(UTC)}, lifetime=-1)
        self.call_every(1, self.next)

    def next(self) -> None:
        # Not kept: for those who listen now.
        self.count += 1
        self.publish("next", {"time": datetime.now(UTC), "count": self.count, "value": random()})


def main(reactor, hub="tcp:localhost:11111"):
    exchange = Exchange(reactor)
    exchange.add(Seed())
    exchange.connect(hub)
    exchange.startService()
    reactor.addSystemEventTrigger("before", "shutdown", exchange.stopService)
    return Deferred()  # until Ctrl-C


if __name__ == "__main__":
    task.react(main, sys.argv[1:])
