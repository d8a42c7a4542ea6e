"""The measures that a scraper reads, from the collectors that make them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client.core import Metric

from exchange.gateways.measures import COUNTED, SHOWN, HubMeasures, ProcessMeasures
from from_code.tables import code, table

KINDS = {"counter": "counter", "gauge": "gauge", "histogram": "histogram", "info": "gauge, always 1"}
SUFFIXES = {"counter": "_total", "info": "_info"}


def metrics(of: str) -> str:
    """Return a table of the measures of the ``hub`` or of the ``process``."""
    rows = [
        (code(name_of(family)), KINDS[family.type], ", ".join(code(label) for label in labels_of(family)), told(family))
        for family in {"hub": of_hub, "process": of_process}[of]()
    ]
    return table(("measure", "kind", "labels", "what it is"), rows)


def name_of(family: Metric) -> str:
    """Return what it is called in a query; a histogram has ``_bucket``, ``_sum`` and ``_count`` behind that."""
    return family.name + SUFFIXES.get(family.type, "")


def labels_of(family: Metric) -> list[str]:
    """Return its labels, but the bound of a bucket."""
    return sorted({label for sample in family.samples for label in sample.labels} - {"le"})


def of_hub() -> Iterable[Metric]:
    """Return what a hub shows that tells all there is."""
    measures = HubMeasures()
    told: dict[str, Any] = {"now": 1, "services": _services()}
    for figure in (*COUNTED, *SHOWN):
        _put(told, figure.path)
    measures.told = told
    return measures.collect()


def of_process() -> Iterable[Metric]:
    """Return what a process shows that measures all there is."""
    lag = {"bounds": [1.0], "buckets": [0, 0], "seconds": 0.0}
    build = dict.fromkeys(("python", "twisted", "version", "wire"), "")
    told = {"build": build, "lag": lag, "reloads": {"ok": 0}, "requests": {("page", 200): 0}}
    told |= {"connections": 0, "streams": 0}
    return ProcessMeasures(lambda: told).collect()


def told(family: Metric) -> str:
    """Return its help, as it stands in a table."""
    return family.documentation.rstrip(".")


def _put(told: dict[str, Any], path: tuple[str, ...]) -> None:
    for key in path[:-1]:
        told = told.setdefault(key, {})
    told[path[-1]] = 1


def _services() -> Mapping[str, Any]:
    return {"math": {"calls": 1, "outcomes": {"reply": 1}, "bounds": [1.0], "buckets": [1, 0], "seconds": 0.0}}
