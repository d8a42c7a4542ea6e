"""The registry: which instances there are, and the ways to them (R3).

An instance is its id; a way is one announcement of it by one port. Several ports
may announce one instance, while a process moves from one link to another for
example. One way is in use, and everybody else sees only that one; the others wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain, islice
from typing import Any, NamedTuple

from exchange.errors import LocalProtocolError
from exchange.routing.port import Port
from exchange.routing.succession import Succession
from exchange.routing.weight import weight_of
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Id, maker_of
from exchange.wire.layouts import Kind


class About(NamedTuple):
    """What is announced of an instance, in the order of the ANNOUNCE frame."""

    name: str
    groups: tuple[str, ...]
    audience: str
    digest: bytes
    principal: str | None
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One announcement of an instance by one port."""

    port: Port
    attachment: int
    about: About
    by: bytes

    def order(self) -> tuple[bool, int, bytes, int, bytes]:
        """Lowest is best: not leaving, shortest path, lowest ``by``, newest attachment, lowest port."""
        return (self.port.leaving, len(self.about.path), self.by, -self.attachment, self.port.identity)

    def frame(self, thing: bytes) -> Frame:
        """Return the ANNOUNCE that tells of it; made anew, because what came is not kept as it came."""
        by = None if self.by == maker_of(Id(thing)) else self.by
        return encode(Kind.ANNOUNCE, thing, (self.attachment, *self.about, by))


class Instance:
    """One running service, as this exchange knows it.

    Attributes:
        id: What it is.
        way: The way in use; a withdrawn instance keeps its last.
        heard: The port by which its reports are heard, if a bridge brings them.
        asked: The port to which subscriptions went last, if a bridge brings it.
        owing: Calls that it owes the answer of.
        silent: Whether its last calls ended only by CANCEL, or came back because there was no way to it.
        turn: When it was last chosen; the lowest of equals is next.
        place: Where the registry has it among those of its name.
        number: When it came; higher than those of all before it.
    """

    __slots__ = ("asked", "heard", "id", "number", "owing", "place", "silent", "turn", "way", "ways")

    def __init__(self, thing: Id, way: Way) -> None:
        self.id = thing
        self.way = way
        self.ways = {way.port: way}
        self.heard: Port | None = None
        self.asked: Port | None = None
        self.owing = 0
        self.silent = False
        self.turn = 0
        self.place = 0
        self.number = 0

    @property
    def about(self) -> About:
        """What is announced of it by the way in use."""
        return self.way.about

    @property
    def name(self) -> str:
        """The name of its service."""
        return self.way.about.name

    @property
    def suspected(self) -> bool:
        """Whether the far end of the way in use has owed a sign of life for long."""
        return self.way.port.suspected

    def way_of_peers(self) -> Way | None:
        """Return the best way that does not lead to another hub, if there is one: what other hubs are told of."""
        if self.ways and not self.way.port.is_hub:
            return self.way
        return min((way for way in self.ways.values() if not way.port.is_hub), key=Way.order, default=None)


class Happening(Enum):
    """What can become of an instance."""

    CAME = "came"
    CHANGED = "changed"
    WENT = "went"


class Change(NamedTuple):
    """Something that a watch is told."""

    happening: Happening
    instance: Instance
    reason: str = ""


