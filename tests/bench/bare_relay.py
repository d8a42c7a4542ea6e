"""The floor: frames with a length before them, passed on by a relay that looks at nothing."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint, connectProtocol
from twisted.internet.protocol import Factory
from twisted.protocols.basic import Int32StringReceiver

from tests.bench.gauge import Gauge

SMALL = 60
"""Bytes of a frame that stands for a small call."""


class Frames(Int32StringReceiver):
    """Common to all three; one that hears nothing of its own kind echoes."""

    MAX_LENGTH = 1 << 24

    def connectionMade(self) -> None:
        """Send small frames at once."""
        self.transport.setTcpNoDelay(True)  # type: ignore[union-attr]

    def stringReceived(self, string: bytes) -> None:
        """Send it back."""
        self.sendString(string)


class Relaying(Frames):
    """One side of the relay; what comes goes out at the other."""

    other: Relaying | None = None

    def stringReceived(self, string: bytes) -> None:
        """Pass it on."""
        assert self.other is not None
        self.other.sendString(string)


class Calling(Frames):
    """Sends a frame for each that came back."""

    def __init__(self, gauge: Gauge) -> None:
        self._gauge = gauge
        self._begun: deque[float] = deque()
        gauge.begin = self.begin

    def begin(self, size: int, outstanding: int) -> None:
        """Send the first frames."""
        self._frame = bytes(size or SMALL)
        for _ in range(outstanding):
            self._call()

    def _call(self) -> None:
        self._begun.append(time.perf_counter())
        self.sendString(self._frame)

    def stringReceived(self, string: bytes) -> None:
        """Take what came back; the order is that of sending."""
        if string != self._frame:
            self._gauge.fail(string)
        elif self._gauge.note(self._begun.popleft()):
            self._call()


class RelayFactory(Factory):
    """Gives whoever comes to the far side that was linked at the start."""

    def __init__(self, far: Relaying) -> None:
        self._far = far

    def buildProtocol(self, address: Any) -> Relaying:
        """Join the two sides."""
        near = Relaying()
        near.other, self._far.other = self._far, near
        return near


def callee(reactor: Any, gauge: Gauge) -> Deferred[int]:
    """Run the echo; give its port."""
    return _listen(reactor, Factory.forProtocol(Frames))


def relay(reactor: Any, gauge: Gauge, port: int) -> Deferred[int]:
    """Run the relay; give its port."""
    linking: Deferred[Any] = connectProtocol(TCP4ClientEndpoint(reactor, "127.0.0.1", port), Relaying())
    return linking.addCallback(lambda far: _listen(reactor, RelayFactory(far)))


def caller(reactor: Any, gauge: Gauge, port: int) -> Deferred[None]:
    """Run the side that sends first."""
    linking: Deferred[Any] = connectProtocol(TCP4ClientEndpoint(reactor, "127.0.0.1", port), Calling(gauge))
    return linking.addCallback(lambda _: None)


def _listen(reactor: Any, factory: Factory) -> Deferred[int]:
    listening: Deferred[Any] = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(factory)
    return listening.addCallback(lambda port: port.getHost().port)
