"""A hub with services for callers from other worlds, as a program: ``python site.py PORT [GROUP]``."""

from __future__ import annotations

import sys
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred

from exchange import Hub, Service, method


class Math(Service):
    """Answers at once."""

    name = "math"
    groups = ["web-services"]

    @method
    def multiply(self, x: int, y: int) -> int:
        return x * y

    @method
    def divide(self, x: float, y: float) -> float:
        return x / y


class Sleepy(Service):
    """Answers never, and counts who waits, and who gave up."""

    name = "sleepy"

    def __init__(self) -> None:
        self.asleep = self.cancelled = 0

    @method
    def sleep(self) -> Deferred[Any]:
        self.asleep += 1
        return Deferred(self._cancel)

    @method
    def count_asleep(self) -> int:
        return self.asleep

    @method
    def count_cancelled(self) -> int:
        return self.cancelled

    def _cancel(self, sleeping: Deferred[Any]) -> None:
        self.asleep -= 1
        self.cancelled += 1


class Feed(Service):
    """Publishes what it is told to."""

    name = "feed"

    @method
    def tell(self, subject: str, contents: list[Any], lifetime: float = 0) -> None:
        for content in contents:
            self.publish(subject, content, lifetime)

    @method
    def count_subscribers(self) -> int:
        return len(self.subscribers())


class Extra(Service):
    """One of those that come and go."""

    groups = ["extras"]

    def __init__(self, name: str) -> None:
        self.name = name


class Stage(Service):
    """Has services come and go."""

    name = "stage"

    def __init__(self) -> None:
        self.extras: dict[str, Extra] = {}

    @method
    def enter(self, name: str) -> None:
        self.extras[name] = Extra(name)
        self.exchange.add(self.extras[name])

    @method(name="leave")
    def go(self, name: str) -> None:
        self.exchange.remove(self.extras.pop(name))


def serve(port: str, group: str = "") -> None:
    """Run a hub with all of them, until the end of the process."""
    hub = Hub(reactor, name="rome", group=group)
    for service in (Math(), Sleepy(), Feed(), Stage()):
        hub.add(service)
    hub.listen(f"tcp:{port}:interface=127.0.0.1")
    hub.startService()
    running: Any = reactor
    running.callWhenRunning(print, "serves", flush=True)
    running.run()


if __name__ == "__main__":
    serve(*sys.argv[1:])
