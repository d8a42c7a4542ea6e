"""Origins: which pages of other web sites may call."""

from __future__ import annotations

import pytest

from exchange.testing import Network
from tests.gateways.conftest import Gateway, Math
from tests.gateways.web import Answer, called, posted

LISTED = "https://plant.example"


def asked(gateway: Gateway, *headers: str) -> Answer:
    return gateway(origins=[LISTED]).ask(posted(called("multiply", 6, 7), "Content-Type: text/xml", *headers))


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://plant.example", "https://plant.example:1"])
def test_pages_of_other_sites_may_not_call(math: Math, gateway: Gateway, origin: str) -> None:
    answer = asked(gateway, f"Origin: {origin}")

    assert answer.status == 403
    assert "access-control-allow-origin" not in answer.headers


def test_pages_of_a_listed_site_may_call_and_read_the_answer(math: Math, gateway: Gateway) -> None:
    answer = asked(gateway, f"Origin: {LISTED}")

    assert answer.result == 42
    assert answer.headers["access-control-allow-origin"] == LISTED
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("headers", [[], ["Origin: http://here"]])
def test_programs_and_pages_of_the_site_itself_may_call(math: Math, gateway: Gateway, headers: list[str]) -> None:
    assert asked(gateway, *headers).result == 42


def test_a_browser_that_asks_first_is_told_what_it_may_send(network: Network, math: Math, gateway: Gateway) -> None:
    preflight = f"OPTIONS /xmlrpc/service/math HTTP/1.1\r\nHost: here\r\nOrigin: {LISTED}\r\n"
    answer = gateway(origins=[LISTED]).ask(f"{preflight}Access-Control-Request-Method: POST\r\n\r\n".encode())

    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == LISTED
    assert "Content-Type" in answer.headers["access-control-allow-headers"]
