"""The switch takes frames from ports and gives them to ports.

It has three entries: `Switch.attach`, `Switch.detach` and `Switch.receive` (of several
frames: `Switch.receive_all`). The services of this process are behind a port like any other, so there is one code
path. A switch that forwards between links is a hub's; there is no other difference.
Inside, a table leads from the kind of a frame to a short handler.
"""

from __future__ import annotations

from collections.abc import Callable

from exchange.routing.allowance import Allowance
from exchange.routing.announcements import Announcements
from exchange.routing.counters import Counters
from exchange.routing.debts import Debts
from exchange.routing.directions import Directions
from exchange.routing.forwarding import Forwarding
from exchange.routing.interest import BUILT_IN, Interest
from exchange.routing.origins import check_announcer, check_maker
from exchange.routing.permission import (
    denial_of_another_instance,
    denial_of_another_subscription,
    denial_of_instance,
    denial_of_subscription,
)
from exchange.routing.port import Port
from exchange.routing.registry import Change, Happening, Instance, Registry
from exchange.routing.reports import Reports
from exchange.routing.role import Role
from exchange.routing.room import Room
from exchange.routing.subscriptions import Subscriptions
from exchange.routing.usage import MOST_OFFERS, Usage
from exchange.routing.wishes import Wishes
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Id, maker_of
from exchange.wire.layouts import Kind

LOST = "lost"
"""Why an instance went that its owner did not withdraw."""

COST_OF_DENIAL = 10
"""As how many changes a denial counts, which is told, and written to the log."""


