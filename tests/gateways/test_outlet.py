"""An answer gets into the socket in its order, and at once if it can be."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.abstract import FileDescriptor
from twisted.internet.testing import StringTransport

from exchange.gateways.outlet import SMALL, Outlet


class Socket(FileDescriptor):
    """A socket of which the kernel takes so many bytes, once."""

    def __init__(self, takes: Any) -> None:
        self.takes = takes
        self.sent: list[bytes] = []
        self.is_watched = False
        super().__init__(reactor=None)
        self.connected = 1

    def writeSomeData(self, data: bytes) -> Any:
        """Take what the kernel takes."""
        if isinstance(self.takes, int):
            data = data[: self.takes]
            self.sent.append(data)
            return len(data)
        return self.takes

    def startWriting(self) -> None:
        """Ask the reactor for more rounds."""
        self.is_watched = True


def test_a_small_answer_is_sent_at_once() -> None:
    socket = Socket(takes=SMALL)

    Outlet(socket).write(b"answer")

    assert socket.sent == [b"answer"]
    assert not socket.is_watched


@pytest.mark.parametrize("takes", [0, 2, OSError("the connection is lost")])
def test_what_the_kernel_does_not_take_waits_for_the_reactor(takes: Any) -> None:
    socket = Socket(takes)
    outlet = Outlet(socket)

    outlet.write(b"an")
    outlet.write(b"swer")
    assert socket.is_watched
    socket.takes = SMALL
    socket.doWrite()

    assert b"".join(socket.sent) == b"answer"


def test_nothing_overtakes_what_others_wrote() -> None:
    socket = Socket(takes=SMALL)
    socket.write(b"100 Continue ")

    Outlet(socket).write(b"200 OK")
    assert socket.sent == []
    socket.doWrite()

    assert b"".join(socket.sent) == b"100 Continue 200 OK"


def test_a_large_answer_waits_for_the_reactor() -> None:
    socket = Socket(takes=SMALL)

    Outlet(socket).write(b"x" * (SMALL + 1))

    assert socket.sent == []
    assert socket.is_watched


def test_a_transport_without_a_socket_is_written_to() -> None:
    transport = StringTransport()
    outlet = Outlet(transport)

    outlet.write(b"answer")
    outlet.write(b"")

    assert transport.value() == b"answer"


def test_nothing_is_sent_by_a_socket_that_is_being_closed() -> None:
    socket = Socket(takes=SMALL)
    socket.disconnecting = True

    Outlet(socket).write(b"answer")

    assert socket.sent == []


def test_nothing_is_not_sent() -> None:
    socket = Socket(takes=SMALL)

    Outlet(socket).write(b"")

    assert socket.sent == []
    assert not socket.is_watched
