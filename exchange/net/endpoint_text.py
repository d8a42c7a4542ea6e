"""Endpoints as text: their fields, and whether TLS goes over them where it is asked for."""

from __future__ import annotations

import re

TCP = ("tcp", "tcp4", "tcp6")
"""Endpoints over which TLS is spoken if there is a `Tls`, and without which all is readable."""

INHERITED = "systemd"


def fields_of(text: str) -> list[str]:
    """Return the fields of an endpoint string, unquoted: the kind of endpoint, then the others."""
    return [re.sub(r"\\(.)", r"\1", field) for field in re.split(r"(?<!\\):", text)]


def is_tcp(text: str) -> bool:
    """Whether an endpoint string means a TCP connection, on which nothing else is layered."""
    kind, *fields = fields_of(text)
    return kind in TCP or (kind == INHERITED and any(field.startswith("domain=INET") for field in fields))


def is_inherited(text: str) -> bool:
    """Whether an endpoint string means a socket that systemd opened for this process."""
    return fields_of(text)[0] == INHERITED


def host_in(text: str) -> str:
    """Return the host that an endpoint string for dialling over TCP names."""
    _, *fields = fields_of(text)
    named = [field.removeprefix("host=") for field in fields if field.startswith("host=")]
    return (named or fields or [""])[0]
