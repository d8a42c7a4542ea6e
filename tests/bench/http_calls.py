"""The caller over HTTP: sends the same bytes again and again over connections that stay open.

It looks at as little as it can, and has a loop of its own, so that the time it takes
does not hide that of what it measures.
"""

from __future__ import annotations

import json
import os
import re
import socket
import time
from collections import deque
from collections.abc import Callable
from select import EPOLLIN, epoll
from typing import Any
from xmlrpc.client import dumps

from twisted.internet.defer import Deferred, succeed

from tests.bench.gauge import Gauge

LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)
XMLRPC_BODY = dumps((6, 7), "multiply").encode()
JSONRPC_BODY = json.dumps({"jsonrpc": "2.0", "method": "multiply", "params": [6, 7], "id": 1}).encode()
SOAP_BODY = (
    b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    b"<multiply><x>6</x><y>7</y></multiply></soap:Body></soap:Envelope>"
)
XML, JSON = "text/xml", "application/json"


class Loop:
    """Waits for the sockets of all connections, and for what other threads ask for."""

    def __init__(self) -> None:
        self._epoll = epoll()
        self._ready: dict[int, Callable[[], None]] = {}
        self._asked: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self._heard, self._told = os.pipe()
        self._running = True
        self.add(self._heard, self._carry_out)

    def add(self, number: int, ready: Callable[[], None]) -> None:
        """Call ``ready`` whenever there is something to read."""
        self._ready[number] = ready
        self._epoll.register(number, EPOLLIN)

    def remove(self, number: int) -> None:
        """Wait for it no more."""
        self._epoll.unregister(number)
        del self._ready[number]

    def callFromThread(self, what: Callable[..., None], *args: Any) -> None:
        """Have something done; in the words of a reactor, for which this stands."""
        self._asked.append((what, args))
        os.write(self._told, b"!")

    def stop(self) -> None:
        """End."""
        self._running = False

    def run(self) -> None:
        """Wait, until told to end."""
        while self._running:
            for number, _ in self._epoll.poll():
                self._ready[number]()

    def _carry_out(self) -> None:
        os.read(self._heard, 1)
        what, args = self._asked.popleft()
        what(*args)


RUNS_ON = Loop()
"""What runs this instead of Twisted's reactor; see ``part``."""


class Connection:
    """Sends a request for each that was answered.

    The first is waited for, because a listener that is not asked for long holds only so many connections.
    """

    def __init__(self, port: int, request: bytes, gauge: Gauge) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = request
        self._gauge = gauge
        self._call()
        while not self._is_answered():
            pass

    def begin(self) -> None:
        """Make the first call that counts."""
        RUNS_ON.add(self._socket.fileno(), self._read)
        self._call()

    def _call(self) -> None:
        self._came = b""
        self._begun = time.perf_counter()
        self._socket.sendall(self._request)

    def _is_answered(self) -> bool:
        data = self._socket.recv(1 << 16)
        if not data:
            self._gauge.fail("the connection was closed")
        self._came += data
        head, found, body = self._came.partition(b"\r\n\r\n")
        length = LENGTH.search(head + b"\r\n") if found else None
        if length is None or len(body) < int(length[1]):
            return False
        if not head.startswith(b"HTTP/1.1 200 ") or b"42" not in body:
            self._gauge.fail(self._came)
        return True

    def _read(self) -> None:
        if not self._is_answered():
            return
        if self._gauge.note(self._begun):
            self._call()
        else:
            RUNS_ON.remove(self._socket.fileno())
            self._socket.close()


def plain(reactor: Any, gauge: Gauge, port: int) -> Deferred[None]:
    """Call `twisted.web.xmlrpc`."""
    return _calling(gauge, port, "/", XML, XMLRPC_BODY)


def xmlrpc(reactor: Any, gauge: Gauge, port: int) -> Deferred[None]:
    """Call through the gateway by XML-RPC."""
    return _calling(gauge, port, "/xmlrpc/arithmetic", XML, XMLRPC_BODY)


def jsonrpc(reactor: Any, gauge: Gauge, port: int) -> Deferred[None]:
    """Call through the gateway by JSON-RPC."""
    return _calling(gauge, port, "/jsonrpc/arithmetic", JSON, JSONRPC_BODY)


def soap(reactor: Any, gauge: Gauge, port: int) -> Deferred[None]:
    """Call through the gateway by SOAP."""
    return _calling(gauge, port, "/soap/arithmetic", XML, SOAP_BODY)


def _calling(gauge: Gauge, port: int, path: str, kind: str, body: bytes) -> Deferred[None]:
    """Have the gauge begin with so many connections; the head is what `xmlrpc.client` sends."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n"
        f"Content-Type: {kind}\r\nUser-Agent: bench\r\nContent-Length: {len(body)}\r\n\r\n"
    )

    def begin(size: int, outstanding: int) -> None:
        connections = [Connection(port, head.encode() + body, gauge) for _ in range(outstanding)]
        for connection in connections:
            connection.begin()

    gauge.begin = begin
    return succeed(None)
