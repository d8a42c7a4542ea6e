"""Directions: where a request goes, and if nowhere, why not (R7).

A peer takes an instance of its own before it asks its hub, about which it knows
nothing. A hub knows every instance in its exchange group.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exchange.errors import CallError, Overloaded, ServiceUnavailable, WayGone
from exchange.routing.choice import choose, left_out
from exchange.routing.interest import BUILT_IN, is_built_in
from exchange.routing.port import Port
from exchange.routing.registry import Instance, Registry
from exchange.routing.role import Role
from exchange.wire.identities import make_id

RECENTLY = 10.0
"""Seconds for which a lost name is expected back, and a call to it fails as *way gone*."""

MOST_LOST = 1_024
"""Lost names that are remembered at one time."""

MOST_CANDIDATES = 64
"""Instances of one name that are looked at for one request; those after them for the next."""


class Directions:
    """Finds the port, and if it is known the instance, that a request goes to.

    Attributes:
        hubs: The ports whose far end forwards, the newest attachment first.
    """

    def __init__(
        self,
        role: Role,
        local: Port,
        registry: Registry,
        passes: Callable[[Port, Port], bool],
        clock: Callable[[], float],
    ) -> None:
        self.hubs: list[Port] = []
        self._role = role
        self._local = local
        self._registry = registry
        self._passes = passes
        self._clock = clock
        self._forwards = role.is_hub
        self._own = make_id(role.identity, 0)
        self._turn = 0
        self._lost: dict[str, float] = {}

    def find(self, source: Port, to: str | bytes) -> tuple[Port | None, Instance | None]:
        """Return where a request for ``to`` from ``source`` goes; no port, if nowhere."""
        candidates = self._registry.named(to) if type(to) is str else self._candidates(to)
        if len(candidates) == 1:  # nothing to choose: the usual, in few steps
            (instance,) = candidates
            port = instance.way.port
            if not port.leaving and not port.congested:
                is_between_peers = self._forwards and source.is_peer and port.is_peer and port is not source
                if is_between_peers or self._reaches(source, instance):
                    return port, instance
        elif candidates:
            chosen = self._choose(source, to, candidates)
            if chosen is not None:
                return chosen.way.port, chosen
        if self._forwards:
            return self._built_in(source, to), None
        return self._uplink(source), None

    def _built_in(self, source: Port, to: str | bytes) -> Port | None:
        """Return where a hub answers by itself: here, or at another hub that is named by the id of its number 0."""
        if to in (BUILT_IN, self._own):
            return self._local
        if isinstance(to, str) or source.is_hub or not is_built_in(to):
            return None
        named = (hub for hub in self.hubs if to.startswith(hub.identity))
        return next((hub for hub in named if not hub.leaving and not hub.congested), None)

    def _choose(self, source: Port, to: str | bytes, candidates: Sequence[Instance]) -> Instance | None:
        if len(candidates) > MOST_CANDIDATES:
            candidates = self._registry.next_named(to, MOST_CANDIDATES)  # type: ignore[arg-type]
        instance = choose(candidates, source, self._reaches)
        if instance is not None:
            self._turn += 1
            instance.turn = self._turn
        return instance

    def why_not(self, source: Port, to: str | bytes) -> CallError:
        """Return the failure of a request for which `find` found nothing; it was not delivered."""
        candidates = self._candidates(to)
        if len(candidates) > MOST_CANDIDATES:
            candidates = self._registry.last_named(to, MOST_CANDIDATES)  # type: ignore[arg-type]
        there = left_out(candidates, source, self._reaches)
        asked = self.hubs if self._asks_hubs(source) else []
        name = f"'{to}'" if isinstance(to, str) else "that id"
        if there.congested:
            return self.overloaded(f"every instance of {name} has more to do than its link can carry")
        if any(hub.congested and not hub.leaving for hub in asked):
            return self.overloaded("this exchange has more to say than its link to the hub can carry")
        if asked:
            text = f"no service named {name} is in this process, and {asked[0].title} is leaving"
            return WayGone(text, delivered=False)
        if self._asks_hubs(source) and not source.is_bridge:
            text = f"no service named {name} is in this process, and no hub is linked: {self._role.why_no_hub()}"
            return ServiceUnavailable(text, delivered=False)
        if type(to) is bytes or source.is_hub or there.leaving or self._is_missed(to):
            return WayGone(f"the way to {name} is gone; it was known at {self._role.title} before", delivered=False)
        where = f", and in exchange group '{self._role.group}'" if self._role.group else ""
        text = f"no service named {name} is known at {self._role.title}; is it running{where}?"
        return ServiceUnavailable(text, delivered=False)

    def name_of(self, thing: bytes) -> str | None:
        """Return the name of an instance, if it is known."""
        instance = self._registry.get(thing)
        if instance is None and is_built_in(thing):
            return BUILT_IN
        return instance.name if instance else None

    def overloaded(self, text: str) -> CallError:
        """Return the failure of a request that there is no room for."""
        return Overloaded(f"{text} (at {self._role.title}); try again later", delivered=False)

    def went(self, name: str) -> None:
        """The last way to an instance of ``name`` went, and its owner did not withdraw it."""
        if not self._registry.named(name):
            self._lost.pop(name, None)
            self._lost[name] = self._clock()
            if len(self._lost) > MOST_LOST:
                del self._lost[next(iter(self._lost))]

    def came(self, name: str) -> None:
        """An instance of ``name`` is known."""
        self._lost.pop(name, None)

    def _candidates(self, to: str | bytes) -> Sequence[Instance]:
        if type(to) is str:
            return self._registry.named(to)
        instance = self._registry.get(to)  # type: ignore[arg-type]
        return (instance,) if instance else ()

    def _reaches(self, source: Port, instance: Instance) -> bool:
        """Whether R1 lets a request through, and the instance is known where it comes from (R4)."""
        port = instance.way.port
        if port is self._local:
            audience = instance.way.about.audience
            return audience == "*" or source is port or source.is_bridge or self._role.tells(audience)
        if port.is_bridge and source.is_bridge:
            return port is not source and source.follows(instance.id, instance.way.about.path)
        return self._passes(source, port)

    def _asks_hubs(self, source: Port) -> bool:
        """Whether it is a peer's own call, or that of a bridge there: for what it does not have, it asks its hub."""
        return not self._role.is_hub and (source is self._local or source.is_bridge)

    def _uplink(self, source: Port) -> Port | None:
        """Return the hub that a peer asks for what it does not have itself."""
        for hub in self.hubs if self._asks_hubs(source) else ():
            if not hub.leaving and not hub.congested:
                return hub
        return None

    def _is_missed(self, name: str | bytes) -> bool:
        return isinstance(name, str) and self._clock() - self._lost.get(name, -RECENTLY) < RECENTLY
