"""The picture: what this process knows of instances, here and anywhere, kept up to date.

It is put together from several views: that of our own registry, and that of each
hub that is linked, which is asked once somebody wants to know. An instance is there
as long as one view has it. Of what lives in this process only our own view is
believed, so that it is seen at once, coming and going. What only a suspected hub has
told is suspected too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from twisted.logger import Logger

from exchange.errors import UnsuitableValue
from exchange.routing.interest import BUILT_IN
from exchange.routing.registry import Change, Happening
from exchange.routing.switch import Switch
from exchange.services.directory import WHOLE
from exchange.services.presence import SUBJECT_PREFIX, Presence, PresenceChange, presence_from, presence_of, thing_from
from exchange.wire.frames import Frame, body_of, encode
from exchange.wire.identities import Id, make_id, maker_of
from exchange.wire.layouts import Kind
from exchange.wire.values import decode_value

LOST = "lost"

Observer = Callable[[PresenceChange | None], None]
"""Is told of a change, or by ``None`` that the completeness may have changed."""


class Picture:
    """Who is there, as this exchange sees it.

    Attributes:
        observers: Those who are told.
        expects_hub: Whether a hub is dialled, so that the picture is not whole without one.
    """

    log = Logger()

    def __init__(self, switch: Switch) -> None:
        self.expects_hub = False
        self._switch = switch
        self._own = switch.role.identity
        self._views: dict[bytes, dict[Id, Presence]] = {self._own: {}}
        self._shown: dict[bytes, set[Id]] = {}
        self._whole: set[bytes] = set()
        self._suspected: set[bytes] = set()
        self._changes: deque[PresenceChange | None] = deque()
        self._telling = False
        self.observers: list[Observer] = []
        self._subscription: Id | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every hub that is linked has shown all it knows, and one is linked if one is dialled.

        A hub asks no other: its own registry has all that those have told.
        """
        if self._switch.role.is_hub:
            return True
        hubs = {hub.identity for hub in self._switch.hubs}
        return hubs <= self._whole and bool(hubs or not self.expects_hub)

    def instances(self) -> list[Presence]:
        """Return all that are there."""
        found: dict[Id, Presence] = {}
        for view in reversed(self._views.values()):
            found.update(view)
        if self._suspected:
            return [presence for presence in map(self._find, found) if presence]
        return list(found.values())

    def observe(self, observer: Observer) -> None:
        """Have ``observer`` told from now on; the first one makes us ask our hubs."""
        self.observers.append(observer)
        self.begin()

    def ignore(self, observer: Observer) -> None:
        """Tell ``observer`` no more."""
        self.observers.remove(observer)

    def registry_changed(self, change: Change) -> None:
        """Our own registry changed; what a bridge brings in is our hub's to tell."""
        if change.instance.way.port.is_bridge and not self._switch.role.is_hub:
            return
        thing = change.instance.id
        if change.happening is Happening.WENT:
            self._forget(self._own, thing, change.reason)
        else:
            self._learn(self._own, presence_of(change.instance))

    def hubs_changed(self) -> None:
        """A hub was attached or lost, or is suspected or no more: what only a lost one told is lost too."""
        linked: set[bytes] = {hub.identity for hub in self._switch.hubs}
        for hub in [hub for hub in self._views if hub not in linked and hub != self._own]:
            for thing in list(self._views[hub]):
                self._forget(hub, thing, LOST)
            del self._views[hub]
        self._shown = {hub: shown for hub, shown in self._shown.items() if hub in linked}
        self._whole &= linked
        self._suspect(linked - {hub.identity for hub in self._switch.hubs if not hub.suspected})
        self._tell(None)

    def report(self, frame: Frame) -> None:
        """A hub told something."""
        hub, (_, subject, _, is_retained) = maker_of(Id(frame[1])), frame[2]
        if subject == WHOLE:
            self._completed(hub)
            return
        try:
            content = decode_value(body_of(frame[3]), UnsuitableValue.CANNOT_DECODE_REPLY)[0]
            presence = presence_from(subject, content)
            thing = thing_from(subject)
        except (UnsuitableValue, ValueError, TypeError, IndexError, KeyError) as error:
            self.log.warn("a report of a hub cannot be understood: {error}", error=error)
            return
        if maker_of(thing) == self._own:
            return
        if is_retained:
            self._shown.setdefault(hub, set()).add(thing)
        if presence:
            self._learn(hub, presence)
        else:
            self._forget(hub, thing, str(content.get("reason", LOST)) if isinstance(content, dict) else LOST)

    def _completed(self, hub: bytes) -> None:
        """A hub has shown all it knows; what we had from it, and it did not show, went unheard."""
        shown = self._shown.pop(hub, set())
        for thing in [thing for thing in self._views.get(hub, {}) if thing not in shown]:
            self._forget(hub, thing, LOST)
        self._whole.add(hub)
        self._tell(None)

    def begin(self) -> None:
        """Ask every hub, from now on."""
        if self._subscription is not None or self._switch.role.is_hub:
            return
        self._subscription = make_id(self._own, 1)
        wish = (BUILT_IN, f"{SUBJECT_PREFIX}*", "disconnect", 0)
        self._switch.receive(self._switch.local, encode(Kind.SUBSCRIBE, self._subscription, wish))

    def _suspect(self, hubs: set[bytes]) -> None:
        turned = [hub for hub in self._views if hub in hubs ^ self._suspected]
        before = {thing: self._find(thing) for hub in turned for thing in self._views[hub]}
        self._suspected = hubs
        for thing, presence in before.items():
            now = self._find(thing)
            if now is not None and now != presence:
                self._tell(PresenceChange("changed", now))

    def _learn(self, source: bytes, presence: Presence) -> None:
        known = self._find(presence.id)
        self._views.setdefault(source, {})[presence.id] = presence
        now = self._find(presence.id)
        if now is not None and now != known:
            self._tell(PresenceChange("changed" if known else "came", now))

    def _forget(self, source: bytes, thing: Id, reason: str) -> None:
        known = self._find(thing)
        gone = self._views.get(source, {}).pop(thing, None)
        if gone is None:
            return
        left = self._find(thing)
        if left is None:
            self._tell(PresenceChange("went", known or gone, reason))
        elif left != known:
            self._tell(PresenceChange("changed", left))

    def _find(self, thing: Id) -> Presence | None:
        """Return what the first view says that has it, and is not a suspected hub's; else the first."""
        found = None
        for source, view in self._views.items():
            if thing in view:
                if source not in self._suspected:
                    return view[thing]
                found = found or view[thing]._replace(suspected=True)
        return found

    def _tell(self, change: PresenceChange | None) -> None:
        """Tell all observers; what an observer causes is told when all know what came before."""
        self._changes.append(change)
        if self._telling:
            return
        self._telling = True
        try:
            while self._changes:
                change = self._changes.popleft()
                for observer in list(self.observers):
                    observer(change)
        finally:
            self._telling = False
