"""What a process shows of itself at the site of its hub, and to whom."""

from __future__ import annotations

import sys
from base64 import b64encode
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from twisted.application.service import MultiService
from twisted.internet.defer import succeed
from twisted.web.server import Request

from exchange import Rule, TokenAuthenticator
from exchange.app.ending import Ending
from exchange.app.http import Mounting, door_of, site_of
from exchange.app.measures import Measuring
from exchange.app.web import mounted
from exchange.gateways.dashboard.door import Door, permits_all
from exchange.gateways.dashboard.hosts import Hosts
from exchange.gateways.measures import COUNTED, SHOWN
from exchange.gateways.refusals import Refusal
from exchange.gateways.site import GatewaySite
from exchange.testing import Network
from tests.gateways.web import Answer, Web
from tests.logbook import Logbook
from tests.services.offered import Math

RULES = [
    Rule(principal=("admin",), administer=("*",)),
    Rule(principal=("scraper",), administer=("$exchange.metrics",)),
    Rule(principal=("bob",), call=("*",)),
]


def measuring(network: Network) -> Measuring:
    made = Measuring(network.clock, Ending(network.clock, 0.0))
    made.readiness.begin(succeed(None))
    return made


def site(network: Network, measured: Measuring | None = None) -> Web:
    hub = network.hub("rome")
    network.peer(hub).add(Math())
    network.result(network.peer(hub).call("math", "multiply", 6, 7))
    door = Door(None, permits_all, Hosts())
    mounting = Mounting(network.clock, hub, door, lambda: True, measured or measuring(network))
    return Web(network, site_of(mounting))


@pytest.fixture
def guarded(network: Network, tmp_path: Path) -> Web:
    tokens = tmp_path / "tokens"
    tokens.write_text("admin:a-long-token-of-admin\nscraper:a-long-token-of-scraper\nbob:a-long-token-of-bob\n")
    tokens.chmod(0o600)
    authenticator = TokenAuthenticator(tokens, network.clock.seconds)
    hub = network.hub("rome", authenticators=[authenticator], policy=RULES)
    door = door_of(hub, [authenticator], [])
    return Web(network, site_of(Mounting(network.clock, hub, door, lambda: True, measuring(network))))


def get(web: Web, path: str, *headers: str) -> Answer:
    return web.ask("\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode())


def samples(answer: Answer) -> dict[str, float]:
    assert answer.status == 200, answer.body
    families = text_string_to_metric_families(answer.body.decode())
    return {f"{each.name}{sorted(each.labels.values())}": each.value for family in families for each in family.samples}


def test_a_scrape_brings_what_the_hub_counts_and_what_the_process_measures(network: Network) -> None:
    found = samples(get(site(network), "/metrics"))

    assert found["exchange_calls_total['', 'math', 'reply']"] == 1
    assert found["exchange_call_duration_seconds_count['math']"] == 1
    assert found["exchange_links['peer']"] == 2
    assert found["exchange_instances[]"] == 1
    assert found["exchange_calls_outstanding[]"] == 0
    assert found["exchange_reactor_lag_seconds_count[]"] == 0
    assert found["exchange_reloads_total['ok']"] == 0
    assert any(name.startswith("exchange_build_info") for name in found)


def test_every_number_that_a_hub_counts_is_a_measure(network: Network) -> None:
    """What the hub counts and no measure shows would be lost: add it to `exchange.gateways.measures`."""
    told = network.result(network.hub().call("$exchange", "metrics"))
    paths = {figure.path for figure in (*COUNTED, *SHOWN)} | {("now",), ("services",)}

    counted = {("counters", name) for name in told.pop("counters")} | {("links", role) for role in told.pop("links")}
    assert counted | {(name,) for name in told} == paths


def test_what_was_answered_over_http_is_counted_by_what_answered(network: Network) -> None:
    web = site(network)
    get(web, "/")
    get(web, "/healthz")
    get(web, "/metrics")

    found = samples(get(web, "/metrics"))

    assert found["exchange_http_requests_total['200', 'page']"] == 1
    assert found["exchange_http_requests_total['200', 'health']"] == 1
    assert found["exchange_http_requests_total['200', 'metrics']"] == 1


def test_measures_are_for_those_who_prove_that_they_may_read_them(guarded: Web) -> None:
    basic = b64encode(b"admin:a-long-token-of-admin").decode()

    assert get(guarded, "/metrics").status == 401
    assert get(guarded, "/metrics", "Authorization: Bearer no-token-of-anybody").status == 401
    assert get(guarded, "/metrics", "Authorization: Bearer a-long-token-of-bob").status == 403
    assert get(guarded, "/metrics", "Authorization: Bearer a-long-token-of-admin").status == 200
    assert get(guarded, "/metrics", f"Authorization: Basic {basic}").status == 200


def test_a_scraper_need_not_be_allowed_anything_else(guarded: Web) -> None:
    scraper = "Authorization: Bearer a-long-token-of-scraper"

    assert get(guarded, "/metrics", scraper).status == 200
    assert get(guarded, "/", scraper).status == 403


def test_everybody_may_ask_for_health_and_hears_nothing_else(guarded: Web) -> None:
    assert get(guarded, "/healthz").body == b"ok\n"
    assert get(guarded, "/readyz").body == b"ok\n"


def test_a_process_is_ready_until_it_begins_to_end(network: Network) -> None:
    ending = Ending(network.clock, 0.0)
    measured = Measuring(network.clock, ending)
    web = site(network, measured)
    assert get(web, "/readyz").body == b"starting\n"

    measured.readiness.begin(succeed(None))
    assert get(web, "/readyz").status == 200

    ending.drained()
    answer = get(web, "/readyz")
    assert (answer.status, answer.body) == (503, b"draining\n")
    assert get(web, "/healthz").status == 200


def test_without_prometheus_client_the_log_and_the_page_name_the_extra(
    network: Network, logbook: Logbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "exchange.gateways.metrics", raising=False)
    monkeypatch.setitem(sys.modules, "prometheus_client", None)

    answer = get(site(network), "/metrics")

    mend = "measures need prometheus-client, which is not installed: pip install 'exchange[metrics]'"
    assert (answer.status, answer.body.decode()) == (501, f"{mend}\n")
    assert logbook.lines("/metrics") == [f"/metrics is not shown: {mend}"]


def test_a_gateway_shows_the_measures_of_its_process_to_those_whom_it_lets_in(network: Network) -> None:
    class Guard:
        def identify(self, request: Request) -> str | Refusal:
            return "bob" if request.getHeader(b"authorization") else Refusal(401, "who are you?")

    measured = measuring(network)
    gateway = GatewaySite(mounted({"/metrics": measured.at_gateway(guard=Guard())}), network.clock)
    measured.sites.append(gateway)
    web = Web(network, gateway)

    assert get(web, "/metrics").status == 401
    found = samples(get(web, "/metrics", "Authorization: Basic Ym9i"))
    assert found["exchange_http_requests_total['401', 'metrics']"] == 1
    assert found["exchange_http_connections[]"] == 1
    assert found["exchange_http_streams[]"] == 0
    assert not any(name.startswith("exchange_calls") for name in found)


def test_the_reactor_is_looked_at_once_however_many_show_it(network: Network) -> None:
    measured, site = measuring(network), MultiService()

    measured.begin(site)
    measured.begin(site)

    assert list(site) == [measured.lag]
