"""Whoever looks after a process asks whether it lives, and whether it may be sent work."""

from __future__ import annotations

import json
from collections.abc import Callable

from exchange.gateways.health import HealthPage
from exchange.gateways.site import GatewaySite
from exchange.testing import Network
from tests.gateways.web import Answer, Web, mounted


def asked(network: Network, why_not: Callable[[], str | None], *headers: str, method: str = "GET") -> Answer:
    web = Web(network, GatewaySite(mounted("/readyz", HealthPage(why_not)), network.clock))
    return web.ask("\r\n".join([f"{method} /readyz HTTP/1.1", "Host: here", *headers, "", ""]).encode())


def test_all_is_well(network: Network) -> None:
    answer = asked(network, lambda: None)

    assert (answer.status, answer.body) == (200, b"ok\n")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


def test_why_no_work_may_be_sent_is_a_word(network: Network) -> None:
    answer = asked(network, lambda: "draining")

    assert (answer.status, answer.body) == (503, b"draining\n")
    assert answer.headers["retry-after"] == "5"


def test_programs_may_ask_for_json(network: Network) -> None:
    well = asked(network, lambda: None, "Accept: application/json")
    ill = asked(network, lambda: "unlinked", "Accept: application/json")

    assert (well.status, json.loads(well.body)) == (200, {"status": "ok"})
    assert (ill.status, json.loads(ill.body)) == (503, {"status": "unready", "reason": "unlinked"})
    assert well.headers["content-type"] == "application/json"


def test_head_is_answered_without_a_body(network: Network) -> None:
    answer = asked(network, lambda: None, method="HEAD")

    assert (answer.status, answer.headers["content-length"]) == (200, "3")


def test_nothing_can_be_posted(network: Network) -> None:
    answer = asked(network, lambda: None, "Content-Length: 0", method="POST")

    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_that_it_answers_is_all_that_is_asked_of_a_process_that_lives(network: Network) -> None:
    web = Web(network, GatewaySite(mounted("/healthz", HealthPage()), network.clock))

    assert web.ask(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n").status == 200
