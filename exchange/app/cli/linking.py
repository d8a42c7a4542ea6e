"""Options that every verb which connects to a hub has, and what they come to."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from exchange.app.checking import changed_table
from exchange.app.tables import DEFAULT_HUB, HubTable

LINK_KEYS = ("group", "heartbeat", "dead-after")


def add_link_options(parser: argparse.ArgumentParser) -> None:
    """Give ``parser`` the options that say which hub to connect to, and how."""
    options = parser.add_argument_group("the hub")
    options.add_argument(
        "-H",
        "--hub",
        metavar="ENDPOINT",
        action="append",
        help="tcp:HOST:PORT, or HOST:PORT for short; may be given again: the first that answers is taken "
        f"(EXCHANGE_HUB; {DEFAULT_HUB})",
    )
    options.add_argument("-g", "--group", metavar="NAME", help="exchange group of the hub (EXCHANGE_GROUP; none)")
    options.add_argument("--authority", metavar="FILE", help="whom to believe that it is the hub: TLS (no TLS)")
    options.add_argument("--certificate", metavar="FILE", help="the certificate that the hub is shown (none)")
    options.add_argument("--key", metavar="FILE", help="the key of the certificate (none)")
    options.add_argument(
        "--credentials",
        metavar="FILE",
        help="what a hub is shown that asks who this is (EXCHANGE_CREDENTIALS)",
    )
    options.add_argument(
        "--heartbeat", metavar="SECONDS", help="silence until the hub is asked for a sign of life (10)"
    )
    options.add_argument("--dead-after", metavar="SECONDS", help="silence until the hub is taken for dead (30)")


def asked_hubs(options: argparse.Namespace, environ: Mapping[str, str]) -> tuple[list[str], str]:
    """Return the hubs to connect to, as they were written, and where."""
    if options.hub:
        return options.hub, "--hub"
    return environ.get("EXCHANGE_HUB", "").split() or [DEFAULT_HUB], "EXCHANGE_HUB"


def asked_links(options: argparse.Namespace, environ: Mapping[str, str]) -> HubTable:
    """Return group, heartbeat and dead-after.

    Raises:
        ConfigurationError: One of them is not what it should be.
    """
    changes: dict[str, tuple[object, str]] = {}
    for key in LINK_KEYS:
        field, variable = key.replace("-", "_"), f"EXCHANGE_{key.upper().replace('-', '_')}"
        option = getattr(options, field)
        if option is not None:
            changes[field] = option, f"--{key}"
        elif environ.get(variable):
            changes[field] = environ[variable], variable
    return changed_table(HubTable(), changes)
