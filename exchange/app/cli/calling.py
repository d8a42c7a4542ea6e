"""Makes one call over a link of its own, and tells how it went; imported only once there is something to do."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from twisted.internet.defer import CancelledError, Deferred

from exchange.app.cli.dialling import exchange_to_dial, link
from exchange.app.cli.linking import asked_hubs, asked_links
from exchange.app.cli.running import Run
from exchange.app.cli.status import Status, status_of
from exchange.app.cli.values import printed
from exchange.app.plan import hubs_to_dial
from exchange.app.tables import HubTable
from exchange.errors import CallError, ExchangeError
from exchange.wire.telling import plain

LAST_OWN_NUMBER = 99
"""Numbers up to here are those of `exchange.errors`, and known by their words."""

UNCERTAIN = "whether the call was carried out is not known"


def call_and_print(options: argparse.Namespace) -> Status:
    """Make the call and print its result, or one line on standard error."""
    from twisted.internet import reactor

    try:
        links = asked_links(options, os.environ)
        hubs = hubs_to_dial(reactor, *asked_hubs(options, os.environ))
        result = Run(reactor, lambda: Deferred.fromCoroutine(_call(reactor, hubs, links, options))).to_end()
        print(printed(result, as_json=options.json), flush=True)
    except CancelledError:
        return Status.INTERRUPTED
    except ExchangeError as error:
        print(f"exchange call: {_told(error)}", file=sys.stderr)
        return status_of(error)
    return Status.FINE


async def _call(reactor: Any, hubs: tuple[str, ...], links: HubTable, options: argparse.Namespace) -> Any:
    exchange = exchange_to_dial(reactor, links, options, os.environ)
    began = reactor.seconds()
    service, method = options.target
    try:
        await link(exchange, hubs, wait=options.wait, patience=options.timeout)
        left = max(0.0, options.wait - (reactor.seconds() - began))
        # Through a proxy every keyword is the method's, "timeout" and "wait" too.
        call = exchange.service(service, options.timeout, left)[method]
        return await call(*options.arguments, **dict(options.named))
    finally:
        await exchange.stopService()


def _told(error: ExchangeError) -> str:
    text = plain(" ".join(f"{error}{_particulars(error)}".split()))
    return f"{text}; {UNCERTAIN}" if status_of(error) in {Status.UNKNOWN, Status.TIMED_OUT} else text


def _particulars(error: ExchangeError) -> str:
    """Return what a method said by raising `CallError`, besides the description."""
    if not isinstance(error, CallError):
        return ""
    number = f"error {error.number}" if error.number > LAST_OWN_NUMBER or error.origin else ""
    origin = f" from {error.origin}" if error.origin else ""
    details = f": {error.details}" if error.details else ""
    return f" ({number}{origin}){details}" if number else details
