"""Where spans go, as the file says or the environment of OpenTelemetry, and that they never keep a process."""

from __future__ import annotations

import sys
from threading import Event
from typing import Any

import pytest
import pytest_twisted
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from twisted.internet import reactor
from twisted.internet.task import Clock

from exchange import ConfigurationError, Exchange, Service, method
from exchange.app import tracing
from exchange.app.tables import TracingTable
from exchange.app.tracing import SpanExporting, check_tracing, exporters_of
from tests.logbook import Logbook


class Math(Service):
    """Multiplies."""

    name = "math"

    @method
    def multiply(self, x: int, y: int) -> int:
        """Return the product."""
        return x * y


@pytest.fixture(autouse=True)
def none_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said by the environment of whoever runs the tests."""
    for name in (*tracing.NAMES, *tracing.ENDPOINTS, tracing.EXPORTERS, tracing.SAMPLER, tracing.DISABLED):
        monkeypatch.delenv(name, raising=False)


def exporting(table: TracingTable, **environ: str) -> Any:
    return SpanExporting(Clock(), table, "site.toml: [tracing]", environ)


def processors_of(exporting: Any) -> list[SpanProcessor]:
    """Start, and return what takes the spans."""
    exporting.startService()
    return list(exporting._provider._active_span_processor._span_processors)


def test_without_a_table_nothing_is_traced() -> None:
    quiet = exporting(TracingTable())
    exchange = Exchange(Clock())
    quiet.add(exchange)
    quiet.startService()
    assert exchange.tracing is None
    assert quiet.finish().called


def test_an_exchange_is_traced_as_the_table_says() -> None:
    exchange, spans = Exchange(Clock()), exporting(TracingTable(exporter="otlp"))
    spans.add(exchange)
    assert exchange.tracing is not None


def test_threads_begin_with_the_process_and_not_before_it_goes_to_the_background() -> None:
    spans = exporting(TracingTable(exporter="otlp"))
    assert spans._provider._active_span_processor._span_processors == ()
    (processor,) = processors_of(spans)
    assert isinstance(processor, BatchSpanProcessor)
    processor.shutdown()


@pytest.mark.parametrize(
    ("endpoint", "environ", "expected"),
    [
        (None, {}, "http://localhost:4318/v1/traces"),
        ("http://collector:4318", {}, "http://collector:4318/v1/traces"),
        ("http://collector:4318/", {}, "http://collector:4318/v1/traces"),
        ("https://collector/taken/here", {}, "https://collector/taken/here"),
        ("http://other", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://said:1"}, "http://said:1/v1/traces"),
        ("http://other", {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://said:1/x"}, "http://said:1/x"),
    ],
)
def test_the_collector_is_the_one_of_the_environment_or_of_the_file(
    monkeypatch: pytest.MonkeyPatch, endpoint: str | None, environ: dict[str, str], expected: str
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    (processor,) = processors_of(exporting(TracingTable(exporter="otlp", endpoint=endpoint), **environ))
    assert isinstance(processor, BatchSpanProcessor)
    assert isinstance(processor.span_exporter, OTLPSpanExporter)
    assert processor.span_exporter._endpoint == expected
    processor.shutdown()


@pytest.mark.parametrize(
    ("exporter", "said", "expected"),
    [
        ("none", "", []),
        ("console", "", ["console"]),
        ("none", "otlp", ["otlp"]),
        ("otlp", "console,otlp,console", ["console", "otlp"]),
        ("otlp", "none", []),
    ],
)
def test_the_environment_wins_over_the_file(exporter: Any, said: str, expected: list[str]) -> None:
    assert exporters_of(TracingTable(exporter=exporter), {"OTEL_TRACES_EXPORTER": said}) == expected


def test_an_exporter_that_is_not_known_here_is_told_of_and_the_file_counts(logbook: Logbook) -> None:
    assert exporters_of(TracingTable(exporter="otlp"), {"OTEL_TRACES_EXPORTER": "zipkin"}) == ["otlp"]
    assert logbook.lines("OTEL_TRACES_EXPORTER: 'zipkin' is none of console, otlp and none")


def test_all_can_be_switched_off() -> None:
    assert exporters_of(TracingTable(exporter="otlp"), {"OTEL_SDK_DISABLED": "true"}) == []


@pytest.mark.parametrize(
    ("service", "environ", "expected"),
    [
        (None, {}, "exchange"),
        ("plant", {}, "plant"),
        ("plant", {"OTEL_SERVICE_NAME": "said"}, "said"),
        ("plant", {"OTEL_RESOURCE_ATTRIBUTES": "service.name=said,host.name=rome"}, "said"),
        ("plant", {"OTEL_RESOURCE_ATTRIBUTES": "host.name=rome"}, "plant"),
    ],
)
def test_a_process_has_the_name_that_environment_or_file_give_it(
    monkeypatch: pytest.MonkeyPatch, service: str | None, environ: dict[str, str], expected: str
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    spans = exporting(TracingTable(exporter="console", service=service), **environ)
    assert spans._provider.resource.attributes["service.name"] == expected


@pytest.mark.parametrize(
    ("sample", "environ", "expected"), [(1.0, {}, 20), (0.0, {}, 0), (0.0, {"OTEL_TRACES_SAMPLER": "always_on"}, 20)]
)
def test_so_many_traces_are_told_as_environment_or_file_say(
    monkeypatch: pytest.MonkeyPatch, sample: float, environ: dict[str, str], expected: int
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    spans = exporting(TracingTable(exporter="console", sample=sample), **environ)
    tracer = spans._provider.get_tracer("mine")
    assert sum(tracer.start_span("mine").is_recording() for _ in range(20)) == expected


def test_on_the_console_a_span_is_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "__stdout__", sys.stdout)
    exchange, spans = Exchange(Clock()), exporting(TracingTable(exporter="console"))
    spans.add(exchange)
    (processor,) = processors_of(spans)
    assert isinstance(processor, SimpleSpanProcessor)
    exchange.add(Math())
    exchange.startService()
    exchange.call("math", "multiply", 6, 7)
    called, answered = (line for line in capsys.readouterr().out.splitlines())
    assert called.startswith('{"name": "math/multiply"')
    assert '"SpanKind.SERVER"' in called
    assert '"SpanKind.CLIENT"' in answered


def test_what_is_missing_is_said_with_the_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "NEEDED", ("opentelemetry.nothing.like.this",))
    with pytest.raises(ConfigurationError) as caught:
        exporting(TracingTable(exporter="otlp"))
    text = "tracing needs OpenTelemetry, which is not installed: pip install 'exchange[tracing]'"
    assert str(caught.value) == f"site.toml: [tracing] exporter: {text}"
    with pytest.raises(ConfigurationError, match="OTEL_TRACES_EXPORTER: tracing needs"):
        check_tracing(TracingTable(), "", {"OTEL_TRACES_EXPORTER": "otlp"})
    exporting(TracingTable())


class Taking(SpanProcessor):
    """Takes spans, and lets itself be waited for at the end."""

    def __init__(self, may_end: Event) -> None:
        self.may_end = may_end
        self.is_over = False

    def on_end(self, span: ReadableSpan) -> None:
        """Take one."""

    def shutdown(self) -> None:
        """Wait."""
        self.may_end.wait(30)
        self.is_over = True


@pytest_twisted.ensureDeferred
async def test_the_last_spans_are_told_before_a_process_ends() -> None:
    spans = SpanExporting(reactor, TracingTable(exporter="console"), "", {})
    taking = Taking(Event())
    provider: Any = spans._provider
    provider.add_span_processor(taking)
    taking.may_end.set()
    await spans.finish()
    assert taking.is_over


@pytest_twisted.ensureDeferred
async def test_a_collector_that_does_not_take_them_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch, logbook: Logbook
) -> None:
    monkeypatch.setattr(tracing, "LAST_WORDS", 0.05)
    spans = SpanExporting(reactor, TracingTable(exporter="console"), "", {})
    taking = Taking(Event())
    provider: Any = spans._provider
    provider.add_span_processor(taking)
    await spans.finish()
    assert not taking.is_over
    assert logbook.lines("the last spans could not be told in 0.05 seconds")
    taking.may_end.set()
