"""``/metrics``: what a hub and its process measure, for Prometheus, in the format that the scraper asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from prometheus_client import GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import generate_latest as as_text
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST as OPEN_METRICS
from prometheus_client.openmetrics.exposition import generate_latest as as_open_metrics
from prometheus_client.registry import CollectorRegistry
from twisted.internet.defer import succeed
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web import http
from twisted.web.resource import Resource
from twisted.web.server import Request

from exchange import Exchange
from exchange.gateways.caller import answer_later
from exchange.gateways.measures import MOST_SERVICES, HubMeasures, ProcessMeasures
from exchange.gateways.refusals import Refusal

OWN_OF_PYTHON: tuple[Any, ...] = (ProcessCollector, PlatformCollector, GCCollector)
"""What Prometheus's own package measures of every program in Python."""

TEXT = "text/plain; version=0.0.4; charset=utf-8"
ONLY_GET = Refusal(http.NOT_ALLOWED, "measures are read by GET", ((b"allow", b"GET, HEAD"),))
NOT_TOLD = Refusal(http.SERVICE_UNAVAILABLE, "the hub does not tell what it measures; its log says why")
PATIENCE = 10.0
"""Seconds in which the hub must have answered; Prometheus waits for as long, unless told otherwise."""


class MetricsPage(Resource):
    """A resource of `twisted.web` that a scraper reads.

    Args:
        exchange: The hub whose measures are shown, or an exchange that may ask its own hub; ``None`` shows
            those of the process alone.
        own: Tells what the process measures; see `ProcessMeasures`.
        most: How many services have figures of their own.
    """

    isLeaf = True
    face = "metrics"
    log = Logger()

    def __init__(
        self,
        exchange: Exchange | None,
        own: Callable[[], Mapping[str, Any]] = dict,
        most: int = MOST_SERVICES,
    ) -> None:
        super().__init__()
        self._exchange = exchange
        self._hub = HubMeasures(most)
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self._hub)
        self._registry.register(ProcessMeasures(own))
        for collector in OWN_OF_PYTHON:
            collector(registry=self._registry)

    def render(self, request: Request) -> Any:
        """Answer a scrape, when the hub has told what it measures."""
        if request.method not in (b"GET", b"HEAD"):
            return ONLY_GET.send(request)
        is_open = b"application/openmetrics-text" in (request.getHeader(b"accept") or b"")
        request.setHeader(b"cache-control", b"no-store")
        told = succeed({}) if self._exchange is None else self._exchange.call("$exchange", "metrics", timeout=PATIENCE)
        kind = OPEN_METRICS if is_open else TEXT
        return answer_later(
            request, told.addCallback(self._page, is_open), kind.encode(), partial(self._failed, request)
        )

    def _page(self, told: Mapping[str, Any], is_open: bool) -> bytes:
        # What this very scrape asks is outstanding while it is answered.
        self._hub.told = {**told, "outstanding": max(0, told["outstanding"] - 1)} if told else told
        return as_open_metrics(self._registry) if is_open else as_text(self._registry)

    def _failed(self, request: Request, failure: Failure) -> bytes:
        self.log.failure("measures cannot be told", failure)
        return NOT_TOLD.send(request)
