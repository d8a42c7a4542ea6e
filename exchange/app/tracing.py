"""Tracing of what a command runs: where its spans go, as the file says, or the environment of OpenTelemetry.

The variables ``OTEL_...`` win over the file, as ``EXCHANGE_...`` do; what the file does not
know, such as headers for the collector, only they can say. Exporting is done by threads
that begin with the process, after it has gone to the background, and never keep it from
ending: what they could not tell in a moment is lost.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from threading import Thread
from typing import Any, get_args
from urllib.parse import urlsplit

from twisted.application.service import Service
from twisted.internet.defer import Deferred, TimeoutError
from twisted.logger import Logger

from exchange.app.tables import ExporterName, TracingTable
from exchange.errors import ConfigurationError
from exchange.services.exchange import Exchange

TITLE = "exchange"
"""What a process is called in traces, unless somebody says otherwise."""

LAST_WORDS = 2.0
"""Seconds at the end for spans to be told that are not told yet."""

TRACES = "/v1/traces"
"""Where collectors take spans, below what is said in the file."""

EXPORTERS = "OTEL_TRACES_EXPORTER"
NAMES = ("OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES")
ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
SAMPLER = "OTEL_TRACES_SAMPLER"
DISABLED = "OTEL_SDK_DISABLED"

NEEDED = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http")

log = Logger()


def exporters_of(table: TracingTable, environ: Mapping[str, str]) -> Sequence[str]:
    """Return where spans go: to none, or several."""
    said = [name.strip() for name in environ.get(EXPORTERS, "").split(",") if name.strip()]
    known = [name for name in said if name in get_args(ExporterName)]
    for name in said:
        if name not in known:
            log.warn("{variable}: '{name}' is none of console, otlp and none", variable=EXPORTERS, name=name)
    if environ.get(DISABLED, "").strip().lower() == "true":
        return []
    return [name for name in dict.fromkeys(known or [table.exporter]) if name != "none"]


def check_tracing(table: TracingTable, label: str, environ: Mapping[str, str] = os.environ) -> None:
    """Make sure that there is what makes spans, if they are wanted.

    Args:
        label: How errors name the table.

    Raises:
        ConfigurationError: It is not installed.
    """
    if exporters_of(table, environ) and not all(map(_is_there, NEEDED)):
        where = f"{label} exporter" if table.exporter != "none" else EXPORTERS
        mend = "which is not installed: pip install 'exchange[tracing]'"
        raise ConfigurationError(f"{where}: tracing needs OpenTelemetry, {mend}")


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


class SpanExporting(Service):
    """A Twisted service that has spans made of what the exchanges of a process do, and told while it runs.

    Args:
        table: What the file says.
        label: How errors name that.

    Raises:
        ConfigurationError: Spans are wanted, and OpenTelemetry is not installed.
    """

    def __init__(self, reactor: Any, table: TracingTable, label: str, environ: Mapping[str, str] = os.environ) -> None:
        check_tracing(table, label, environ)
        self._reactor = reactor
        self._table = table
        self._environ = environ
        self._exporters = exporters_of(table, environ)
        self._provider: Any = self._made() if self._exporters else None

    @property
    def is_wanted(self) -> bool:
        """Whether spans are made."""
        return self._provider is not None

    def add(self, exchange: Exchange) -> None:
        """Trace one more exchange."""
        if self._provider is not None:
            from exchange.tracing import trace

            trace(exchange, self._provider)

    def startService(self) -> None:
        """Begin to tell spans."""
        super().startService()
        for name in self._exporters:
            self._provider.add_span_processor(self._processor(name))

    def finish(self) -> Deferred[None]:
        """Tell what is not told yet, when nothing more will come; fires when it is, or after a moment."""
        done: Deferred[None] = Deferred()
        if self._provider is None:
            done.callback(None)
            return done

        def told() -> None:
            if not done.called:
                done.callback(None)

        def shut_down() -> None:
            try:
                self._provider.shutdown()
            finally:
                self._reactor.callFromThread(told)

        Thread(target=shut_down, name="exchange-last-spans", daemon=True).start()
        return done.addTimeout(LAST_WORDS, self._reactor).addErrback(_too_late)

    def _made(self) -> Any:
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

        named = any(SERVICE_NAME in each or name == NAMES[0] for name, each in self._said(*NAMES))
        resource = Resource.create({} if named else {SERVICE_NAME: self._table.service or TITLE})
        sampler = None if self._said(SAMPLER) else ParentBased(TraceIdRatioBased(self._table.sample))
        return TracerProvider(sampler, resource, shutdown_on_exit=False)

    def _processor(self, name: str) -> Any:
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor

        if name == "console":
            terminal = ConsoleSpanExporter(out=sys.__stdout__ or sys.stdout, formatter=_line)
            return SimpleSpanProcessor(terminal)
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        endpoint = None if self._said(*ENDPOINTS) else _whole(self._table.endpoint)
        return BatchSpanProcessor(OTLPSpanExporter(endpoint))

    def _said(self, *names: str) -> list[tuple[str, str]]:
        """Return those of these variables that say something."""
        return [(name, self._environ[name]) for name in names if self._environ.get(name)]


def _whole(endpoint: str | None) -> str | None:
    """Return the URL of a collector with the path at which it takes spans."""
    if endpoint is None or urlsplit(endpoint).path.strip("/"):
        return endpoint
    return endpoint.rstrip("/") + TRACES


def _line(span: Any) -> str:
    return f"{span.to_json(indent=None)}\n"


def _too_late(failure: Any) -> None:
    failure.trap(TimeoutError)
    log.warn("the last spans could not be told in {seconds:g} seconds", seconds=LAST_WORDS)
