"""Subscriptions: who wants the reports of which service, on which subjects.

A subscription is its id. Like an instance it has ways: it is kept once for each
port that it came from, and reports go along the one with the newest attachment of
its subscriber. It lives until its last way goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from exchange.errors import LocalProtocolError
from exchange.routing.port import Port
from exchange.routing.weight import weight_of
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import readable
from exchange.wire.layouts import Kind


class Subscription(NamedTuple):
    """One way of a subscription: the port it came from, and the fields of the SUBSCRIBE that told it."""

    port: Port
    id: bytes
    array: tuple[Any, ...]

    @property
    def frame(self) -> Frame:
        """The SUBSCRIBE that tells of it; made anew, because what came is not kept as it came."""
        return encode(Kind.SUBSCRIBE, self.id, self.array)

    @property
    def service(self) -> str | bytes:
        """The name, or the id of the one instance, whose reports are wanted."""
        service: str | bytes = self.array[0]
        return service

    @property
    def pattern(self) -> str:
        """The glob that subjects must fit."""
        pattern: str = self.array[1]
        return pattern

    def order(self) -> tuple[int, int, bytes]:
        """Highest is best: newest attachment of the subscriber, newest own link, lowest port."""
        return (self.array[3], self.port.attachment, bytes(255 - byte for byte in self.port.identity))


class Subscriptions:
    """The subscriptions that a switch knows, by id and by the ports they came from.

    Attributes:
        changes: How often something about one of them was new, or one went.
    """

    def __init__(self) -> None:
        self.changes = 0
        self._ways: dict[bytes, dict[Port, Subscription]] = {}
        self._ports: dict[Port, dict[bytes, Subscription]] = {}
        self._services: dict[str | bytes, dict[bytes, None]] = {}

    def __len__(self) -> int:
        return len(self._ways)

    def __iter__(self) -> Iterator[Subscription]:
        """Make the ways in use of all subscriptions."""
        return (max(ways.values(), key=Subscription.order) for ways in self._ways.values())

    def count_from(self, port: Port) -> int:
        """Return how many subscriptions came from a port."""
        return len(self._ports.get(port, ()))

    def from_port(self, port: Port) -> list[Subscription]:
        """Return the ways of subscriptions that came from a port, in the order in which they came."""
        return list(self._ports.get(port, {}).values())

    def of_this_process(self) -> list[Subscription]:
        """Return the ways of those that no hub told of: made here, or by a bridge of this process."""
        mine = (ways for port, ways in self._ports.items() if not port.is_hub)
        return [way for ways in mine for way in ways.values()]

    def way(self, port: Port, thing: bytes) -> Subscription | None:
        """Return the way of a subscription that came from a port, if there is one."""
        return self._ports.get(port, {}).get(thing)

    def wanting(self, name: str, instance: bytes) -> list[bytes]:
        """Return the subscriptions to a service of this name, and to this instance alone."""
        return [*self._services.get(name, ()), *self._services.get(instance, ())]

    def in_use(self, thing: bytes | None) -> Subscription | None:
        """Return the way in use of the subscription with this id."""
        ways = self._ways.get(thing) if thing is not None else None
        return max(ways.values(), key=Subscription.order) if ways else None

    def add(self, port: Port, frame: Frame) -> bool:
        """Note what a SUBSCRIBE tells; return whether anything about it is new.

        Raises:
            LocalProtocolError: The subscription is known with another service or pattern.
        """
        _, thing, array, _ = frame
        ways = self._ways.get(thing, {})
        for way in ways.values():
            if way.array[:2] != array[:2]:
                raise LocalProtocolError(f"subscription {readable(thing)} cannot change its service or its pattern")
        before = ways.get(port)
        ways[port] = self._ports.setdefault(port, {})[thing] = Subscription(port, thing, array)
        self._ways[thing] = ways
        self._services.setdefault(array[0], {})[thing] = None
        port.keeping += weight_of(array) - weight_of(before.array if before else ())
        is_new = before is None or before.array != array
        self.changes += is_new
        return is_new

    def is_another(self, port: Port, frame: Frame) -> bool:
        """Whether other ports alone have told of this subscription, and it is for something else there."""
        ways = self._ways.get(frame[1], {})
        return port not in ways and any(way.array[:2] != frame[2][:2] for way in ways.values())

    def remove(self, port: Port, thing: bytes) -> Subscription | None:
        """Forget the way of a subscription that came from ``port``; return it."""
        mine = self._ports.get(port)
        if mine is None or thing not in mine:
            return None
        way = mine.pop(thing)
        self.changes += 1
        port.keeping -= weight_of(way.array)
        if not mine:
            del self._ports[port]
        ways = self._ways[thing]
        del ways[port]
        if not ways:
            del self._ways[thing]
            namesakes = self._services[way.service]
            del namesakes[thing]
            if not namesakes:
                del self._services[way.service]
        return way
