"""A story is told in commands, and what comes of each is a transcript of the links.

Commands, several in a line with ``;`` between them::

    hub A                       peer p1 at A            peer p1 at A B
    hub A, heartbeat 100        peer p1 at A, heartbeat 1
    hub B in back               in1 and out1 are a bridge
    p1 adds math                p1 removes math
    p1 calls math.multiply 6 7  p1 cancels              sleepy wakes with "the sun"
    p1 watches                  3 seconds pass
    p1 is cut                   p1 is frozen            p1 is stalled           p1 is restored
    p1 stops                    p1 starts               A joins B               A and B join each other
    p1 drains                   p1 drains for 5 seconds
    feed publishes nyse.ibm 101         feed publishes nyse.ibm 101 for 60 seconds
    feed publishes nyse.ibm 101 for ever
    p1 subscribes to feed nyse.*        p1 subscribes no more

Arguments are JSON. A line ``p1 > A`` is a frame that arrived, ``p1 x A`` one that was lost on
its way, ``p1 closes`` the end of a connection, ``p1 has`` an outcome of a call, ``p1 sees`` what a watch was told,
``p1 hears`` a report.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from exchange import Bridge, CallError, Exchange, Hub, PresenceChange, Report, Service, Subscription, back_off
from exchange.memory import MemoryTransport, Moves, WayTo
from exchange.testing import Network, NetworkClock
from exchange.wire.reader import FrameReader
from tests.services.offered import Math, Sleepy
from tests.services.reporting import Feed
from tests.transcripts.rendering import Rendering

SERVICES: dict[str, Callable[[], Service]] = {"math": Math, "sleepy": Sleepy, "feed": Feed}
DELIVERED = {None: "delivered unknown", True: "delivered", False: "not delivered"}


class RecordedMoves(Moves):
    """The moves of a network; each is shown to ``look`` before it is made."""

    def __init__(self, clock: NetworkClock, look: Callable[[MemoryTransport], None]) -> None:
        super().__init__(clock)
        self._look = look

    def popleft(self) -> MemoryTransport:
        transport = super().popleft()
        self._look(transport)
        return transport


class RecordedNetwork(Network):
    """A network whose moves are recorded."""

    def __init__(self, look: Callable[[MemoryTransport], None]) -> None:
        super().__init__()
        self._moves = RecordedMoves(self.clock, look)

    def owner(self, transport: MemoryTransport) -> Exchange:
        """Return the exchange that one end of a connection is at."""
        return next(exchange for exchange, place in self._places.items() if transport in place.transports)


class Story:
    """Runs commands, and keeps the lines that come of them."""

    def __init__(self) -> None:
        self.network = RecordedNetwork(self._look)
        self._rendering = Rendering()
        self._exchanges: dict[str, Exchange] = {}
        self._services: dict[str, Service] = {}
        self._calls: dict[str, Deferred[Any]] = {}
        self._subscriptions: dict[str, Subscription] = {}
        self._readers: dict[MemoryTransport, FrameReader] = {}
        self._ends: dict[MemoryTransport, str] = {}
        self._lines: list[str] = []
        self._newest = ""

    def run(self, line: str) -> None:
        """Run the commands of a line.

        Raises:
            AssertionError: One of them is not known.
        """
        for command in line.split(";"):
            for pattern, act in COMMANDS.items():
                found = re.fullmatch(pattern, command.strip())
                if found:
                    act(self, *found.groups())
                    self.network.settle()
                    break
            else:
                raise AssertionError(f"no command is like {command.strip()!r}")

    def lines(self) -> list[str]:
        """Return what happened since the last time."""
        lines, self._lines = self._lines, []
        return lines

    # What commands do

    def hub(self, name: str, group: str | None, heartbeat: str | None) -> None:
        self._named(name, self.network.hub(name, group=group or "", **settings(heartbeat)))

    def peer(self, name: str, hubs: str, heartbeat: str | None) -> None:
        self._newest = name
        at = [hub for hub in map(self._exchanges.get, hubs.split()) if isinstance(hub, Hub)]
        self._named(name, self.network.peer(*at, group=at[0].group, **settings(heartbeat)))

    def bridge(self, inner: str, outer: str) -> None:
        Bridge(self._exchanges[inner], self._exchanges[outer])

    def adds(self, name: str, service: str) -> None:
        self._services[service] = SERVICES[service]()
        self._exchanges[name].add(self._services[service])

    def removes(self, name: str, service: str) -> None:
        self._exchanges[name].remove(self._services[service])

    def calls(self, name: str, service: str, method: str, args: str) -> None:
        given = json.loads(f"[{','.join(args.split())}]")
        self._calls[name] = answer = self._exchanges[name].call(service, method, *given)
        answer.addCallbacks(self._has, self._fails, callbackArgs=(name,), errbackArgs=(name,))

    def cancels(self, name: str) -> None:
        self._calls[name].cancel()

    def wakes(self, service: str, value: str) -> None:
        sleepy = self._services[service]
        assert isinstance(sleepy, Sleepy)
        sleepy.asleep.pop(0).callback(json.loads(value))

    def watches(self, name: str) -> None:
        def seen(change: PresenceChange) -> None:
            suspected = "and is suspected" if change.instance.suspected else ""
            words = (name, "sees", change.instance.name, change.kind, change.reason, suspected)
            self._lines.append(" ".join(filter(None, words)))

        self._exchanges[name].watch(changed=seen)

    def publishes(self, service: str, subject: str, content: str, ever: str | None, seconds: str | None) -> None:
        lifetime = -1 if ever else float(seconds or 0)
        self._services[service].publish(subject, json.loads(content), lifetime)

    def subscribes(self, name: str, service: str, pattern: str) -> None:
        def hears(content: Any, report: Report) -> None:
            kept = ", which was kept" if report.retained else ""
            skipped = f", {report.skipped} skipped" if report.skipped else ""
            self._lines.append(f"{name} hears {report.subject} {self._rendering.value(content)}{kept}{skipped}")

        subscription = self._exchanges[name].subscribe(service, pattern, hears)
        self._subscriptions[name] = subscription
        subscription.ready.addCallback(lambda _: self._lines.append(f"{name} is ready"))

    def subscribes_no_more(self, name: str) -> None:
        self._subscriptions[name].cancel()

    def passes(self, seconds: str) -> None:
        self.network.clock.advance(float(seconds))

    def trouble(self, name: str, what: str) -> None:
        network = self.network
        does = {"cut": network.cut, "frozen": network.freeze, "stalled": network.stall, "restored": network.restore}
        does[what](self._exchanges[name])

    def joins(self, name: str, other: str) -> None:
        hub, to = self._exchanges[name], self._exchanges[other]
        assert isinstance(hub, Hub)
        assert isinstance(to, Hub)
        self.network.join(hub, to)

    def join_each_other(self, name: str, other: str) -> None:
        hubs = self._exchanges[name], self._exchanges[other]
        for here, there in (hubs, reversed(hubs)):
            assert isinstance(here, Hub)
            way = WayTo(self.network._places[here], self.network._places[there])
            here.join(way, retry=back_off(chance=lambda: 0.0))

    def drains(self, name: str, seconds: str | None) -> None:
        drained = self._exchanges[name].drain(float(seconds or 30))
        drained.addCallback(lambda _: self._lines.append(f"{name} has drained"))

    def stops(self, name: str) -> None:
        self.network.stop(self._exchanges[name])

    def starts(self, name: str) -> None:
        self._exchanges[name].startService()

    # In here

    def _named(self, name: str, exchange: Exchange) -> None:
        self._exchanges[name] = exchange
        self._rendering.names[exchange.identity] = name

    def _has(self, value: Any, name: str) -> None:
        self._lines.append(f"{name} has {self._rendering.value(value)}")

    def _fails(self, failure: Failure, name: str) -> None:
        error = failure.value
        delivered = f", {DELIVERED[error.delivered]}" if isinstance(error, CallError) else ""
        self._lines.append(f"{name} has {type(error).__name__}{delivered}")

    def _look(self, transport: MemoryTransport) -> None:
        if transport.protocol is None or not transport.far.reading:
            return
        here, there = self._name_of(transport), self._name_of(transport.far)
        if transport._out:
            arrives = transport.far.protocol is not None and not transport.frozen
            reader = self._readers.setdefault(transport, FrameReader(1 << 24))
            for frame in reader.feed(transport._out[0]):
                way = f"{here} {'>' if arrives else 'x'} {there}"
                self._lines.append(f"{way:9}{self._rendering.frame(frame)}")
        elif not transport._out and transport.disconnecting:
            self._lines.append(f"{here} closes")

    def _name_of(self, end: MemoryTransport) -> str:
        """Return the name of the exchange at one end; a peer that is just being made has none yet."""
        if end not in self._ends:
            identity = self.network.owner(end).identity
            self._ends[end] = self._rendering.names.setdefault(identity, self._newest)
        return self._ends[end]


COMMANDS: dict[str, Callable[..., None]] = {
    r"hub (\w+)(?: in (\w+))?(?:, heartbeat (\d+))?": Story.hub,
    r"peer (\w+) at ([\w ]+)(?:, heartbeat (\d+))?": Story.peer,
    r"(\w+) and (\w+) are a bridge": Story.bridge,
    r"(\w+) adds (\w+)": Story.adds,
    r"(\w+) removes (\w+)": Story.removes,
    r"(\w+) calls (\w+)\.(\w+)((?: \S+)*)": Story.calls,
    r"(\w+) cancels": Story.cancels,
    r"(\w+) wakes with (.+)": Story.wakes,
    r"(\w+) watches": Story.watches,
    r"(\w+) publishes (\S+) (\S+)(?: for (?:(ever)|([\d.]+) seconds?))?": Story.publishes,
    r"(\w+) subscribes to (\w+) (\S+)": Story.subscribes,
    r"(\w+) subscribes no more": Story.subscribes_no_more,
    r"([\d.]+) seconds? pass(?:es)?": Story.passes,
    r"(\w+) is (cut|frozen|stalled|restored)": Story.trouble,
    r"(\w+) joins (\w+)": Story.joins,
    r"(\w+) and (\w+) join each other": Story.join_each_other,
    r"(\w+) drains(?: for ([\d.]+) seconds?)?": Story.drains,
    r"(\w+) stops": Story.stops,
    r"(\w+) starts": Story.starts,
}


def settings(heartbeat: str | None) -> dict[str, Any]:
    """Return the settings of an exchange that asks after so many seconds, and gives up after three times as many."""
    return {"heartbeat": float(heartbeat), "dead_after": 3 * float(heartbeat)} if heartbeat else {}


def told(text: str) -> str:
    """Return a transcript with what really comes of its commands."""
    story = Story()
    blocks = [_told(story, block) for block in text.strip("\n").split("\n\n")]
    story.network.close()
    return "\n\n".join(blocks) + "\n"


def _told(story: Story, block: str) -> str:
    commands, bar, _ = block.partition("\n----")
    if not bar:
        return block  # a remark
    for line in commands.splitlines():
        story.run(line)
    return "\n".join([commands, "----", *story.lines()])
