"""The process: what all objects of netsvc in one process share.

Old programs name no reactor and hand nothing from one object to the other; they make
objects, and these find one another. Here is where they do.

The services of a process are added to each of its exchanges, by which others see
them, and to one that has no links, the *home*, by which those of one process see one
another; so they need no exchange for that. Between each two of its exchanges is a
bridge: what is learnt in one exchange group is passed on to another as its audience allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any

from twisted.internet.defer import Deferred, DeferredList, maybeDeferred
from twisted.internet.endpoints import quoteStringArgument
from twisted.internet.interfaces import IStreamClientEndpoint, IStreamServerEndpoint

from exchange import Bridge, Exchange, Presence, PresenceChange, Report, Service, Timer, Watch
from exchange.netsvc.binding import Binding
from exchange.netsvc.hearing import Hearing
from exchange.netsvc.loop import Loop
from exchange.netsvc.sightings import Sightings

Dialled = Callable[[str, int], str | IStreamClientEndpoint]
Listened = Callable[[int, str], str | IStreamServerEndpoint]
Watcher = Callable[[Binding, PresenceChange], None]


def tcp_to(host: str, port: int) -> str:
    """Return the endpoint that dials a port of a host."""
    return f"tcp:{quoteStringArgument(host)}:{port}"


def tcp_at(port: int, interface: str) -> str:
    """Return the endpoint that listens on a port of an interface; of all with IPv4, if that is empty."""
    return f"tcp:{port}:interface={quoteStringArgument(interface)}"


class Process:
    """What the objects of one process share.

    Args:
        reactor: The reactor, or a clock in tests.
        dialled: Makes the endpoint for a host and a port.
        listened: Makes the endpoint for a port and an interface.

    Attributes:
        loop: Its turns.
        daemons: How to close each HTTP daemon that listens.
        dispatcher: Its only `Dispatcher`, once there is one.
        loggers: Those that monitor channels of the log.
        sightings: The comings and goings of services, as this process sees them.
    """

    def __init__(self, reactor: Any, dialled: Dialled = tcp_to, listened: Listened = tcp_at) -> None:
        self.reactor = reactor
        self.dialled = dialled
        self.listened = listened
        self.loop = Loop(reactor, self._has_work, self.close)
        self.daemons: dict[object, Callable[[], Deferred[None]]] = {}
        self.dispatcher: object | None = None
        self.loggers: dict[Any, None] = {}
        self._numbers = count(1)
        self._home = Exchange(reactor)
        self._home.startService()
        self._exchanges: list[Exchange] = []
        self._services: dict[bytes, Service] = {}
        self._watchers: list[Watcher] = []
        self._watches: list[Watch] = []
        self._hearings: dict[Hearing, None] = {}
        self._clock = Service()
        self._home.add(self._clock)
        self.sightings = Sightings(self.watch)

    # Exchanges and services

    def adopt(self, exchange: Exchange) -> None:
        """Make ``exchange`` one of this process: all services are offered there, and what it knows is seen here.

        Raises:
            RuntimeError: There is one of its group already.
        """
        if any(other.group == exchange.group for other in self._exchanges):
            raise RuntimeError(f"this process has an exchange of the group '{exchange.group}' already")
        exchange.startService()
        for service in self._services.values():
            exchange.add(service)
        for other in self._exchanges:
            Bridge(other, exchange)
        self._exchanges.append(exchange)
        self._watches.append(exchange.watch(changed=partial(self._changed, exchange)))
        for hearing in self._hearings:
            hearing.join(exchange)

    def add(self, service: Service) -> None:
        """Offer a service in every exchange of this process.

        Raises:
            ValueError: It cannot be announced.
        """
        self._home.add(service)
        self._services[self._home.id_of(service)] = service
        for exchange in self._exchanges:
            exchange.add(service)

    def announce(self, service: Service) -> None:
        """Announce everywhere what changed about a service."""
        for exchange in (self._home, *self._exchanges):
            exchange.announce(service)

    def remove(self, service: Service) -> None:
        """Withdraw a service everywhere; to withdraw one twice does nothing."""
        if service in self._services.values():
            thing = self._home.id_of(service)
            for exchange in (self._home, *self._exchanges):
                exchange.remove(service)
            del self._services[thing]

    def trace_home(self, tracing: Any) -> None:
        """Have spans made of calls within this process, unless they are already."""
        if self._home.tracing is None:
            self._home.use_tracing(tracing)

    def next_conversation(self) -> str:
        """Return an id that no other conversation of this process has."""
        return f"$ID?{self._home.identity.hex()}:{next(self._numbers)}"

    # Who is there

    def watch(self, watcher: Watcher) -> None:
        """Call ``watcher`` with each service that is there or comes, goes or changes, wherever it runs; for good."""
        self._watchers.append(watcher)
        self._home.watch(changed=lambda change: watcher(self._at_home(change.instance), change))
        for exchange in self._exchanges:
            for presence in self._strangers(exchange):
                watcher(Binding(exchange, presence), PresenceChange("came", presence))

    @property
    def is_current(self) -> bool:
        """Whether what is not known here is not there; while an exchange has lost its server, nobody knows."""
        return all(watch.is_current for watch in self._watches)

    def bindings(self, name: str | None = None) -> list[Binding]:
        """Return the services of a name, or all: those of this process first, and then in the order of their ids."""
        own = [self._at_home(presence) for presence in self._home.instances(name=name)]
        others = [
            Binding(exchange, presence)
            for exchange in self._exchanges
            for presence in self._strangers(exchange)
            if name is None or presence.name == name
        ]
        return own + sorted(others, key=Binding.serviceAddress)

    def binding_of(self, service: Service) -> Binding:
        """Return the binding of a service of this process; of a hidden one too."""
        thing = self._home.id_of(service)
        return self._at_home(Presence(thing, service.name, tuple(service.groups), service.audience, b"", None))

    def address_of(self, thing: bytes) -> str:
        """Return the address of a service by its id, as `bindings` tell it."""
        service = self._services.get(thing)
        return self.binding_of(service).serviceAddress() if service else thing.hex()

    def services(self, name: str) -> list[Service]:
        """Return the services of a name that live in this process, hidden ones too, the oldest first."""
        return [service for service in self._services.values() if service.name == name]

    # Reports and times

    def hear(self, target: str | Binding, pattern: str, told: Callable[[Binding, Any, Report], None]) -> Hearing:
        """Have ``told`` called with the reports of a service, wherever its instances run; `forget` ends it.

        Args:
            told: Takes the binding of the publisher, the content and the report.

        Raises:
            ValueError: The name or the pattern cannot be one.
        """
        if isinstance(target, Binding):
            return Hearing(target.instance.id, pattern, told, self._publisher_of, [target.through])
        hearing = Hearing(target, pattern, told, self._publisher_of, [self._home, *self._exchanges])
        self._hearings[hearing] = None
        return hearing

    def forget(self, hearing: Hearing) -> None:
        """End what `hear` began."""
        self._hearings.pop(hearing, None)
        hearing.cancel()

    def schedule(self, line: str, function: Callable[[], object]) -> Timer:
        """Call ``function`` whenever a cron line says, until the timer is cancelled.

        Raises:
            ValueError: The line cannot be understood.
        """
        return self._clock.schedule(line, function)

    def is_linked_as(self, identity: bytes) -> bool:
        """Whether this is the identity of one of our own exchanges, other than the home."""
        return any(identity == exchange.identity for exchange in self._exchanges)

    # The end

    def close(self) -> Deferred[None]:
        """Withdraw all services, and close all links and daemons; fires when that is done."""
        closing = [close() for close in list(self.daemons.values())]
        closing += [maybeDeferred(each.stopService) for each in (self._home, *self._exchanges)]
        return DeferredList(closing).addCallback(lambda _: None)

    # In here

    def _at_home(self, presence: Presence) -> Binding:
        """Return the binding of a service of this process; others know it by its first exchange."""
        service = self._services.get(presence.id)
        known_at = self._exchanges[0] if self._exchanges else self._home
        return Binding(self._home, presence, known_at.id_of(service) if service else presence.id)

    def _is_own(self, presence: Presence) -> bool:
        return self.is_linked_as(presence.identity)

    def _publisher_of(self, exchange: Exchange, report: Report) -> Binding | None:
        """Return who published a report; ``None`` if that is one of us and was heard at home."""
        presence = Presence(report.instance, report.name, (), "*", b"", None)
        if self._is_own(presence):
            return None
        known = self.sightings.find(report.instance)
        if known is not None and known.through is not exchange:
            return None  # it came by a bridge too, and is heard where it is seen
        return known or (self._at_home(presence) if exchange is self._home else Binding(exchange, presence))

    def _strangers(self, exchange: Exchange) -> list[Presence]:
        return [presence for presence in exchange.instances() if self._is_stranger(presence)]

    def _is_stranger(self, presence: Presence) -> bool:
        """Whether it is none of ours, and did not come through an exchange group in which we see it ourselves."""
        return not self._is_own(presence) and not any(each.group in presence.path for each in self._exchanges)

    def _changed(self, exchange: Exchange, change: PresenceChange) -> None:
        if self._is_stranger(change.instance):
            binding = self._elsewhere(change.instance) if change.kind == "went" else None
            if binding is not None:
                change = PresenceChange("changed", binding.instance)
            for watcher in self._watchers:
                watcher(binding or Binding(exchange, change.instance), change)

    def _elsewhere(self, gone: Presence) -> Binding | None:
        """Return the binding of what is gone in one exchange, if another sees it still."""
        for exchange in self._exchanges if len(self._exchanges) > 1 else ():
            for presence in self._strangers(exchange):
                if presence.id == gone.id:
                    return Binding(exchange, presence)
        return None

    def _has_work(self) -> bool:
        return bool(self._exchanges or self.daemons)


_processes: list[Process] = []
"""The present one is the last."""


def current() -> Process:
    """Return this process; the first call takes the reactor."""
    if not _processes:
        from twisted.internet import reactor  # noqa: TID251 - old programs own the process, and name no reactor

        _processes.append(Process(reactor))
    return _processes[-1]


@contextmanager
def standing_in(process: Process) -> Iterator[Process]:
    """Have ``process`` be this process for the objects made in the block: for tests, where one holds several."""
    _processes.append(process)
    try:
        yield process
    finally:
        _processes.remove(process)
