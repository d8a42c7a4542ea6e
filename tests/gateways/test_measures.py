"""What a hub measures, as Prometheus knows it."""

from __future__ import annotations

from typing import Any

from prometheus_client.core import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector, CollectorRegistry

from exchange.gateways.measures import HubMeasures, ProcessMeasures

BOUNDS = [0.001, 0.1]


def of_service(calls: int, buckets: list[int] | None = None, outcomes: dict[str, int] | None = None) -> dict[str, Any]:
    return {
        "calls": calls,
        "outcomes": outcomes or {"reply": calls},
        "bounds": BOUNDS,
        "buckets": buckets or [calls, 0, 0],
        "seconds": 0.5 * calls,
    }


def told(services: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "started": 1000.0,
        "now": 1060.5,
        "counters": {"requests": 7, "refused": 1, "settled": 2, "unexpected": 3, "denied": 4, "too_large": 5},
        "frames_in": 10,
        "frames_out": 20,
        "bytes_in": 100,
        "bytes_out": 200,
        "links": {"peer": 3, "hub": 1},
        "greetings": 0,
        "outstanding": 6,
        "queued": 4096,
        "congested": 1,
        "instances": 8,
        "subscriptions": 9,
        "services": services or {},
    }


def scraped(collector: Collector) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return what a scraper has of it, by name and labels."""
    registry = CollectorRegistry()
    registry.register(collector)
    text = generate_latest(registry).decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(each.name, frozenset(each.labels.items())): each.value for each in samples}


def of_hub(services: dict[str, Any], most: int = 100) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    measures = HubMeasures(most)
    measures.told = told(services)
    return scraped(measures)


def key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


def test_before_a_hub_told_anything_nothing_is_measured() -> None:
    assert scraped(HubMeasures()) == {}


def test_every_number_of_a_hub_has_its_name() -> None:
    found = of_hub({"math": of_service(5)})

    assert found[key("exchange_frames_total", direction="in")] == 10
    assert found[key("exchange_frames_total", direction="out")] == 20
    assert found[key("exchange_bytes_total", direction="in")] == 100
    assert found[key("exchange_bytes_total", direction="out")] == 200
    assert found[key("exchange_requests_total")] == 7
    assert found[key("exchange_requests_refused_total")] == 1
    assert found[key("exchange_calls_lost_total")] == 2
    assert found[key("exchange_frames_unexpected_total")] == 3
    assert found[key("exchange_denials_total")] == 4
    assert found[key("exchange_frames_too_large_total")] == 5
    assert found[key("exchange_links", role="peer")] == 3
    assert found[key("exchange_links", role="hub")] == 1
    assert found[key("exchange_links_congested")] == 1
    assert found[key("exchange_queued_bytes")] == 4096
    assert found[key("exchange_calls_outstanding")] == 6
    assert found[key("exchange_instances")] == 8
    assert found[key("exchange_subscriptions")] == 9
    assert found[key("exchange_start_time_seconds")] == 1000
    assert found[key("exchange_uptime_seconds")] == 60.5


def test_calls_are_counted_by_service_and_outcome_and_a_failure_by_its_number() -> None:
    found = of_hub({"math": of_service(9, outcomes={"reply": 5, "47": 2, "cancelled": 1, "lost": 1})})

    assert found[key("exchange_calls_total", service="math", outcome="reply", error="")] == 5
    assert found[key("exchange_calls_total", service="math", outcome="failure", error="47")] == 2
    assert found[key("exchange_calls_total", service="math", outcome="cancelled", error="")] == 1
    assert found[key("exchange_calls_total", service="math", outcome="lost", error="")] == 1


def test_how_long_calls_took_is_a_histogram_of_each_service() -> None:
    found = of_hub({"math": of_service(6, [3, 2, 1])})

    assert found[key("exchange_call_duration_seconds_bucket", service="math", le="0.001")] == 3
    assert found[key("exchange_call_duration_seconds_bucket", service="math", le="0.1")] == 5
    assert found[key("exchange_call_duration_seconds_bucket", service="math", le="+Inf")] == 6
    assert found[key("exchange_call_duration_seconds_count", service="math")] == 6
    assert found[key("exchange_call_duration_seconds_sum", service="math")] == 3.0


def test_only_so_many_services_have_figures_of_their_own_and_the_rest_is_summed() -> None:
    found = of_hub(
        {"rare": of_service(1, [0, 1, 0]), "often": of_service(9), "usual": of_service(5), "seldom": of_service(2)}, 2
    )

    names = {dict(labels)["service"] for name, labels in found if name == "exchange_calls_total"}
    assert names == {"often", "usual", "other"}
    assert found[key("exchange_calls_total", service="other", outcome="reply", error="")] == 3
    assert found[key("exchange_call_duration_seconds_bucket", service="other", le="0.001")] == 2
    assert found[key("exchange_call_duration_seconds_count", service="other")] == 3


def test_a_service_that_has_figures_of_its_own_keeps_them_whoever_overtakes_it() -> None:
    measures = HubMeasures(1)
    measures.told = told({"first": of_service(2), "second": of_service(1)})
    scraped(measures)

    measures.told = told({"first": of_service(2), "second": of_service(100)})

    found = scraped(measures)
    assert found[key("exchange_calls_total", service="first", outcome="reply", error="")] == 2
    assert found[key("exchange_calls_total", service="other", outcome="reply", error="")] == 100


def test_a_service_that_is_called_other_is_summed_with_the_rest() -> None:
    found = of_hub({"other": of_service(3), "": of_service(4)})

    assert found[key("exchange_calls_total", service="other", outcome="reply", error="")] == 7


def test_no_name_from_the_network_breaks_the_page() -> None:
    hostile = 'a"b\\c\nexchange_links{role="peer"} 9999'
    surrogate = "half \ud800"
    found = of_hub({hostile: of_service(3), surrogate: of_service(2)})

    assert found[key("exchange_calls_total", service=hostile, outcome="reply", error="")] == 3
    assert found[key("exchange_calls_total", service="half ?", outcome="reply", error="")] == 2
    assert found[key("exchange_links", role="peer")] == 3


def test_a_process_tells_what_it_is_how_late_it_is_and_what_it_answered() -> None:
    def told() -> dict[str, Any]:
        return {
            "build": {"version": "0.1.0", "python": "3.11.7"},
            "lag": {"bounds": BOUNDS, "buckets": [4, 1, 1], "seconds": 2.5},
            "reloads": {"ok": 2, "failed": 1},
            "requests": {("jsonrpc", 200): 7, ("page", 401): 1},
            "connections": 3,
            "streams": 2,
        }

    found = scraped(ProcessMeasures(told))

    assert found[key("exchange_build_info", version="0.1.0", python="3.11.7")] == 1
    assert found[key("exchange_reactor_lag_seconds_bucket", le="0.1")] == 5
    assert found[key("exchange_reactor_lag_seconds_count")] == 6
    assert found[key("exchange_reactor_lag_seconds_sum")] == 2.5
    assert found[key("exchange_reloads_total", result="ok")] == 2
    assert found[key("exchange_reloads_total", result="failed")] == 1
    assert found[key("exchange_http_requests_total", face="jsonrpc", code="200")] == 7
    assert found[key("exchange_http_requests_total", face="page", code="401")] == 1
    assert found[key("exchange_http_connections")] == 3
    assert found[key("exchange_http_streams")] == 2


def test_what_a_process_does_not_measure_is_left_out() -> None:
    assert scraped(ProcessMeasures(dict)) == {}


def test_every_measure_says_what_it_is_and_bears_our_name() -> None:
    measures = HubMeasures()
    measures.told = told({"math": of_service(1)})

    families: list[Metric] = list(measures.collect())

    assert all(family.name.startswith("exchange_") for family in families)
    assert all(family.documentation.endswith(".") for family in families)
