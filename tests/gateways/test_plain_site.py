"""The gateways in a site of somebody's own: the plain one of `twisted.web`, and the lines of the how-to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from twisted.internet.task import Cooperator
from twisted.web.resource import Resource
from twisted.web.server import Site

from exchange import Service, method
from exchange.gateways.files import Files
from exchange.gateways.jsonrpc import JsonRpcGateway
from exchange.gateways.live import LiveGateway
from exchange.gateways.xmlrpc import XmlRpcGateway
from exchange.testing import Network
from tests.gateways.browser import Browser
from tests.gateways.web import Web, called, posted

HOWTO = Path(__file__).parents[2] / "docs/howto/web-gateway.md"


class Math(Service):
    """Multiplies, and reports it."""

    name = "math"
    groups = ("web-services",)

    @method
    def multiply(self, x: float, y: float) -> float:
        """Return the product."""
        self.publish("product", x * y)
        return x * y


@pytest.fixture
def web(network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A plain site, made as the how-to says."""
    monkeypatch.chdir(tmp_path)
    cooperator = Cooperator(scheduler=lambda go_on: network.clock.callLater(0, go_on))
    monkeypatch.setattr("twisted.internet._producer_helpers.cooperate", cooperator.cooperate)
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "page.html").write_text("<h1>page</h1>")
    network.hub()
    network.peer().add(Math())
    (lines,) = re.findall(r"```python\n(root\.putChild.*?)```", HOWTO.read_text(), re.DOTALL)
    assert len(lines.splitlines()) == 3
    root, exchange = Resource(), network.peer()
    defined = {"root": root, "exchange": exchange, "XmlRpcGateway": XmlRpcGateway}
    exec(lines, defined | {"LiveGateway": LiveGateway, "Files": Files})
    root.putChild(b"jsonrpc", JsonRpcGateway(exchange, "web-services", max_body=100))
    network.settle()
    made = Web(network, Site(root, reactor=network.clock))
    yield made
    made.close()
    network.clock.advance(20)


def test_the_lines_of_the_howto_put_gateways_into_any_site(web: Web) -> None:
    browser = Browser(web, "/live/math?subject=product")

    answer = web.ask(posted(called("multiply", 6, 7), "Content-Type: text/xml", path="/rpc/math"))

    assert answer.result == 42
    assert browser.heard() == [("product", 42)]
    page = web.ask(b"GET /static/page.html HTTP/1.1\r\nHost: here\r\n\r\n")
    assert (page.status, page.body) == (200, b"<h1>page</h1>")


def test_a_body_that_is_too_large_is_refused_when_it_has_come(web: Web) -> None:
    asked = posted(b" " * 101, "Content-Type: application/json", path="/jsonrpc/math")
    line = web.line()

    line.send(asked[:-1])
    assert line.unread == b""
    line.send(asked[-1:])
    assert line.answer().status == 413


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_a_body_that_calls_itself_a_form_is_no_call(web: Web, kind: str) -> None:
    body = json.dumps({"jsonrpc": "2.0", "method": "multiply", "params": [6, 7], "id": 1}).encode()

    assert web.ask(posted(body, f"Content-Type: {kind}", path="/jsonrpc/math")).status == 400
    assert web.ask(posted(body, "Content-Type: application/json", path="/jsonrpc/math")).status == 200


def test_whoever_hangs_up_is_gone_here_too(web: Web, network: Network) -> None:
    browser = Browser(web, "/live/math")

    browser.line.hang_up()

    assert web.ask(b"GET /live/nobody HTTP/1.1\r\nHost: here\r\n\r\n").status == 404
