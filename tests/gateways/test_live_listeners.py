"""Those who listen: how many may, and who is waited for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exchange import Presence, PresenceChange
from exchange.gateways.live_listeners import FULL, TOO_MANY_OF_ONE, Listener, Listeners
from exchange.wire.identities import Id
from tests.logbook import Logbook


class Ear:
    """Stands for a hearing that is asked for nothing but its end."""

    wish = type("Wish", (), {"name": "feed"})

    def __init__(self) -> None:
        self.stops = 0
        self.changes: list[str] = []

    def stop(self) -> None:
        self.stops += 1

    def changed(self, change: PresenceChange, is_shown: bool) -> None:
        if change.reason == "full":
            raise ValueError("a hub takes no more")
        self.changes.append(change.kind)


Begin = Callable[..., Any]


@pytest.fixture
def listeners() -> Listeners:
    return Listeners(most=3, most_of_one=2)


@pytest.fixture
def begin(listeners: Listeners) -> Begin:
    """Let somebody listen from an address; without one they have hung up and are waited for."""

    def begun(address: str | None = None) -> Any:
        listener: Any = Listener(f"word {len(listeners)}", 10.0, listeners.remove)
        listener.hearing = Ear()
        listener.address = address
        if address is None:
            listener._timer = type("Timer", (), {"active": lambda self: False})()
        listeners.add(listener)
        return listener

    return begun


def test_each_is_found_by_a_word(listeners: Listeners, begin: Begin) -> None:
    listener = begin("1.2.3.4")

    assert listeners.get(listener.known_by) is listener
    assert listeners.get("guess") is None


def test_no_more_may_listen_than_there_is_room_for(listeners: Listeners, begin: Begin) -> None:
    for address in ("a", "b", "c"):
        assert listeners.refusal(address) is None
        begin(address)

    assert listeners.refusal("d") is FULL


def test_no_more_may_listen_from_one_address_unless_nobody_knows_the_addresses(
    listeners: Listeners, begin: Begin
) -> None:
    begin("a"), begin("a")

    assert listeners.refusal("a") is TOO_MANY_OF_ONE
    assert listeners.refusal("b") is None
    assert listeners.refusal("") is None


def test_who_is_only_waited_for_makes_room_the_oldest_first(listeners: Listeners, begin: Begin) -> None:
    begin("a")
    first, second = begin(), begin()

    assert listeners.refusal("a") is None
    assert (first.hearing.stops, second.hearing.stops) == (1, 0)
    assert len(listeners) == 2


def test_what_becomes_of_a_service_concerns_those_who_listen_to_it(listeners: Listeners, begin: Begin) -> None:
    listener = begin("a")
    for name in ("feed", "other"):
        presence = Presence(Id(bytes(20)), name, (), "*", b"", None)
        listeners.changed(PresenceChange("came", presence), True)

    assert listener.hearing.changes == ["came"]


def test_a_listener_who_can_be_told_no_more_is_let_go(listeners: Listeners, begin: Begin, logbook: Logbook) -> None:
    listener = begin("a")

    listeners.changed(PresenceChange("came", Presence(Id(bytes(20)), "feed", (), "*", b"", None), "full"), True)

    assert (len(listeners), listener.hearing.stops) == (0, 1)
    assert logbook.lines("a stream of live reports ends: a hub takes no more")


def test_at_the_end_nobody_is_left(listeners: Listeners, begin: Begin) -> None:
    ears = [begin(address).hearing for address in ("a", None)]

    listeners.stop()

    assert len(listeners) == 0
    assert [ear.stops for ear in ears] == [1, 1]
