"""The limits of a gateway in a real process, found by sockets and by curl."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.system.conftest import StartProcess
from tests.system.processes import PATIENCE, Process, free_port

pytestmark = pytest.mark.system

LIMITS = {
    "--max-connections": "3",
    "--max-connections-per-address": "2",
    "--request-timeout": "1",
    "--max-body": "1000",
}

TOO_MUCH = [
    (b"POST /jsonrpc/math HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf", 408),
    (b"POST /jsonrpc/math HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", 404),
    (b"POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", 413),
    (b"GET /%s HTTP/1.1\r\n\r\n" % (b"a" * 20_000), 414),
    (b"GET / HTTP/1.1\r\nX: %s\r\n\r\n" % (b"a" * 20_000), 431),
    (b"no HTTP\r\n\r\n", 400),
]


class Gateway:
    """A gateway with small limits, and connections to it."""

    def __init__(self, port: int, closing: ExitStack) -> None:
        self.port = port
        self._closing = closing

    def connect(self, here: str = "127.0.0.1") -> socket.socket:
        """Open a connection from an address of this machine."""
        opened = socket.create_connection(("127.0.0.1", self.port), PATIENCE, source_address=(here, 0))
        return self._closing.enter_context(opened)


@pytest.fixture
def gateway(process: StartProcess) -> Iterator[Gateway]:
    """A gateway that stands alone; nobody needs a service to be refused."""
    hub, port = free_port(), free_port()
    process("twistd", "-n", "exchange", "--port", str(hub), ready="serves")
    words = [word for option in LIMITS.items() for word in option]
    started: Process = process(
        "twistd", "-n", "jsonrpc-gateway", "--hub", f"tcp:127.0.0.1:{hub}", "--port", str(port), *words, ready="serves"
    )
    with ExitStack() as closing:
        yield Gateway(port, closing)
    assert "Traceback" not in started.output + started.errors


def heard_until_closed(connection: socket.socket) -> str:
    """Return all that comes until the far end closes."""
    came = b""
    while more := connection.recv(65_536):
        came += more
    return came.decode()


def test_connections_beyond_the_limits_are_told_so_and_closed(gateway: Gateway) -> None:
    held = [gateway.connect(), gateway.connect()]

    of_one = heard_until_closed(gateway.connect())
    other = gateway.connect("127.0.0.2")
    in_all = heard_until_closed(gateway.connect("127.0.0.3"))

    assert of_one.startswith("HTTP/1.1 429 Too Many Requests\r\n")
    assert of_one.endswith("\r\n\r\nthis gateway takes 2 connections of one address at one time\n")
    assert in_all.startswith("HTTP/1.1 503 Service Unavailable\r\n")
    for connection in (*held, other):
        connection.sendall(b"POST /jsonrpc/math HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 404 ")


def test_curl_is_told_that_there_are_too_many_connections_while_it_sends(gateway: Gateway) -> None:
    held = [gateway.connect(), gateway.connect()]

    url = f"http://127.0.0.1:{gateway.port}/jsonrpc/math"
    argv = ["curl", "-s", "-w", "%{http_code}", "--data-binary", "@-", url]
    asked = subprocess.run(argv, input=b"x" * 500_000, capture_output=True, timeout=PATIENCE, check=False)

    assert asked.stdout == b"this gateway takes 2 connections of one address at one time\n429", asked
    assert len(held) == 2


def test_what_is_too_much_of_a_request_is_told_so(gateway: Gateway) -> None:
    for sent, status in TOO_MUCH:
        with gateway.connect() as connection:
            connection.sendall(sent)

            assert connection.recv(65_536).startswith(b"HTTP/1.1 %d " % status)