class Registry:
    """Instances by id, by name, and by the port that announced them."""

    def __init__(self) -> None:
        self._instances: dict[bytes, Instance] = {}
        self._names: dict[str, list[Instance]] = {}
        self._looked_at: dict[str, int] = {}
        self._ports: dict[Port, dict[bytes, Instance]] = {}
        self._succession: Succession[Instance] = Succession()

    def __len__(self) -> int:
        return len(self._instances)

    def __iter__(self) -> Iterator[Instance]:
        return iter(self._instances.values())

    @property
    def newest(self) -> int:
        """The number of the instance that came last."""
        return self._succession.newest

    def after(self, number: int, last: int, most: int) -> list[Instance]:
        """Return the next instances after one number, and up to another."""
        return list(islice(self._succession.after(number, last), most))

    def ids_of_peers(self) -> list[bytes]:
        """Return the ids of those that there are now, without those that only hubs announced.

        These are most in a large mesh, and are not looked at.
        """
        mine = [things for port, things in self._ports.items() if not port.is_hub]
        return list(dict.fromkeys(chain.from_iterable(mine)))

    def get(self, thing: bytes) -> Instance | None:
        """Return the instance with this id, if there is a way to it."""
        return self._instances.get(thing)

    def named(self, name: str) -> Sequence[Instance]:
        """Return the instances of this name, as they are at any time."""
        return self._names.get(name, _NONE)

    def next_named(self, name: str, most: int) -> Sequence[Instance]:
        """Return ``most`` of the more instances of this name; the next time it is the turn of others."""
        start = self._looked_at.get(name, 0) % len(self._names[name])
        self._looked_at[name] = start + most
        return self._some_named(name, start, most)

    def last_named(self, name: str, most: int) -> Sequence[Instance]:
        """Return again what `next_named` returned, if no instance of the name came or went since."""
        start = (self._looked_at.get(name, 0) - most) % len(self._names[name])
        return self._some_named(name, start, most)

    def behind(self, port: Port) -> list[Instance]:
        """Return the instances that a port announced."""
        return list(self._ports.get(port, {}).values())

    def names_behind(self, port: Port, most: int) -> set[str]:
        """Return the names of the first instances that a port announced, up to so many."""
        return {instance.name for instance in islice(self._ports.get(port, {}).values(), most)}

    def count_names(self) -> int:
        """Return how many names there are."""
        return len(self._names)

    def way(self, port: Port, thing: bytes) -> Way | None:
        """Return the way by which a port announced an instance, if it did."""
        instance = self._instances.get(thing)
        return instance.ways.get(port) if instance else None

    def count_behind(self, port: Port) -> int:
        """Return how many instances a port announced."""
        return len(self._ports.get(port, ()))

    def announce(self, port: Port, thing: Id, array: tuple[Any, ...]) -> Change | None:
        """Note a way; return what a watch is told of it.

        Raises:
            LocalProtocolError: The instance is known under another name.
        """
        about = About(*array[1:7])
        way = Way(port, array[0], about, array[7] or maker_of(thing))
        instance = self._instances.get(thing)
        if instance is None:
            instance = Instance(thing, way)
            self._instances[thing] = instance
            instance.number = self._succession.append(instance)
            namesakes = self._names.setdefault(about.name, [])
            instance.place = len(namesakes)
            namesakes.append(instance)
            self._ports.setdefault(port, {})[thing] = instance
            port.keeping += weight_of(about)
            return Change(Happening.CAME, instance)
        if about.name != instance.name:
            raise LocalProtocolError(f"an instance of '{instance.name}' cannot become one of '{about.name}'")
        before = instance.ways.get(port)
        port.keeping += weight_of(about) - weight_of(before.about if before else ())
        instance.ways[port] = way
        self._ports.setdefault(port, {})[thing] = instance
        return self._choose(instance)

    def withdraw(self, port: Port, thing: bytes, reason: str) -> Change | None:
        """Forget a way; return what a watch is told of it."""
        mine = self._ports.get(port, {})
        instance = mine.pop(thing, None)
        if instance is None:
            return None
        if not mine:
            del self._ports[port]
        port.keeping -= weight_of(instance.ways.pop(port).about)
        if instance.ways:
            return self._choose(instance)
        del self._instances[thing]
        self._succession.remove(instance.number)
        self._remove_name(instance)
        return Change(Happening.WENT, instance, reason)

    def reorder(self, port: Port) -> list[Change]:
        """Choose anew for all instances behind a port, because it is leaving now."""
        changes = (self._choose(instance) for instance in self.behind(port))
        return [change for change in changes if change]

    def _some_named(self, name: str, start: int, most: int) -> list[Instance]:
        namesakes = self._names[name]
        some = namesakes[start : start + most]
        return some + namesakes[: most - len(some)]

    def _remove_name(self, instance: Instance) -> None:
        """Forget an instance under its name; the last takes its place, so that nothing has to be searched or moved."""
        namesakes = self._names[instance.name]
        last = namesakes.pop()
        if last is not instance:
            last.place = instance.place
            namesakes[last.place] = last
        if not namesakes:
            del self._names[instance.name]
            self._looked_at.pop(instance.name, None)

    def _choose(self, instance: Instance) -> Change | None:
        before = instance.about, instance.suspected
        instance.way = min(instance.ways.values(), key=Way.order)
        return Change(Happening.CHANGED, instance) if (instance.about, instance.suspected) != before else None


_NONE: list[Instance] = []
