"""A part of a site that is traced, as a program: ``python traced.py ROLE HUB_PORT [WEB_PORT]``.

Told ``end`` on its standard input, it stops, and prints the spans that it has finished, as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from twisted.internet import reactor as installed
from twisted.internet.endpoints import serverFromString
from twisted.internet.stdio import StandardIO
from twisted.protocols.basic import LineReceiver
from twisted.web.resource import Resource

from exchange import Exchange, Hub, Service, method
from exchange.gateways.jsonrpc import JsonRpcGateway
from exchange.gateways.site import GatewaySite
from exchange.tracing import trace

reactor: Any = installed


class Store(Service):
    """Has a price for everything."""

    name = "store"

    @method
    def price(self, thing: str) -> int:
        """Return it; of what is not there, fail."""
        return {"pear": 7}[thing]


class Till(Service):
    """Adds up, by asking the store for each thing."""

    name = "till"
    groups = ("web-services",)

    @method
    async def total(self, things: list[str]) -> int:
        """Return what they cost together."""
        return sum([await self.exchange.call("store", "price", thing) for thing in things])


class Commands(LineReceiver):
    """Ends the process when it is told to."""

    delimiter = b"\n"

    def __init__(self, exchange: Exchange, spans: InMemorySpanExporter) -> None:
        self.exchange = exchange
        self.spans = spans

    def lineReceived(self, line: bytes) -> None:
        """Stop in good order."""
        self.exchange.stopService().addBoth(self.end)

    def end(self, _: object) -> None:
        """Print the spans."""
        print("spans", json.dumps([told(span) for span in self.spans.get_finished_spans()]), flush=True)
        reactor.stop()


def told(span: ReadableSpan) -> dict[str, Any]:
    """Return what the test wants to know of a span."""
    assert span.context is not None
    return {
        "name": span.name,
        "kind": span.kind.name,
        "trace": f"{span.context.trace_id:032x}",
        "id": f"{span.context.span_id:016x}",
        "parent": None if span.parent is None else f"{span.parent.span_id:016x}",
        "state": span.context.trace_state.to_header(),
        "ok": span.status.is_ok,
        "error": (span.attributes or {}).get("error.type"),
    }


async def serve(role: str, hub_port: str, web_port: str = "") -> None:
    """Run one part."""
    hub_at = f"tcp:{hub_port}:interface=127.0.0.1"
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    exchange: Exchange = Hub(reactor) if role == "store" else Exchange(reactor)
    trace(exchange, provider)
    if isinstance(exchange, Hub):
        exchange.add(Store())
        listening = exchange.listen(hub_at).when_listening()
        exchange.startService()
        await listening
    else:
        exchange.connect(f"tcp:127.0.0.1:{hub_port}")
        exchange.startService()
        await exchange.when_linked()
    if role == "till":
        exchange.add(Till())
    if role == "web":
        root, gateway = Resource(), JsonRpcGateway(exchange)
        root.putChild(b"rpc", gateway)
        endpoint = serverFromString(reactor, f"tcp:{web_port}:interface=127.0.0.1")
        await endpoint.listen(GatewaySite(root, reactor))
        await gateway.selection.when_shown("till")
    StandardIO(Commands(exchange, spans))
    print("serves", flush=True)


if __name__ == "__main__":
    from twisted.internet.defer import Deferred

    reactor.callWhenRunning(lambda: Deferred.fromCoroutine(serve(*sys.argv[1:])))
    reactor.run()
