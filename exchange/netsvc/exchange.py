"""The exchange of netsvc: it joins this process with others."""

from __future__ import annotations

from typing import Any

from twisted.logger import Logger

import exchange
from exchange.netsvc.connections import Announcement, Connections
from exchange.netsvc.guarded import Guarded
from exchange.netsvc.jobs import PRIORITY_JOB
from exchange.netsvc.listening import listening_at, place_of
from exchange.netsvc.process import current

EXCHANGE_CLIENT = 0
EXCHANGE_SERVER = 1

AT_ONCE = 0.05
"""Seconds of the retry delay 0: enough to leave the processor to others while the far end is away."""


class Exchange(Guarded):
    """Joins all services of this process with those of others, as soon as it has a link.

    Everything may be called before the dispatcher runs, and services may be made before
    or after. A process has one exchange for each exchange group; a service is offered in
    all of them, and what is learnt in one group is passed on to the others, as its audience
    allows.

    Args:
        mode: ``EXCHANGE_SERVER`` accepts links, makes them with others of its kind, and forwards;
            ``EXCHANGE_CLIENT`` makes them.
        group: The exchange group, which both ends of a link must share.

    Raises:
        ValueError: There is no such mode.
        RuntimeError: This process has an exchange of this group already.
        ConfigurationError: The name of the group cannot be one.
    """

    log = Logger()

    def __init__(self, mode: int, group: str = "") -> None:
        if mode not in (EXCHANGE_CLIENT, EXCHANGE_SERVER):
            raise ValueError(f"an exchange is EXCHANGE_CLIENT or EXCHANGE_SERVER, not {mode!r}")
        self._process = current()
        self._exchange = _made(mode, self._process.reactor, group)
        self._connections = Connections(group, self._announce)
        self._exchange.watch_links(self._connections.changed)
        self._exchange.admit_if(self._admits)
        self._process.adopt(self._exchange)

    def listen(self, port: int, interface: str = "") -> None:
        """Accept links at a port, from now on.

        Args:
            interface: The address of one interface; without, all with IPv4, as of old: then other
                machines are let in, and whoever reaches the port is believed.

        Raises:
            RuntimeError: The mode is ``EXCHANGE_CLIENT``.
            ConfigurationError: The port is in use, or may not be had.
        """
        if not isinstance(self._exchange, exchange.Hub):
            raise RuntimeError("an exchange of mode EXCHANGE_CLIENT cannot listen; make it EXCHANGE_SERVER")
        with listening_at(port, interface):
            self._exchange.listen(self._process.listened(port, interface))
        if not interface:
            self.log.warn(
                "whoever reaches port {port} of {place} is let in; listen({port}, '127.0.0.1') keeps to this machine",
                port=port,
                place=place_of(interface),
            )

    def connect(self, host: str, port: int, retryDelay: float = 5.0) -> str:
        """Keep a link to an exchange that listens; return the id of our end of it, at once.

        One of mode ``EXCHANGE_SERVER`` joins another of that mode, so that all that is at either is
        known at both. Each must be linked with every other; who connects, or whether both do, is all one.

        Args:
            retryDelay: Seconds after which it is tried again, after a failure and after a loss, but for a
                twentieth more or less; 0 is at once, and less than 0 is never.
        """
        retry = None if retryDelay < 0 else exchange.constant(max(retryDelay, AT_ONCE))
        way = self._process.dialled(host, port)
        here = self._exchange
        dialer = here.join(way, retry) if isinstance(here, exchange.Hub) else here.connect(way, retry=retry)
        return self._connections.dialled(dialer, f"{host}:{port}")

    def shutdown(self, address: str, delay: float = 0) -> None:
        """End a link, and dial it no more; one that is not there is ignored.

        Args:
            address: The id of our end, which `connect` returned or `handleConnection` was told, or the
                address of the far end.
            delay: Seconds until then.
        """
        self._process.reactor.callLater(max(0, delay), self._connections.end, address)

    def authorise(self, host: str) -> bool:
        """Tell whether a host may connect, by its address in numbers; for subclasses. An error is a no."""
        return True

    def handleConnection(self, announcement: Announcement) -> None:
        """A link became active, or is so no more; for subclasses."""

    def use_tracing(self, tracing: Any) -> None:
        """Have spans made of calls by this exchange, and of those within the process; for `exchange.tracing`.

        Raises:
            RuntimeError: They are already.
        """
        self._exchange.use_tracing(tracing)
        self._process.trace_home(tracing)

    def _admits(self, host: str) -> bool:
        return bool(self._process.loop.guard(self, self.authorise, host))

    def _announce(self, announcement: Announcement) -> None:
        loop = self._process.loop
        loop.jobs.schedule(lambda: loop.guard(self, self.handleConnection, announcement), PRIORITY_JOB)


def _made(mode: int, reactor: Any, group: str) -> exchange.Exchange:
    if mode == EXCHANGE_CLIENT:
        return exchange.Exchange(reactor, group=group)
    return exchange.Hub(reactor, group=group, hubs=["*"])  # servers on other machines join it, as of old
