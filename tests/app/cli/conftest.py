"""Fixtures of the tests of the `exchange` command: a real hub with services, and verbs that run at it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pytest
import pytest_twisted
from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.python.failure import Failure

from exchange import CallError, Exchange, Hub, Service, method
from exchange.app.cli.main import main
from exchange.app.cli.running import Run


class Ended(NamedTuple):
    """How a verb ended, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of its standard output."""
        return self.out.splitlines()


class Math(Service):
    """Arithmetic for the shop floor."""

    name = "math"
    groups = ("web-services", "plant")

    @method
    def multiply(self, x: int, y: int = 1) -> int:
        """Return the product of two numbers."""
        return x * y

    @method
    def echo(self, *args: Any, **kwargs: Any) -> Any:
        """Return what came."""
        return [list(args), kwargs] if kwargs or len(args) != 1 else args[0]

    @method
    def divide(self, x: float, y: float) -> float:
        """Return the quotient.

        There is none if y is 0.
        """
        return x / y

    @method
    def refuse(self) -> None:
        """Refuse, with words that command a terminal."""
        raise CallError("out of stock \x1b[2J", number=1001, origin="shop", delivered=True)


class Other(Service):
    """Is there twice."""

    name = "plant.press"

    def __init__(self, number: int) -> None:
        self.number = number

    @method
    def which(self) -> int:
        """Return which of the two this is."""
        if self.number == 2:
            raise ValueError("no")
        return self.number


@pytest.fixture(autouse=True)
def _own_folder_for_contexts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody's contexts get into the tests, nor a terminal."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture
def verb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run verbs in this process; see `Command`."""
    monkeypatch.setattr(Run, "to_end", _to_end)
    return Command(capsys)


class Command:
    """Runs verbs: ``await verb("groups", "-o", "json")`` gives how it ended and what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._printed = ("", "")

    def __call__(self, *words: str) -> Deferred[Ended]:
        """Run a verb to its end."""
        self._capsys.readouterr()
        self._printed = ("", "")
        self._running = Verb(words)
        return self._running.status.addCallback(self._ended)

    def interrupt(self) -> None:
        """Do what Ctrl-C does."""
        self._running.begun.cancel()

    async def printed(self, text: str) -> None:
        """Return when the verb that runs has printed ``text``."""
        while text not in self._look()[0]:
            await deferLater(reactor, 0.01)

    def _look(self) -> tuple[str, str]:
        out, err = self._capsys.readouterr()
        self._printed = (self._printed[0] + out, self._printed[1] + err)
        return self._printed

    def _ended(self, status: int | None) -> Ended:
        return Ended(-1 if status is None else int(status), *self._look())


class Verb:
    """A verb that runs: it waits for what it has begun while the reactor goes on."""

    running: ClassVar[dict[Any, Verb]] = {}

    def __init__(self, words: Sequence[str]) -> None:
        self.status: Deferred[Any] = Deferred()
        self.begun: Deferred[Any] = Deferred()
        self._words = words
        self._greenlet = greenlet(self._run)
        self.running[self._greenlet] = self
        self._greenlet.switch()

    def _run(self) -> None:
        try:
            self.status.callback(main(self._words))
        except SystemExit as ended:
            self.status.callback(ended.code)
        except BaseException:
            self.status.errback(Failure())
        finally:
            del self.running[self._greenlet]


def _to_end(run: Run[Any]) -> Any:
    """Return what comes of the work of a verb; in place of running the reactor, which runs."""
    verb = getcurrent()
    begun = Verb.running[verb].begun = run._begin()
    outcome: list[Any] = []

    def end(result: Any) -> None:
        outcome.append(result)
        if getcurrent() is not verb:
            verb.switch()

    begun.addBoth(end)
    if not outcome:
        verb.parent.switch()
    if isinstance(outcome[0], Failure):
        outcome[0].raiseException()
    return outcome[0]


class Place(NamedTuple):
    """A hub that runs in this process, and what is linked with it.

    Attributes:
        at: The endpoint to dial.
        peer: Has the services.
    """

    hub: Hub
    at: str
    peer: Exchange

    async def shows(self, name: str, count: int) -> None:
        """Return when the hub knows so many instances of a name."""
        while len(self.hub.instances(name)) != count:
            await deferLater(reactor, 0.005)


@pytest_twisted.async_yield_fixture(scope="module")
async def place() -> AsyncIterator[Place]:
    """A hub with the services ``math`` and, twice, ``plant.press``; all tests of a module share it."""
    hub = Hub(reactor, "rome")
    listener = hub.listen("tcp:0:interface=127.0.0.1")
    hub.startService()
    address: Any = (await listener.when_listening()).getHost()
    peer = Exchange(reactor)
    for service in (Math(), Other(1), Other(2)):
        peer.add(service)
    peer.connect(f"tcp:127.0.0.1:{address.port}")
    peer.startService()
    await peer.when_linked()
    yield Place(hub, f"tcp:127.0.0.1:{address.port}", peer)
    await peer.stopService()
    await hub.stopService()


@pytest.fixture
def hub(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The same, as the hub that verbs dial if nothing else is said."""
    monkeypatch.setitem(os.environ, "EXCHANGE_HUB", place.at)
    return place


class Caller(Service):
    """Calls ``math`` when it is asked to, and hears of it."""

    name = "shop"

    @method
    async def price(self, amount: int) -> int:
        """Return what so many cost."""
        product: int = await self.exchange.call("math", "multiply", amount, 3)
        return product


class Mesh(NamedTuple):
    """Two hubs that are linked, and what is linked with them.

    Attributes:
        rome, paris: The endpoints to dial.
        math, shop: The peers with the services of these names, ``math`` at paris and ``shop`` at rome.
    """

    hubs: tuple[Hub, Hub]
    rome: str
    paris: str
    math: Exchange
    shop: Exchange


async def started_hub(name: str, at: str = "tcp:127.0.0.1:0", **settings: Any) -> tuple[Hub, str]:
    """Return a hub that listens, at a free port unless it is told where, and the endpoint to dial."""
    hub = Hub(reactor, name, **settings)
    listener = hub.listen(f"tcp:{at.rpartition(':')[2]}:interface=127.0.0.1")
    hub.startService()
    address: Any = (await listener.when_listening()).getHost()
    return hub, f"tcp:127.0.0.1:{address.port}"


async def started_peer(at: str, *services: Service) -> Exchange:
    """Return a peer that is linked with a hub and offers services."""
    peer = Exchange(reactor)
    for service in services:
        peer.add(service)
    peer.connect(at)
    peer.startService()
    await peer.when_linked()
    return peer


@pytest_twisted.async_yield_fixture(scope="module")
async def mesh() -> AsyncIterator[Mesh]:
    """Two hubs, rome and paris, with a service each, of which one has called the other; a module shares it."""
    rome, at_rome = await started_hub("rome")
    paris, at_paris = await started_hub("paris")
    paris.join(at_rome)
    await paris.when_linked()
    math, shop = await started_peer(at_paris, Math()), await started_peer(at_rome, Caller())
    for amount in range(3):
        await shop.call("math", "multiply", amount, wait=5)
    yield Mesh((rome, paris), at_rome, at_paris, math, shop)
    for exchange in (math, shop, paris, rome):
        await exchange.stopService()


@pytest_twisted.async_yield_fixture
async def other(place: Place) -> AsyncIterator[Exchange]:
    """Another process at the hub, of one test; it has no services yet."""
    exchange = Exchange(reactor)
    exchange.connect(place.at)
    exchange.startService()
    await exchange.when_linked()
    yield exchange
    await exchange.stopService()
