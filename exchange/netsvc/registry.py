"""The registry: which services this process knows now, by name, group and address."""

from __future__ import annotations

from exchange.netsvc.binding import Binding
from exchange.netsvc.process import Process, current


class Lookups:
    """What is known now; nothing is asked of anybody.

    Services come in an order: those of this process first, then by their ids. A hidden
    service, and one without a name, is not among them.
    """

    _netsvc_process: Process

    def serviceAgents(self) -> list[Binding]:
        """Return all services."""
        return self._netsvc_process.bindings()

    def serviceGroups(self, serviceAddress: str | None = None) -> list[str]:
        """Return all service groups that have a member, or those of one service, in order."""
        bindings = self._netsvc_process.bindings()
        wanted = [each for each in bindings if serviceAddress is None or each.is_at(serviceAddress)]
        return sorted({group for binding in wanted for group in binding.instance.groups})

    def lookupServiceName(self, name: str) -> list[Binding]:
        """Return the services of a name."""
        return self._netsvc_process.bindings(name)

    def lookupServiceAddress(self, address: str) -> Binding | None:
        """Return the service with an address; ``None`` if there is none."""
        return next((each for each in self._netsvc_process.bindings() if each.is_at(address)), None)

    def lookupServiceGroup(self, group: str) -> list[Binding]:
        """Return the services in a service group."""
        return [each for each in self._netsvc_process.bindings() if group in each.instance.groups]


class Registry(Lookups):
    """What this process knows of services; to make another is to ask the same.

    `Monitor` and `Service` have the same methods, and can watch besides.
    """

    def __init__(self) -> None:
        self._netsvc_process = current()
