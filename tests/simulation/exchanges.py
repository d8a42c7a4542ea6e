"""The simulated exchanges: a real switch each, and around it what the simulation moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exchange.errors import RemoteError
from exchange.routing.bridge_end import BridgeEnd
from exchange.routing.interest import BUILT_IN
from exchange.routing.joins import Joins
from exchange.routing.notices import SKIPPED
from exchange.routing.registry import Change
from exchange.routing.role import Role
from exchange.routing.switch import Switch
from exchange.services.directory import Directory as RealDirectory
from exchange.services.picture import Picture
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Id, make_id, maker_of
from exchange.wire.layouts import Kind
from exchange.wire.terms import Terms
from tests.simulation.directory import Directory
from tests.simulation.directory import Picture as Shown
from tests.simulation.end import End, Stage, join
from tests.simulation.ledger import Ledger
from tests.simulation.local import Callee, Caller, LocalPort
from tests.simulation.reports import Press, Readers
from tests.simulation.versions import Writes, as_today

FIRST_NUMBER = 1
"""Of things; the first is for the subscription of the real picture."""

EVERYTHING = "*"
"""What those subscribe to who watch by the model's directory; the real picture asks for less."""


class SimulatedExchange:
    """What peers and the hub have in common: services, calls, ends of links.

    Attributes:
        ends: Those that are not gone.
        is_stopping: Whether it leaves for good.
        is_touched: Whether something may have happened to it in this step.
        process: The exchanges of its process, itself among them; bridges are between such.
        bridge_ends: Its ends of the bridges that stand on it.
        seen: What a bridge at it sees, which is the real picture.
        writes: How it writes frames; not all exchanges have the same version.
        hears_from: The end whose frame the switch is taking now.
        hears: What that frame is.
    """

    def __init__(self, name: str, is_hub: bool, group: str, ledger: Ledger, clock: Callable[[], float]) -> None:
        self.name = name
        self.group = group
        self.terms = Terms(name.encode().ljust(32), is_hub, group)
        self.local = LocalPort()
        role = Role(self.terms.identity, is_hub, group, title=name)
        self.switch = Switch(role, self.local, clock)
        self.seen = Picture(self.switch)
        self.switch.watcher = self.seen.registry_changed
        self.switch.hub_watcher = self.seen.hubs_changed
        self.joins = Joins(self.terms.identity)
        self.process: list[SimulatedExchange] = [self]
        self.bridge_ends: list[BridgeEnd] = []
        self._ledger = ledger
        self.caller = Caller(self.terms.identity, group, ledger, self._send)
        self.callee = Callee(self.caller, ledger, self._send)
        self.press = Press(self.switch, self._send, clock)
        self.readers = Readers(self._send)
        self.ends: list[End] = []
        self.is_stopping = False
        self.is_touched = True
        self.writes: Writes = as_today
        self.hears_from: End | None = None
        self.hears: tuple[int, bytes, tuple[Any, ...]] | None = None
        self.number = FIRST_NUMBER
        self._attachment = 0
        self.local.handlers = {
            Kind.REQUEST: self.callee.request,
            Kind.CANCEL: self.callee.cancel,
            Kind.REPLY: self.caller.answer,
            Kind.FAILURE: self.caller.answer,
            Kind.SUBSCRIBE: self.press.publisher.subscribe,
            Kind.UNSUBSCRIBE: self.press.publisher.unsubscribe,
            Kind.REPORT: self.readers.report,
        }

    def add(self, service: str, audience: str) -> None:
        """Add an instance of a service."""
        thing = self.new_thing()
        self._ledger.audiences[thing] = audience
        self.callee.instances.add(thing)
        self.press.add(thing, service)
        self._announce(thing, service, (), audience)

    def change(self, thing: bytes, groups: tuple[str, ...]) -> None:
        """Let an instance join groups and leave the others."""
        instance = self.switch.registry.get(thing)
        assert instance is not None
        self._announce(thing, instance.name, groups, instance.about.audience)

    def remove(self, thing: bytes, stops: bool) -> None:
        """Withdraw an instance; what runs is stopped, or goes on."""
        self.callee.instances.discard(thing)
        self._send(encode(Kind.WITHDRAW, thing, ("withdrawn",)))
        self.press.publisher.remove(thing)
        if stops:
            for call in [call for call, (runs, _, _) in self.callee.running.items() if runs == thing]:
                self.callee.stop(call, RemoteError("withdrawn", delivered=True))

    def subscribe(self, service: str | bytes, pattern: str) -> None:
        """Begin to read the reports of a service."""
        self.readers.subscribe(self.new_thing(), service, pattern)

    def new_thing(self) -> Id:
        """Return the id of a new instance, or of a new subscription."""
        self.number += 1
        return make_id(self.terms.identity, self.number)

    def dial(self, hub: SimulatedHub) -> End:
        """Begin a new link to a hub."""
        self._attachment += 1
        near = End(self, dialling=True, attachment=self._attachment)
        far = End(hub, dialling=False)
        self.ends.append(near)
        hub.ends.append(far)
        join(near, far)
        return near

    def stop(self, politely: bool) -> None:
        """Leave for good; what only greets is ended."""
        self.is_touched = True
        self.is_stopping = True
        for end in self.ends:
            if end.is_attached:
                end.leave(politely)
            else:
                end.say_bye("stopped", "going away")

    def hurry(self) -> None:
        """The seconds of leaving are over (R12)."""
        for end in self.ends:
            end.hurry()

    @property
    def is_linked(self) -> bool:
        """Whether it is part of its exchange group."""
        return self.switch.role.is_hub or any(end.is_attached for end in self.ends)

    def ends_to(self, identity: bytes) -> list[End]:
        """Return the attached ends of links to an exchange."""
        return [end for end in self.ends if end.is_attached and end.identity == identity]

    def subscribers(self) -> set[bytes]:
        """Return the subscriptions that the services here report to."""
        publications = self.press.publisher._publications.values()
        return {thing for publication in publications for thing in publication.subscribers}

    def die(self) -> None:
        """The process is killed."""
        self.caller.die()
        for end in self.ends:
            end.die()

    def settle(self) -> None:
        """Look at all links after a step."""
        for end in self.ends:
            end.settle()
        self.ends = [end for end in self.ends if end.stage is not Stage.GONE]

    def _announce(self, thing: bytes, name: str, groups: tuple[str, ...], audience: str) -> None:
        self._send(encode(Kind.ANNOUNCE, thing, (0, name, groups, audience, b"", None, (), None)))

    def _send(self, frame: Frame) -> None:
        self.is_touched = True
        self.switch.receive(self.local, frame)


