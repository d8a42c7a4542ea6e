"""What `exchange` is compared with: AMP, Twisted's own protocol for calls, from process to process."""

from __future__ import annotations

import time
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint, connectProtocol
from twisted.internet.protocol import Factory
from twisted.protocols.amp import AMP, MAX_VALUE_LENGTH, Command, Integer, String

from tests.bench.gauge import Gauge

LARGEST = MAX_VALUE_LENGTH


class Multiply(Command):
    """The small call."""

    arguments = [(b"x", Integer()), (b"y", Integer())]
    response = [(b"result", Integer())]


class Echo(Command):
    """The large call."""

    arguments = [(b"data", String())]
    response = [(b"result", String())]


class Arithmetic(AMP):
    """What is called."""

    @Multiply.responder
    def multiply(self, x: int, y: int) -> dict[str, int]:
        """Return the product."""
        return {"result": x * y}

    @Echo.responder
    def echo(self, data: bytes) -> dict[str, bytes]:
        """Return what came."""
        return {"result": data}

    def connectionMade(self) -> None:
        """Send small frames at once."""
        super().connectionMade()
        self.transport.setTcpNoDelay(True)  # type: ignore[union-attr]


class Calling:
    """Makes a call for each that was answered."""

    def __init__(self, protocol: AMP, gauge: Gauge) -> None:
        self._protocol = protocol
        self._gauge = gauge

    def begin(self, size: int, outstanding: int) -> None:
        """Make the first calls."""
        self._command = Echo if size else Multiply
        self._arguments: dict[str, Any] = {"data": bytes(size)} if size else {"x": 6, "y": 7}
        self._expected: Any = {"result": bytes(size) if size else 42}
        for _ in range(outstanding):
            self._call()

    def _call(self) -> None:
        begun = time.perf_counter()
        answer = self._protocol.callRemote(self._command, **self._arguments)
        answer.addCallbacks(self._answered, self._gauge.fail, callbackArgs=(begun,))

    def _answered(self, result: Any, begun: float) -> None:
        if result != self._expected:
            self._gauge.fail(result)
        elif self._gauge.note(begun):
            self._call()


def callee(reactor: Any, gauge: Gauge) -> Deferred[int]:
    """Run the side that is called; give its port."""
    listening: Deferred[Any] = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(
        Factory.forProtocol(Arithmetic)
    )
    return listening.addCallback(lambda port: port.getHost().port)


def caller(reactor: Any, gauge: Gauge, port: int) -> Deferred[None]:
    """Run the side that calls."""

    def linked(protocol: Arithmetic) -> None:
        gauge.begin = Calling(protocol, gauge).begin

    linking: Deferred[Any] = connectProtocol(TCP4ClientEndpoint(reactor, "127.0.0.1", port), Arithmetic())
    return linking.addCallback(linked)
