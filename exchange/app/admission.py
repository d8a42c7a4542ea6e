"""Who may link: a hub that other machines reach asks who they are, unless it was told to let everybody in."""

from __future__ import annotations

from twisted.logger import Logger

from exchange.app.endpoints import is_secure, stays_here
from exchange.app.tables import LOOPBACK, HubTable, listed
from exchange.errors import ConfigurationError
from exchange.net.endpoint_text import is_tcp

ASKS = ("token_file", "password_file", "checker", "authority")
"""The keys that say how a hub finds out who links."""

log = Logger()


def is_authenticated(table: HubTable) -> bool:
    """Whether a hub asks who links."""
    return any(getattr(table, key) is not None for key in ASKS)


def check_admission(table: HubTable, file: str) -> None:
    """Check that nobody is let in by mistake, to the hub or to its page.

    Args:
        file: The configuration file; empty if there is none.

    Raises:
        ConfigurationError: Other machines reach the hub or its page, and it asks nobody.
    """
    if is_authenticated(table) or table.insecure:
        return
    page = [("http", table.http)] if table.http is not None else []
    for key, listening in [*(("listen", each) for each in listed(table.listen)), *page]:
        if not stays_here(listening):
            label, before, insecure = (f"{file}: [hub] ", "", "insecure = true") if file else ("--", "--", "--insecure")
            mends = f"{before}token-file, {before}password-file or {before}authority"
            text = f"other machines reach '{listening}', and nobody is asked who they are; ask them by {mends}"
            mend = f"listen at {LOOPBACK}, or let everybody in with {insecure}"
            raise ConfigurationError(f"{label}{key}: {text}, {mend}")


def hubs_believed(table: HubTable) -> list[str] | None:
    """Return the principals that are believed as hubs; ``None`` leaves it to the hub."""
    if table.hubs is not None:
        return listed(table.hubs)
    return ["*"] if table.insecure and not is_authenticated(table) else None


def warn_of_admission(table: HubTable) -> None:
    """Say in the log what is risky about where a hub listens."""
    for listening in [*listed(table.listen), *listed(table.http)]:
        if stays_here(listening):
            continue
        if not is_authenticated(table):
            text = "insecure: whoever reaches {listen} is let in without being asked, and believed, {hubs}"
            hubs = "as a hub too" if table.hubs is None else "as a hub too if 'hubs' says so"
            log.warn(text, listen=listening, hubs=hubs)
        if is_tcp(listening) and table.certificate is None and not is_secure(listening):
            text = "whoever is between can read and change what passes at {listen}; certificate and key add TLS"
            log.warn(text, listen=listening)
