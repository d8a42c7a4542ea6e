"""Attacks on a gateway: requests that drip, that unfold and that are nested; who calls there notices nothing."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from statistics import median

import pytest

from tests.system.attacks.conftest import Staged
from tests.system.attacks.stage import FLOOR, TIMES
from tests.system.conftest import StartProcess
from tests.system.processes import free_port

pytestmark = pytest.mark.system

CALLS, WINDOW = 200, 50
DRIPPING = 80
HEAD = (
    b"POST /jsonrpc/victim HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n"
)


class Gateway:
    """A gateway, and a caller of it."""

    def __init__(self, start: StartProcess, hub: str) -> None:
        self.port = free_port()
        argv = ("twistd", "-n", "jsonrpc-gateway", "--hub", hub, "--port", str(self.port), "--request-timeout", "1.5")
        start(*argv, ready="exchange serves")
        self.caller = HTTPConnection("127.0.0.1", self.port, timeout=20)

    def post(self, body: bytes, connection: HTTPConnection | None = None, **headers: str) -> tuple[int, bytes]:
        """Return status and body of an answer."""
        caller = connection or self.caller
        caller.request("POST", "/jsonrpc/victim", body, {"Content-Type": "application/json", **headers})
        answer = caller.getresponse()
        return answer.status, answer.read()

    def p99(self) -> float:
        """Make calls; return how long the slowest but one of a window takes."""
        took = []
        for number in range(CALLS):
            asked = {"jsonrpc": "2.0", "method": "multiply", "params": [number, 7], "id": number}
            begun = time.perf_counter()
            status, body = self.post(json.dumps(asked).encode())
            took.append(time.perf_counter() - begun)
            assert (status, json.loads(body)["result"]) == (200, number * 7)
        return median(sorted(took[at : at + WINDOW])[-2] for at in range(0, CALLS, WINDOW))


@contextmanager
def noticing(name: str, gateway: Gateway) -> Iterator[None]:
    """Hold callers of the gateway to what they may notice."""
    before = gateway.p99()
    yield
    during = gateway.p99()
    print(f"{name}: p99 of JSON-RPC {before * 1e3:.1f} ms before, {during * 1e3:.1f} during")
    assert during <= max(TIMES * before, FLOOR)


@pytest.fixture
def gateway(staged: Staged, process: StartProcess) -> Iterator[Gateway]:
    """A gateway at the stage of an attack."""
    gateway = Gateway(process, staged().where)
    yield gateway
    gateway.caller.close()


def test_requests_that_drip_are_ended_in_time(gateway: Gateway) -> None:
    is_over = threading.Event()
    with ExitStack() as opened:
        sockets = [opened.enter_context(socket.create_connection(("127.0.0.1", gateway.port))) for _ in range(DRIPPING)]

        def drip() -> None:
            for byte in HEAD:
                for each in sockets:
                    with suppress(OSError):  # it may be closed, as it should be
                        each.send(bytes((byte,)))
                if is_over.wait(0.05):
                    return

        dripping = threading.Thread(target=drip)
        try:
            with noticing("80 requests that drip", gateway):
                dripping.start()
            for each in sockets:
                each.settimeout(20)
                assert each.recv(64).startswith(b"HTTP/1.1 408 ")
        finally:
            is_over.set()
            dripping.join()


def test_what_would_unfold_is_not_unfolded_and_what_is_nested_is_refused(gateway: Gateway) -> None:
    bombs = [
        (gzip.compress(b" " * 100_000_000, 9), {"Content-Encoding": "gzip"}),
        (b"[" * 1_000_000, {}),
        (b'{"jsonrpc":"2.0","method":"multiply","params":' + b"[" * 100_000 + b"]" * 100_000 + b"}", {}),
    ]
    with noticing("bombs", gateway):
        for bomb, headers in bombs:
            attacker = HTTPConnection("127.0.0.1", gateway.port, timeout=20)
            status, body = gateway.post(bomb, attacker, **headers)
            attacker.close()
            assert status in (400, 415) or json.loads(body)["error"]["code"] == -32700, (status, body)
