"""Which services a gateway of netsvc shows, and which of several of one name: the first that it saw."""

from __future__ import annotations

from collections.abc import Callable

from twisted.logger import Logger

from exchange import PresenceChange
from exchange.netsvc.binding import Binding
from exchange.netsvc.process import current

SERVICE_NAME = 0
SERVICE_ADDRESS = 1
SERVICE_REGISTRY = 2
SERVICE_GROUP = 3

Shows = Callable[[Binding], bool]


class Selection:
    """The services that a gateway shows, wherever they run, followed live.

    Of several of one name the first that was seen takes the calls, until it goes; then
    the next does.

    Args:
        selection: Which ones.
        type: What ``selection`` is: the name of a service group (empty: all services); with
            ``SERVICE_REGISTRY`` an audience (``"*"``: all services; empty: those of this process); with
            ``SERVICE_NAME`` or ``SERVICE_ADDRESS`` one service, which then has no name of its own in the path.

    Raises:
        ValueError: There is no such type.
    """

    log = Logger()

    def __init__(self, selection: str, type: int = SERVICE_GROUP) -> None:
        self._shows = _predicate(selection, type)
        self._has_names = type in (SERVICE_GROUP, SERVICE_REGISTRY)
        self._shown: dict[str, dict[Binding, None]] = {}
        current().watch(self._changed)

    def find(self, name: str) -> Binding | None:
        """Return the service that takes calls to ``name``; ``None`` if none is shown."""
        shown = self._shown.get(name)
        return next(iter(shown)) if shown else None

    def _changed(self, binding: Binding, change: PresenceChange) -> None:
        name = binding.serviceName() if self._has_names else ""
        was_shown = name in self._shown
        if change.kind != "went" and self._shows(binding):
            self._shown.setdefault(name, {}).setdefault(binding)
        elif was_shown:
            self._shown[name].pop(binding, None)
            if not self._shown[name]:
                del self._shown[name]
        if was_shown != (name in self._shown):
            text = "{name} is not shown any more" if was_shown else "{name} is shown"
            self.log.info(text, name=binding.serviceName())


def _predicate(selection: str, type: int) -> Shows:
    """Return what tells whether a service is shown."""
    if type == SERVICE_GROUP:
        return lambda binding: not selection or selection in binding.instance.groups
    if type == SERVICE_REGISTRY and selection in ("", "*"):
        return lambda binding: selection == "*" or binding.is_local
    kinds: dict[int, Callable[[Binding], str]] = {
        SERVICE_REGISTRY: Binding.serviceAudience,
        SERVICE_NAME: Binding.serviceName,
        SERVICE_ADDRESS: Binding.serviceAddress,
    }
    if type not in kinds:
        raise ValueError(f"a selection is by name, address, registry or group, not {type!r}")
    return lambda binding: kinds[type](binding) == selection
