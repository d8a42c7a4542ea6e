"""The names that a shell has ready: ``call``, ``services`` and the exchange itself; and how they are completed."""

from __future__ import annotations

import rlcompleter
from collections.abc import Callable, Iterator
from typing import Any

from twisted.internet.defer import Deferred

from exchange.app.cli.columns import Field, plain_lines
from exchange.app.cli.parsing import target
from exchange.services.exchange import Exchange
from exchange.services.proxy import Proxy
from exchange.services.watch import Watch

FIELDS = (Field("service"), Field("instances", is_number=True), Field("groups"))


class Services:
    """The services that are there: ``services.math`` is a proxy, ``services["plant.press"]`` too.

    Args:
        watch: Of all instances.
        timeout: Seconds that a call through one of the proxies may take.
    """

    def __init__(self, exchange: Exchange, watch: Watch, timeout: float) -> None:
        self._exchange = exchange
        self._watch = watch
        self._timeout = timeout

    def __call__(self, pattern: str | None = None) -> Deferred[list[str]]:
        """Return a Deferred of the names that fit a pattern, or of all."""
        watch = self._exchange.watch(pattern=pattern)

        def names(_: object) -> list[str]:
            found = sorted({presence.name for presence in watch.instances})
            watch.cancel()
            return found

        return watch.complete.addCallback(names)

    def __getattr__(self, name: str) -> Proxy:
        if name.startswith("_"):
            raise AttributeError(f"services has no attribute '{name}'; write services['{name}']")
        return self[name]

    def __getitem__(self, name: str) -> Proxy:
        return self._exchange.service(name, self._timeout)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({presence.name for presence in self._watch.instances}))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __contains__(self, name: object) -> bool:
        return name in list(iter(self))

    def __dir__(self) -> list[str]:
        return [name for name in self if name.isidentifier()]

    def __repr__(self) -> str:
        rows = [self._row(name) for name in self]
        return "\n".join(plain_lines(FIELDS, rows)) if rows else "no services"

    def _row(self, name: str) -> dict[str, Any]:
        there = [presence for presence in self._watch.instances if presence.name == name]
        groups = sorted({group for presence in there for group in presence.groups})
        return {"service": name, "instances": len(there), "groups": groups}


def names_of(exchange: Exchange, services: Services, timeout: float) -> dict[str, Any]:
    """Return what a shell begins with."""

    def call(to: str, /, *args: Any, **kwargs: Any) -> Deferred[Any]:
        """Call SERVICE.METHOD; every further argument is the method's."""
        service, method = target(to)
        return exchange.service(service, timeout)[method](*args, **kwargs)

    return {"exchange": exchange, "call": call, "services": services}


class Completer(rlcompleter.Completer):
    """Completes names of Python, of services, and of methods.

    Args:
        methods_of: Returns the names of the methods of a service; may ask it.
    """

    def __init__(self, names: dict[str, Any], methods_of: Callable[[str], list[str]]) -> None:
        super().__init__(names)
        self._names = names
        self._methods_of = methods_of

    def global_matches(self, text: str) -> list[str]:
        """Return the names that ``text`` may become; services are to be looked into rather than called."""
        return ["services" if name.startswith("services(") else name for name in super().global_matches(text)]

    def attr_matches(self, text: str) -> list[str]:
        """Return what ``text``, which has a dot, may become: ``services.math.multiply``, or ``math.multiply``."""
        head, _, begun = text.rpartition(".")
        services = self._names["services"]
        if head == "services":
            return [f"{head}.{name}" for name in dir(services) if name.startswith(begun)]
        name = head.removeprefix("services.")
        if name in services and head not in self._names:
            ending = "(" if head != name else ""
            return [f"{head}.{each}{ending}" for each in self._methods_of(name) if each.startswith(begun)]
        return super().attr_matches(text)
