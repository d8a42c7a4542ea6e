"""Measures: what a hub counts, as families of Prometheus; whatever its names hold, a scraper is sent text only.

A hub counts by itself, in plain numbers, and knows nothing of Prometheus. What it tells is
looked up here in one table, so that every measure has its name, its kind and its help in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

MOST_SERVICES = 100
"""How many services have figures of their own; those of the others are summed."""

OTHER = "other"
"""The service under which they are."""

OUTCOMES = ("reply", "cancelled", "lost")
"""How a call may end, besides with a failure, which has a number."""

Told = Mapping[str, Any]


class Figure(NamedTuple):
    """One number of those that a hub tells: where it stands, what it is called, and what it is.

    Attributes:
        path: The keys that lead to it.
        labels: The label that it bears, and its value, if several numbers are one measure.
    """

    path: tuple[str, ...]
    name: str
    text: str
    labels: tuple[str, str] | None = None


COUNTED = (
    Figure(("frames_in",), "exchange_frames_total", "Frames that links have carried.", ("direction", "in")),
    Figure(("frames_out",), "exchange_frames_total", "Frames that links have carried.", ("direction", "out")),
    Figure(("bytes_in",), "exchange_bytes_total", "Bytes that links have carried.", ("direction", "in")),
    Figure(("bytes_out",), "exchange_bytes_total", "Bytes that links have carried.", ("direction", "out")),
    Figure(("counters", "requests"), "exchange_requests_total", "Requests passed on."),
    Figure(("counters", "refused"), "exchange_requests_refused_total", "Requests that the hub answered itself."),
    Figure(("counters", "settled"), "exchange_calls_lost_total", "Calls that ended because a link was lost."),
    Figure(("counters", "unexpected"), "exchange_frames_unexpected_total", "Frames for which nobody was waiting."),
    Figure(("counters", "denied"), "exchange_denials_total", "What somebody asked for and may not do, or hear."),
    Figure(
        ("counters", "too_large"),
        "exchange_frames_too_large_total",
        "Frames not passed on because the next link does not take ones as large.",
    ),
    Figure(
        ("counters", "skipped"),
        "exchange_reports_dropped_total",
        "Reports that a link left out because its far end does not read fast enough.",
    ),
    Figure(("counters", "links_refused"), "exchange_links_refused_total", "Links that were one too many."),
)
SHOWN = (
    Figure(("links", "peer"), "exchange_links", "Links that are open.", ("role", "peer")),
    Figure(("links", "hub"), "exchange_links", "Links that are open.", ("role", "hub")),
    Figure(("greetings",), "exchange_greetings", "Links in their greeting."),
    Figure(("congested",), "exchange_links_congested", "Links that get no new calls because too much waits for them."),
    Figure(("queued",), "exchange_queued_bytes", "Bytes that wait to be written, over all links."),
    Figure(("outstanding",), "exchange_calls_outstanding", "Calls passed on and not answered yet."),
    Figure(("instances",), "exchange_instances", "Instances of services that are known here."),
    Figure(("subscriptions",), "exchange_subscriptions", "Subscriptions that are known here."),
    Figure(("started",), "exchange_start_time_seconds", "When the hub began, in seconds since 1970."),
)


class HubMeasures(Collector):
    """What one hub told when it was asked last; set `told` before each scrape.

    Args:
        most: How many services have figures of their own; which these are does not change while there is room, so that
            no figure ever falls.
    """

    def __init__(self, most: int = MOST_SERVICES) -> None:
        self.told: Told = {}
        self._most = most
        self._chosen: set[str] = set()

    def collect(self) -> Iterable[Metric]:
        """Return the families of all that was told; nothing before anything was."""
        told = self.told
        if not told:
            return
        yield from _families(CounterMetricFamily, COUNTED, told)
        yield from _families(GaugeMetricFamily, SHOWN, told)
        up = float(told["now"]) - float(told["started"])
        yield GaugeMetricFamily("exchange_uptime_seconds", "For how long the hub runs.", max(0.0, up))
        services: Mapping[str, Told] = told["services"]
        yield GaugeMetricFamily("exchange_services_called", "Names that were called so far.", len(services))
        yield from self._calls(services)

    def _calls(self, services: Mapping[str, Told]) -> Iterable[Metric]:
        calls = CounterMetricFamily(
            "exchange_calls",
            "Calls that ended, by service and outcome; a failure has its number in error.",
            labels=["service", "outcome", "error"],
        )
        durations = HistogramMetricFamily(
            "exchange_call_duration_seconds", "How long calls took, seen from the hub.", labels=["service"]
        )
        for name, figures in self._summed(services).items():
            for outcome, number in sorted(figures.outcomes.items()):
                words = (outcome, "") if outcome in OUTCOMES else ("failure", outcome)
                calls.add_metric([name, *(harmless(word) for word in words)], number)
            durations.add_metric([name], cumulated(figures.bounds, figures.buckets), figures.seconds)
        yield calls
        yield durations

    def _summed(self, services: Mapping[str, Told]) -> dict[str, Summed]:
        """Return the figures by what is shown as service: its name, or that of all the others."""
        for name in sorted(services, key=lambda name: (-services[name]["calls"], name)):
            if len(self._chosen) >= self._most:
                break
            if name not in ("", OTHER):
                self._chosen.add(name)
        summed: dict[str, Summed] = {}
        for name, told in services.items():
            shown = harmless(name) if name in self._chosen else OTHER
            known = summed.get(shown)
            if known is None:
                summed[shown] = Summed(
                    dict(told["outcomes"]), list(told["bounds"]), list(told["buckets"]), told["seconds"]
                )
            else:
                summed[shown] = known.plus(told)
        return summed


class Summed(NamedTuple):
    """The calls of one service, or of several."""

    outcomes: dict[str, int]
    bounds: list[float]
    buckets: list[int]
    seconds: float

    def plus(self, told: Told) -> Summed:
        """Return the figures with those of one more service; all hubs of one release have the same bounds."""
        outcomes = dict(self.outcomes)
        for outcome, number in told["outcomes"].items():
            outcomes[outcome] = outcomes.get(outcome, 0) + number
        buckets = [one + other for one, other in zip(self.buckets, told["buckets"], strict=True)]
        return Summed(outcomes, self.bounds, buckets, self.seconds + told["seconds"])


class ProcessMeasures(Collector):
    """What is measured of the process itself, and told by whoever runs it.

    Args:
        told: Returns, by their names, ``build`` (what runs here, by label), ``lag`` (``bounds``, ``buckets`` and
            ``seconds`` of how late the reactor was), ``reloads`` (numbers by their result), ``requests``
            (numbers by face and status), ``connections`` and ``streams``; any of them may be left out.
    """

    def __init__(self, told: Any) -> None:
        self._told = told

    def collect(self) -> Iterable[Metric]:
        """Return the families of all that is told."""
        told: Told = self._told()
        if "build" in told:
            about = {name: harmless(text) for name, text in told["build"].items()}
            yield InfoMetricFamily("exchange_build", "What runs here.", about)
        if "lag" in told:
            lag = told["lag"]
            buckets = cumulated(lag["bounds"], lag["buckets"])
            text = "How much later than it should the reactor did something, looked at twice a second."
            yield HistogramMetricFamily("exchange_reactor_lag_seconds", text, buckets, lag["seconds"])
        if "reloads" in told:
            text = "How often the configuration was read again, by what came of it."
            yield _labelled(CounterMetricFamily("exchange_reloads", text, labels=["result"]), told["reloads"])
        if "requests" in told:
            text = "Requests over HTTP that were answered, by what answered and with which status."
            family = CounterMetricFamily("exchange_http_requests", text, labels=["face", "code"])
            yield _labelled(family, told["requests"])
        if "connections" in told:
            yield GaugeMetricFamily("exchange_http_connections", "Connections over HTTP.", told["connections"])
        if "streams" in told:
            text = "Answers over HTTP that do not end by themselves: live reports, and pages that are looked at."
            yield GaugeMetricFamily("exchange_http_streams", text, told["streams"])


def harmless(text: Any) -> str:
    """Return a text as it may stand in a label: what the network sent may be none, and must not end the scrape."""
    return str(text).encode("utf-8", "replace").decode()


def cumulated(bounds: Sequence[float], buckets: Sequence[int]) -> list[tuple[str, float]]:
    """Return the buckets of a histogram as Prometheus has them: each holds all below its bound."""
    names = [*(repr(float(bound)) for bound in bounds), "+Inf"]
    return list(zip(names, map(float, accumulate(buckets)), strict=True))


def _families(
    kind: type[CounterMetricFamily | GaugeMetricFamily], figures: Iterable[Figure], told: Told
) -> Iterable[Metric]:
    families: dict[str, Any] = {}
    for figure in figures:
        value = _found(told, figure.path)
        if value is None:
            continue
        labels = [figure.labels[0]] if figure.labels else []
        family = families.setdefault(figure.name, kind(figure.name, figure.text, labels=labels))
        family.add_metric([figure.labels[1]] if figure.labels else [], value)
    return families.values()


def _found(told: Any, path: Iterable[str]) -> Any:
    """Return the number at the end of a path; ``None`` if it is not told."""
    for key in path:
        told = told.get(key) if isinstance(told, Mapping) else None
    return told


def _labelled(family: CounterMetricFamily, numbers: Mapping[Any, float]) -> CounterMetricFamily:
    for labels, number in sorted(numbers.items()):
        each = labels if isinstance(labels, tuple) else (labels,)
        family.add_metric([harmless(label) for label in each], number)
    return family
