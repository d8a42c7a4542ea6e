"""Programs of the system tests of reports; they say what they do, line by line: python reporters.py WHAT HUB [MORE]."""

from __future__ import annotations

import sys
from typing import Any

from twisted.internet import task
from twisted.internet.defer import Deferred

from exchange import Exchange, Report, Service, back_off, method

LIFETIMES = {"for ever": -1.0, "a minute": 60.0, "not at all": 0.0, "a moment": 0.05}


class Keeper(Service):
    """Publishes one report with each lifetime, and one more each time it is asked."""

    name = "keeper"

    def __init__(self, who: str) -> None:
        self.who = who
        self.count = 0

    def prepare(self) -> None:
        for subject, lifetime in LIFETIMES.items():
            self.publish(f"kept {subject}", self.who, lifetime)
        self.publish("cleared", self.who, -1)
        self.publish("cleared", self.who, 0)

    @method
    def tell(self) -> int:
        self.count += 1
        self.publish("live", f"{self.who} {self.count}")
        return self.count


class Suspending(Service):
    """Answers three calls in the reverse of the order in which they came."""

    name = "suspending"

    def __init__(self) -> None:
        self.suspended: list[tuple[int, Deferred[int]]] = []

    @method
    def square(self, number: int) -> Deferred[int]:
        answer: Deferred[int] = Deferred()
        self.suspended.append((number, answer))
        if len(self.suspended) == 3:
            for each, waiting in reversed(self.suspended):
                self.exchange.reactor.callLater(0, waiting.callback, each * each)
        return answer


def linked(reactor: Any, hub: str) -> Exchange:
    """Return an exchange that dials quickly."""
    exchange = Exchange(reactor)
    exchange.connect(hub, retry=back_off(base=0.05, longest=0.2))
    exchange.startService()
    return exchange


async def publish(reactor: Any, hub: str, who: str) -> None:
    exchange = linked(reactor, hub)
    exchange.add(Keeper(who))
    await exchange.when_linked()
    print("publishes", flush=True)
    await Deferred()


async def subscribe(reactor: Any, hub: str) -> None:
    exchange = linked(reactor, hub)

    def seen(content: Any, report: Report) -> None:
        print(f"heard {report.subject}: {content}{' (kept)' if report.retained else ''}", flush=True)

    subscription = exchange.subscribe(
        "keeper", "*", seen, publishers=lambda change: print(f"{change.kind} {change.reason}.", flush=True)
    )
    await subscription.ready
    print("subscribed", flush=True)
    await Deferred()


async def ask(reactor: Any, hub: str) -> None:
    exchange = linked(reactor, hub)
    print(f"told {await exchange.call('keeper', 'tell', wait=20)}", flush=True)
    await exchange.stopService()


async def suspend(reactor: Any, hub: str) -> None:
    exchange = linked(reactor, hub)
    exchange.add(Suspending())
    await exchange.when_linked()
    print("suspends", flush=True)
    await Deferred()


async def squares(reactor: Any, hub: str) -> None:
    exchange = linked(reactor, hub)
    suspending = exchange.service("suspending", wait=20)
    answers = [suspending.square(number).addCallback(print) for number in (2, 3, 4)]
    for answer in answers:
        await answer
    await exchange.stopService()


PROGRAMS = {each.__name__: each for each in (publish, subscribe, ask, suspend, squares)}

if __name__ == "__main__":
    task.react(lambda reactor, name, *args: Deferred.fromCoroutine(PROGRAMS[name](reactor, *args)), sys.argv[1:])
