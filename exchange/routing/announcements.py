"""Announcements: what hubs are told of an instance, and when (R3, R4).

They hear of the best of those ways that no hub has told: of an instance with several,
one. When another becomes the best they hear of that, and of its end with the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from exchange.routing.port import Port
from exchange.routing.registry import Instance, Registry, Way
from exchange.routing.role import Role
from exchange.wire.frames import Frame, encode
from exchange.wire.layouts import Kind


class Announcements:
    """Tells hubs of instances.

    Attributes:
        hubs: The ports whose far end forwards.

    Args:
        sign: Returns what a port is told of a frame that came from another.
    """

    def __init__(self, role: Role, local: Port, registry: Registry, sign: Callable[[Port, Port, Frame], Frame]) -> None:
        self.hubs: list[Port] = []
        self._role = role
        self._local = local
        self._registry = registry
        self._sign = sign

    def tell_everything(self, hub: Port) -> None:
        """Tell a hub that is new of all there is (R10).

        A hub tells another as the link drains: there may be very many. What a peer has it tells
        at once, so that none of its reports can come before what it is about.
        """
        if self._role.is_hub:
            hub.tell_all(self._everything(hub))
        else:
            for frame in self._everything(hub):
                hub.tell(frame)

    def told(self, instance: Instance | None) -> Way | None:
        """Return the way that hubs are told of: the best that no hub told us (R1), by its audience if it is ours."""
        way = instance.way_of_peers() if instance else None
        return None if way and way.port is self._local and not self._role.tells(way.about.audience) else way

    def _everything(self, hub: Port) -> Iterator[Frame]:
        """Make the frames, port by port in the order in which the instances came.

        What comes, changes or goes meanwhile is told by `tell` too: of one thing, what is told last is so.
        """
        for thing in self._registry.ids_of_peers():
            instance = self._registry.get(thing)
            way = self.told(instance)
            if way:
                yield self._sign(way.port, hub, way.frame(thing))

    def tell(self, instance: Instance, before: Way | None, reason: str, frame: Frame | None = None) -> None:
        """Tell hubs what became of the way that they are told of.

        Args:
            before: What it was.
            reason: Why it went, if it did.
            frame: The ANNOUNCE that changed it, if one did; it is passed on as it came.
        """
        now = self.told(instance)
        if now is None:
            if before:
                for hub in self.hubs:
                    hub.tell(encode(Kind.WITHDRAW, instance.id, (reason,)))
            return
        if now == before and frame is None:
            return
        for hub in self.hubs:
            hub.tell(self._sign(now.port, hub, frame or now.frame(instance.id)))
