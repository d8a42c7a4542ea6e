"""The host names by which a site may be asked, so that no other name leads a browser to it.

A page of anywhere may have a name of its own lead to this machine (DNS rebinding), and its
browser then takes what it finds here for a part of that site. It says the name in ``Host``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address

from twisted.web.server import Request

from exchange.gateways.refusals import Refusal

HOST = re.compile(r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
MISDIRECTED = 421

STRANGE = Refusal(
    MISDIRECTED,
    "this hub is not asked by that name: say localhost, an address in numbers, or a name that the hub advertises",
)


class Hosts:
    """The names that are believed, besides localhost and every address in numbers, which no name can stand for.

    Args:
        names: Without ports; ``None`` believes all, where whoever asks must prove who they are.
    """

    def __init__(self, names: Iterable[str] | None = ()) -> None:
        self._names = None if names is None else frozenset(name.lower().rstrip(".") for name in names)

    def refusal_of(self, request: Request) -> Refusal | None:
        """Return why a request is refused for the name by which it came, if it is."""
        if self._names is None:
            return None
        said = request.requestHeaders.getRawHeaders(b"host", [])
        found = HOST.fullmatch(said[0].decode("latin-1")) if len(said) == 1 else None
        return None if found is not None and self._is_believed(found["host"].lower().rstrip(".")) else STRANGE

    def _is_believed(self, host: str) -> bool:
        if host == "localhost" or host.endswith(".localhost") or host in (self._names or ()):
            return True
        try:
            ip_address(host.strip("[]"))
        except ValueError:
            return False
        return True
