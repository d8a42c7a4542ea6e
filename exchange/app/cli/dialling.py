"""Links a verb of the `exchange` command to a hub, or says why there is none."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from twisted.internet.defer import CancelledError
from twisted.internet.defer import TimeoutError as TimeIsUp
from twisted.python.failure import Failure

from exchange.app.cli.linking import label_in
from exchange.app.cli.status import NoHub
from exchange.app.credentials import CredentialsFile
from exchange.app.securing import Securing
from exchange.app.tables import DEFAULT_PORT, LOOPBACK, TLS_FILES, HubTable
from exchange.errors import LinkRefused
from exchange.net.endpoint_text import fields_of
from exchange.net.examination import Credentials
from exchange.net.retry import constant
from exchange.net.wording import reason_of
from exchange.services.exchange import Exchange

PAUSE = 0.25
"""Seconds between attempts: somebody sits and waits."""

LOCAL = {LOOPBACK, "localhost"}


def asked_securing(options: argparse.Namespace, environ: Mapping[str, str]) -> Securing:
    """Return how the hub is dialled with TLS, if it is."""
    given = (getattr(options, key) or environ.get(f"EXCHANGE_{key.upper()}") for key in TLS_FILES)
    certificate, key, authority = (each or None for each in given)
    return Securing(certificate, key, authority)


def asked_credentials(
    options: argparse.Namespace, environ: Mapping[str, str], warn: Callable[[str], None]
) -> Credentials | None:
    """Return what a hub is shown that asks who this is.

    Args:
        warn: Is told that others can read the file too.

    Raises:
        ConfigurationError: The file cannot be read, or a line of it cannot be used.
    """
    if options.credentials:
        return CredentialsFile(options.credentials, "--credentials").read(warn)
    given = environ.get("EXCHANGE_CREDENTIALS")
    return CredentialsFile(given, label_in(environ, "EXCHANGE_CREDENTIALS")).read(warn) if given else None


def exchange_to_dial(
    reactor: Any, links: HubTable, options: argparse.Namespace, environ: Mapping[str, str]
) -> Exchange:
    """Return the exchange of a verb, which proves who it is as its options say.

    Raises:
        ConfigurationError: A file that they name cannot be used.
    """

    def warn(text: str) -> None:
        print(f"warning: {text}", file=sys.stderr)

    securing = asked_securing(options, environ)
    shown = asked_credentials(options, environ, warn) or securing.shown()
    return Exchange(reactor, links.group, links.heartbeat, links.dead_after, tls=securing.made(), credentials=shown)


async def link(exchange: Exchange, hubs: Sequence[str], *, wait: float, patience: float) -> None:
    """Start ``exchange``, and return when one of ``hubs`` has welcomed it.

    Args:
        wait: Seconds for a hub to appear; 0 is to try each once.
        patience: Seconds that it may take at most if none refuses.

    Raises:
        NoHub: None did; the text says why, and what to do.
    """
    exchange.connect(*hubs, retry=constant(PAUSE))
    exchange.startService()
    linked = exchange.when_linked(attempts=0 if wait else len(hubs))
    tried: list[Failure] = []
    exchange.when_linked(attempts=len(hubs)).addErrback(tried.append)
    places = " or ".join(hubs)
    try:
        await linked.addTimeout(wait or patience, exchange.reactor)
    except LinkRefused as error:
        raise _refused(places, error) from None
    except TimeIsUp:
        if tried and isinstance(tried[0].value, LinkRefused):
            raise _refused(places, tried[0].value) from None
        raise NoHub(f"no hub at {places} answered in {wait or patience:g} seconds; is it running?") from None
    except CancelledError:
        raise
    except Exception as error:
        raise NoHub(f"no hub at {places} ({reason_of(error)}); start one with: {start_of(hubs[-1])}") from None


def _refused(places: str, error: LinkRefused) -> NoHub:
    if error.code == "lost":
        return NoHub(f"no link to the hub at {places}: {error.text}")
    mend = "; name the right one with --group" if error.code == "group" else ""
    return NoHub(f"the hub at {places} does not take us: {error.text}{mend}")


def start_of(hub: str) -> str:
    """Return the command that starts a hub which the endpoint ``hub`` reaches, on its machine."""
    kind, *fields = fields_of(hub)
    if kind == "unix":
        return f"twistd -n exchange --listen {shlex.quote(hub)}"
    host, port = (fields[0], fields[1]) if kind == "tcp" and len(fields) == 2 and "=" not in hub else ("localhost", "")
    options = f" --port {port}" if port and port != str(DEFAULT_PORT) else ""
    return f"twistd -n exchange{options}{'' if host in LOCAL else f' --interface {shlex.quote(host)}'}"
