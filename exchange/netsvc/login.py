"""Logins: who somebody says they are, by HTTP Basic."""

from __future__ import annotations

from base64 import b64decode

from twisted.web import http
from twisted.web.server import Request

NOBODY = ("", "")


def login_of(request: Request) -> tuple[str, str] | None:
    """Return login and password of a request, empty if it has none; ``None`` if it cannot be understood."""
    said = request.getHeader(b"authorization")
    if said is None:
        return NOBODY
    scheme, _, encoded = said.strip().partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        login, has_password, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        return None
    return (login, password) if has_password else None


def challenge(request: Request) -> bytes:
    """Ask for a login, and return the body of the answer."""
    body = b"a login is needed here\n"
    request.setResponseCode(http.UNAUTHORIZED)
    request.setHeader(b"www-authenticate", b'Basic realm="", charset="UTF-8"')
    request.setHeader(b"content-type", b"text/plain; charset=utf-8")
    request.setHeader(b"content-length", b"%d" % len(body))
    return body
