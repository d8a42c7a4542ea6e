"""Who says very much about its link is read more slowly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

from exchange.net.flood import MANY_WORDS, WORDS_A_SECOND, Flood
from exchange.net.reading import Reading


@implementer(IPushProducer)
class Transport:
    """Notes whether it is read."""

    is_read = True

    def pauseProducing(self) -> None:
        self.is_read = False

    def resumeProducing(self) -> None:
        self.is_read = True

    def stopProducing(self) -> None:
        """Nothing is asked of it any more."""


class Link:
    """A link whose later is now, when it is told so."""

    is_attached = True
    is_closing = False

    def __init__(self) -> None:
        self.transport: Any = Transport()
        self.waits: list[tuple[float, Callable[[], None]]] = []
        self.reading = Reading(cast(Any, self))

    def later(self, seconds: float, do: Callable[..., None], *args: Any) -> None:
        self.waits.append((seconds, lambda: do(*args)))


def a_flood(link: Link) -> Flood:
    return Flood(cast(Any, link), 7.5)


def test_what_is_usual_is_read_at_once() -> None:
    link = Link()
    a_flood(link).mind(MANY_WORDS)
    assert link.transport.is_read
    assert link.waits == []


def test_more_is_read_on_after_as_long_as_so_many_may_take() -> None:
    link = Link()
    a_flood(link).mind(WORDS_A_SECOND // 2)
    assert not link.transport.is_read
    ((seconds, read_on),) = link.waits
    assert seconds == 0.5
    read_on()
    assert link.transport.is_read


def test_no_pause_is_longer_than_the_link_can_bear() -> None:
    link = Link()
    a_flood(link).mind(100 * WORDS_A_SECOND)
    assert link.waits[0][0] == 7.5


def test_a_link_that_is_closed_meanwhile_is_read_no_more() -> None:
    link = Link()
    a_flood(link).mind(WORDS_A_SECOND)
    link.is_closing = True
    link.waits[0][1]()
    assert not link.transport.is_read


def test_a_greeting_and_a_transport_that_cannot_pause_are_read_on() -> None:
    link = Link()
    link.is_attached = False
    a_flood(link).mind(WORDS_A_SECOND)
    assert link.transport.is_read
    link = Link()
    link.transport = object()
    a_flood(link).mind(WORDS_A_SECOND)
    assert link.waits == []
