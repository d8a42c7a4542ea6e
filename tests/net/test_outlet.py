"""How the bytes of a link get into its transport: in order, and at once when they can be."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from twisted.internet.interfaces import IReactorFDSet
from twisted.internet.protocol import Protocol
from twisted.internet.tcp import Connection
from twisted.internet.testing import StringTransport
from zope.interface import implementer

from exchange.net.outlet import SMALL, Outlet
from exchange.wire.limits import KIB


@implementer(IReactorFDSet)
class Descriptors:
    """What a transport needs of a reactor; nothing is written by itself until `turn`."""

    def __init__(self) -> None:
        self.writers: set[Any] = set()

    def addReader(self, reader: Any) -> None: ...

    def removeReader(self, reader: Any) -> None: ...

    def addWriter(self, writer: Any) -> None:
        self.writers.add(writer)

    def removeWriter(self, writer: Any) -> None:
        self.writers.discard(writer)

    def removeAll(self) -> list[Any]:
        return []

    def getReaders(self) -> list[Any]:
        return []

    def getWriters(self) -> list[Any]:
        return list(self.writers)

    def turn(self) -> list[Any]:
        """Do what a round of the reactor does for those who have something to write."""
        return [writer.doWrite() for writer in list(self.writers)]


class Line:
    """A transport over a real socket, and the far end of that."""

    def __init__(self) -> None:
        near, self.far = socket.socketpair()
        near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        self.far.setblocking(False)
        self.reactor = Descriptors()
        self.transport = Connection(near, Protocol(), self.reactor)
        self.transport.connected = 1
        self.outlet = Outlet(self.transport)

    def arrived(self) -> bytes:
        """Return what is at the far end now."""
        pieces = []
        while True:
            try:
                pieces.append(self.far.recv(1 << 20))
            except BlockingIOError:
                return b"".join(pieces)

    def arrived_in_the_end(self) -> bytes:
        """Return what is at the far end when the reactor has nothing more to write."""
        pieces = [self.arrived()]
        while self.reactor.writers:
            self.reactor.turn()
            pieces.append(self.arrived())
        return b"".join(pieces)


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.transport.socket.close()
    line.far.close()


class Producer:
    """Writes what waits through the same outlet as soon as it is resumed, as a link does."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._waiting = [b"resumed "]

    def pauseProducing(self) -> None: ...

    def resumeProducing(self) -> None:
        while self._waiting:
            self._outlet.write(self._waiting.pop())

    def stopProducing(self) -> None: ...


def test_what_is_not_large_is_sent_at_once(line: Line) -> None:
    line.outlet.write(b"first ")
    assert line.arrived() == b"first "
    line.outlet.write(b"second ")
    assert line.arrived() == b"second "
    assert line.reactor.writers == set()


def test_what_is_sent_at_once_does_not_overtake_what_waits(line: Line) -> None:
    large = bytes(SMALL + 1)
    line.outlet.write(large)
    line.outlet.write(b"second ")
    line.outlet.write(b"third ")
    assert line.arrived_in_the_end() == large + b"second third "


def test_what_is_large_waits_for_the_round_of_the_reactor(line: Line) -> None:
    large = bytes(SMALL + 1)
    line.outlet.write(b"first ")
    line.outlet.write(large)
    assert line.arrived() == b"first "
    assert line.arrived_in_the_end() == large


def test_what_the_kernel_does_not_take_is_sent_later_and_in_order(line: Line) -> None:
    pieces = [bytes([number]) * 5 * KIB for number in range(40)]
    for piece in pieces:
        line.outlet.write(piece)
    assert line.reactor.writers, "the kernel has enough"
    assert line.arrived_in_the_end() == b"".join(pieces)
    line.outlet.write(b"after ")
    line.outlet.write(b"wards")
    assert line.arrived() == b"after wards"


def test_what_a_resumed_producer_writes_is_not_overtaken(line: Line) -> None:
    line.transport.registerProducer(Producer(line.outlet), True)
    line.transport.bufferSize = 4
    line.outlet.write(b"first ")
    line.outlet.write(b"second ")
    assert line.arrived_in_the_end() == b"first resumed second "


def test_a_lost_connection_is_left_to_the_reactor_to_find(line: Line) -> None:
    line.outlet.write(b"first ")
    line.far.close()
    line.outlet.write(b"second ")
    assert line.reactor.writers == {line.transport}
    assert [type(each).__name__ for each in line.reactor.turn()] == ["ConnectionLost"]


def test_what_is_written_while_the_connection_is_closing_still_closes_it(line: Line) -> None:
    line.outlet.write(b"first ")
    line.outlet.write(b"second ")
    line.transport.loseConnection()
    line.outlet.write(b"third ")
    assert [type(each).__name__ for each in line.reactor.turn()] == ["ConnectionDone"]
    assert line.arrived() == b"first second third "


def test_a_transport_without_a_socket_is_written_as_any_other() -> None:
    transport = StringTransport()
    outlet = Outlet(transport)
    outlet.write(b"first ")
    outlet.write(b"second ")
    assert transport.value() == b"first second "


class Layer:
    """A transport over another, as TLS is: what is written goes through it."""

    def __init__(self, transport: Connection) -> None:
        self.transport = transport

    def write(self, data: bytes) -> None:
        self.transport.write(data[::-1])


def test_through_a_layer_what_is_small_is_sent_at_once_too_and_stays_in_order() -> None:
    line = Line()
    layer: Any = Layer(line.transport)
    outlet = Outlet(layer)

    outlet.write(b"abc")
    assert line.arrived() == b"cba"

    large, small = bytes(4 * SMALL), b"def"
    outlet.write(large)
    assert line.arrived() == b""
    line.reactor.turn()
    outlet.write(small)
    assert line.arrived_in_the_end() == large + b"fed"
    line.far.close()
    line.transport.socket.close()
