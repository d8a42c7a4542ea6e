"""A bridge joins two exchanges of one process that are in different exchange groups.

Whatever each of them sees, and the group of the other may see, is offered there, and
can be called, watched and subscribed to as if it lived there. What that is, and how
calls and reports cross, is decided in `exchange.routing`; here is when.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.application.service import Service as TwistedService

from exchange.routing.bridge_end import BridgeEnd
from exchange.routing.crossing import crossing
from exchange.routing.registry import About
from exchange.services.exchange import Exchange
from exchange.services.presence import Presence, PresenceChange, presence_of
from exchange.wire.identities import Id

STOPPED = "the bridge between two exchange groups stopped"


class Bridge:
    """Lets each of two exchange groups see, call and subscribe to those services of the other that may enter it.

    Those are the services whose audience is ``*`` or the name of the group to enter. They
    keep their ids, names and principals. The bridge works while both exchanges run, and
    offers nothing of an exchange that has no link. A service that was added to both
    exchanges is itself in both groups, and is not carried from one to the other.

    What it brings in is for others of that group: this process calls a service by the
    exchange through which it sees it.

    Args:
        inner: An exchange of one group.
        outer: An exchange of another; which is which does not matter.

    Raises:
        ValueError: Both are in the same exchange group.
    """

    def __init__(self, inner: Exchange, outer: Exchange) -> None:
        if inner.group == outer.group:
            raise ValueError(f"both exchanges are in the exchange group '{inner.group}'; a bridge joins two groups")
        self._sides = Side(inner, self._look), Side(outer, self._look)
        self._is_open = False
        for side, far in zip(self._sides, reversed(self._sides), strict=True):
            side.far = far
        for side in self._sides:
            side.setServiceParent(side.exchange)

    def stop(self) -> None:
        """End the bridge: each group forgets what came from the other. To stop twice does nothing."""
        for side in self._sides:
            if side.parent is not None:
                side.disownServiceParent()

    def _look(self) -> None:
        """Begin if both exchanges run, and end if one does no more."""
        first, second = self._sides
        runs = bool(first.running and second.running)
        if runs == self._is_open:
            return
        self._is_open = runs
        if runs:
            first.end, second.end = first.make_end(), second.make_end()
            first.end.join(second.end)
            first.begin()
            second.begin()
        else:
            first.finish()
            second.finish()
            first.end.part(STOPPED)


class Side(TwistedService):
    """One side of a bridge, which runs while its exchange does: has the far side offer what is seen here.

    Args:
        look: Is called when this begins to run, or runs no more.

    Attributes:
        far: The other side.
        end: The end of the bridge at this exchange.
    """

    def __init__(self, exchange: Exchange, look: Callable[[], None]) -> None:
        self.exchange = exchange
        self.far = self
        self.end = self.make_end()
        self._look = look
        self._is_watching = False
        self._was_linked = False

    def make_end(self) -> BridgeEnd:
        """Return a new end at this exchange."""
        exchange = self.exchange
        return BridgeEnd(exchange._switch, exchange._calls.new_id, exchange._new_subscription)

    def startService(self) -> None:
        """The exchange runs."""
        super().startService()
        self._look()

    def stopService(self) -> None:
        """The exchange stops, or this is the end."""
        super().stopService()
        self._look()

    def begin(self) -> None:
        """Have offered on the far side what is seen here, from now on."""
        picture = self.exchange._picture
        self._is_watching = True
        self._was_linked = self._is_linked
        picture.observe(self._observe)
        for presence in picture.instances():
            self._consider(presence)

    def finish(self) -> None:
        """Look no more."""
        self._is_watching = False
        self.exchange._picture.ignore(self._observe)

    @property
    def _is_linked(self) -> bool:
        return self.exchange.is_hub or bool(self.exchange._switch.hubs)

    def _observe(self, change: PresenceChange | None) -> None:
        if not self._is_watching:
            return
        if change is None:
            self._look_at_links()
            return
        if change.kind == "went":
            self.far.end.withdraw(change.instance.id, change.reason)
        else:
            self._consider(change.instance)
        if change.instance.identity == self.exchange.identity:
            self.far._reconsider_twin(change.instance.id)

    def _look_at_links(self) -> None:
        """What lives in this process is offered on the far side as long as there is a link on this one."""
        if self._is_linked == self._was_linked:
            return
        self._was_linked = self._is_linked
        for presence in self.exchange._picture.instances():
            self._consider(presence)

    def _consider(self, presence: Presence) -> None:
        """Have the far side offer an instance, or withdraw it.

        It is withdrawn for good only if its owner wills it: those who hear its reports then
        forget how far they had heard them.
        """
        thing, name, groups, audience, digest, principal, _, path = presence
        goal = self.far.exchange.group
        about = crossing(About(name, groups, audience, digest, principal, path), self.exchange.group, goal)
        is_there_itself = self._is_there_itself(thing)
        if about is not None and self._is_linked and not is_there_itself:
            self.far.end.offer(thing, about)
        else:
            is_willed = is_there_itself or audience not in ("*", goal)
            self.far.end.withdraw(thing, "withdrawn" if is_willed else "lost")

    def _is_there_itself(self, thing: Id) -> bool:
        """Whether an instance is a service of ours that was added to the far exchange too, and is announced there."""
        service = self.exchange._offers.service_of(thing)
        return service is not None and self.far.exchange._offers.is_announced(service)

    def _reconsider_twin(self, thing: Id) -> None:
        """A service of the far exchange came or went there, and may have been added to this one too."""
        service = self.far.exchange._offers.service_of(thing)
        if service is None or service not in self.exchange._offers:
            return
        instance = self.exchange._switch.registry.get(self.exchange._offers.id_of(service))
        if instance is not None:
            self._consider(presence_of(instance))
