"""For scripts, notebooks and threads: an exchange whose calls wait for their results.

::

    from exchange.blocking import connect

    with connect("localhost:11111") as exchange:
        print(exchange.service("math").multiply(6, 7))

The names and the errors are those of `exchange.Exchange`. Everything may be used by many
threads at once. The reactor runs in a thread of its own, started with the first
`connect`, or is that of the program if one runs already.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any

from twisted.internet.defer import Deferred

import exchange
from exchange import Description, Outcome, Presence, PresenceChange, Report
from exchange.callers.caller import DEFAULT_TIMEOUT, Caller, Put
from exchange.callers.crossing import Crossing
from exchange.callers.inbox import Queue, ThreadInbox
from exchange.callers.reaching import reach
from exchange.callers.reactors import reactor_in_thread
from exchange.callers.thread_feeds import Subscription, Watch


class Exchange(Caller[Any, Subscription, Watch]):
    """A process's part in the exchange, for threads; made by `connect`, and to be closed."""

    def __init__(self, inner: exchange.Exchange, crossing: Crossing) -> None:
        super().__init__(inner, crossing)
        self._crossing = crossing

    def call_all(
        self, name: str, method: str, /, *args: Any, timeout: float | None = DEFAULT_TIMEOUT, **kwargs: Any
    ) -> dict[Any, Outcome]:
        """Call a method of every instance of a service; return what came of each, by the instance's id."""
        return self._crossing.run(lambda: self._inner.call_all(name, method, *args, timeout=timeout, **kwargs))

    def describe(self, to: str | bytes, timeout: float | None = DEFAULT_TIMEOUT) -> Description:
        """Return what a service offers."""
        return self._crossing.run(lambda: self._inner.describe(to, timeout))

    def ping(self, to: str | bytes, timeout: float | None = DEFAULT_TIMEOUT) -> float:
        """Ask a service for a sign of life, and return the seconds until it came."""
        return self._crossing.run(lambda: self._inner.ping(to, timeout))

    def instances(
        self, name: str | None = None, group: str | None = None, timeout: float | None = DEFAULT_TIMEOUT
    ) -> list[Presence]:
        """Return the instances that are there; the first time it waits until a hub has told.

        Raises:
            TimeoutError: It did not in ``timeout`` seconds.
        """
        return self._crossing.run(lambda: Deferred.fromCoroutine(self._knowing.instances(name, group, timeout)))

    def close(self) -> None:
        """End the links and all that waits; to close twice, or what a parent process opened, does nothing."""
        if self._crossing.is_open:
            self._crossing.run(self._close)
            self._crossing.end()

    def __enter__(self) -> Exchange:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _close(self) -> Deferred[None]:
        self._crossing.outlive_reactor()
        return self._inner.stopService()

    def _subscribed(
        self, queue: Queue[tuple[Any, Report]], begin: Callable[[Put], exchange.Subscription]
    ) -> Subscription:
        inbox = ThreadInbox(queue)
        return Subscription(self._crossing, inbox, lambda: begin(inbox.put))

    def _watched(self, queue: Queue[PresenceChange], begin: Callable[[Put], exchange.Watch]) -> Watch:
        inbox = ThreadInbox(queue)
        return Watch(self._crossing, inbox, lambda: begin(inbox.put))


def connect(
    hub: str,
    *others: str,
    group: str = "",
    timeout: float = 10,
    heartbeat: float = 10,
    dead_after: float = 30,
    credentials: Any = None,
    tls: Any = None,
) -> Exchange:
    """Connect to the first of these hubs that welcomes us; use the result in a ``with``, or close it.

    Args:
        hub: ``host:port``, or any Twisted endpoint string.
        group: The exchange group of the hub.
        timeout: Seconds to wait for a hub that is not there yet.
        credentials: What is shown to a hub that asks who this is, such as `exchange.Token`.
        tls: Certificates for endpoints of TLS, as `exchange.Tls`.

    Raises:
        LinkRefused: No hub took us in time.
        ConfigurationError: A setting cannot be.
        RuntimeError: This is the reactor's own thread, which must not wait.
    """
    crossing = Crossing(reactor_in_thread())

    async def begin() -> exchange.Exchange:
        inner = exchange.Exchange(crossing.reactor, group, heartbeat, dead_after, credentials=credentials, tls=tls)
        await reach(inner, (hub, *others), timeout)
        crossing.end_with_reactor(inner.stopService)
        return inner

    return Exchange(crossing.run(lambda: Deferred.fromCoroutine(begin())), crossing)
