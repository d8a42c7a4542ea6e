"""Interest: where subscriptions go (R5).

A subscription goes to every port behind which a matching instance is known, now or
later; a peer tells its hubs in any case. Where it went is remembered, so that its
end, or a newer way of it, is told to all of these, whether the service is still
there or not. What is sent here may have effects at once, so the local port is told
last, and whoever was told is told no more than is still true.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from exchange.routing.port import Port
from exchange.routing.registry import Instance, Registry
from exchange.routing.role import Role
from exchange.routing.subscriptions import Subscription, Subscriptions
from exchange.wire.frames import Frame, encode
from exchange.wire.layouts import Kind

K = TypeVar("K")
V = TypeVar("V")

BUILT_IN = "$exchange"
"""The name of the service that every hub has, answered by the first hub that it reaches (R11)."""

BUILT_IN_NUMBER = bytes(4)
"""The end of its id, by which that of a certain hub is called."""


def is_built_in(to: str | bytes) -> bool:
    """Whether a name or an id is that of what a hub has itself."""
    return to == BUILT_IN if isinstance(to, str) else to.endswith(BUILT_IN_NUMBER)


class Interest:
    """Passes subscriptions on.

    Attributes:
        hubs: The ports whose far end forwards.

    Args:
        sign: Returns what a port is told of a frame that came from another.
    """

    def __init__(
        self,
        role: Role,
        local: Port,
        registry: Registry,
        subscriptions: Subscriptions,
        passes: Callable[[Port, Port], bool],
        sign: Callable[[Port, Port, Frame], Frame],
    ) -> None:
        self.hubs: list[Port] = []
        self._role = role
        self._local = local
        self._registry = registry
        self._subscriptions = subscriptions
        self._passes = passes
        self._sign = sign
        self._sent: dict[bytes, dict[Port, None]] = {}
        self._held: dict[Port, dict[bytes, None]] = {}

    def __len__(self) -> int:
        return len(self._sent)

    def went_to(self, thing: bytes, port: Port) -> bool:
        """Whether a port was told of a subscription, and has it still."""
        return port in self._sent.get(thing, ())

    def begin(self, thing: bytes) -> None:
        """A subscription is new, or is wanted where it was not before: tell those who do not have it."""
        way = self._subscriptions.in_use(thing)
        if way is None:
            return
        told = self._sent.get(thing, {})
        for port in self._local_last([port for port in self._targets(way) if port not in told]):
            self._tell(thing, way, port)

    def renew(self, thing: bytes) -> None:
        """The way of a subscription changed: tell all who have it, and take it from those it may not reach."""
        way = self._subscriptions.in_use(thing)
        if way is None:
            return
        for port in self._local_last(self._sent.get(thing, ())):
            if self._passes(way.port, port):
                port.tell(self._sign(way.port, port, way.frame))
            else:
                self._take_back(thing, port)
        self.begin(thing)

    def end(self, thing: bytes) -> None:
        """A subscription ended: tell all who have it."""
        for port in self._local_last(self._sent.get(thing, ())):
            self._take_back(thing, port)

    def meet(self, instance: Instance, is_new: bool) -> None:
        """An instance came, or the way to it changed: those who want its reports subscribe there.

        Of what bridges bring in, a hub heard only one of them: those who subscribed by another
        already are answered again once that is the way in use, for they may have missed something.
        """
        is_bridged = self._role.is_hub and bool(instance.about.path)
        is_other = is_bridged and instance.asked not in (None, instance.way.port)
        instance.asked = instance.way.port
        for thing in self._subscriptions.wanting(instance.name, instance.id):
            if is_new and instance.way.port is self._local and self._local in self._sent.get(thing, ()):
                self._forget(thing, self._local)
            elif is_other and instance.way.port in self._sent.get(thing, ()):
                self._take_back(thing, instance.way.port)
            self.begin(thing)

    def greet(self, hub: Port) -> None:
        """A hub is linked: it is told of every subscription of this process (R10), unless it is lost meanwhile.

        A hub tells another only once it knows of an instance there that is wanted.
        """
        if self._role.is_hub:
            return
        for way in self._subscriptions.of_this_process():
            if hub in self.hubs:
                self._tell(way.id, way, hub)

    def lose(self, port: Port) -> None:
        """A port is gone: nothing is remembered of what went there."""
        for thing in list(self._held.get(port, ())):
            self._forget(thing, port)

    def _targets(self, way: Subscription) -> dict[Port, None]:
        hubs = self.hubs if not self._role.is_hub and (way.port is self._local or way.port.is_bridge) else []
        if way.service == BUILT_IN:
            return dict.fromkeys([self._local] if self._role.is_hub else hubs)
        ports = [each.way.port for each in self._instances(way.service) if self._is_meant(way.port, each)]
        return dict.fromkeys([*(port for port in dict.fromkeys(ports) if self._passes(way.port, port)), *hubs])

    def _is_meant(self, source: Port, instance: Instance) -> bool:
        """Whether an instance is not that of another bridge, or is on the path by which one bridge found it.

        Nor is one meant whose reports may not be heard there: it was not known when it was subscribed to by its id.
        """
        if source.grant is not None and not source.grant.may("subscribe", instance.name):
            return False
        way = instance.way
        return not (source.is_bridge and way.port.is_bridge) or source.follows(instance.id, way.about.path)

    def _instances(self, service: str | bytes) -> Collection[Instance]:
        if isinstance(service, str):
            return self._registry.named(service)
        instance = self._registry.get(service)
        return [instance] if instance else []

    def _tell(self, thing: bytes, way: Subscription, port: Port) -> None:
        self._sent.setdefault(thing, {})[port] = None
        self._held.setdefault(port, {})[thing] = None
        port.tell(self._sign(way.port, port, way.frame))

    def _take_back(self, thing: bytes, port: Port) -> None:
        self._forget(thing, port)
        port.tell(encode(Kind.UNSUBSCRIBE, thing))

    def _local_last(self, ports: Iterable[Port]) -> list[Port]:
        return sorted(ports, key=lambda port: 2 if port is self._local else port.is_bridge)

    def _forget(self, thing: bytes, port: Port) -> None:
        _discard(self._sent, thing, port)
        _discard(self._held, port, thing)


def _discard(table: dict[K, dict[V, None]], key: K, value: V) -> None:
    entry = table.get(key, {})
    entry.pop(value, None)
    if not entry:
        table.pop(key, None)
