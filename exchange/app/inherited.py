"""Inherited sockets: opened by systemd for this process, which listens at them as ``systemd:domain=INET:index=0``.

Twisted finds them, by what systemd says in the environment; here it is said what is wrong
when it cannot, and where they are, since the text of the endpoint does not tell.
"""

from __future__ import annotations

import os
import socket
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.endpoints import serverFromString

from exchange.errors import ConfigurationError
from exchange.net.endpoint_text import fields_of

DOMAINS = ("INET", "INET6", "UNIX")
EXAMPLE = "systemd:domain=INET:index=0"


class NoSuchSocket(ConfigurationError):
    """Systemd has passed no such socket to this process."""


def check_inherited(reactor: Any, text: str, label: str) -> None:
    """Check an endpoint of systemd.

    Raises:
        NoSuchSocket: It is none of those that were passed to this process.
        ConfigurationError: It is not written so that it could be one.
    """
    _, *fields = fields_of(text)
    given = dict(field.partition("=")[::2] for field in fields)
    chosen = [key for key in ("index", "name") if given.get(key)]
    is_number = given.get("index", "0").isdigit()
    if given.keys() - {"domain", "index", "name"} or len(chosen) != 1 or not is_number:
        raise ConfigurationError(
            f"{label}: '{text}' is not an endpoint; one looks like {EXAMPLE} or systemd:domain=INET:name=hub"
        )
    if given.get("domain") not in DOMAINS:
        raise ConfigurationError(f"{label}: '{text}': domain is one of {', '.join(DOMAINS)}")
    if _descriptor(reactor, text) is None:
        told = "systemd has passed no such socket to this process; start it by a .socket unit that has one"
        raise NoSuchSocket(f"{label}: '{text}': {told}")


def address_of(text: str) -> IPv4Address | IPv6Address | UNIXAddress | None:
    """Return where an inherited socket listens; ``None`` if this process has none of this description."""
    descriptor = _descriptor(None, text)
    if descriptor is None:
        return None
    with socket.socket(fileno=os.dup(descriptor)) as found:
        name = found.getsockname()
        if found.family == socket.AF_UNIX:
            return UNIXAddress(os.fsencode(name))
        kind = IPv6Address if found.family == socket.AF_INET6 else IPv4Address
        return kind("TCP", name[0], name[1])


def _descriptor(reactor: Any, text: str) -> int | None:
    try:
        endpoint: Any = serverFromString(reactor, text)
        return int(endpoint.fileno)
    except (LookupError, ValueError, TypeError, AttributeError):
        return None
