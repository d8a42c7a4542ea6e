"""A monitor: an agent that is told of services as they come and go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from exchange.netsvc.agent import Agent
from exchange.netsvc.arity import Callback, of_sighting, of_tagged_sighting
from exchange.netsvc.binding import Binding
from exchange.netsvc.jobs import PRIORITY_JOB
from exchange.netsvc.registry import Lookups
from exchange.netsvc.sightings import SERVICE_AVAILABLE, SERVICE_WITHDRAWN, Sighted

Key = tuple[str, ...]
"""What kind of thing is watched, and which."""

Wanted = Callable[[Binding, str | None], bool]
Told = Callable[[Binding, str | None, int], object]


class Monitor(Lookups, Agent):
    """An agent that can look services up, and watch them.

    Whoever begins to watch is told of what is there first, as if it came now. All is
    told in a later turn. For one thing to watch there is one callback; the last counts.
    """

    def __init__(self) -> None:
        super().__init__()
        self._netsvc_watches: dict[Key, Sighted] = {}

    def subscribeRegistry(self, callback: Callback) -> None:
        """Have ``callback`` told of everything: ``(binding, group, status)``.

        The group is ``None`` for a service that comes or goes; else the service joined or left it.
        """
        self._netsvc_watch(("registry",), lambda binding, group: True, partial(self._netsvc_call_back, callback))

    def unsubscribeRegistry(self) -> None:
        """Tell of everything no more."""
        self._netsvc_ignore(("registry",))

    def subscribeServiceName(self, callback: Callback, name: str) -> None:
        """Have ``callback`` told of the services of a name: ``(binding, status)`` or ``(binding, None, status)``."""

        def told(binding: Binding, group: str | None, status: int) -> None:
            self._netsvc_call_back(callback, *of_sighting(callback, binding, None, status))

        self._netsvc_watch(("name", name), lambda binding, group: group is None and binding.serviceName() == name, told)

    def unsubscribeServiceName(self, name: str) -> None:
        """Tell of the services of a name no more."""
        self._netsvc_ignore(("name", name))

    def subscribeServiceAddress(self, callback: Callback, address: str, subscription: str = "") -> int:
        """Have ``callback`` told of one service and its groups: ``(binding, group, status)``.

        Args:
            subscription: Tells subscriptions to one address apart; the fourth argument of a callback that takes it.

        Returns:
            What it is now: ``SERVICE_AVAILABLE`` or ``SERVICE_WITHDRAWN``.
        """

        def told(binding: Binding, group: str | None, status: int) -> None:
            self._netsvc_call_back(callback, *of_tagged_sighting(callback, binding, group, status, subscription))

        self._netsvc_watch(("address", address, subscription), lambda binding, group: binding.is_at(address), told)
        return SERVICE_AVAILABLE if self.lookupServiceAddress(address) else SERVICE_WITHDRAWN

    def unsubscribeServiceAddress(self, address: str, subscription: str = "") -> None:
        """Tell of one service no more."""
        self._netsvc_ignore(("address", address, subscription))

    def subscribeServiceGroup(self, callback: Callback, group: str) -> None:
        """Have ``callback`` told of a group's members: ``(binding, status)`` or ``(binding, group, status)``."""

        def told(binding: Binding, group: str | None, status: int) -> None:
            self._netsvc_call_back(callback, *of_sighting(callback, binding, group, status))

        self._netsvc_watch(("group", group), lambda binding, joined: joined == group, told)

    def unsubscribeServiceGroup(self, group: str) -> None:
        """Tell of the members of a group no more."""
        self._netsvc_ignore(("group", group))

    def destroyAgent(self) -> None:
        """Cancel and forget everything; to do so twice does nothing."""
        super().destroyAgent()
        for key in list(self._netsvc_watches):
            self._netsvc_ignore(key)

    # In here

    def _netsvc_watch(self, key: Key, wanted: Wanted, told: Told) -> None:
        self._netsvc_ignore(key)

        def tell(binding: Binding, group: str | None, status: int) -> None:
            if self._netsvc_watches.get(key) is sighted:
                told(binding, group, status)

        def sighted(binding: Binding, group: str | None, status: int) -> None:
            if wanted(binding, group):
                self._netsvc_loop.jobs.schedule(partial(tell, binding, group, status), PRIORITY_JOB)

        self._netsvc_watches[key] = sighted
        self._netsvc_process.sightings.watch(sighted)

    def _netsvc_ignore(self, key: Key) -> None:
        sighted = self._netsvc_watches.pop(key, None)
        if sighted is not None:
            self._netsvc_process.sightings.ignore(sighted)

    def _netsvc_call_back(self, callback: Callback, *args: object) -> None:
        self._netsvc_loop.guard(self, callback, *args)
