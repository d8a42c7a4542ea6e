"""Bridged subscriptions: those that one end of a bridge makes for those that reached the other end.

It makes one for each subscription that reached the other end and each instance there
that this one is about, always by the id of the instance. So it never hears what it
offers itself, and what is kept is shown to whom it is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from exchange.wire.frames import Frame, encode
from exchange.wire.layouts import Kind

Offered = Callable[[str | bytes], Iterable[bytes]]
"""Returns the instances that the other end offers now of a service, or of one id."""


class BridgedSubscriptions:
    """The subscriptions that one end of a bridge makes.

    Args:
        new_id: Returns the id of a new one.
        send: Takes the SUBSCRIBE and UNSUBSCRIBE frames; may have effects at once.
    """

    def __init__(self, new_id: Callable[[], bytes], send: Callable[[Frame], Any], offered: Offered) -> None:
        self._new_id = new_id
        self._send = send
        self._offered = offered
        self._wanted: dict[bytes, tuple[Any, ...]] = {}
        self._services: dict[str | bytes, dict[bytes, None]] = {}
        self._made: dict[bytes, dict[bytes, bytes]] = {}
        self._origins: dict[bytes, bytes] = {}

    def __len__(self) -> int:
        return len(self._wanted) + len(self._origins)

    def origin(self, made: bytes) -> bytes | None:
        """Return for which subscription one of ours was made."""
        return self._origins.get(made)

    def begin(self, wanted: bytes, array: tuple[Any, ...]) -> None:
        """A subscription reached the other end, or must be answered again."""
        self._wanted[wanted] = array
        self._services.setdefault(array[0], {})[wanted] = None
        for thing in list(self._offered(array[0])):
            self._make(thing, wanted)

    def end(self, wanted: bytes) -> None:
        """A subscription reaches the other end no more."""
        array = self._wanted.pop(wanted, None)
        if array is None:
            return
        namesakes = self._services[array[0]]
        del namesakes[wanted]
        if not namesakes:
            del self._services[array[0]]
        for made in self._made.pop(wanted, {}).values():
            self._unsubscribe(made)

    def add(self, thing: bytes, name: str) -> None:
        """An instance is offered at the other end: those that are about it are made, unless they are already."""
        for wanted in self._about(thing, name):
            if thing not in self._made.get(wanted, {}):
                self._make(thing, wanted)

    def renew(self, thing: bytes, name: str) -> None:
        """The way to an instance is another: those that are about it are made anew."""
        for wanted in self._about(thing, name):
            self._make(thing, wanted)

    def remove(self, thing: bytes, name: str) -> None:
        """An instance is offered no more."""
        for wanted in self._about(thing, name):
            made = self._made.get(wanted, {})
            if thing in made:
                self._unsubscribe(made.pop(thing))

    def _about(self, thing: bytes, name: str) -> list[bytes]:
        return [*self._services.get(name, ()), *self._services.get(thing, ())]

    def _make(self, thing: bytes, wanted: bytes) -> None:
        """Subscribe anew, and only then end what was made before, so that nothing is missed between."""
        array = self._wanted.get(wanted)
        if array is None or thing not in self._offered(thing):
            return
        mine = self._made.setdefault(wanted, {})
        before, made = mine.get(thing), self._new_id()
        mine[thing] = made
        self._origins[made] = wanted
        self._send(encode(Kind.SUBSCRIBE, made, (thing, array[1], array[2], 0)))
        if before is not None:
            self._unsubscribe(before)

    def _unsubscribe(self, made: bytes) -> None:
        del self._origins[made]
        self._send(encode(Kind.UNSUBSCRIBE, made))
