"""A process of the stories with many hubs: it offers, watches and hears, and does what its standard input says.

    python member.py NAME HUB ...

It offers a service of its name, and says line by line what becomes of all services and of
its links. `Orders` has what it can be told; each answer is a line.
"""

from __future__ import annotations

import sys
from typing import Any

from twisted.internet import stdio, task
from twisted.internet.defer import Deferred
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure

from exchange import Exchange, LinkChange, PresenceChange, Report, Service, back_off, method

HEARTBEAT, DEAD_AFTER = 1.0, 3.0


def say(*words: object) -> None:
    print(*words, flush=True)


class Named(Service):
    """Says who it is, never answers, or tells all who listen."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    @method
    def who(self) -> str:
        return self.name

    @method
    def never(self) -> Deferred[None]:
        say("asked")
        return Deferred(lambda _: say("cancelled"))

    @method
    def tell(self, text: str) -> None:
        self.publish("news", text, -1)


class Orders(LineReceiver):
    """What this process can be told: each order is a method, its words are the arguments."""

    delimiter = b"\n"

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._watch = exchange.watch(changed=self._changed)
        exchange.watch_links(self._link_changed)

    def lineReceived(self, line: bytes) -> None:
        name, *words = line.decode().split()
        getattr(self, name)(*words)

    def call(self, service: str, name: str, *args: str) -> None:
        """Call a method; say its result, or the failure and whether it was delivered."""
        answer = self._exchange.call(service, name, *args, timeout=60)
        answer.addCallbacks(
            lambda result: say("result", service, name, result), self._failed, errbackArgs=(service, name)
        )

    def calls(self, number: str, *words: str) -> None:
        """Make so many of one call."""
        for _ in range(int(number)):
            self.call(*words)

    def hear(self, service: str) -> None:
        """Say each report of a service."""

        def heard(content: Any, report: Report) -> None:
            say("heard", report.name, report.subject, content, "(kept)" if report.retained else "(live)")

        self._exchange.subscribe(service, "*", heard).ready.addCallback(lambda _: say("hears", service))

    def list(self) -> None:
        """Say the names of all instances that are known, one as often as it is there."""
        say("knows", *sorted(each.name for each in self._watch.instances))

    def _failed(self, failure: Failure, service: str, name: str) -> None:
        error: Any = failure.value
        say("failed", service, name, type(error).__name__, f"delivered={getattr(error, 'delivered', '?')}")

    def _changed(self, change: PresenceChange) -> None:
        doubt = "suspected" if change.instance.suspected else ""
        say(change.kind, change.instance.name, change.reason or doubt)

    def _link_changed(self, change: LinkChange) -> None:
        say("linked" if change.is_open else "unlinked", change.there)


async def main(reactor: Any, name: str, *hubs: str) -> None:
    exchange = Exchange(reactor, heartbeat=HEARTBEAT, dead_after=DEAD_AFTER)
    exchange.add(Named(name))
    exchange.connect(*hubs, retry=back_off(base=0.2, longest=1))
    stdio.StandardIO(Orders(exchange))
    exchange.startService()
    await exchange.when_linked()
    say("ready")
    await Deferred()


if __name__ == "__main__":
    task.react(lambda reactor, *args: Deferred.fromCoroutine(main(reactor, *args)), sys.argv[1:])
