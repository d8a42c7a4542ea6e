"""Sightings: the comings and goings of services, and of their memberships in groups, one thing at a time.

Whoever begins to watch is first told of all that is there, in the same form. A
service that goes leaves each of its groups first.
"""

from __future__ import annotations

from collections.abc import Callable

from exchange import PresenceChange
from exchange.netsvc.binding import Binding

SERVICE_AVAILABLE = 0
SERVICE_WITHDRAWN = 1

Sighted = Callable[[Binding, str | None, int], None]
"""Takes a service, a group or ``None`` for the service itself, and what became of it."""

Begin = Callable[[Callable[[Binding, PresenceChange], None]], None]


class Sightings:
    """Who is there, as one process sees it.

    Args:
        begin: Begins to watch, once somebody wants to know.
    """

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._has_begun = False
        self._seen: dict[bytes, Binding] = {}
        self._told: dict[Sighted, None] = {}

    def watch(self, told: Sighted) -> None:
        """Call ``told`` for all that is there, and with each change from now on."""
        self._begin_once()
        for binding in list(self._seen.values()):
            _tell_joined(told, binding, binding.instance.groups, is_new=True)
        self._told[told] = None

    def ignore(self, told: Sighted) -> None:
        """Call ``told`` no more; one that does not watch is ignored."""
        self._told.pop(told, None)

    def find(self, thing: bytes) -> Binding | None:
        """Return the service with an id, if it is there."""
        self._begin_once()
        return self._seen.get(thing)

    def _begin_once(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            self._begin(self._changed)

    def _changed(self, binding: Binding, change: PresenceChange) -> None:
        before = self._seen.get(binding.instance.id)
        if change.kind != "went":
            self._seen[binding.instance.id] = binding
            self._tell_present(before, binding)
        elif before is not None:
            del self._seen[binding.instance.id]
            self._tell_gone(before)

    def _tell_present(self, before: Binding | None, binding: Binding) -> None:
        old = before.instance.groups if before else ()
        joined = [group for group in binding.instance.groups if group not in old]
        left = [group for group in old if group not in binding.instance.groups]
        for told in list(self._told):
            for group in left:
                told(binding, group, SERVICE_WITHDRAWN)
            _tell_joined(told, binding, joined, is_new=before is None)

    def _tell_gone(self, binding: Binding) -> None:
        for told in list(self._told):
            for group in binding.instance.groups:
                told(binding, group, SERVICE_WITHDRAWN)
            told(binding, None, SERVICE_WITHDRAWN)


def _tell_joined(told: Sighted, binding: Binding, groups: tuple[str, ...] | list[str], is_new: bool) -> None:
    if is_new:
        told(binding, None, SERVICE_AVAILABLE)
    for group in groups:
        told(binding, group, SERVICE_AVAILABLE)
