"""Pages of other web sites: only those of listed origins may call, whatever their browsers let them send.

See the Fetch standard, "CORS protocol", and RFC 6454. A request that names an origin which
is neither listed nor the site's own is refused before anything else is looked at: a
browser would send some of them without asking first. Programs name no origin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from twisted.web import http
from twisted.web.server import NOT_DONE_YET, Request

from exchange.errors import ConfigurationError
from exchange.gateways.refusals import Refusal

ANY = "*"
"""Stands for the pages of every site, and for those that are of none."""

FOREIGN = Refusal(http.FORBIDDEN, "pages of this origin may not call here; the gateway's origins name those that may")
SEVERAL = Refusal(http.FORBIDDEN, "a request comes from one origin, and this names several")

HOLD = b"600"
"""Seconds for which a browser may remember what it was allowed."""

ORIGIN = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>[a-z0-9._~-]+|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?")
USUAL_PORTS = {"http": "80", "https": "443"}
LOCAL = re.compile(rb"(?P<scheme>https?)://(?P<host>.+?)(:(?P<port>[0-9]+))?")
HOST = re.compile(rb"(?P<host>.+?)(:(?P<port>[0-9]+))?")


class Origins:
    """The origins whose pages may call.

    Args:
        listed: Such as ``https://plant.example``; or ``*``, and nothing else.
        has_logins: Whether who asks is found out, so that browsers may send the logins that they keep.

    Raises:
        ConfigurationError: One of them is no origin.
    """

    def __init__(self, listed: Iterable[str] = (), *, has_logins: bool = False) -> None:
        names = [listed] if isinstance(listed, str) else list(listed)
        if ANY in names and len(names) > 1:
            raise ConfigurationError(f"origins: '{ANY}' is every one, and stands alone")
        self._takes_any = ANY in names
        self._listed = frozenset(checked_origin(name).encode() for name in names if name != ANY)
        self._has_logins = has_logins

    def answered(self, request: Request) -> bytes | int | None:
        """Return what `render` is to return for a request that is refused, or only asks what it may; else ``None``.

        Whatever is answered later tells the browser that the page may read it.
        """
        named = request.requestHeaders.getRawHeaders(b"origin")
        if named is None and not self._listed:
            return None
        if not self._takes_any:
            request.responseHeaders.addRawHeader(b"vary", b"Origin")
        if named is None:
            return None
        if len(named) > 1:
            return SEVERAL.send(request)
        if not self._takes_any and named[0] not in self._listed:
            return None if _is_own(named[0], request) else FOREIGN.send(request)
        self._allow(request, named[0])
        if request.method == b"OPTIONS" and request.requestHeaders.hasHeader(b"access-control-request-method"):
            return _allowance(request)
        return None

    def _allow(self, request: Request, origin: bytes) -> None:
        request.setHeader(b"access-control-allow-origin", ANY.encode() if self._takes_any else origin)
        request.setHeader(b"access-control-expose-headers", b"Retry-After, WWW-Authenticate")
        if self._has_logins and not self._takes_any:
            request.setHeader(b"access-control-allow-credentials", b"true")


def checked_origin(text: str) -> str:
    """Return an origin as browsers write it.

    Raises:
        ConfigurationError: It is none.
    """
    if text == "null":
        mend = f"'{ANY}' takes them, and all others"
        raise ConfigurationError(f"origins: 'null' is what pages of any site can say of themselves; {mend}")
    known = ORIGIN.fullmatch(text.lower())
    if known is None:
        example = "one looks like https://plant.example or http://localhost:3000, without a path"
        raise ConfigurationError(f"origins: '{text}' is no origin; {example}")
    port = known["port"] and str(int(known["port"]))  # without zeros before it, as browsers write it
    is_usual = port in (None, USUAL_PORTS.get(known["scheme"]))
    return f"{known['scheme']}://{known['host']}{'' if is_usual else f':{port}'}"


def _allowance(request: Request) -> int:
    """Tell a browser that asks first what its page may send."""
    request.setHeader(b"access-control-allow-methods", b"GET, POST")
    request.setHeader(b"access-control-allow-headers", b"Authorization, Content-Type, Last-Event-ID, SOAPAction")
    request.setHeader(b"access-control-max-age", HOLD)
    request.setResponseCode(http.NO_CONTENT)
    request.finish()  # an empty body that is returned would get a length, which 204 may not have
    return NOT_DONE_YET


def _is_own(origin: bytes, request: Request) -> bool:
    """Return whether an origin is that of the site itself, by the name under which it was reached.

    Over plain HTTP it may be ``https``: something before us may have taken TLS off.
    """
    hosts = request.requestHeaders.getRawHeaders(b"host", [])
    page = LOCAL.fullmatch(origin.lower())
    if len(hosts) != 1 or page is None or (request.isSecure() and page["scheme"] != b"https"):
        return False
    here = HOST.fullmatch(hosts[0].lower())
    if here is None:
        return False
    usual = USUAL_PORTS[page["scheme"].decode()].encode()
    return (page["host"], page["port"] or usual) == (here["host"], here["port"] or usual)
