"""Links carried by uvloop's own transports: the same stories as over Twisted's, with real sockets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop
from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.defer import Deferred
from twisted.internet.epollreactor import EPollReactor
from twisted.internet.task import deferLater
from twisted.internet.tcp import Connection

from exchange import Exchange, Hub, Tls
from exchange.errors import CallError
from exchange.net.carrier import Carriage
from exchange.net.retry import constant
from exchange.wire.limits import MIB
from tests.net.authority import make_files
from tests.services.offered import Math, Sleepy

DRIVERS = {"twisted": EPollReactor, "uvloop": lambda: AsyncioSelectorReactor(uvloop.new_event_loop())}


class Site:
    """A hub, and peers at it, on a reactor of their own that runs as long as a story."""

    def __init__(self, driver: str) -> None:
        self.is_fast = driver == "uvloop"
        self.reactor: Any = DRIVERS[driver]()
        self._exchanges: list[Exchange] = []
        self.place = ""

    async def hub(self, listen: str = "tcp:0:interface=127.0.0.1", **settings: Any) -> Hub:
        hub = Hub(self.reactor, "rome", **settings)
        listener = hub.listen(listen)
        self._start(hub)
        port: Any = await listener.when_listening()
        self.place = f"tcp:127.0.0.1:{port.getHost().port}" if listen.startswith("tcp") else listen
        return hub

    async def peer(self, **settings: Any) -> Exchange:
        peer = Exchange(self.reactor, **settings)
        peer.connect(self.place, retry=constant(0.05))
        self._start(peer)
        await peer.when_linked()
        return peer

    def _start(self, exchange: Exchange) -> None:
        exchange.startService()
        self._exchanges.append(exchange)

    async def until(self, happened: Callable[[], Any]) -> None:
        while not happened():
            await deferLater(self.reactor, 0.01, lambda: None)

    def run(self, story: Callable[[], Any]) -> None:
        outcome: list[Any] = []

        async def tell() -> None:
            await story()
            for exchange in reversed(self._exchanges):
                await exchange.stopService()

        def end(result: Any) -> None:
            outcome.append(result)
            self.reactor.stop()

        def begin() -> None:
            Deferred.fromCoroutine(tell()).addTimeout(60, self.reactor).addBoth(end)

        self.reactor.callWhenRunning(begin)
        self.reactor.run(installSignalHandlers=False)
        if outcome[0] is not None:
            outcome[0].raiseException()

    def is_carried(self, exchange: Exchange) -> bool:
        transports = {type(link.transport) for link in exchange._links.attached}
        return transports == {Carriage} if self.is_fast else all(issubclass(each, Connection) for each in transports)


@pytest.fixture(params=DRIVERS)
def site(request: pytest.FixtureRequest) -> Site:
    return Site(request.param)


def test_calls_are_answered_and_all_stop_in_good_order(site: Site) -> None:
    async def story() -> None:
        hub, caller, callee = await site.hub(), await site.peer(), await site.peer()
        callee.add(Math())
        assert await caller.call("math", "multiply", 6, 7, wait=5) == 42
        assert site.is_carried(hub)
        assert site.is_carried(caller)

    site.run(story)


def test_what_is_large_passes_whole_and_the_link_waits_while_the_far_end_does_not_read(site: Site) -> None:
    async def story() -> None:
        _, caller, callee = await site.hub(), await site.peer(), await site.peer()
        callee.add(Math())
        large = bytes(range(256)) * (4 * MIB // 256)
        answers = [caller.call("math", "echo", large, wait=5) for _ in range(4)]
        for answer in answers:
            assert await answer == large

    site.run(story)


def test_a_link_that_does_not_read_is_not_written_to_and_goes_on_when_it_does(site: Site) -> None:
    async def story() -> None:
        hub, caller, callee = await site.hub(), await site.peer(), await site.peer()
        callee.add(Math())
        await caller.call("math", "multiply", 6, 7, wait=5)
        (deaf,) = callee._links.attached
        deaf.reading.stop_for(0.5, "deaf")
        answers = [caller.call("math", "echo", bytes(MIB)) for _ in range(8)]
        await site.until(lambda: any(link.is_paused for link in hub._links.attached))
        for answer in answers:
            assert await answer == bytes(MIB)

    site.run(story)


def test_a_unix_socket_serves_too(site: Site, tmp_path: Path) -> None:
    async def story() -> None:
        hub, caller, callee = await site.hub(f"unix:{tmp_path}/hub.sock"), await site.peer(), await site.peer()
        callee.add(Math())
        assert await caller.call("math", "multiply", 6, 7, wait=5) == 42
        assert site.is_carried(hub)

    site.run(story)


def test_why_a_hub_refuses_somebody_is_read_before_the_connection_ends(site: Site) -> None:
    async def story() -> None:
        await site.hub(group="plant")
        stranger = Exchange(site.reactor)
        dialer = stranger.connect(site.place, retry=constant(0.05))
        site._start(stranger)
        with pytest.raises(CallError):
            await stranger.call("math", "multiply", 6, 7)
        await site.until(lambda: "exchange group" in dialer.why_not_linked())

    site.run(story)


def test_a_lost_connection_fails_what_was_owed_and_is_made_anew(site: Site) -> None:
    async def story() -> None:
        hub, caller, callee = await site.hub(), await site.peer(), await site.peer()
        callee.add(Sleepy())
        waiting = caller.call("sleepy", "sleep", wait=5)
        await site.until(lambda: callee.outstanding().running)
        for link in list(hub._links.attached):
            if link.identity == callee.identity:
                transport: Any = link.transport
                transport.abortConnection()
        with pytest.raises(CallError):
            await waiting
        await site.until(lambda: len(hub._links.attached) == 2)

    site.run(story)


def test_tls_stays_with_twisted(site: Site, tmp_path: Path) -> None:
    async def story() -> None:
        make_files(tmp_path)
        await site.hub(tls=Tls(certificate=tmp_path / "hub.pem", key=tmp_path / "hub-key.pem"))
        peer = await site.peer(tls=Tls(authority=tmp_path / "authority.pem"))
        assert Carriage not in {type(link.transport) for link in peer._links.attached}

    site.run(story)


def test_who_stops_while_a_connection_is_handed_over_has_none(site: Site) -> None:
    async def story() -> None:
        hub = await site.hub()
        peer = Exchange(site.reactor)
        peer.connect(site.place)
        site._start(peer)
        await peer.stopService()
        await site.until(lambda: not hub._links)
        assert not peer._links

    site.run(story)
