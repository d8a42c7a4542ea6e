"""By what a hub finds out who links with it: the keys of its table that say so, made into authenticators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from exchange.app.loading import load_checker
from exchange.app.tables import HubTable
from exchange.errors import ConfigurationError
from exchange.net.certificate import CertificateAuthenticator
from exchange.net.checker import CheckerAuthenticator
from exchange.net.examination import Authenticator
from exchange.net.passwords import PasswordAuthenticator
from exchange.net.tokens import TokenAuthenticator

Made = TypeVar("Made")


def authenticators_of(table: HubTable, clock: Callable[[], float], label: str) -> list[Authenticator]:
    """Return what a hub asks by; nothing if it asks nobody.

    Args:
        clock: Returns the time in seconds.
        label: How errors name the table; empty if it is made of options.

    Raises:
        ConfigurationError: A file cannot be used, or a checker cannot be made.
    """
    found: list[Authenticator] = []
    if table.token_file is not None:
        found.append(_labelled(label, "token-file", TokenAuthenticator, table.token_file, clock))
    if table.password_file is not None:
        found.append(_labelled(label, "password-file", PasswordAuthenticator, table.password_file, clock))
    if table.checker is not None:
        found.append(_labelled(label, "checker", _checker, table.checker))
    if table.authority is not None:
        found.append(CertificateAuthenticator())
    return found


def _checker(path: str) -> CheckerAuthenticator:
    return CheckerAuthenticator(load_checker(path))


def _labelled(label: str, key: str, make: Callable[..., Made], *args: Any) -> Made:
    """Return what ``make`` makes; an error of it begins with the table and the key, or with the option."""
    try:
        return make(*args)
    except ConfigurationError as error:
        raise ConfigurationError(f"{f'{label} ' if label else '--'}{key}: {error}") from None
