"""What `exchange` is compared with: Perspective Broker, from process to process."""

from __future__ import annotations

import time
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint
from twisted.spread.banana import SIZE_LIMIT
from twisted.spread.pb import PBClientFactory, PBServerFactory, RemoteReference, Root

from tests.bench.gauge import Gauge

LARGEST = SIZE_LIMIT // 2
"""Bytes; a text must be shorter than the limit."""


class Arithmetic(Root):
    """What is called."""

    def remote_multiply(self, x: int, y: int) -> int:
        """Return the product."""
        return x * y

    def remote_echo(self, data: bytes) -> bytes:
        """Return what came."""
        return data


class Calling:
    """Makes a call for each that was answered."""

    def __init__(self, root: RemoteReference, gauge: Gauge) -> None:
        self._root = root
        self._gauge = gauge

    def begin(self, size: int, outstanding: int) -> None:
        """Make the first calls."""
        self._words: tuple[Any, ...] = ("echo", bytes(size)) if size else ("multiply", 6, 7)
        self._expected: Any = bytes(size) if size else 42
        for _ in range(outstanding):
            self._call()

    def _call(self) -> None:
        begun = time.perf_counter()
        answer: Any = self._root.callRemote(*self._words)
        answer.addCallbacks(self._answered, self._gauge.fail, callbackArgs=(begun,))

    def _answered(self, result: Any, begun: float) -> None:
        if result != self._expected:
            self._gauge.fail(result)
        elif self._gauge.note(begun):
            self._call()


def callee(reactor: Any, gauge: Gauge) -> Deferred[int]:
    """Run the side that is called; give its port."""
    factory = PBServerFactory(Arithmetic())
    listening: Deferred[Any] = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(factory)
    return listening.addCallback(lambda port: port.getHost().port)


def caller(reactor: Any, gauge: Gauge, port: int) -> Deferred[None]:
    """Run the side that calls."""
    factory = PBClientFactory()

    def found(root: RemoteReference) -> None:
        gauge.begin = Calling(root, gauge).begin

    linking: Deferred[Any] = TCP4ClientEndpoint(reactor, "127.0.0.1", port).connect(factory)
    root: Deferred[Any] = linking.addCallback(lambda _: factory.getRootObject())
    return root.addCallback(found)
