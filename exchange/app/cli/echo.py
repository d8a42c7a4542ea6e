"""The echo that ``exchange bench`` calls, over a link of its own."""

from __future__ import annotations

import os

from twisted.internet.defer import CancelledError

from exchange.app.cli.dialling import exchange_to_dial, link
from exchange.app.cli.linking import asked_hubs, asked_links, surroundings
from exchange.app.cli.working import Work
from exchange.app.plan import hubs_to_dial
from exchange.errors import CallRefused
from exchange.services.exchange import Exchange
from exchange.services.marking import method
from exchange.services.service import PING, Service
from exchange.wire.identities import Id


class Echo(Service):
    """Gives back what it is given."""

    name = "exchange-bench"

    @method
    def echo(self, value: bytes) -> bytes:
        """Return ``value``."""
        return value


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
