"""The JSON-RPC gateway in real processes, called by the standard library's client and by curl."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

import jsonrpcclient
import pjrpc.client.exceptions
import pytest
from pjrpc.client.backend import requests as pjrpc_requests

from tests.system.conftest import StartProcess
from tests.system.processes import PATIENCE, Process, free_port

pytestmark = pytest.mark.system

HOWTO = Path(__file__).parents[2] / "docs/howto/json-rpc.md"

PLANT = """
from dataclasses import dataclass
from calendar import day_name
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from twisted.internet.defer import Deferred
from exchange import Service, method


class Math(Service):
    name = "math"
    groups = ["web-services"]

    @method
    def multiply(self, x, y):
        return x * y

    @method
    def divide(self, x, y):
        return x / y


@dataclass
class Order:
    number: UUID
    due: datetime
    price: Decimal


class Shop(Service):
    name = "shop"
    groups = ["web-services"]

    @method
    def order(self, order: Order, files: dict[str, bytes], tags: set[str]) -> Order:
        assert files == {"a": b"\\x00\\xff"} and tags == {"new"}, (files, tags)
        return Order(order.number, order.due + timedelta(days=1), order.price * 2)

    @method
    def deliver(self, on: date) -> str:
        return day_name[on.weekday()]

    @method
    def greet(self, name: str = "world") -> str:
        return f"hello {name}"


class Slow(Service):
    name = "slow"
    groups = ["web-services"]

    @method
    def wait(self):
        print("wait has begun", flush=True)
        return Deferred(lambda _: print("wait was cancelled", flush=True))
