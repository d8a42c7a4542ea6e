"""The picture: what this process knows of instances, here and anywhere, kept up to date.

It is put together from several views: that of our own registry, and that of each
hub that is linked, which is asked once somebody wants to know. An instance is there
as long as one view has it. The view of a hub that was lost is kept until the hubs that
are linked instead have shown all they know: who moves to another hub loses nobody. Of
what lives in this process only our own view is believed, so that it is seen at once,
coming and going. What only a suspected hub has told is suspected too.
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
from exchange.services.view import View
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
        self._views: dict[bytes, View] = {self._own: View()}
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
        return all(self._is_whole(hub) for hub in hubs) and bool(hubs or not self.expects_hub)

    def instances(self) -> list[Presence]:
        """Return all that are there."""
        found: dict[Id, Presence] = {}
        for view in reversed(self._views.values()):
            found.update(view.instances)
        if self._suspected:
            return [presence for presence in map(self._find, found) if presence]
        return list(found.values())

    def name_of(self, thing: Id) -> str | None:
        """Return the name of an instance; ``None`` if it is not known here."""
        presence = self._find(thing)
        return presence.name if presence else None

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
        """A hub was attached or lost, or is suspected or no more: what only a lost one told is lost too.

        If another is linked that is still to show what it knows, that is waited for.
        """
        linked: set[bytes] = {hub.identity for hub in self._switch.hubs}
        if self._is_asking and not all(self._is_whole(hub) for hub in linked):
            self._put_last(self._lost(linked))
        else:
            self._drop(self._lost(linked))
        self._suspect(linked - {hub.identity for hub in self._switch.hubs if not hub.suspected})
        self._tell(None)

    def report(self, frame: Frame) -> None:
        """A hub told something."""
        hub, (_, subject, _, is_retained, _) = maker_of(Id(frame[1])), frame[2]
        try:
            content, number = decode_value(body_of(frame[3]), UnsuitableValue.CANNOT_DECODE_REPLY)[:2]
            if subject == WHOLE:
                self._completed(hub, content if type(content) is int else None)
                return
            presence = presence_from(subject, content)
            thing = thing_from(subject)
        except (UnsuitableValue, ValueError, TypeError, IndexError, KeyError) as error:
            self.log.warn("a report of a hub cannot be understood: {error}", error=error)
            return
        if maker_of(thing) == self._own:
            return
        if not self._view(hub).is_news(thing, number if type(number) is int else 0, is_retained):
            return
        if presence:
            self._learn(hub, presence)
        else:
            self._forget(hub, thing, str(content.get("reason", LOST)) if isinstance(content, dict) else LOST)

    def _completed(self, hub: bytes, first: int | None) -> None:
        """A hub has shown all it knows; what we had from it, and it did not show, went unheard."""
        for thing in self._view(hub).complete(first):
            self._forget(hub, thing, LOST)
        if self.is_complete:
            self._drop(self._lost({each.identity for each in self._switch.hubs}))
        self._tell(None)

    def begin(self) -> None:
        """Ask every hub, from now on."""
        if self._is_asking or self._switch.role.is_hub:
            return
        self._subscription = make_id(self._own, 1)
        wish = (BUILT_IN, f"{SUBJECT_PREFIX}*", "disconnect", 0)
        self._switch.receive(self._switch.local, encode(Kind.SUBSCRIBE, self._subscription, wish))

    @property
    def _is_asking(self) -> bool:
        return self._subscription is not None

    def _view(self, source: bytes) -> View:
        return self._views.setdefault(source, View())

    def _is_whole(self, hub: bytes) -> bool:
        return hub in self._views and self._views[hub].is_whole

    def _lost(self, linked: set[bytes]) -> list[bytes]:
        return [hub for hub in self._views if hub not in linked and hub != self._own]

    def _drop(self, hubs: list[bytes]) -> None:
        """Nothing is left of what these hubs told."""
        for hub in hubs:
            for thing in list(self._views[hub].instances):
                self._forget(hub, thing, LOST)
            del self._views[hub]

    def _put_last(self, hubs: list[bytes]) -> None:
        """What these hubs told counts only where nobody else has told."""
        before = {thing: self._find(thing) for hub in hubs for thing in self._views[hub].instances}
        for hub in hubs:
            self._views[hub] = self._views.pop(hub)
        self._tell_changes(before)

    def _tell_changes(self, before: dict[Id, Presence | None]) -> None:
        for thing, presence in before.items():
            now = self._find(thing)
            if now is not None and now != presence:
                self._tell(PresenceChange("changed", now))

    def _suspect(self, hubs: set[bytes]) -> None:
        turned = [hub for hub in self._views if hub in hubs ^ self._suspected]
        before = {thing: self._find(thing) for hub in turned for thing in self._views[hub].instances}
        self._suspected = hubs
        self._tell_changes(before)

    def _learn(self, source: bytes, presence: Presence) -> None:
        known = self._find(presence.id)
        self._view(source).instances[presence.id] = presence
        now = self._find(presence.id)
        if now is not None and now != known:
            self._tell(PresenceChange("changed" if known else "came", now))

    def _forget(self, source: bytes, thing: Id, reason: str) -> None:
        known = self._find(thing)
        gone = self._view(source).instances.get(thing)
        links = sum(hub.identity == source for hub in self._switch.hubs)
        self._view(source).forget(thing, is_in_order=links <= 1)
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
            if thing in view.instances:
                if source not in self._suspected:
                    return view.instances[thing]
                found = found or view.instances[thing]._replace(suspected=True)
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
