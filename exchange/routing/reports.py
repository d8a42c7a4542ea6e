"""Reports: who may make one, and to whom it goes: to one subscription, or to all that want it (R2, R6)."""

from __future__ import annotations

from collections.abc import Callable

from exchange.errors import LocalProtocolError
from exchange.routing.counters import Counters
from exchange.routing.fanout import Fanout
from exchange.routing.interest import BUILT_IN
from exchange.routing.notices import is_notice
from exchange.routing.permission import DENIED
from exchange.routing.policy import Grant
from exchange.routing.port import Port
from exchange.routing.registry import Registry
from exchange.routing.role import Role
from exchange.routing.subscriptions import Subscriptions
from exchange.wire.frames import SIZE_SIZE, Frame
from exchange.wire.identities import make_id, readable


class Reports:
    """Passes reports on.

    Args:
        went_to: Whether a port was told of a subscription, and has it still.

    Attributes:
        fanout: To which ports those go that are for all.
    """

    def __init__(
        self,
        role: Role,
        local: Port,
        registry: Registry,
        subscriptions: Subscriptions,
        passes: Callable[[Port, Port], bool],
        went_to: Callable[[bytes, Port], bool],
        counters: Counters,
    ) -> None:
        self.fanout = Fanout(local, subscriptions, self._reaches, self._is_lasting, counters)
        self._role = role
        self._local = local
        self._registry = registry
        self._subscriptions = subscriptions
        self._passes = passes
        self._went_to = went_to
        self._counters = counters
        self._directory = make_id(role.identity, 0)

    def take(self, port: Port, frame: Frame) -> None:
        """Take a REPORT from a port.

        Raises:
            LocalProtocolError: The port may not make it.
        """
        _, thing, (name, _, to, _, _), _ = frame
        if to is not None:
            self._give_one(port, frame)
            return
        self._check_publisher(port, thing, name, None)
        if self._is_heard(port, thing):
            self.fanout.give(port, frame)
        else:
            self._counters.unexpected += 1

    def _give_one(self, port: Port, frame: Frame) -> None:
        """Pass on what is for one subscription alone."""
        _, thing, (name, subject, to, _, _), raw = frame
        if is_notice(name, subject):
            self._pass_notice(port, frame)
            return
        if name == BUILT_IN and subject == DENIED:
            self._take_denial(port, frame)
            return
        self._check_publisher(port, thing, name, to)
        subscription = self._subscriptions.in_use(to)
        if subscription is None or not self._reaches(port, thing, subscription.port):
            self._counters.unexpected += 1
        elif subscription.port.grant is not None and not _may_hear(subscription.port.grant, name):
            self._counters.denied += 1
        elif len(raw) - SIZE_SIZE > subscription.port.max_frame:
            self._counters.too_large += 1
            subscription.port.note_too_large(frame)
        else:
            subscription.port.send(frame)

    def _take_denial(self, port: Port, frame: Frame) -> None:
        """Our hub says that we may not do something: that is for this process alone."""
        if port.is_hub and not self._role.is_hub:
            self._local.send(frame)
        else:
            self._counters.unexpected += 1

    def _pass_notice(self, port: Port, frame: Frame) -> None:
        """Pass on that a link left something out, for one subscription that it serves."""
        _, thing, (_, _, to, _, _), _ = frame
        is_trusted = port.is_hub or port is self._local
        if not is_trusted and thing != make_id(port.identity, 0):
            raise LocalProtocolError(f"{readable(thing)} says of another's link that it left something out", "forged")
        subscription = self._subscriptions.in_use(to)
        serves = is_trusted or self._went_to(to, port)
        if subscription is not None and serves and self._passes(port, subscription.port):
            subscription.port.send(frame)
        else:
            self._counters.unexpected += 1

    def subscriptions_changed(self, service: str | bytes) -> None:
        """Who wants the reports of a service, or of an instance, has changed."""
        name = service if isinstance(service, str) else self._name_of(service)
        if name is None:
            self.fanout.forget_all()
        else:
            self.fanout.forget(name)

    def _name_of(self, thing: bytes) -> str | None:
        instance = self._registry.get(thing)
        return instance.name if instance else None

    def _reaches(self, source: Port, thing: bytes, target: Port) -> bool:
        """Whether a report may go from port to port: by R1, and one of our own where the instance is known (R4)."""
        if source.is_bridge and target is self._local:
            return False
        if thing == self._directory or (source is not self._local and not (source.is_bridge and target.is_bridge)):
            return self._passes(source, target)
        way = self._registry.way(source, thing)
        if way is None or source.is_bridge:
            return way is not None and target is not source and target.follows(thing, way.about.path)
        return target is self._local or target.is_bridge or self._role.tells(way.about.audience)

    def _is_lasting(self, port: Port, thing: bytes) -> bool:
        """Whether more reports may come of an instance over a port: a peer knows of no way behind its hub."""
        return self._registry.way(port, thing) is not None or (port.is_hub and not self._role.is_hub)

    def _is_heard(self, port: Port, thing: bytes) -> bool:
        """Whether the reports that an instance makes for all are heard by this port.

        What bridges bring in is heard by one of them at a time, or it would go round in a
        ring of them for ever: by the way in use, and until that has reported by the one before.
        """
        instance = self._registry.get(thing) if self._role.is_hub else None
        if instance is None or not instance.about.path or port is instance.heard:
            return True
        if port is not instance.way.port and instance.heard in instance.ways:
            return False
        instance.heard = instance.way.port
        self.fanout.forget(instance.name)
        return port is instance.heard

    def _check_publisher(self, port: Port, thing: bytes, name: str, to: bytes | None) -> None:
        """A peer reports for its own instances only, and to those who want just that (R2)."""
        if port is self._local or port.is_hub:
            return
        way = self._registry.way(port, thing)
        if way is None or way.about.name != name:
            raise LocalProtocolError(f"{readable(thing)} is no instance of '{name}' on this link", "forged")
        subscription = self._subscriptions.in_use(to)
        if to and subscription and subscription.service not in (name, thing):
            raise LocalProtocolError(f"{readable(to)} is no subscription to '{name}'", "forged")


def _may_hear(grant: Grant, name: str) -> bool:
    """Whether reports of a service may go to somebody; those of `$exchange` say only what they may see."""
    return name == BUILT_IN or grant.may("subscribe", name)
