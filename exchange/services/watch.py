"""A watch: the comings and goings of those instances that one wants to know of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

from exchange.routing.patterns import matches
from exchange.services.callbacks import PLAIN, Callbacks, check_callable
from exchange.services.picture import Picture
from exchange.services.presence import Presence, PresenceChange
from exchange.wire.identities import Id
from exchange.wire.layouts import is_name, is_text
from exchange.wire.limits import LONGEST_NAME, LONGEST_PATTERN
from exchange.wire.telling import shown

Changed = Callable[[PresenceChange], Any]


class Wanted:
    """Which instances a watch is about; what is ``None`` does not matter.

    Raises:
        ValueError: No service, group or pattern can be this.
    """

    def __init__(self, name: str | None, group: str | None, pattern: str | None) -> None:
        for what, given in (("service", name), ("service group", group)):
            if given is not None and not is_name(given):
                rule = f"text of at most {LONGEST_NAME} bytes without control characters, not begun with '$'"
                raise ValueError(f"no {what} can be named {shown(given)}: it must be {rule}")
        if pattern is not None and not is_text(pattern, LONGEST_PATTERN):
            rule = f"text of at most {LONGEST_PATTERN} bytes without control characters"
            raise ValueError(f"the pattern of a watch must be {rule}, not {shown(pattern)}")
        self._name = name
        self._group = group
        self._pattern = pattern

    def __str__(self) -> str:
        named = (("name", self._name), ("group", self._group), ("pattern", self._pattern))
        return ", ".join(f"{what} {given!r}" for what, given in named if given is not None) or "all instances"

    def fits(self, presence: Presence) -> bool:
        """Whether an instance is wanted."""
        return (
            (self._name is None or presence.name == self._name)
            and (self._group is None or self._group in presence.groups)
            and (self._pattern is None or matches(self._pattern, presence.name))
        )


class Watch:
    """Keeps those instances that fit, and tells of every change among them.

    An instance that joins the wanted group came, one that leaves it went, with the
    reason ``"left"``. ``changed`` is first called for those that are there, before
    `Exchange.watch` returns.

    Attributes:
        complete: Fires when the first picture is whole.
    """

    def __init__(self, picture: Picture, wanted: Wanted, changed: Changed | None, callbacks: Callbacks = PLAIN) -> None:
        if changed is not None:
            check_callable(changed, "changed", "a change")
        self.complete: Deferred[None] = Deferred()
        self._picture = picture
        self._wanted = wanted
        self._changed = changed
        self._callbacks = callbacks
        self._instances: dict[Id, Presence] = {}
        self._is_complete = False
        self._is_cancelled = False
        picture.observe(self._observe)
        for presence in picture.instances():
            self._observe(PresenceChange("came", presence))
        self._observe(None)

    @property
    def instances(self) -> list[Presence]:
        """Those that are there now, in the order in which they came."""
        return list(self._instances.values())

    @property
    def is_current(self) -> bool:
        """Whether nothing is missing now: of the hubs that are dialled one is linked, and has shown all it knows."""
        return self._picture.is_complete

    def cancel(self) -> None:
        """Tell of nothing more; to cancel twice does nothing."""
        if not self._is_cancelled:
            self._is_cancelled = True
            self._picture.ignore(self._observe)
            self._instances.clear()

    def _observe(self, change: PresenceChange | None) -> None:
        if self._is_cancelled:
            return
        if change is not None:
            self._apply(change)
        elif not self._is_complete and self._picture.is_complete:
            self._is_complete = True
            self.complete.callback(None)

    def _apply(self, change: PresenceChange) -> None:
        thing = change.instance.id
        before = self._instances.get(thing)
        if change.kind != "went" and self._wanted.fits(change.instance):
            self._instances[thing] = change.instance
            if before != change.instance:
                self._tell(PresenceChange("changed" if before else "came", change.instance))
        elif before is not None:
            del self._instances[thing]
            self._tell(PresenceChange("went", change.instance, change.reason or "left"))

    def _tell(self, change: PresenceChange) -> None:
        if self._changed is not None:
            self._callbacks.tell(f"a callback of the watch of {self._wanted}", self._changed, change)