class Switch:
    """The routing of one exchange.

    Frames that break a rule raise `LocalProtocolError` out of `receive`; whoever took
    the bytes from outside ends the link with it.

    Attributes:
        subscriptions: Those that it knows; for reading.
        usage: Who calls what, if this is a hub.
        local: The port behind which the services of this process are.
        watcher: Is told of every change of the registry.
        denier: Is told of each instance or subscription that a port may not have, and why.
        hub_watcher: Is called when a hub was attached or detached, or is suspected or no more.
    """

    def __init__(self, role: Role, local: Port, clock: Callable[[], float]) -> None:
        self.role = role
        self.local = local
        self.watcher: Callable[[Change], None] = lambda change: None
        self.hub_watcher: Callable[[], None] = lambda: None
        self.denier: Callable[[Port, bytes, str], None] = lambda port, thing, text: None
        self.registry = Registry()
        self.counters = Counters()
        self.debts = Debts()
        self.usage = Usage()
        self.subscriptions = Subscriptions()
        self._ports: dict[bytes, list[Port]] = {}
        self._room = Room(role, local)
        self._directions = Directions(role, local, self.registry, self.passes, clock)
        self._forwarding = Forwarding(role, local, self._directions, self.debts, self.counters, self.usage)
        self._announcements = Announcements(role, local, self.registry, self._signed)
        self._interest = Interest(role, local, self.registry, self.subscriptions, self.passes, self._signed)
        self._reports = Reports(
            role, local, self.registry, self.subscriptions, self.passes, self._interest.went_to, self.counters
        )
        handlers: dict[Kind, Callable[[Port, Frame], None]] = {
            Kind.ANNOUNCE: self._on_announce,
            Kind.WITHDRAW: self._on_withdraw,
            Kind.SUBSCRIBE: self._on_subscribe,
            Kind.UNSUBSCRIBE: self._on_unsubscribe,
            Kind.REQUEST: self._forwarding.request,
            Kind.REPLY: self._forwarding.answer,
            Kind.FAILURE: self._forwarding.answer,
            Kind.CANCEL: self._forwarding.cancel,
            Kind.REPORT: self._reports.take,
        }
        self._handlers = {int(kind): handler for kind, handler in handlers.items()}  # plain numbers are found sooner
        local.identity = role.identity
        local.accounts = {} if role.is_hub else None
        self._clock = clock if role.is_hub else None

    # The three entries

    def attach(self, port: Port) -> None:
        """Take a port in, and tell it everything (R10); older ones of its identity are put to the test (R3)."""
        namesakes = self._ports.setdefault(port.identity, [])
        namesakes.append(port)
        port.is_attached = True
        port.is_peer = not port.is_hub and not port.is_bridge
        port.accounts = {} if self.role.is_hub and not port.is_hub else None
        self._doubt(port.identity, max(each.attachment for each in namesakes))
        if port.is_hub:
            if not self.role.is_hub:
                port.allowance = Allowance(port.takes)
            self._order_hubs()
            self._announcements.tell_everything(port)
            self._interest.greet(port)
            self.hub_watcher()

    def detach(self, port: Port, text: str, left: bool = False) -> None:
        """Settle everything about a port that is gone; nothing about it survives (R9).

        Args:
            text: Why it went, for the callers who wait.
            left: It said LEAVING and then BYE with the code *left*: what it owes was not delivered.
        """
        namesakes = self._ports.get(port.identity, [])
        if port not in namesakes:
            return
        offers = self.offers_of(port) if port.accounts else ()
        namesakes.remove(port)
        port.is_attached = False
        if not namesakes:
            del self._ports[port.identity]
        self._order_hubs()
        reason = "drained" if left else LOST
        changes = [self._withdraw(port, instance.id, reason) for instance in self.registry.behind(port)]
        self._interest.lose(port)
        for subscription in self.subscriptions.from_port(port):
            self._unsubscribe(port, subscription.id)
        # Whoever is told of a loss may call at once, and must find no way to what is gone.
        for change in changes:
            self._tell_watcher(change)
        self._forwarding.lose(port, text, left)
        self.usage.close(port, offers)
        if port.is_hub:
            self._reports.fanout.forget_all()
            self.hub_watcher()

    def _doubt(self, identity: bytes, attachment: int) -> None:
        """An exchange is attached, here or at another hub, by ``attachment``: its older links are put to the test."""
        for port in list(self._ports.get(identity, ())):  # between hubs attachments decide nothing
            if port.attachment < attachment and not (port.is_hub and self.role.is_hub):
                port.prove_alive()

    def receive(self, port: Port, frame: Frame) -> None:
        """Take one frame from a port.

        Raises:
            LocalProtocolError: It breaks a rule; it had no effect.
        """
        if self._clock is not None:
            self.usage.now = self._clock()
        self._handlers[frame[0]](port, frame)

    def receive_all(self, port: Port, frames: list[Frame]) -> None:
        """Take frames that came together, up to the one by which their port is detached; raises as `receive`."""
        handlers = self._handlers
        if self._clock is not None:
            self.usage.now = self._clock()
        for frame in frames:
            if not port.is_attached:
                break
            handlers[frame[0]](port, frame)

    def note_leaving(self, port: Port) -> None:
        """The far end of ``port`` asked to begin nothing new there."""
        told = [(instance, self._announcements.told(instance)) for instance in self.registry.behind(port)]
        port.leaving = True
        changes = self.registry.reorder(port)
        for instance, before in told:
            self._announcements.tell(instance, before, "moved")
            self._met(instance)
        for change in changes:
            self._tell_watcher(change)

    def give_up(self, port: Port, text: str) -> None:
        """Owe ``port`` nothing any longer: each of its calls fails, delivered unknown, and is cancelled (R12)."""
        self._forwarding.give_up(port, text)

    def note_suspected(self, port: Port, suspected: bool) -> None:
        """The far end of ``port`` has owed a sign of life for long, or has given it now."""
        port.suspected = suspected
        for instance in self.registry.behind(port):
            if instance.way.port is port and port in instance.ways:  # whoever was told may have ended it
                self._tell_watcher(Change(Happening.CHANGED, instance))
        if port.is_hub:
            self.hub_watcher()

    @property
    def ports(self) -> list[Port]:
        """All ports that are attached."""
        return [port for namesakes in self._ports.values() for port in namesakes]

    @property
    def hubs(self) -> list[Port]:
        """The ports whose far end forwards, the newest attachment first."""
        return self._directions.hubs

    def passes(self, source: Port, target: Port) -> bool:
        """Whether a frame from ``source`` may go to ``target`` (R1): one hop, and never back."""
        if target is source:
            return target is self.local
        if source is self.local:
            return not target.is_bridge
        if target is self.local or source.is_bridge or target.is_bridge:
            return True
        return self.role.is_hub and not (source.is_hub and target.is_hub)

    def may_watch(self, subscription: bytes, instance: Instance) -> bool:
        """Whether those behind a subscription may see an instance; of one that is gone nobody sees anything."""
        way = self.subscriptions.in_use(subscription)
        return way is not None and (way.port.grant is None or way.port.grant.may("watch", instance.name))

    def shows(self, instance: Instance) -> bool:
        """Whether an instance is for others than this process (R4)."""
        return instance.way.port is not self.local or self.role.tells(instance.about.audience)

    def offers_of(self, port: Port) -> tuple[str, ...]:
        """Return some of the names that the far end of a port offers, by which people know it."""
        return tuple(sorted(self.registry.names_behind(port, MOST_OFFERS)))

    def _order_hubs(self) -> None:
        hubs = (port for namesakes in self._ports.values() for port in namesakes if port.is_hub)
        self._directions.hubs = sorted(hubs, key=lambda port: port.attachment, reverse=True)
        self._interest.hubs = self._announcements.hubs = self._directions.hubs
        self._room.linked(self._directions.hubs)
        if self._directions.hubs and not self.role.is_hub:
            self.local.speaks_as = self._directions.hubs[0].principal

    def hold(self, subscription: bytes, go_on: Callable[[], None]) -> bool:
        """Whether the port that a subscription came from has enough for now; see `Port.hold`."""
        way = self.subscriptions.in_use(subscription)
        return way is not None and way.port.hold(go_on)

    def wishes_of(self, port: Port) -> Wishes:
        """Return what they wish who subscribed behind ``port``, of reports that it cannot take in time."""
        return Wishes(self.subscriptions, port)

    # Instances

    def _on_announce(self, port: Port, frame: Frame) -> None:
        _, thing, array, _ = frame
        known = self.registry.get(thing)
        if not port.is_hub:
            check_announcer(self.role, port, thing, array, known)
        if port.grant is not None:
            denial = denial_of_instance(port.grant, array) or denial_of_another_instance(port.grant, thing)
            if self._is_denied(port, thing, denial):
                return
        if known is not None and not array[6]:
            self._expel_bridged(known)
            known = self.registry.get(thing)
        if known is not None and port.is_hub and array[1] != known.name and (array[6] or port not in known.ways):
            self.counters.unexpected += 1  # that hub has heard, or will, who is right; or a peer told it another name
            return
        before, told = self.registry.way(port, thing), self._announcements.told(self.registry.get(thing))
        self._room.check_instance(port, self.registry.count_behind(port), array, before)
        change = self.registry.announce(port, Id(thing), array)
        instance = self.registry.get(thing)
        assert instance is not None
        port.changing += before is not None
        if port.allotment is not None and before is None:
            port.allotment.instances.add(thing)
        if port.is_hub:
            self._doubt(array[7] or maker_of(Id(thing)), array[0])
        self._directions.came(array[1])
        now = self._announcements.told(instance)
        self._announcements.tell(instance, told, "withdrawn", frame if now and now.port is port else None)
        self._met(instance, is_new=before is None or before.about.audience != array[3])
        self._tell_watcher(change)

    def _signed(self, source: Port, hub: Port, frame: Frame) -> Frame:
        """Return what ``hub`` is told; our own is told under the attachment and the principal of its link.

        A hub has no attachment that others could compare: it is attached to all of them at once.
        """
        if source is not self.local and not source.is_bridge:
            return frame
        kind, thing, array, _ = frame
        attachment = 0 if self.role.is_hub else hub.attachment
        if kind == Kind.ANNOUNCE:
            principal = array[5] if source.is_bridge else hub.principal
            return encode(Kind.ANNOUNCE, thing, (attachment, *array[1:5], principal, *array[6:]))
        return encode(Kind.SUBSCRIBE, thing, (*array[:3], attachment)) if kind == Kind.SUBSCRIBE else frame

    def _expel_bridged(self, instance: Instance) -> None:
        """The exchange in which an instance lives is in this group: whoever offers it as coming from another lies."""
        for way in list(instance.ways.values()):
            if way.about.path:
                self._tell_watcher(self._withdraw(way.port, instance.id, LOST))

    def _on_withdraw(self, port: Port, frame: Frame) -> None:
        port.changing += 1
        if self.registry.way(port, frame[1]) is None:
            check_maker(port, frame[1])
        self._tell_watcher(self._withdraw(port, frame[1], frame[2][0]))

    def _withdraw(self, port: Port, thing: bytes, reason: str) -> Change | None:
        instance = self.registry.get(thing)
        if instance is None or port not in instance.ways:
            self.counters.unexpected += 1
            return None
        told = self._announcements.told(instance)
        change = self.registry.withdraw(port, thing, reason)
        if port.allotment is not None:
            port.allotment.instances.discard(thing)
        if change and change.happening is Happening.WENT and reason != "withdrawn":
            self._directions.went(instance.name)
        self._announcements.tell(instance, told, "moved" if instance.ways else reason)
        self._met(instance)
        return change

    def _is_denied(self, port: Port, thing: bytes, text: str | None) -> bool:
        """Whether a port may not do something; it is told, and what it asked for does not happen."""
        if text is None:
            return False
        self.counters.denied += 1
        port.changing += COST_OF_DENIAL
        self.denier(port, thing, text)
        return True

    def _tell_watcher(self, change: Change | None) -> None:
        if change:
            self.watcher(change)

    # Subscriptions and reports

    def _on_subscribe(self, port: Port, frame: Frame) -> None:
        _, thing, array, _ = frame
        check_maker(port, thing)
        if port.is_hub and (thing.startswith(self.role.identity) or self.subscriptions.is_another(port, frame)):
            self.counters.unexpected += 1  # ours came back, by another link; or its maker told that hub something else
            return
        if port.grant is not None:
            name = self._directions.name_of(array[0]) if isinstance(array[0], bytes) else None
            denial = denial_of_subscription(port.grant, array[0], name)
            if self._is_denied(port, thing, denial or denial_of_another_subscription(port.grant, thing, array[0])):
                return
        way, before = self.subscriptions.way(port, thing), self.subscriptions.in_use(thing)
        self._room.check_subscription(port, self.subscriptions.count_from(port), array, way)
        port.changing += way is not None
        if not self.subscriptions.add(port, frame):
            return
        if port.allotment is not None and way is None and array[0] != BUILT_IN:
            port.allotment.subscriptions.add(thing)
        if port.is_hub:
            self._doubt(maker_of(Id(thing)), array[3])
        port.watching += array[0] == BUILT_IN and way is None
        self._reports.subscriptions_changed(array[0])
        if before is None:
            self._interest.begin(thing)
        elif self.subscriptions.in_use(thing) != before:
            self._interest.renew(thing)

    def _on_unsubscribe(self, port: Port, frame: Frame) -> None:
        port.changing += 1
        check_maker(port, frame[1])
        self._unsubscribe(port, frame[1])

    def _unsubscribe(self, port: Port, thing: bytes) -> None:
        before = self.subscriptions.in_use(thing)
        gone = self.subscriptions.remove(port, thing)
        if gone is None:
            self.counters.unexpected += 1
            return
        port.watching -= gone.service == BUILT_IN
        if port.allotment is not None:
            port.allotment.subscriptions.discard(thing)
        self._reports.subscriptions_changed(gone.service)
        now = self.subscriptions.in_use(thing)
        if now is None:
            self._interest.end(thing)
        elif now != before:
            self._interest.renew(thing)

    def _met(self, instance: Instance, is_new: bool = False) -> None:
        """The way to an instance may have changed: reports come from elsewhere, and subscriptions go elsewhere.

        To be known further than before is to be new: those who subscribed are answered by this instance too.
        """
        self._reports.fanout.forget(instance.name)
        if instance.ways:
            self._interest.meet(instance, is_new)