class SimulatedHub(SimulatedExchange):
    """A hub, its directory, and its links to other hubs."""

    def __init__(self, name: str, group: str, ledger: Ledger, clock: Callable[[], float]) -> None:
        super().__init__(name, True, group, ledger, clock)
        self._is_polite = True
        self.directory = Directory(self.terms.identity, self.switch.registry, self._send, self.switch.shows)
        self._next_turn: list[Callable[[], None]] = []
        later = self._next_turn.append
        self.real_directory = RealDirectory(
            self.terms.identity, self.switch.registry, self._send, clock, later, self.switch.shows
        )
        self.local.handlers[Kind.SUBSCRIBE] = self._subscribe
        self.local.handlers[Kind.UNSUBSCRIBE] = self._unsubscribe
        self.switch.watcher = self._changed

    def settle(self) -> None:
        """Look at all links, and go on leaving."""
        while self._next_turn:
            self._next_turn.pop(0)()
        super().settle()
        if self.is_stopping:
            self._go_on_leaving()
            super().settle()

    def stop(self, politely: bool) -> None:
        """Leave for good: first the peers, and when they have gone the hubs (R12)."""
        self.is_touched = True
        self.is_stopping = True
        self._is_polite = politely
        for end in self.ends:
            if not end.is_attached:
                end.say_bye("stopped", "going away")
        self._go_on_leaving()

    def may_dial(self, hub: SimulatedHub) -> bool:
        """Whether the dialer for a hub has nothing under way."""
        is_wanted = hub is not self and hub.group == self.group and not self.is_stopping and not hub.is_stopping
        return is_wanted and not any(end.dialling and end.far.owner is hub for end in self.ends)

    def _go_on_leaving(self) -> None:
        peers = [end for end in self.ends if end.is_attached and not end.is_hub]
        for end in peers or self.ends:
            end.leave(self._is_polite, waits=bool(peers))

    def subscribers(self) -> set[bytes]:
        """Return the subscriptions that the services here and the directory report to."""
        return super().subscribers() | self.directory.subscribers.keys() | self.real_directory._wanted.keys()

    def _changed(self, change: Change) -> None:
        self.seen.registry_changed(change)
        self.directory.changed(change)
        self.real_directory.changed(change)

    def _subscribe(self, frame: Frame) -> None:
        if frame[2][:2] == (BUILT_IN, EVERYTHING):
            self.directory.subscribe(frame)
        elif frame[2][0] == BUILT_IN:
            self.real_directory.subscribe(frame)
        else:
            self.press.publisher.subscribe(frame)

    def _unsubscribe(self, frame: Frame) -> None:
        self.directory.unsubscribe(frame)
        self.real_directory.unsubscribe(frame)
        self.press.publisher.unsubscribe(frame)


