"""Tracing as programs ask for it, of all three worlds."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from opentelemetry.sdk.trace.sampling import Sampler, SamplingResult

from exchange import Service, method
from exchange.gateways.site import GatewaySite
from exchange.gateways.xmlrpc import XmlRpcGateway
from exchange.testing import Network
from exchange.tracing import trace
from tests.callers import programs
from tests.callers.programs import RunProgram, output_of
from tests.gateways.web import AT, Web, mounted
from tests.logbook import Logbook
from tests.spans.collected import Collected

process, port, program = programs.process, programs.port, programs.program

COLLECTED = """
        from opentelemetry import trace as api
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
        from exchange.tracing import trace

        spans, provider = InMemorySpanExporter(), TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(spans))
        api.set_tracer_provider(provider)
        tracer = api.get_tracer("mine")
"""


class Math(Service):
    """Multiplies."""

    name = "math"

    @method
    def multiply(self, x: int, y: int) -> int:
        """Return the product."""
        return x * y


def test_a_call_has_a_span_at_its_caller_and_one_at_its_callee(network: Network) -> None:
    spans = Collected()
    hub = network.hub()
    caller, callee = network.peer(), network.peer()
    callee.add(Math())
    for exchange in (hub, caller, callee):
        trace(exchange, spans.provider)
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42
    assert spans.tree() == {"CLIENT math/multiply": {"SERVER math/multiply": {}}}


def test_a_trace_goes_on_over_a_bridge(network: Network) -> None:
    from exchange import Bridge

    spans = Collected()
    hubs = [network.hub(group=group) for group in ("plant", "office")]
    inner, outer = (network.peer(hub, group=hub.group) for hub in hubs)
    Bridge(inner, outer)
    callee, caller = network.peer(hubs[0], group="plant"), network.peer(hubs[1], group="office")
    callee.add(Math())
    network.clock.advance(1)
    for exchange in (caller, callee, inner, outer):
        trace(exchange, spans.provider)
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42
    assert spans.tree() == {"CLIENT math/multiply": {"SERVER math/multiply": {}}}


class Broken(Sampler):
    """Decides nothing."""

    def should_sample(self, *args: Any, **kwargs: Any) -> SamplingResult:
        """Raise."""
        raise ZeroDivisionError

    def get_description(self) -> str:
        """Say what it is."""
        return "broken"


def test_a_sampler_that_raises_costs_no_call_and_no_request(network: Network, logbook: Logbook) -> None:
    network.hub()
    spans = Collected(Broken())
    caller, callee = network.peer(), network.peer()
    math = Math()
    math.groups = ["web-services"]
    callee.add(math)
    for exchange in (caller, callee):
        trace(exchange, spans.provider)
    web = Web(network, GatewaySite(mounted(AT, XmlRpcGateway(caller)), network.clock))
    network.settle()
    assert web.call("math", "multiply", 6, 7) == 42
    assert set(logbook.failures()) == {"ZeroDivisionError: "}


def test_an_exchange_cannot_be_traced_twice(network: Network) -> None:
    exchange = network.peer()
    trace(exchange, Collected().provider)
    with pytest.raises(RuntimeError, match="is traced already"):
        trace(exchange, Collected().provider)


def test_without_opentelemetry_it_says_what_to_install_and_all_else_works() -> None:
    script = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from exchange import ConfigurationError, Exchange, Hub\n"
        "import exchange.gateways.xmlrpc, exchange.app.assembly\n"
        "try:\n    import exchange.tracing\n"
        "except ConfigurationError as error:\n    print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "tracing needs OpenTelemetry, which is not installed: pip install 'exchange[tracing]'\n"


def test_importing_an_exchange_does_not_import_opentelemetry() -> None:
    script = "import sys; from exchange import Hub; print(any('opentelemetry' in name for name in sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


@pytest.mark.system
def test_a_thread_that_waits_is_the_parent_of_its_calls(program: RunProgram) -> None:
    script = program(f"""{COLLECTED}
        from exchange.blocking import connect

        with connect(HUB) as exchange:
            trace(exchange)
            with tracer.start_as_current_span("mine") as mine:
                print(exchange.call("math", "multiply", 6, 7), exchange.service("math").multiply(2, 3))
        *calls, _ = spans.get_finished_spans()
        print([(call.name, call.parent.span_id == mine.context.span_id) for call in calls])
        """)
    assert output_of(script) == ["42 6", "[('math/multiply', True), ('math/multiply', True)]"]


@pytest.mark.system
def test_so_is_a_task_of_asyncio_and_in_methods_there_the_span_is_current(program: RunProgram) -> None:
    script = program(f"""{COLLECTED}
        import asyncio
        import exchange.aio
        from exchange import Service, method

        class Relay(Service):
            name = "relay"

            @method
            async def multiply(self, x, y):
                await asyncio.sleep(0)
                return await self.exchange.call("math", "multiply", x, y)

        async def main():
            async with exchange.aio.connect(HUB) as x:
                trace(x)
                x.add(Relay())
                with tracer.start_as_current_span("mine"):
                    print(await asyncio.gather(*(x.call("relay", "multiply", 6, n) for n in range(3))))

        asyncio.run(main())
        names = {{span.context.span_id: span for span in spans.get_finished_spans()}}
        for span in spans.get_finished_spans():
            if span.parent and span.kind.name == "CLIENT":
                print(span.name, "within", names[span.parent.span_id].name)
        """)
    assert sorted(output_of(script)) == [
        "[0, 6, 12]",
        *["math/multiply within relay/multiply"] * 3,
        *["relay/multiply within mine"] * 3,
    ]
