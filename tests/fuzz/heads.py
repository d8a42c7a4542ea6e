"""What is fuzzed of the heads of requests: who asks, and from which page."""

from __future__ import annotations

from twisted.cred.credentials import IAnonymous, IUsernamePassword
from twisted.web.http_headers import Headers
from twisted.web.server import NOT_DONE_YET

from exchange import ConfigurationError
from exchange.gateways.authorization import Malformed, read_authorization
from exchange.gateways.origins import Origins, checked_origin
from exchange.gateways.tokens import BearerToken

LISTED = b"https://plant.example"


class Asked:
    """A request, as far as these headers are concerned."""

    def __init__(self, headers: dict[bytes, list[bytes]], method: bytes, is_secure: bool) -> None:
        self.requestHeaders = Headers(headers)
        self.responseHeaders = Headers()
        self.method = method
        self.code = 200
        self._is_secure = is_secure

    def isSecure(self) -> bool:
        """Whether it came over TLS."""
        return self._is_secure

    def setHeader(self, name: bytes, value: bytes) -> None:
        """Set one header of the answer."""
        self.responseHeaders.setRawHeaders(name, [value])

    def setResponseCode(self, code: int, message: bytes | None = None) -> None:
        """Set the status of the answer."""
        self.code = code

    def finish(self) -> None:
        """Have the answer sent, which has no body."""


def authorization(data: bytes) -> None:
    """A header shows somebody, nobody, something unknown, or is malformed; and is not shown again."""
    values = [line.strip(b" \t") for line in data.replace(b"\r", b"").split(b"\n")]
    asked = Asked({b"authorization": values}, b"POST", False)
    try:
        shown = read_authorization(asked)  # type: ignore[arg-type]
    except Malformed as error:
        assert 0 < len(str(error)) <= 100
        assert all(len(value) < 8 or value.decode("latin-1") not in str(error) for value in values)
        return
    if shown is None:
        return
    assert not IAnonymous.providedBy(shown)
    assert isinstance(shown, BearerToken) or IUsernamePassword.providedBy(shown)


def origin(data: bytes) -> None:
    """A page may call if it is of a listed origin or of the site itself, and no other is told that it may."""
    first, _, rest = data.partition(b"\n")
    names = [line.strip(b" \t\r") for line in rest.split(b"\n")]
    asked = Asked({b"origin": names, b"host": [first.strip(b" \t\r")]}, b"OPTIONS", bool(len(data) % 2))
    asked.requestHeaders.addRawHeader(b"access-control-request-method", b"POST")
    answered = Origins([LISTED.decode()]).answered(asked)  # type: ignore[arg-type]
    allowed = asked.responseHeaders.getRawHeaders(b"access-control-allow-origin", [])
    if names == [LISTED]:
        assert (allowed, asked.code, answered) == ([LISTED], 204, NOT_DONE_YET)
    else:
        assert not allowed
        assert (answered is None) == (asked.code == 200)
        assert answered is None or asked.code == 403
    try:
        listed = checked_origin(data.decode("latin-1"))
    except ConfigurationError:
        return
    assert checked_origin(listed) == listed
