"""One process of the soak: ``python -m tests.soak.parts ROLE NAME FOLDER PORT ...``.

The folder has certificates and tokens, and takes the notes of those that note something. A
line on standard input is an order, answered by one line of JSON: ``look``, and ``stop``, after
which nothing new is begun.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from twisted.internet import stdio, task
from twisted.internet.defer import CancelledError, Deferred, gatherResults
from twisted.internet.task import LoopingCall, deferLater
from twisted.protocols.basic import LineReceiver

from exchange import CallError, Exchange, Hub, Report, Service, Tls, Token, TokenAuthenticator, back_off, method

HEARTBEAT, DEAD_AFTER = 1.0, 3.0
RETRY = back_off(base=0.2, longest=1)
OUTSTANDING = 6
"""Calls of one caller that wait for their answers at any time."""

BREATH = 0.01
TIMEOUT = 8.0
LARGE = 100_000
SUBJECTS = 20
EVERY = 0.02
"""Seconds between two reports of a board."""


def say(told: Any) -> None:
    """Answer an order, or say that the part is ready."""
    print(json.dumps(told), flush=True)


class Part(LineReceiver):
    """What all parts have: an exchange, and orders."""

    delimiter = b"\n"
    exchange: Exchange

    def __init__(self, reactor: Any, name: str, folder: Path, ports: list[int]) -> None:
        self.reactor = reactor
        self.name = name
        self.folder = folder
        self.hubs = [f"tcp:localhost:{port}" for port in ports]

    def lineReceived(self, line: bytes) -> None:
        """Do what the order says, and tell what comes of it."""
        said = getattr(self, line.decode())()
        if isinstance(said, Deferred):
            said.addCallback(say)
        else:
            say(said)

    def connectionLost(self, reason: Any = None) -> None:
        """Whoever gives the orders is gone."""
        if self.reactor.running:
            self.reactor.stop()

    def token(self) -> Token:
        """Return the credentials of this part."""
        secret = (self.folder / "tokens").read_text().split(f"{self.name}:")[1].split()[0]
        return Token(self.name, secret)

    async def start(self) -> None:
        """Link, and begin."""
        tls = Tls(authority=self.folder / "authority.pem")
        self.exchange = Exchange(
            self.reactor, heartbeat=HEARTBEAT, dead_after=DEAD_AFTER, credentials=self.token(), tls=tls
        )
        self.exchange.connect(*self.hubs, retry=RETRY)
        self.begin()
        self.exchange.startService()
        await self.exchange.when_linked()

    def begin(self) -> None:
        """Do what is done before the exchange links."""

    def look(self) -> Any:
        """Return what this part can tell of itself."""
        return {"links": len(self.exchange._links.attached)}

    def stop(self) -> Any:
        """Begin nothing new."""
        return self.look()


class HubPart(Part):
    """A hub of the mesh: listens at the first port, joins the others."""

    async def start(self) -> None:
        """Listen, and join."""
        tls = Tls(self.folder / "hub.pem", self.folder / "hub-key.pem", self.folder / "authority.pem", insists=False)
        asks = TokenAuthenticator(self.folder / "tokens", self.reactor.seconds)
        hub = Hub(
            self.reactor,
            self.name,
            heartbeat=HEARTBEAT,
            dead_after=DEAD_AFTER,
            credentials=self.token(),
            tls=tls,
            authenticators=[asks],
            hubs=["hub-*"],
        )
        own, *others = self.hubs
        hub.listen(own.replace("localhost:", "") + ":interface=127.0.0.1")
        for other in others:
            hub.join(other, retry=RETRY)
        self.exchange = hub
        hub.startService()

    def look(self) -> Any:
        """Return what it owes, and how many links it has."""
        switch = self.exchange._switch
        return {"owed": len(switch.debts.owed), "links": len(self.exchange._links)}


class Tally(Service):
    """Notes each call that ran, before anything else."""

    name = "tally"

    def __init__(self, part: Part) -> None:
        super().__init__()
        self._reactor = part.reactor
        self._book = (part.folder / f"{os.getpid()}.ran").open("a", buffering=1)

    @method
    def count(self, token: str) -> str:
        self._book.write(f"{token}\n")
        return token

    @method
    async def slow(self, token: str) -> str:
        self._book.write(f"{token}\n")
        await deferLater(self._reactor, 1.0)
        return token

    @method
    def fail(self, token: str) -> None:
        self._book.write(f"{token}\n")
        raise ValueError("as it was asked to")

    @method
    def large(self, token: str, content: bytes) -> bytes:
        self._book.write(f"{token}\n")
        return content


class TallyPart(Part):
    """Offers a tally."""

    def begin(self) -> None:
        """Offer it."""
        self.exchange.add(Tally(self))


class BoardPart(Part):
    """Publishes what is kept, and what is not, all the time."""

    def begin(self) -> None:
        """Offer the board, and publish."""
        self._board = Service()
        self._board.name = self.name
        self._said: dict[str, list[int]] = {}
        self._number = 0
        self.exchange.add(self._board)
        self._publishing = LoopingCall(self._publish)
        self._publishing.clock = self.reactor
        self._publishing.start(EVERY)

    def _publish(self) -> None:
        self._number += 1
        subject = f"state.{self._number % SUBJECTS}"
        self._said[subject] = [os.getpid(), self._number]
        self._board.publish(subject, self._said[subject], -1)
        self._board.publish("tick", self._number)

    def stop(self) -> Any:
        """Publish no more; return what is kept now."""
        if self._publishing.running:
            self._publishing.stop()
        return self._said


class ReaderPart(Part):
    """Hears what is kept, and looks at who is there."""

    def begin(self) -> None:
        """Subscribe to all boards, and watch."""
        self.kept: dict[str, Any] = {}
        self.heard = 0
        self._watch = self.exchange.watch()
        for board in ("board-1", "board-2"):
            self.exchange.subscribe(board, "*", self._hear)

    def _hear(self, content: Any, report: Report) -> None:
        self.heard += 1
        if report.subject != "tick":
            self.kept[f"{report.name} {report.subject}"] = content

    def look(self) -> Any:
        """Return what is kept as far as it was heard, and who is there."""
        return {"kept": self.kept, "there": sorted(each.name for each in self._watch.instances), "heard": self.heard}


class CallerPart(ReaderPart):
    """Calls of all kinds, each with a token of its own, and notes the beginning and the end of each."""

    def begin(self) -> None:
        """Call, once linked."""
        super().begin()
        self._book = (self.folder / f"{os.getpid()}.calls").open("a", buffering=1)
        self._number = 0
        self._is_over = False
        self.ends: Counter[str] = Counter()
        calling = [Deferred.fromCoroutine(self._call_on()) for _ in range(OUTSTANDING)]
        self._calling: Deferred[Any] = gatherResults(calling)

    def stop(self) -> Any:
        """Begin no more calls; return what came of all when the last has ended."""
        self._is_over = True
        return self._calling.addCallback(lambda _: self.ends)

    async def _call_on(self) -> None:
        await self.exchange.when_linked()
        while not self._is_over:
            self._number += 1
            token = f"{os.getpid()}-{self._number}"
            self._book.write(f"{token} begins\n")
            end = await self._end_of(token, self._number)
            self._book.write(f"{token} {end}\n")
            self.ends[end] += 1
            await deferLater(self.reactor, BREATH)

    async def _end_of(self, token: str, number: int) -> str:
        try:
            await self._made(token, number)
        except CallError as error:
            return f"{type(error).__name__} {error.delivered}"
        except CancelledError:
            return "cancelled None"
        return "done True"

    def _made(self, token: str, number: int) -> Deferred[Any]:
        call, kind = self.exchange.call, number % 20
        if kind == 1:
            return call("tally", "fail", token, timeout=TIMEOUT)
        if kind == 2:
            return call("tally", "slow", token, timeout=0.3)
        if kind == 3:
            called = call("tally", "slow", token, timeout=TIMEOUT)
            self.reactor.callLater(0.05, called.cancel)
            return called
        if kind == 4:
            return call("tally", "large", token, bytes(LARGE), timeout=TIMEOUT)
        if kind == 5:
            return call("nobody", "count", token, timeout=TIMEOUT)
        if kind == 6:
            return call("tally", "nothing", token, timeout=TIMEOUT)
        return call("tally", "count", token, timeout=TIMEOUT)


ROLES: dict[str, type[Part]] = {
    "hub": HubPart,
    "tally": TallyPart,
    "board": BoardPart,
    "caller": CallerPart,
    "reader": ReaderPart,
}


async def main(reactor: Any, role: str, name: str, folder: str, *ports: str) -> None:
    part = ROLES[role](reactor, name, Path(folder), [int(port) for port in ports])
    await part.start()
    stdio.StandardIO(part)
    say("ready")
    await Deferred()


if __name__ == "__main__":
    task.react(lambda reactor, *args: Deferred.fromCoroutine(main(reactor, *args)), sys.argv[1:])
