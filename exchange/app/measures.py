"""What one process measures of itself, and where it shows that: at ``/metrics``, ``/healthz`` and ``/readyz``.

Whoever may administer the hub may read its measures, and so may whoever may administer
``$exchange.metrics``, which is no service: so a scraper need not be allowed anything else.
Of health everybody may ask.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Unpack

from twisted.application.service import IServiceCollection
from twisted.logger import Logger
from twisted.web.resource import IResource, Resource
from twisted.web.server import Request

from exchange.app.ending import Ending
from exchange.app.lag import Lag
from exchange.app.readiness import Readiness
from exchange.gateways.dashboard.door import HUB, Door, Guarded
from exchange.gateways.gate import Gate
from exchange.gateways.health import HealthPage
from exchange.gateways.refusals import Refusal
from exchange.gateways.site import GatewaySite
from exchange.gateways.terms import Admission, Identified, Settings
from exchange.services.exchange import Exchange
from exchange.wire.terms import VERSIONS

SCRAPING = f"{HUB}.metrics"
"""Whoever may administer this may read measures, and nothing else."""

NOT_INSTALLED = Refusal(501, "measures need prometheus-client, which is not installed: pip install 'exchange[metrics]'")

log = Logger()


class Measuring:
    """The measures of one process.

    Attributes:
        lag: How late its reactor is; a service to be started.
        readiness: Whether it may be sent work.
        sites: Those at which it answers HTTP.
        reloads: How often its configuration was read again, by what came of it: ``ok`` or ``failed``.
    """

    def __init__(self, reactor: Any, ending: Ending) -> None:
        self.lag = Lag(reactor)
        self.readiness = Readiness(lambda: ending.is_ending)
        self.sites: list[GatewaySite] = []
        self.reloads = {"ok": 0, "failed": 0}

    def begin(self, site: IServiceCollection) -> None:
        """Measure what is measured all the time, as a part of ``site``, because somebody may want to read it."""
        if self.lag.parent is None:
            self.lag.setServiceParent(site)

    def told(self) -> dict[str, Any]:
        """Return what `exchange.gateways.measures.ProcessMeasures` shows."""
        requests: Counter[tuple[str, int]] = Counter()
        for site in self.sites:
            requests.update(site.answered)
        return {
            "build": _build(),
            "lag": self.lag.told(),
            "reloads": dict(self.reloads),
            "requests": requests,
            "connections": sum(len(site.connections) for site in self.sites),
            "streams": sum(site.streams for site in self.sites),
        }

    def faces(self, exchange: Exchange | None, door: Door) -> dict[str, IResource]:
        """Return what stands at which path of the site of a hub."""
        return {
            "/metrics": Scraped(door, metrics_of(exchange, self)),
            "/healthz": HealthPage(),
            "/readyz": HealthPage(self.readiness.why_not),
        }

    def at_gateway(self, **terms: Unpack[Admission]) -> Gate:
        """Return what shows, at a gateway, the measures of the process, to those whom the gateway lets in."""
        return AtGateway(metrics_of(None, self), Settings(**terms))


class AtGateway(Gate):
    """Puts measures behind the terms of a gateway."""

    face = "metrics"

    def __init__(self, page: IResource, settings: Settings) -> None:
        super().__init__(settings)
        self._page = page

    def admit(self, request: Request, who: Identified) -> Any:
        """Answer whoever is let in."""
        return who.send(request) if isinstance(who, Refusal) else self._page.render(request)


class Scraped(Guarded):
    """Puts measures behind the door, which opens for scrapers too."""

    face = "metrics"

    def admit(self, request: Request, who: Identified) -> Any:
        """Answer whoever may read measures."""
        if not isinstance(who, Refusal) and self.door.permits(who, "administer", SCRAPING):
            return self.answer(request, who)
        return super().admit(request, who)


def metrics_of(exchange: Exchange | None, measuring: Measuring) -> IResource:
    """Return what shows measures, or says what is missing for that; the log says so at once."""
    try:
        from exchange.gateways.metrics import MetricsPage
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "prometheus_client":
            raise
        log.warn("/metrics is not shown: {why}", why=NOT_INSTALLED.text)
        return Missing(NOT_INSTALLED)
    return MetricsPage(exchange, measuring.told)


class Missing(Resource):
    """A resource of `twisted.web` that says what is missing."""

    isLeaf = True

    def __init__(self, refusal: Refusal) -> None:
        super().__init__()
        self._refusal = refusal

    def render(self, request: Request) -> bytes:
        """Say it."""
        return self._refusal.send(request)


def _build() -> Mapping[str, str]:
    return {
        "version": _version("exchange"),
        "wire": str(max(VERSIONS)),
        "twisted": _version("twisted"),
        "python": platform.python_version(),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # run from a folder, and installed nowhere
        return ""