class SimulatedPeer(SimulatedExchange):
    """A process that links to the hub, and comes back when it has lost the link.

    Attributes:
        watch: Its subscription to the directory, while it has one.
    """

    def __init__(self, name: str, group: str, ledger: Ledger, clock: Callable[[], float]) -> None:
        super().__init__(name, False, group, ledger, clock)
        self.watch: bytes | None = None
        self._pictures: dict[bytes, Shown] = {}
        self.local.handlers[Kind.REPORT] = self._report
        self.switch.hub_watcher = self._hubs_changed

    def move(self, hub: SimulatedHub | None) -> None:
        """Begin a new link, to leave the present one when that is proved; without another hub, leave now (R12)."""
        old = self.ends[0]
        if hub:
            self.dial(hub).replaces = old
        else:
            old.leave(politely=True)

    @property
    def picture(self) -> Shown:
        """What the newest hub has shown."""
        return self._pictures[self.switch.hubs[0].identity]

    def must_move(self) -> bool:
        """Whether its only hub is leaving."""
        return len(self.ends) == 1 and self.ends[0].leaving and not self.ends[0].is_leaving

    def begin_to_watch(self) -> None:
        """Subscribe to the directory."""
        self.watch = self.new_thing()
        self._send(encode(Kind.SUBSCRIBE, self.watch, (BUILT_IN, EVERYTHING, "disconnect", 0)))

    def watch_no_more(self) -> None:
        """End the subscription."""
        assert self.watch is not None
        self._send(encode(Kind.UNSUBSCRIBE, self.watch))
        self.watch = None
        for picture in self._pictures.values():
            picture.clear()

    def _hubs_changed(self) -> None:
        hubs = [hub.identity for hub in self.switch.hubs]
        self._pictures = {hub: self._pictures.get(hub) or Shown() for hub in hubs}
        self.seen.hubs_changed()

    def _report(self, frame: Frame) -> None:
        if frame[2][0] != BUILT_IN or frame[2][1] == SKIPPED:
            self.readers.report(frame)
        elif frame[2][2] == self.watch:
            self._pictures[maker_of(Id(frame[1]))].report(frame)
        elif frame[2][2] == self.seen._subscription:
            self.seen.report(frame)