"""


class Site(NamedTuple):
    """A hub, two services and a gateway, each a process of its own."""

    hub: str
    slow: Process
    port: int

    def post(self, data: Any, name: str = "math") -> tuple[int, Any]:
        """Return the status of the answer to a request, and the JSON that it brings."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            headers = {"Content-Type": "application/json"}
            connection.request("POST", f"/jsonrpc/{name}", body=json.dumps(data), headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            return answer.status, json.loads(body) if body.startswith((b"{", b"[")) else None
        finally:
            connection.close()


@pytest.fixture
def site(process: StartProcess, tmp_path: Path) -> Site:
    """A site whose services are `math`, `shop` and `slow`."""
    (tmp_path / "plant.py").write_text(PLANT)
    hub, port = f"tcp:127.0.0.1:{free_port()}", free_port()
    process("twistd", "-n", "exchange", "--port", hub.rpartition(":")[2], ready="serves")
    process("twistd", "-n", "exchange-services", "--hub", hub, "plant:Math", "plant:Shop", ready="serves")
    slow = process("twistd", "-n", "exchange-services", "--hub", hub, "plant:Slow", ready="serves")
    gateway = process("twistd", "-n", "jsonrpc-gateway", "--hub", hub, "--port", str(port), ready="serves")
    assert f"JSON-RPC at http://127.0.0.1:{port}/jsonrpc" in gateway.output
    return Site(hub, slow, port)


def asked(method: str, *args: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": args, "id": 1}


def test_the_standard_library_calls_methods_and_is_told_what_fails(site: Site) -> None:
    assert site.post(asked("multiply", 6, 7)) == (200, {"jsonrpc": "2.0", "result": 42, "id": 1})
    assert site.post([asked("multiply", 6, 7)] * 2)[1] == [{"jsonrpc": "2.0", "result": 42, "id": 1}] * 2
    assert site.post({"jsonrpc": "2.0", "method": "multiply"}) == (204, None)
    assert site.post(asked("vanish"))[1]["error"]["code"] == -32601
    assert site.post(asked("divide", 1, 0))[1]["error"]["message"].startswith("the method failed; the log of the")
    assert site.post(asked("multiply", 6, 7), "nobody") == (404, None)
    assert site.post(["x" * 2**20]) == (413, None)


ORDER = {"number": "00000000-0000-0000-0000-000000000007", "due": "2026-01-31T23:59:59+00:00", "price": "1.10"}
SENT: dict[str, Any] = {"order": ORDER, "files": {"a": "AP8="}, "tags": ["new"]}
MADE = {**ORDER, "due": "2026-02-01T23:59:59+00:00", "price": "2.20"}


def test_jsonrpcclient_from_pypi_calls_methods_and_understands_what_comes(site: Site) -> None:
    def ask(data: Any, name: str = "math") -> Any:
        return jsonrpcclient.parse(site.post(data, name)[1])

    assert ask(jsonrpcclient.request("multiply", params=(6, 7))).result == 42
    assert ask(jsonrpcclient.request_uuid("multiply", params={"x": 6, "y": 7})).result == 42
    assert ask(jsonrpcclient.request("order", params=SENT), "shop").result == MADE
    assert ask(jsonrpcclient.request("greet"), "shop").result == "hello world"
    batch = [jsonrpcclient.request("multiply", params=(number, 2), id=number) for number in range(3)]
    assert list(ask(batch)) == [jsonrpcclient.Ok(number * 2, number) for number in range(3)]
    assert site.post(jsonrpcclient.notification("multiply", params=(6, 7))) == (204, None)

    unknown, unfit = ask(jsonrpcclient.request("vanish")), ask(jsonrpcclient.request("multiply", params=(6,)))

    assert (unknown.code, unknown.message, unknown.data["error"]) == (-32601, "Method not found", 55)
    assert (unfit.code, unfit.message, unfit.data["error"]) == (-32602, "Invalid params", 56)


def test_pjrpc_from_pypi_calls_methods_and_understands_what_comes(site: Site) -> None:
    math = pjrpc_requests.Client(f"http://127.0.0.1:{site.port}/jsonrpc/math")
    shop = pjrpc_requests.Client(f"http://127.0.0.1:{site.port}/jsonrpc/shop")
    with math, shop:
        assert math("multiply", 6, 7) == 42
        assert math.proxy.multiply(x=6, y=7) == 42
        assert shop("order", **SENT) == MADE
        math.notify("multiply", 6, 7)
        with math.batch() as batch:
            for number in range(3):
                batch("multiply", number, 2)
        assert list(batch.get_results()) == [0, 2, 4]

        with pytest.raises(pjrpc.client.exceptions.MethodNotFoundError):
            math("vanish")
        with pytest.raises(pjrpc.client.exceptions.InvalidParamsError) as unfit:
            shop("order", {**ORDER, "due": "soon"}, {}, [])
        with pytest.raises(pjrpc.client.exceptions.JsonRpcError) as raised:
            math("divide", 1, 0)

    assert "order.due must be datetime" in str(unfit.value.data)
    assert raised.value.code == 57


def test_a_caller_who_hangs_up_ends_the_method(site: Site) -> None:
    body = json.dumps(asked("wait")).encode()
    head = f"POST /jsonrpc/slow HTTP/1.1\r\nHost: here\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE) as caller:
        caller.sendall(head.encode() + body)
        site.slow.wait_for("wait has begun")

    site.slow.wait_for("wait was cancelled")
    assert site.post(asked("multiply", 6, 7))[1]["result"] == 42


def test_a_service_killed_while_it_owes_the_answer_is_a_failure_at_once_and_then_not_found(site: Site) -> None:
    answers: list[tuple[int, Any]] = []
    waiting = threading.Thread(target=lambda: answers.append(site.post(asked("wait"), "slow")))
    waiting.start()
    site.slow.wait_for("wait has begun")

    killed = time.monotonic()
    site.slow.signal(signal.SIGKILL)
    waiting.join(PATIENCE)

    assert [answer["error"]["code"] for _, answer in answers] == [57]
    assert time.monotonic() - killed < 10  # and not the 30 seconds of a call
    assert site.post(asked("wait"), "slow") == (404, None)


def test_every_command_of_the_howto_prints_what_it_says(site: Site) -> None:
    assert shutil.which("curl"), "this test needs curl"
    sessions = "".join(re.findall(r"```console\n(.*?)```", HOWTO.read_text(), re.DOTALL))
    said = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", sessions, re.MULTILINE)
    assert len(said) == sessions.count("$ curl ") >= 7

    for command, expected in said:
        here = command.replace("127.0.0.1:8000", f"127.0.0.1:{site.port}")
        ran = subprocess.run(["sh", "-c", here], capture_output=True, text=True, timeout=PATIENCE)
        assert ran.stdout.rstrip("\n") == expected.rstrip("\n"), (command, ran.stderr)


def test_the_lines_of_the_howto_show_services_in_a_site_of_ones_own(
    site: Site, process: StartProcess, tmp_path: Path
) -> None:
    ((its_import, its_child),) = re.findall(r"```python\n(.*)\n\n(.*)\n```", HOWTO.read_text())
    program = (HOWTO.parent / "xmlrpc-gateway.md").read_text().partition("```python\n")[2].partition("```")[0]
    port = free_port()
    changes = {
        "from exchange.gateways.xmlrpc import XmlRpcGateway": its_import,
        'root.putChild(b"rpc", XmlRpcGateway(exchange, "web-services"))': its_child,
        "tcp:localhost:11111": site.hub,
        "tcp:8000": f"tcp:{port}",
    }
    for usual, here in changes.items():
        assert usual in program
        program = program.replace(usual, here)
    (tmp_path / "plant.tac").write_text(program)

    process("twistd", "-n", "--pidfile=", "-y", "plant.tac", ready="opened")

    moved = site._replace(port=port)
    deadline = time.monotonic() + PATIENCE
    while moved.post(asked("multiply", 6, 7))[0] != 200:
        assert time.monotonic() < deadline, "the service was never shown"
    assert moved.post(asked("multiply", 6, 7))[1]["result"] == 42
