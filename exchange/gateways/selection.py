"""Which services a gateway shows, followed live, and which instance takes a call.

Usually a service must have joined a group to be reachable: other instances of its name,
which have not, are never called through a gateway, even though they answer to the same
name. A gateway may also show one service, whose name then stands in no path, or all
that have an audience.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, get_args

from twisted.internet.defer import Deferred

from exchange import ConfigurationError, Exchange, Presence, PresenceChange

Choice = Literal["least-owing", "sticky"]
Instances = dict[str, dict[bytes, None]]
"""Ids by name, each in the order in which they came."""

Turned = Callable[[PresenceChange, bool], object]
"""Takes what became of an instance, and whether it is shown now."""

ALL = "*"
"""The audience that is everybody; all services that are known here, whatever their audience, are shown for it."""


class Selection:
    """The services that are shown; gateways of a process may share it. It is said which by one of three.

    Args:
        exchange: Where they are watched.
        groups: A service group, or several; an instance is shown while it is in one of them.
        choice: Which of several instances of a name is called: the one that owes the fewest
            answers, or with ``"sticky"`` the first that was seen, until it goes.
        name: The one service that is shown. It is at the path of the gateway itself.
        audience: An audience: the services that have just this one; ``"*"`` is all that are
            known here, and ``""`` those of this process.

    Raises:
        ConfigurationError: There is no such choice, or not just one of groups, name and audience is given.
    """

    def __init__(
        self,
        exchange: Exchange,
        groups: str | Iterable[str] | None = None,
        choice: Choice = "least-owing",
        *,
        name: str | None = None,
        audience: str | None = None,
    ) -> None:
        if choice not in get_args(Choice):
            raise ConfigurationError(f"choice must be one of {', '.join(get_args(Choice))}, not {choice!r}")
        if sum(given is not None for given in (groups, name, audience)) != 1:
            raise ConfigurationError("a selection is by groups, by name or by audience, and by one of them alone")
        self._groups = frozenset([groups] if isinstance(groups, str) else groups or ())
        self._name = name
        self._audience = audience
        self._identity = exchange.identity
        self._choice = choice
        self._shown: Instances = {}
        self._others: Instances = {}
        self._waiting: list[tuple[str, Deferred[None]]] = []
        self._observers: list[Turned] = []
        self._watch = exchange.watch(name=name, changed=self._changed)

    @property
    def names(self) -> list[str]:
        """The names that are shown now."""
        return list(self._shown)

    @property
    def is_current(self) -> bool:
        """Whether what is not shown is not there; while no hub is linked, nobody knows."""
        return self._watch.is_current

    def shows(self, presence: Presence) -> bool:
        """Whether an instance is to be shown; a subclass may judge by something else."""
        if self._name is not None:
            return presence.name == self._name
        if self._audience is not None:
            return self._is_heard_by(self._audience, presence)
        return not self._groups.isdisjoint(presence.groups)

    def _is_heard_by(self, audience: str, presence: Presence) -> bool:
        return audience == ALL or (presence.audience == audience if audience else presence.identity == self._identity)

    def named(self, path: str) -> str:
        """Return the name of the service for which a request is that asks for ``path``; empty if it is for none."""
        if self._name is None:
            return path
        return "" if path else self._name

    def instances(self, name: str) -> list[bytes]:
        """Return the ids of the instances of a name that are shown, in the order in which they came."""
        return list(self._shown.get(name, ()))

    def find(self, path: str) -> str | bytes | None:
        """Return what to call for a service: its name, or the id of one instance; ``None`` if it is not shown.

        By name the hubs choose the instance that owes least. They cannot while there
        are instances that are not shown; the others then take calls in turn, by id.

        Args:
            path: The name, or nothing for the one service that is shown.
        """
        name = self.named(path)
        shown = self._shown.get(name)
        if not shown:
            return None
        if self._choice == "least-owing" and name not in self._others:
            return name
        first = next(iter(shown))
        if self._choice == "least-owing":
            shown[first] = shown.pop(first)
        return first

    def when_complete(self) -> Deferred[None]:
        """Return a Deferred that fires when all is known that was there at the beginning."""
        known: Deferred[None] = Deferred()
        self._watch.complete.addCallback(lambda _: known.callback(None))
        return known

    def when_shown(self, name: str) -> Deferred[None]:
        """Return a Deferred that fires when a service of this name is shown; at once if one is."""
        shown: Deferred[None] = Deferred(self._forget_waiting)
        self._waiting.append((name, shown))
        self._tell()
        return shown

    def observe(self, observer: Turned) -> None:
        """Have ``observer`` told of every change of an instance, from now on."""
        self._observers.append(observer)

    def stop(self) -> None:
        """Show nothing more."""
        self._watch.cancel()
        self._observers.clear()
        self._shown.clear()
        self._others.clear()

    def _changed(self, change: PresenceChange) -> None:
        thing, name = change.instance.id, change.instance.name
        is_there = change.kind != "went"
        is_shown = is_there and self.shows(change.instance)
        _note(self._shown, name, thing, is_shown)
        _note(self._others, name, thing, is_there and not is_shown)
        self._tell()
        for observer in list(self._observers):
            observer(change, is_shown)

    def _tell(self) -> None:
        for entry in [entry for entry in self._waiting if entry[0] in self._shown]:
            self._waiting.remove(entry)
            entry[1].callback(None)

    def _forget_waiting(self, shown: Deferred[None]) -> None:
        self._waiting = [entry for entry in self._waiting if entry[1] is not shown]


def _note(table: Instances, name: str, thing: bytes, belongs: bool) -> None:
    """Put an instance into a table, or take it out; one that is in it keeps its place."""
    if belongs:
        table.setdefault(name, {}).setdefault(thing)
    elif name in table:
        table[name].pop(thing, None)
        if not table[name]:
            del table[name]
