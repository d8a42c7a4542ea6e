"""Options that every verb which connects to a hub has, and what they come to.

An option wins over the environment, that over the context that is in use (see
`exchange.app.cli.contexts`), and that over the default.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from exchange.app.cli.contexts import Context, chosen_context

if TYPE_CHECKING:
    from exchange.app.tables import HubTable

DEFAULT_HUB = "tcp:localhost:11111"
LINK_KEYS = ("group", "heartbeat", "dead-after")


class Surroundings(dict[str, str]):
    """The environment; and where it says nothing, what the context in use says.

    Attributes:
        context: The one in use, if any.
    """

    def __init__(self, environ: Mapping[str, str], context: Context | None) -> None:
        super().__init__(environ)
        self.context = context
        self._from_context: dict[str, str] = {}
        for key, value in (context.settings if context else {}).items():
            variable = variable_of(key)
            if isinstance(value, str) and not self.get(variable):
                self[variable] = value
                self._from_context[variable] = key

    def label(self, variable: str) -> str:
        """Return how errors name what said something: the variable, or context and key."""
        key = self._from_context.get(variable)
        return f"context '{self.context.name}': {key}" if key and self.context else variable


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
    options.add_argument(
        "-C",
        "--context",
        metavar="CONTEXT",
        help="take what is not said here from this context; see exchange help context (EXCHANGE_CONTEXT)",
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


def surroundings(options: argparse.Namespace, environ: Mapping[str, str]) -> Surroundings:
    """Return the environment with the context that ``options``, it or the file of contexts chooses.

    Raises:
        ConfigurationError: There is no such context, or the file of contexts cannot be used.
    """
    return Surroundings(environ, chosen_context(getattr(options, "context", None), environ))


def asked_hubs(options: argparse.Namespace, environ: Mapping[str, str]) -> tuple[list[str], str]:
    """Return the hubs to connect to, as they were written, and where."""
    if options.hub:
        return options.hub, "--hub"
    context = environ.context if isinstance(environ, Surroundings) else None
    if not environ.get("EXCHANGE_HUB") and context and context.hubs:
        return list(context.hubs), f"context '{context.name}': hub"
    return environ.get("EXCHANGE_HUB", "").split() or [DEFAULT_HUB], "EXCHANGE_HUB"


def asked_links(options: argparse.Namespace, environ: Mapping[str, str]) -> HubTable:
    """Return group, heartbeat and dead-after.

    Raises:
        ConfigurationError: One of them is not what it should be.
    """
    from exchange.app.checking import changed_table
    from exchange.app.tables import HubTable

    changes: dict[str, tuple[object, str]] = {}
    for key in LINK_KEYS:
        field, variable = key.replace("-", "_"), variable_of(key)
        option = getattr(options, field)
        if option is not None:
            changes[field] = option, f"--{key}"
        elif environ.get(variable):
            changes[field] = environ[variable], label_in(environ, variable)
    return changed_table(HubTable(), changes)


def label_in(environ: Mapping[str, str], variable: str) -> str:
    """Return how errors name what gave a variable its value."""
    return environ.label(variable) if isinstance(environ, Surroundings) else variable


def variable_of(key: str) -> str:
    """Return the environment variable of a key: ``EXCHANGE_DEAD_AFTER`` of ``dead-after``."""
    return f"EXCHANGE_{key.upper().replace('-', '_')}"
