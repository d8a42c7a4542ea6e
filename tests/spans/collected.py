"""Spans in memory: what a test collects, and how it finds its way in that."""

from __future__ import annotations

from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import Sampler


class Collected:
    """The spans that have ended.

    Attributes:
        provider: Makes tracers whose spans are collected here.
    """

    def __init__(self, sampler: Sampler | None = None) -> None:
        self._exporter = InMemorySpanExporter()
        self.provider = TracerProvider(sampler, shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))

    def all(self) -> list[ReadableSpan]:
        """Return them, in the order in which they have ended."""
        return list(self._exporter.get_finished_spans())

    def named(self, name: str, kind: str = "") -> ReadableSpan:
        """Return the one span of a name; ``kind`` is ``"CLIENT"`` or ``"SERVER"``."""
        found = [span for span in self.all() if span.name == name and kind in ("", span.kind.name)]
        assert len(found) == 1, f"{len(found)} spans {kind} {name}: {self.told()}"
        return found[0]

    def told(self) -> list[str]:
        """Return kind and name of each, in the order in which they have ended."""
        return [f"{span.kind.name} {span.name}" for span in self.all()]

    def tree(self) -> dict[str, Any]:
        """Return kind and name of each with those within it, which are told by their parents."""
        spans = self.all()
        ids = {id_of(span) for span in spans}

        def below(parent: int | None) -> dict[str, Any]:
            within = [span for span in spans if (parent_of(span) if parent_of(span) in ids else None) == parent]
            return {f"{span.kind.name} {span.name}": below(id_of(span)) for span in within}

        return below(None)

    def forget(self) -> None:
        """Begin anew."""
        self._exporter.clear()


def id_of(span: ReadableSpan) -> int:
    """Return the id of a span."""
    assert span.context is not None
    return int(span.context.span_id)


def trace_of(span: ReadableSpan) -> int:
    """Return the id of its trace."""
    assert span.context is not None
    return int(span.context.trace_id)


def parent_of(span: ReadableSpan) -> int | None:
    """Return the id of the span within which it is."""
    return None if span.parent is None else span.parent.span_id


def written_on(span: ReadableSpan) -> dict[str, Any]:
    """Return its attributes."""
    return dict(span.attributes or {})
