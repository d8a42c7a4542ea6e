"""Pages of other web sites: only those of listed origins may call, whatever their browsers let them send.

See the Fetch standard, "CORS protocol", and RFC 6454. A request that names an origin which
is neither listed nor the site's own is refused before anything else is looked at: a
browser would send some of them without asking first.
"""

from __future__ import annotations

from collections.abc import Iterable

from twisted.web import http
from twisted.web.server import Request

from exchange.gateways.refusals import Refusal

FOREIGN = Refusal(http.FORBIDDEN, "pages of this origin may not call here; the gateway's origins name those that may")
HOLD = b"600"
"""Seconds for which a browser may remember what it was allowed."""


class Origins:
    """The origins whose pages may call.

    Args:
        listed: Such as ``https://plant.example``.
    """

    def __init__(self, listed: Iterable[str]) -> None:
        self._listed = frozenset(origin.encode() for origin in listed)

    def answered(self, request: Request) -> bytes | None:
        """Return the answer to a request that is refused, or only asks what it may; else ``None``.

        Whatever is answered later tells the browser that the page may read it.
        """
        origin = request.getHeader(b"origin")
        if origin is None:
            return None
        request.responseHeaders.addRawHeader(b"vary", b"Origin")
        if origin not in self._listed:
            return None if _is_own(origin, request) else FOREIGN.send(request)
        request.setHeader(b"access-control-allow-origin", origin)
        request.setHeader(b"access-control-expose-headers", b"Retry-After, WWW-Authenticate")
        if request.method != b"OPTIONS" or not request.requestHeaders.hasHeader(b"access-control-request-method"):
            return None
        request.setHeader(b"access-control-allow-methods", b"GET, POST")
        request.setHeader(b"access-control-allow-headers", b"Authorization, Content-Type, Last-Event-ID, SOAPAction")
        request.setHeader(b"access-control-max-age", HOLD)
        request.setResponseCode(http.NO_CONTENT)
        return b""


def _is_own(origin: bytes, request: Request) -> bool:
    """Return whether an origin is that of the site itself, by the name under which it was reached."""
    scheme = b"https" if request.isSecure() else b"http"
    return origin.lower() == b"%s://%s" % (scheme, (request.getHeader(b"host") or b"").lower())
