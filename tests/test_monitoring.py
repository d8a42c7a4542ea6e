"""The dashboard, the alerts and the page about them ask for measures that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from from_code.metrics import labels_of, name_of, of_hub, of_process
from prometheus_client.core import Metric
from prometheus_client.registry import CollectorRegistry

from exchange.gateways.metrics import OWN_OF_PYTHON

DOCS = Path(__file__).parent.parent / "docs"
DASHBOARD = json.loads((DOCS / "monitoring" / "grafana.json").read_text())
ALERTS: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((DOCS / "monitoring" / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
PAGE = (DOCS / "howto" / "monitoring.md").read_text()

OURS: list[Metric] = [*of_hub(), *of_process()]
OF_TARGETS = {"up", "job", "instance"}
"""What Prometheus has of each target, and the labels that it gives."""

ASKED = re.compile(r"\b((?:exchange|process|python)_\w+|up)\b(?:\{([^}]*)\})?")
GROUPED = re.compile(r"\b(?:by|ignoring) \(([^)]*)\)")


def known() -> dict[str, set[str]]:
    """Return the labels of each measure, by the names that queries have for it."""
    found: dict[str, set[str]] = {"up": set()}
    for family in OURS:
        labels = set(labels_of(family))
        if family.type == "histogram":
            found |= {f"{family.name}_bucket": labels | {"le"}, f"{family.name}_sum": labels}
            found[f"{family.name}_count"] = labels
        else:
            found[name_of(family)] = labels
    registry = CollectorRegistry(auto_describe=False)
    for collector in OWN_OF_PYTHON:
        collector(registry=registry)
    for family in registry.collect():
        found |= {sample.name: set(sample.labels) for sample in family.samples}
    return found


KNOWN = known()


def queries() -> Iterator[tuple[str, str]]:
    """Yield each query with what it is of."""
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]
    for rule in ALERTS:
        yield rule["alert"], rule["expr"]


@pytest.mark.parametrize(("title", "query"), list(queries()), ids=lambda each: each if " " not in each else None)
def test_a_query_asks_for_measures_and_labels_that_there_are(title: str, query: str) -> None:
    asked = list(ASKED.finditer(query))
    assert asked, f"{title} asks for nothing"
    labels: set[str] = set()
    for each in asked:
        assert each[1] in KNOWN, f"{title}: there is no {each[1]}"
        labels |= KNOWN[each[1]]
        for matched in re.findall(r"(\w+)\s*(?:=|!=|=~|!~)\s*\"", each[2] or ""):
            assert matched in KNOWN[each[1]] | OF_TARGETS, f"{title}: {each[1]} has no label {matched}"
    for names in GROUPED.findall(query):
        assert set(names.replace(" ", "").split(",")) <= labels | OF_TARGETS, f"{title}: {names}"


def test_every_measure_of_ours_is_on_the_dashboard() -> None:
    asked = {each[1] for _, query in queries() for each in ASKED.finditer(query)}
    shown = {name for name in KNOWN if name.startswith("exchange_") and not name.endswith(("_sum", "_count"))}
    assert shown <= asked


def test_the_dashboard_is_one_that_grafana_takes() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        assert panel["type"] == "row" or panel["datasource"]["uid"] == "${datasource}"
    assert [each["name"] for each in DASHBOARD["templating"]["list"]] == ["datasource", "job", "instance"]


def test_no_two_panels_lie_one_over_the_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells


def test_every_alert_says_how_grave_it_is_and_what_happened() -> None:
    for rule in ALERTS:
        assert rule["labels"]["severity"] in ("critical", "warning", "info"), rule["alert"]
        assert rule["annotations"]["summary"].endswith("."), rule["alert"]


def test_the_page_says_of_every_alert_what_to_do() -> None:
    assert re.findall(r"^### (\w+)$", PAGE, re.MULTILINE) == [rule["alert"] for rule in ALERTS]


def test_what_prometheus_is_told_on_the_page_scrapes_what_the_rules_are_about() -> None:
    files = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
    jobs = [job for file in files for job in file.get("scrape_configs", ())]
    assert [job["job_name"] for job in jobs] == ["exchange"] * 2
    assert files[0]["rule_files"] == ["alerts.yml"]


@pytest.mark.parametrize(("title", "query"), list(queries()), ids=lambda each: each if " " not in each else None)
def test_a_query_is_written_as_prometheus_reads_it(title: str, query: str) -> None:
    promql_parser.parse(re.sub(r"\$__?\w+", "5m", query))


def test_alerts_are_written_as_prometheus_reads_them() -> None:
    for rule in ALERTS:
        assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}, rule["alert"]
        assert re.fullmatch(r"\d+[smhd]", rule.get("for", "0s")), rule["alert"]
