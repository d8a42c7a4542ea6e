"""Endpoint strings: checked before anything starts, and turned from where a hub listens to where to dial it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

from twisted.internet.address import UNIXAddress
from twisted.internet.endpoints import clientFromString, quoteStringArgument, serverFromString

from exchange.app.inherited import address_of, check_inherited
from exchange.errors import ConfigurationError
from exchange.net.endpoint_text import fields_of, is_inherited

SHORT = re.compile(r"(?P<host>[^:\[\]=/]+|\[[0-9a-fA-F:.]+\]):(?P<port>\d+)")
EVERYWHERE = {"", "0.0.0.0", "::"}
HERE = {"127.0.0.1", "::1", "localhost"}
HIGHEST_PORT = 65535
SECURE = ("ssl", "tls")
"""Endpoints at which TLS is spoken."""


def dialled(reactor: Any, text: str, label: str = "--hub") -> str:
    """Return the endpoint string to dial for what somebody wrote: ``tcp:host:port``, or ``host:port`` for short.

    Args:
        label: What to name when it cannot be dialled.

    Raises:
        ConfigurationError: It is not an endpoint that can be dialled.
    """
    short = SHORT.fullmatch(text)
    if short and short["host"] not in {"tcp", "unix", "ssl", "tls"}:
        host = quoteStringArgument(short["host"].strip("[]"))
        text = f"tcp:{host}:{short['port']}"
    _check(clientFromString, reactor, text, label, "tcp:localhost:11111")
    return text


def listened(reactor: Any, text: str, label: str = "--listen") -> str:
    """Return ``text`` if it is an endpoint to listen at.

    Raises:
        ConfigurationError: It is not.
    """
    if is_inherited(text):
        check_inherited(reactor, text, label)
    else:
        _check(serverFromString, reactor, text, label, "tcp:11111:interface=127.0.0.1")
    return text


def tcp_listener(port: int, interface: str) -> str:
    """Return the endpoint string for listening at a TCP port of an interface."""
    return f"tcp:{port}:interface={quoteStringArgument(interface)}"


def way_in(listening: str) -> str | None:
    """Return the endpoint to dial for one that a hub listens at, or ``None`` where that cannot be told."""
    if is_inherited(listening):
        return way_to(address_of(listening))
    kind, *fields = fields_of(listening)
    named = dict(field.split("=", 1) for field in fields if "=" in field)
    plain = [field for field in fields if "=" not in field]
    place = named.get("address" if kind == "unix" else "port") or (plain[0] if plain else "")
    if kind == "unix":
        return f"unix:{quoteStringArgument(place)}"
    if kind != "tcp":
        return None
    if place == "0":
        return None
    interface = named.get("interface", "")
    host = "localhost" if interface in EVERYWHERE else quoteStringArgument(interface)
    return f"tcp:{host}:{place}"


def way_to(address: Any) -> str | None:
    """Return the endpoint to dial for the address of a socket that listens."""
    if address is None:
        return None
    if isinstance(address, UNIXAddress):
        return f"unix:{quoteStringArgument(os.fsdecode(address.name or b''))}"
    host = "localhost" if address.host in EVERYWHERE else quoteStringArgument(address.host)
    return f"tcp:{host}:{address.port}"


def stays_here(listening: str) -> bool:
    """Return whether only this machine reaches an endpoint that somebody listens at, as far as its text says."""
    if is_inherited(listening):
        found = address_of(listening)
        return found is not None and (isinstance(found, UNIXAddress) or _is_here(found.host))
    kind, *fields = fields_of(listening)
    interfaces = [field.removeprefix("interface=") for field in fields if field.startswith("interface=")]
    return kind == "unix" or any(_is_here(each) for each in interfaces)


def _is_here(host: str) -> bool:
    return host in HERE or host.startswith("127.")


def is_secure(listening: str) -> bool:
    """Return whether TLS is spoken at an endpoint that somebody listens at, as far as its text says."""
    return fields_of(listening)[0] in SECURE


def _check(parse: Callable[[Any, str], object], reactor: Any, text: str, label: str, example: str) -> None:
    try:
        parse(reactor, text)
        reason = _wrong_port(text)
    except (ValueError, TypeError, KeyError, IndexError):
        # What Twisted says of it is about its own code: a missing positional argument.
        reason = "not an endpoint"
    except ImportError:
        raise ConfigurationError(
            f"{label}: '{text}' needs the package pyOpenSSL: pip install 'exchange[tls]'"
        ) from None
    except OSError as error:
        told = f"'{error.filename}' cannot be read: {error.strerror}"
        raise ConfigurationError(f"{label}: '{text}': {told}") from None
    except Exception:  # of OpenSSL, which may not be there to ask for its errors by name
        told = "its key and certificate cannot be used; are they PEM, and the key without a password?"
        raise ConfigurationError(f"{label}: '{text}': {told}") from None
    if reason:
        raise ConfigurationError(f"{label}: '{text}' is {reason}; one looks like {example}")


def _wrong_port(text: str) -> str:
    kind, *fields = fields_of(text)
    if kind not in ("tcp", *SECURE):
        return ""
    ports = [field.removeprefix("port=") for field in fields if field.startswith("port=") or field.isdigit()]
    return "" if all(int(port) <= HIGHEST_PORT for port in ports) else f"beyond port {HIGHEST_PORT}, the highest"
