"""What a request says of who asks: its ``Authorization``, read into credentials of `twisted.cred`.

It is read strictly: a header that means nothing, or two things, is never taken for a
request that says nothing.
"""

from __future__ import annotations

import re
from base64 import b64decode

from twisted.cred.credentials import Anonymous, ICredentials, UsernamePassword
from twisted.web.server import Request

from exchange.gateways.tokens import TOKEN, BearerToken

HEADER = "authorization"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Malformed(ValueError):
    """An ``Authorization`` that cannot be understood; the text says why, and shows nothing of it."""


def read_authorization(request: Request) -> ICredentials | None:
    """Return what somebody shows: a name and password, a token, or nothing, which is `Anonymous`.

    Returns:
        ``None`` if they show something else, in a scheme that is not known here.

    Raises:
        Malformed: It cannot be understood.
    """
    said = request.requestHeaders.getRawHeaders(HEADER.encode(), [])
    if not said:
        return Anonymous()
    if len(said) > 1:
        raise Malformed("there is more than one Authorization")
    scheme, _, rest = said[0].strip(b" ").partition(b" ")
    read = _SCHEMES.get(scheme.lower())
    return read(rest.strip(b" ")) if read else None


def _basic(encoded: bytes) -> ICredentials:
    try:
        said = b64decode(encoded, validate=True).decode()
    except UnicodeDecodeError:
        raise Malformed("the name and password of HTTP Basic must be text in UTF-8") from None
    except ValueError:
        raise Malformed("what follows Basic must be base64") from None
    name, found, password = said.partition(":")
    if not found:
        raise Malformed("HTTP Basic brings a name, a colon, and a password")
    if CONTROL.search(said):
        raise Malformed("a name and a password have no control characters")
    return UsernamePassword(name.encode(), password.encode())


def _bearer(token: bytes) -> ICredentials:
    if not TOKEN.fullmatch(token.decode("latin-1")):
        raise Malformed("what follows Bearer must be one token")
    return BearerToken(token)


_SCHEMES = {b"basic": _basic, b"bearer": _bearer}
