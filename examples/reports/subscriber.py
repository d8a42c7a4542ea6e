"""Prints the reports of the SEED service: python subscriber.py [HUB [PATTERN]]."""

import sys

from twisted.internet import task
from twisted.internet.defer import Deferred

from exchange import Exchange


def seen(content, report):
    kept = " (kept)" if report.retained else ""
    print(f"{report.subject} {report.number}{kept}: {content}")


def publishers(change):
    print(f"publisher {change.kind} {change.reason}".strip())


def main(reactor, hub="tcp:localhost:11111", pattern="*"):
    exchange = Exchange(reactor)
    exchange.connect(hub)
    exchange.startService()
    subscription = exchange.subscribe("SEED", pattern, seen, publishers=publishers)
    subscription.ready.addCallback(lambda _: print("subscribed"))
    reactor.addSystemEventTrigger("before", "shutdown", exchange.stopService)
    return Deferred()  # until Ctrl-C


if __name__ == "__main__":
    task.react(main, sys.argv[1:])
