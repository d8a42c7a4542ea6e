"""Reading stops while anybody has a reason that it should, and goes on when nobody has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from twisted.internet.testing import StringTransport

from exchange.net.reading import Reading


class Link:
    """A link whose later is when the test says so."""

    def __init__(self, transport: Any) -> None:
        self.transport = transport
        self.is_closing = False
        self.waits: list[tuple[float, Callable[..., None], tuple[Any, ...]]] = []

    def later(self, seconds: float, do: Callable[..., None], *args: Any) -> None:
        self.waits.append((seconds, do, args))

    def end_next(self) -> None:
        _, do, args = self.waits.pop(0)
        do(*args)


def a_reading() -> tuple[Reading, Link]:
    link = Link(StringTransport())
    return Reading(cast(Any, link)), link


def test_it_stops_for_a_while() -> None:
    reading, link = a_reading()
    reading.stop_for(0.5, "flood")
    assert link.transport.producerState == "paused"
    assert link.waits[0][0] == 0.5
    link.end_next()
    assert link.transport.producerState == "producing"


def test_it_goes_on_when_the_last_reason_is_gone() -> None:
    reading, link = a_reading()
    reading.stop_for(0.5, "flood")
    reading.stop_for(0.7, "words")
    link.end_next()
    assert link.transport.producerState == "paused"
    link.end_next()
    assert link.transport.producerState == "producing"


def test_a_reason_that_is_there_is_not_made_longer() -> None:
    reading, link = a_reading()
    for _ in range(100):
        reading.stop_for(0.5, "flood")
    assert len(link.waits) == 1


def test_a_link_that_is_being_closed_is_left_alone() -> None:
    reading, link = a_reading()
    reading.stop_for(0.5, "flood")
    link.is_closing = True
    link.end_next()
    assert link.transport.producerState == "paused"


def test_transports_that_cannot_stop_or_read_less_are_read_as_they_are() -> None:
    link = Link(object())
    reading = Reading(cast(Any, link))
    reading.stop_for(0.5, "flood")
    reading.take(100)
    assert link.waits == []


def test_what_is_read_at_once_is_a_matter_of_the_lowest_transport() -> None:
    class Socket:
        bufferSize = 65_536

    class Tls:
        def __init__(self, transport: object) -> None:
            self.transport = transport

    socket = Socket()
    Reading(cast(Any, Link(Tls(Tls(socket))))).take(4096)
    assert socket.bufferSize == 4096
