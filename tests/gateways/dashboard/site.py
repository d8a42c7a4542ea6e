"""What the tests of the page share: a site in memory, and requests to it."""

from __future__ import annotations

import json
from typing import Any

from twisted.web.resource import IResource
from twisted.web.server import Request

from exchange.gateways.dashboard.door import Deed
from exchange.gateways.refusals import Refusal
from exchange.gateways.site import GatewaySite
from exchange.gateways.terms import Identified
from exchange.testing import Network
from tests.gateways.web import Answer, Web


class Named:
    """A guard that believes whatever name a request says, and asks those who say none."""

    def identify(self, request: Request) -> Identified:
        """Return the name."""
        name = request.getHeader("x-name")
        return name or Refusal(401, "who are you?", ((b"www-authenticate", b'Basic realm="exchange"'),))


class Rules:
    """A policy: what each principal may, as (deed, thing)."""

    def __init__(self, **granted: set[tuple[str, str]]) -> None:
        self._granted = granted

    def __call__(self, who: str | None, deed: Deed, thing: str) -> bool:
        """Whether it is granted."""
        return (deed, thing) in self._granted.get(who or "", set())


def web_of(network: Network, resource: IResource) -> Web:
    """Return a site in memory with this root."""
    return Web(network, GatewaySite(resource, network.clock))


def asked(web: Web, target: str, *headers: str, host: str = "localhost:8080", method: str = "GET") -> Answer:
    """Ask for something, and return the answer."""
    return web.ask("\r\n".join([f"{method} {target} HTTP/1.1", f"Host: {host}", *headers, "", ""]).encode())


def posted(web: Web, target: str, said: Any, *headers: str, kind: str = "application/json") -> Answer:
    """Post JSON, and return the answer."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    head = [f"POST {target} HTTP/1.1", "Host: localhost:8080", f"Content-Type: {kind}", *headers]
    return web.ask("\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body)
