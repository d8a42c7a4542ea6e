"""On what terms a gateway shows services: the keys of its table that are the same for every protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from twisted.cred.checkers import ICredentialsChecker
from twisted.logger import Logger

from exchange.app.endpoints import stays_here
from exchange.app.loading import load_checker
from exchange.app.tables import GatewayTable, listed
from exchange.errors import ConfigurationError
from exchange.gateways.logins import Logins
from exchange.gateways.origins import Origins
from exchange.gateways.passwords import PasswordFile
from exchange.gateways.site import Bounds
from exchange.gateways.terms import Terms
from exchange.gateways.tokens import TokenFile
from exchange.net.endpoint_text import is_tcp

log = Logger()

Made = TypeVar("Made")


def terms_of(table: GatewayTable, reactor: Any, label: str) -> Terms:
    """Return the terms of a gateway; the log says what is risky about them.

    Args:
        label: How errors name the table; empty if it is made of options.

    Raises:
        ConfigurationError: A file cannot be used, a checker cannot be made, or an origin is none.
    """
    checkers = _checkers(table, reactor, label)
    _warn(table, bool(checkers))
    origins = listed(table.origins)
    _labelled(label, "", Origins, origins)
    return {
        "max_body": table.max_body,
        "max_calls": table.max_calls,
        "guard": Logins(checkers, reactor) if checkers else None,
        "origins": origins,
        "errors": table.errors,
    }


def bounds_of(tables: Sequence[GatewayTable]) -> Bounds:
    """Return what a site takes that the gateways of ``tables`` stand in: of each, the most that one of them takes."""
    return {
        "max_body": max(table.max_body for table in tables),
        "patience": max(table.request_timeout for table in tables),
        "idle": max(table.idle_timeout for table in tables),
        "max_connections": max(table.max_connections for table in tables),
        "max_connections_per_address": max(table.max_connections_per_address for table in tables),
    }


def _checkers(table: GatewayTable, reactor: Any, label: str) -> list[ICredentialsChecker]:
    checkers: list[ICredentialsChecker] = []
    if table.passwords is not None:
        checkers.append(_labelled(label, "passwords: ", PasswordFile, table.passwords, reactor))
    if table.tokens is not None:
        checkers.append(_labelled(label, "tokens: ", TokenFile, table.tokens, reactor))
    return checkers + [_labelled(label, "checker: ", load_checker, path) for path in listed(table.checker)]


def reaches_beyond(listen: str) -> bool:
    """Whether whoever is not on this machine reaches an endpoint in plain, as far as its text says."""
    return is_tcp(listen) and not stays_here(listen)


def _labelled(label: str, key: str, make: Callable[..., Made], *args: Any) -> Made:
    """Return what ``make`` makes; an error of it begins with the table and the key, or with the option."""
    try:
        return make(*args)
    except ConfigurationError as error:
        raise ConfigurationError(f"{f'{label} ' if label else '--'}{key}{error}") from None


def _warn(table: GatewayTable, has_logins: bool) -> None:
    listen = table.listen
    if not reaches_beyond(listen) or table.authority is not None or (has_logins and table.certificate is not None):
        return
    if has_logins:
        text = "whoever is between can read the passwords and tokens that come to {listen}; "
        log.warn(text + "certificate and key add TLS", listen=listen)
    else:
        text = "whoever reaches {listen} may call what is shown there; --passwords or --tokens ask who it is"
        log.warn(text, listen=listen)
