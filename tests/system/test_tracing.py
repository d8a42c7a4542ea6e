"""One trace through three processes: a gateway, a service, and another service that it calls; and to a collector."""

from __future__ import annotations

import gzip
import json
import signal
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.callers.programs import PATHS
from tests.system.conftest import StartProcess
from tests.system.processes import Process, free_port

pytestmark = pytest.mark.system

TRACED = str(Path(__file__).with_name("traced.py"))
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def ask(port: int, things: list[str], **headers: str) -> Any:
    """Ask the gateway what things cost."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    body = json.dumps({"jsonrpc": "2.0", "method": "total", "params": [things], "id": 1})
    connection.request("POST", "/rpc/till", body, {"Content-Type": "application/json", **headers})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def spans_of(process: Process) -> list[dict[str, Any]]:
    """End a process, and return its spans."""
    process.say("end")
    spans: list[dict[str, Any]] = json.loads(process.wait_for("spans ").removeprefix("spans "))
    assert process.wait() == 0, process.story()
    return spans


def test_a_request_is_one_trace_through_three_processes(process: StartProcess) -> None:
    port, web = free_port(), free_port()
    parts = [
        process("python", TRACED, *words, ready="serves", env=PATHS, hears=True)
        for words in (("store", str(port)), ("till", str(port)), ("web", str(port), str(web)))
    ]
    assert ask(web, ["pear"])["result"] == 7
    assert ask(web, ["pear"], traceparent=PARENT, tracestate="plant=1")["result"] == 7
    assert "failed" in ask(web, ["plum"])["error"]["message"]
    at_gateway, at_till, at_store = (spans_of(part) for part in reversed(parts))

    by_trace: dict[str, list[dict[str, Any]]] = {}
    for span in [*at_gateway, *at_till, *at_store]:
        by_trace.setdefault(span["trace"], []).append(span)
    assert len(by_trace) == 3
    for spans in by_trace.values():
        names = [f"{span['kind']} {span['name']}" for span in sorted_by_parent(spans)]
        assert names == [
            "SERVER POST /rpc/{service}",
            "CLIENT till/total",
            "SERVER till/total",
            "CLIENT store/price",
            "SERVER store/price",
        ]
    assert [len(spans) for spans in (at_gateway, at_till, at_store)] == [6, 6, 3]

    given = by_trace[PARENT[3:35]]
    assert sorted_by_parent(given)[0]["parent"] == PARENT[36:52]
    assert {span["state"] for span in given} == {"plant=1"}
    (failed,) = ([span["error"] for span in spans] for spans in by_trace.values() if not all(s["ok"] for s in spans))
    assert sorted(filter(None, failed)) == ["KeyError", "RemoteError", "RemoteError", "RemoteError"]


def sorted_by_parent(spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the spans of a trace, each after its parent; there is one way from the first to the last."""
    ids = {span["id"] for span in spans}
    (first,) = (span for span in spans if span["parent"] not in ids)
    chain = [first]
    while len(chain) < len(spans):
        (next_one,) = (span for span in spans if span["parent"] == chain[-1]["id"])
        chain.append(next_one)
    return chain


class Collector(BaseHTTPRequestHandler):
    """Takes spans, as collectors of OpenTelemetry do."""

    taken: ClassVar[list[str]]

    def do_POST(self) -> None:
        """Take some."""
        request = ExportTraceServiceRequest()
        request.ParseFromString(self._body())
        for resource in request.resource_spans:
            (title,) = (each.value.string_value for each in resource.resource.attributes if each.key == "service.name")
            self.taken.extend(f"{title}: {span.name}" for scope in resource.scope_spans for span in scope.spans)
        self.send_response(200)
        self.end_headers()

    def _body(self) -> bytes:
        raw = self.rfile.read(int(self.headers["content-length"]))
        return gzip.decompress(raw) if self.headers.get("content-encoding") == "gzip" else raw

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[tuple[str, list[str]]]:
    """The URL of a collector, and what it has taken."""

    class Mine(Collector):
        taken: ClassVar[list[str]] = []

    with ThreadingHTTPServer(("127.0.0.1", 0), Mine) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", Mine.taken
        server.shutdown()
        thread.join()


SITE = """
[hub]
listen = "tcp:{hub}:interface=127.0.0.1"

[tracing]
exporter = "otlp"
endpoint = "{collector}"
service = "plant"

[services.till]
class = "plant:Till"

[services.store]
class = "plant:Store"

[gateways.web]
listen = "tcp:{web}:interface=127.0.0.1"
mount = {{ "/rpc" = "jsonrpc" }}
"""


def test_a_site_tells_its_spans_to_a_collector_the_last_ones_at_its_end(
    process: StartProcess, collector: tuple[str, list[str]], tmp_path: Path
) -> None:
    url, taken = collector
    hub, web = free_port(), free_port()
    (tmp_path / "site.toml").write_text(SITE.format(hub=hub, web=web, collector=url))
    (tmp_path / "plant.py").write_text("from tests.system.traced import Store, Till\n")
    site = process("twistd", "-n", "exchange", "--config", "site.toml", ready="serves", env=PATHS)
    assert ask(web, ["pear"])["result"] == 7
    site.signal(signal.SIGTERM)
    assert site.wait() == -signal.SIGTERM
    # Each part of a site has a peer of its own, so all spans of all of them are told.
    names = ["POST /rpc/{service}", *["store/price"] * 2, *["till/total"] * 2]
    assert sorted(taken) == [f"plant: {name}" for name in names]
