"""A scraper reads what a hub and its process measure."""

from __future__ import annotations

from typing import Any

from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as plain

from exchange import Exchange
from exchange.gateways.metrics import MetricsPage
from exchange.gateways.site import GatewaySite
from exchange.testing import Network
from tests.gateways.web import Answer, Web, mounted
from tests.logbook import Logbook

OPEN = "Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"


def scrape(network: Network, exchange: Exchange | None, *headers: str, method: str = "GET", **own: Any) -> Answer:
    web = Web(network, GatewaySite(mounted("/metrics", MetricsPage(exchange, lambda: own)), network.clock))
    return web.ask("\r\n".join([f"{method} /metrics HTTP/1.1", "Host: here", *headers, "", ""]).encode())


def names(answer: Answer) -> set[str]:
    assert answer.status == 200, answer.body
    return {family.name for family in plain(answer.body.decode())}


def test_a_process_without_a_hub_tells_what_it_measures_itself(network: Network) -> None:
    answer = scrape(network, None, reloads={"ok": 1})

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert {"exchange_reloads", "process_cpu_seconds", "python_info", "python_gc_collections"} <= names(answer)


def test_a_scraper_that_takes_openmetrics_gets_it(network: Network) -> None:
    answer = scrape(network, None, OPEN, reloads={"ok": 1})

    assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert answer.body.endswith(b"# EOF\n")
    families = {family.name: family for family in open_metrics(answer.body.decode())}
    assert families["exchange_reloads"].type == "counter"


def test_head_is_answered_without_a_body(network: Network) -> None:
    answer = scrape(network, None, method="HEAD")

    assert answer.status == 200
    assert int(answer.headers["content-length"]) > 0


def test_nothing_can_be_posted(network: Network) -> None:
    answer = scrape(network, None, "Content-Length: 0", method="POST")

    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_when_the_hub_cannot_tell_the_scrape_fails_and_the_log_says_why(network: Network, logbook: Logbook) -> None:
    answer = scrape(network, network.peer())

    assert answer.status == 503
    assert b"Traceback" not in answer.body
    assert [line.partition(":")[0] for line in logbook.failures()] == ["ServiceUnavailable"]
