"""The services that an exchange offers: added, announced, withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from exchange.errors import LocalProtocolError
from exchange.services.callbacks import pass_on
from exchange.services.service import Service
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import Id, Identity, make_id
from exchange.wire.layouts import Kind

FIRST_OWN = 16
"""Numbers below are taken: 0 is `$exchange`."""

WITHDRAWN = "withdrawn"


class Offers:
    """Which services are at an exchange, and which of them are announced.

    Args:
        send: Takes the ANNOUNCE and WITHDRAW frames.
        title: What people call the exchange.
    """

    log = Logger()

    def __init__(self, identity: Identity, send: Callable[[Frame], None], title: str) -> None:
        self._identity = identity
        self._send = send
        self._title = title
        self._numbers = count(FIRST_OWN)
        self._things: dict[Service, Id] = {}
        self._services: dict[Id, Service] = {}
        self._announced: set[Id] = set()
        self._unready: set[Id] = set()

    def __contains__(self, service: Service) -> bool:
        return service in self._things

    def add(self, service: Service) -> Id:
        """Give a service an id; raises `ValueError` if it cannot be announced, or is here already."""
        if service in self._things:
            raise ValueError(f"service '{service.name}' was added to {self._title} already")
        thing = make_id(self._identity, next(self._numbers))
        _announcement(thing, service)
        self._things[service] = thing
        self._services[thing] = service
        return thing

    def remove(self, service: Service) -> Id:
        """Withdraw a service and forget it; raises `ValueError` if it is not here."""
        thing = self.id_of(service)
        self._withdraw(thing)
        self._unready.discard(thing)
        del self._things[service], self._services[thing]
        return thing

    def id_of(self, service: Service) -> Id:
        """Return the id of the instance that a service is; raises `ValueError` if it is not here."""
        if service not in self._things:
            raise ValueError(f"service '{service.name}' is not at {self._title}")
        return self._things[service]

    def service_of(self, thing: Id) -> Service | None:
        """Return the service that an instance is, if it is one of ours."""
        return self._services.get(thing)

    def is_announced(self, service: Service) -> bool:
        """Whether a service is here, and was announced."""
        return self._things.get(service) in self._announced

    def things(self) -> list[Id]:
        """Return the ids of all that were added."""
        return list(self._things.values())

    def announce_when(self, service: Service, prepared: Deferred[Any]) -> None:
        """Announce a service when it is prepared, unless that failed or it was removed before.

        Raises:
            ValueError: What it is cannot be announced; only if it is prepared already.
        """
        thing = self.id_of(service)
        self._unready.add(thing)
        failed: list[Failure] = []

        def ready(_: Any) -> None:
            if thing in self._unready:
                self._unready.remove(thing)
                self.announce(service)

        prepared.addCallback(ready).addErrback(failed.append)
        if failed and failed[0].check(ValueError) and thing not in self._unready:
            failed[0].raiseException()
        prepared.addCallback(self._log_unprepared, service, failed)

    def _log_unprepared(self, _: Any, service: Service, failed: list[Failure]) -> None:
        if failed:
            self.log.failure(
                "service '{name}' could not be prepared, and is not announced", failed[0], name=service.name
            )
            pass_on(failed[0].value)

    def announce(self, service: Service) -> None:
        """Tell what a service is now, unless nobody may find it.

        Raises:
            ValueError: That cannot be announced.
        """
        thing = self.id_of(service)
        frame = _announcement(thing, service)
        if not service.name or service.hidden or thing in self._unready:
            return
        was_announced = thing in self._announced
        self._announced.add(thing)  # first: whoever is told of it may remove it at once
        try:
            self._send(frame)
        except LocalProtocolError as error:
            if not was_announced:
                self._announced.remove(thing)
            raise ValueError(f"service {service.name!r} cannot be announced: {error.text}") from None

    def announce_all(self) -> None:
        """Announce every service that was added."""
        for service in self._things:
            self.announce(service)

    def withdraw_all(self) -> None:
        """Withdraw every service; they stay added."""
        for thing in list(self._announced):
            self._withdraw(thing)

    def _withdraw(self, thing: Id) -> None:
        if thing in self._announced:
            self._announced.remove(thing)
            self._send(encode(Kind.WITHDRAW, thing, (WITHDRAWN,)))


def _announcement(thing: Id, service: Service) -> Frame:
    if isinstance(service.groups, str) or not isinstance(service.groups, Iterable):
        raise ValueError(f"the groups of service {service.name!r} must be a list of names, not {service.groups!r}")
    try:
        array = (0, service.name, tuple(service.groups), service.audience, service.digest, None, (), None)
        frame = encode(Kind.ANNOUNCE, thing, array)
    except (LocalProtocolError, TypeError) as error:
        raise ValueError(f"service {service.name!r} cannot be announced: {error}") from None
    if "" in array[2]:
        raise ValueError(f"service {service.name!r} cannot be announced: the name of a service group must not be empty")
    return frame
