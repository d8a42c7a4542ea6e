"""The echo that ``exchange bench`` calls, over a link of its own; and the reports that it hears from there."""

from __future__ import annotations

import os
from itertools import count
from typing import Any

from twisted.internet.defer import CancelledError, Deferred

from exchange.app.cli.dialling import exchange_to_dial, link
from exchange.app.cli.linking import asked_hubs, asked_links, surroundings
from exchange.app.cli.working import Work
from exchange.app.plan import hubs_to_dial
from exchange.errors import CallRefused, CallTimeout
from exchange.services.exchange import Exchange
from exchange.services.marking import method
from exchange.services.service import PING, Service
from exchange.wire.identities import Id

SUBJECT = "bench"


class Echo(Service):
    """Gives back what it is given."""

    name = "exchange-bench"

    @method
    def echo(self, value: bytes) -> bytes:
        """Return ``value``."""
        return value


class Circle:
    """Reports that go out over one link and come back over another, each awaited.

    Args:
        echo: Publishes them; it was added to an exchange.
        patience: Seconds until one is given up.
    """

    def __init__(self, echo: Echo, payload: bytes, patience: float) -> None:
        self._echo = echo
        self._payload = payload
        self._patience = patience
        self._numbers = count(1)
        self._waiting: dict[int, Deferred[None]] = {}

    def first(self) -> Deferred[None]:
        """Publish a report that is kept until somebody hears it, and return a Deferred of its coming."""
        return self._publish(self._patience)

    def send(self) -> Deferred[None]:
        """Publish a report, and return a Deferred of its coming; it fails with `CallTimeout`."""
        heard = self._publish(0)
        heard.addTimeout(self._patience, self._echo.exchange.reactor, _late)
        return heard

    def hear(self, content: Any) -> None:
        """Take a report."""
        waiting = self._waiting.pop(content[0], None)
        if waiting is not None:
            waiting.callback(None)

    def _publish(self, lifetime: float) -> Deferred[None]:
        number = next(self._numbers)
        heard = self._waiting[number] = Deferred(lambda _: self._forget(number))
        self._echo.publish(SUBJECT, [number, self._payload], lifetime)
        return heard

    def _forget(self, number: int) -> None:
        self._waiting.pop(number, None)


def _late(_: object, seconds: float) -> None:
    raise CallTimeout(f"a report did not come back within {seconds:g} seconds")


async def known(caller: Exchange, callee: Exchange, thing: Id, patience: float) -> None:
    """Return when an instance can be called.

    Raises:
        CallRefused: Its exchange may not offer it, or the caller not call it.
        ServiceUnavailable: It is not known in time.
    """
    refused: list[str] = []
    call = caller.call(thing, PING, timeout=patience, wait=patience)

    def note(text: str) -> None:
        refused.append(text)
        call.cancel()

    callee.denied = note
    try:
        await call
    except CancelledError:
        if refused:
            raise CallRefused(refused[0], delivered=False) from None
        raise


async def another_link(work: Work) -> Exchange:
    """Return an exchange that is linked as that of a verb is.

    Raises:
        NoHub: No hub took it.
    """
    environ = surroundings(work.options, os.environ)
    links = asked_links(work.options, environ)
    hubs = hubs_to_dial(work.reactor, *asked_hubs(work.options, environ))
    exchange = exchange_to_dial(work.reactor, links, work.options, environ)
    try:
        await link(exchange, hubs, wait=0.0, patience=work.patience)
    except BaseException:
        await exchange.stopService()
        raise
    return exchange
