"""For programs that run asyncio: an exchange whose calls are awaited there.

::

    import asyncio
    import exchange.aio

    async def main():
        async with exchange.aio.connect("localhost:11111") as x:
            print(await x.service("math").multiply(6, 7))

    asyncio.run(main())

The names and the errors are those of `exchange.Exchange`. No thread is started for it:
Twisted's asyncio reactor runs on the loop of the program, installed with the first
`connect` if the process has no reactor yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import Any

from twisted.internet.defer import Deferred

import exchange
from exchange import Description, Outcome, Presence, PresenceChange, Report, Service
from exchange.callers.caller import DEFAULT_TIMEOUT, Caller, Put
from exchange.callers.inbox import LoopInbox, Queue
from exchange.callers.landing import Landing
from exchange.callers.loop_feeds import Subscription, Watch
from exchange.callers.reaching import reach
from exchange.callers.reactors import reactor_on
from exchange.callers.tasks import run_as_task


class Exchange(Caller[Coroutine[Any, Any, Any], Subscription, Watch]):
    """A process's part in the exchange, for asyncio; made by `connect`, and to be closed."""

    def __init__(self, inner: exchange.Exchange, landing: Landing) -> None:
        super().__init__(inner, landing)
        self._landing = landing

    def add(self, service: Service) -> None:
        """Offer a service: it can be called from now on; its coroutines may await what asyncio gives, and Deferreds.

        Raises:
            ValueError: It cannot be offered, or was added already.
        """
        self._landing.do(lambda: self._inner.add(service))

    def remove(self, service: Service) -> None:
        """Withdraw a service; its running methods are cancelled, and their callers told at once.

        Raises:
            ValueError: It is not here.
        """
        self._landing.do(lambda: self._inner.remove(service))

    async def call_all(
        self, name: str, method: str, /, *args: Any, timeout: float | None = DEFAULT_TIMEOUT, **kwargs: Any
    ) -> dict[Any, Outcome]:
        """Call a method of every instance of a service; return what came of each, by the instance's id."""
        return await self._landing.run(lambda: self._inner.call_all(name, method, *args, timeout=timeout, **kwargs))

    async def describe(self, to: str | bytes, timeout: float | None = DEFAULT_TIMEOUT) -> Description:
        """Return what a service offers."""
        return await self._landing.run(lambda: self._inner.describe(to, timeout))

    async def ping(self, to: str | bytes, timeout: float | None = DEFAULT_TIMEOUT) -> float:
        """Ask a service for a sign of life, and return the seconds until it came."""
        return await self._landing.run(lambda: self._inner.ping(to, timeout))

    async def instances(
        self, name: str | None = None, group: str | None = None, timeout: float | None = DEFAULT_TIMEOUT
    ) -> list[Presence]:
        """Return the instances that are there; the first time it waits until a hub has told.

        Raises:
            TimeoutError: It did not in ``timeout`` seconds.
        """
        return await self._landing.run(lambda: Deferred.fromCoroutine(self._knowing.instances(name, group, timeout)))

    async def close(self) -> None:
        """End the links and all that waits; to close twice does nothing."""
        if self._landing.is_open:
            try:
                await self._landing.run(self._inner.stopService)
            finally:
                self._landing.end()

    def _subscribed(
        self, queue: Queue[tuple[Any, Report]], begin: Callable[[Put], exchange.Subscription]
    ) -> Subscription:
        inbox = LoopInbox(queue)
        return Subscription(self._landing, inbox, lambda: begin(inbox.put))

    def _watched(self, queue: Queue[PresenceChange], begin: Callable[[Put], exchange.Watch]) -> Watch:
        inbox = LoopInbox(queue)
        return Watch(self._landing, inbox, lambda: begin(inbox.put))


class Connecting:
    """A connection that is being made: ``await`` it, or use it in an ``async with``, which closes it."""

    def __init__(self, hubs: tuple[str, ...], timeout: float, **settings: Any) -> None:
        self._hubs = hubs
        self._timeout = timeout
        self._settings = settings
        self._exchange: Exchange | None = None

    def __await__(self) -> Generator[Any, None, Exchange]:
        return self._connect().__await__()

    async def __aenter__(self) -> Exchange:
        self._exchange = await self._connect()
        return self._exchange

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._exchange is not None:
            await self._exchange.close()

    async def _connect(self) -> Exchange:
        landing = Landing(asyncio.get_running_loop())
        inner = exchange.Exchange(reactor_on(landing.loop), **self._settings, run_coroutine=run_as_task)
        await landing.run(lambda: Deferred.fromCoroutine(reach(inner, self._hubs, self._timeout)))
        return Exchange(inner, landing)


def connect(
    hub: str,
    *others: str,
    group: str = "",
    timeout: float = 10,
    heartbeat: float = 10,
    dead_after: float = 30,
    credentials: Any = None,
    tls: Any = None,
) -> Connecting:
    """Connect to the first of these hubs that welcomes us: ``async with connect(...) as x``, or ``x = await ...``.

    Args:
        hub: ``host:port``, or any Twisted endpoint string.
        group: The exchange group of the hub.
        timeout: Seconds to wait for a hub that is not there yet.
        credentials: What is shown to a hub that asks who this is, such as `exchange.Token`.
        tls: Certificates for endpoints of TLS, as `exchange.Tls`.

    Raises:
        LinkRefused: No hub took us in time.
        ConfigurationError: A setting cannot be.
        RuntimeError: The process has another reactor than asyncio's, or it is on another loop.
    """
    settings = {"heartbeat": heartbeat, "dead_after": dead_after, "credentials": credentials, "tls": tls}
    return Connecting((hub, *others), timeout, group=group, **settings)
