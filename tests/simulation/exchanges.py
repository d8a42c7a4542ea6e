"""The simulated exchanges: a real switch each, and around it what the simulation moves."""

from __future__ import annotations

from collections.abc import Callable

from exchange.errors import RemoteError
from exchange.routing.interest import BUILT_IN
from exchange.routing.role import Role
from exchange.routing.switch import Switch
from exchange.wire.dialogue import Terms
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import make_id
from exchange.wire.layouts import Kind
from tests.simulation.directory import Directory, Picture
from tests.simulation.end import End, Stage, join
from tests.simulation.ledger import Ledger
from tests.simulation.local import Callee, Caller, LocalPort
from tests.simulation.reports import Press, Readers


class SimulatedExchange:
    """What peers and the hub have in common: services, calls, ends of links.

    Attributes:
        ends: Those that are not gone.
    """

    def __init__(self, name: str, is_hub: bool, ledger: Ledger, clock: Callable[[], float]) -> None:
        self.name = name
        self.terms = Terms(name.encode().ljust(32), is_hub)
        self.local = LocalPort()
        role = Role(self.terms.identity, is_hub, title=name)
        self.switch = Switch(role, self.local, clock)
        self.caller = Caller(self.terms.identity, ledger, self._send)
        self.callee = Callee(self.caller, ledger, self._send)
        self.press = Press(self.switch, self._send, clock)
        self.readers = Readers(self._send)
        self.ends: list[End] = []
        self.number = 0
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
        self.number += 1
        thing = make_id(self.terms.identity, self.number)
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
            for call in [call for call, (runs, _) in self.callee.running.items() if runs == thing]:
                self.callee.stop(call, RemoteError("withdrawn", delivered=True))

    def subscribe(self, service: str | bytes, pattern: str) -> None:
        """Begin to read the reports of a service."""
        self.number += 1
        self.readers.subscribe(make_id(self.terms.identity, self.number), service, pattern)

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
        self.switch.receive(self.local, frame)


class SimulatedHub(SimulatedExchange):
    """A hub and its directory."""

    def __init__(self, name: str, ledger: Ledger, clock: Callable[[], float]) -> None:
        super().__init__(name, True, ledger, clock)
        self.directory = Directory(self.terms.identity, self.switch.registry, self._send)
        self.local.handlers[Kind.SUBSCRIBE] = self._subscribe
        self.local.handlers[Kind.UNSUBSCRIBE] = self._unsubscribe
        self.switch.watcher = self.directory.changed

    def _subscribe(self, frame: Frame) -> None:
        if frame[2][0] == BUILT_IN:
            self.directory.subscribe(frame)
        else:
            self.press.publisher.subscribe(frame)

    def _unsubscribe(self, frame: Frame) -> None:
        self.directory.unsubscribe(frame)
        self.press.publisher.unsubscribe(frame)


class SimulatedPeer(SimulatedExchange):
    """A process that links to the hub, and comes back when it has lost the link.

    Attributes:
        picture: What it knows of the hub's instances.
        is_stopping: Whether it leaves for good.
    """

    def __init__(self, name: str, ledger: Ledger, clock: Callable[[], float]) -> None:
        super().__init__(name, False, ledger, clock)
        self.picture = Picture()
        self.is_stopping = False
        self._attachment = 0
        self._shown_by = b""
        self.local.handlers[Kind.REPORT] = self._report
        self.switch.hub_watcher = self._hubs_changed

    def dial(self, hub: SimulatedHub) -> End:
        """Begin a new link to the hub."""
        self._attachment += 1
        near = End(self.switch, self.terms, dialling=True, attachment=self._attachment)
        far = End(hub.switch, hub.terms, dialling=False)
        self.ends.append(near)
        hub.ends.append(far)
        join(near, far)
        return near

    def move(self, hub: SimulatedHub) -> None:
        """Begin a new link, to leave the present one when the new one is proved (R12)."""
        old = self.ends[0]
        self.dial(hub).replaces = old

    def watch(self) -> None:
        """Subscribe to the directory."""
        self.number += 1
        self.picture.subscription = make_id(self.terms.identity, self.number)
        self._send(encode(Kind.SUBSCRIBE, self.picture.subscription, (BUILT_IN, "*", "disconnect", 0)))

    def watch_no_more(self) -> None:
        """End the subscription."""
        assert self.picture.subscription is not None
        self._send(encode(Kind.UNSUBSCRIBE, self.picture.subscription))
        self.picture.subscription = None
        self.picture.clear()

    def stop(self, politely: bool) -> None:
        """Leave for good."""
        self.is_stopping = True
        for end in self.ends:
            end.leave(politely)

    def hurry(self) -> None:
        """The seconds of leaving are over (R12)."""
        for call in list(self.callee.running):
            self.callee.stop(call, RemoteError("stopped", delivered=None))
        for end in self.ends:
            end.say_bye("stopped", "time is over")

    def _hubs_changed(self) -> None:
        hubs = self.switch.hubs
        if not hubs or hubs[0].identity != self._shown_by:
            self._shown_by = hubs[0].identity if hubs else b""
            self.picture.clear()

    def _report(self, frame: Frame) -> None:
        """A report of the newest hub counts; an older one is about to be lost."""
        if frame[2][0] != BUILT_IN:
            self.readers.report(frame)
        elif frame[1].startswith(self._shown_by):
            self.picture.report(frame)
