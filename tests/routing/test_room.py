"""How much one link may tell of."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.errors import LocalProtocolError
from exchange.routing.interest import BUILT_IN
from exchange.routing.registry import About, Way
from exchange.routing.room import Room
from exchange.routing.subscriptions import Subscription
from exchange.wire.limits import MOST_WATCHES, Limits
from tests.routing.recorder import Recorder

ANNOUNCED: tuple[Any, ...] = (1, "math", (), "*", b"", None, (), None)
WANTED = ("feed", "nyse.*", "drop-oldest", 1)
WATCHED = (BUILT_IN, "instance.*", "disconnect", 1)
TIGHT = Limits(max_instances=2, max_subscriptions=2, max_kept=100)

LOCAL, PEER = Recorder("local"), Recorder("peer")


def room(limits: Limits = TIGHT) -> Room:
    return Room(limits, LOCAL)


def peer(keeping: int = 0, watching: int = 0) -> Recorder:
    port = Recorder("peer")
    port.keeping, port.watching = keeping, watching
    return port


def refused(caught: pytest.ExceptionInfo[LocalProtocolError]) -> str:
    assert caught.value.code == "limit"
    return caught.value.text


def test_one_instance_too_many_is_refused_and_a_change_of_one_is_not() -> None:
    way = Way(PEER, 1, About(*ANNOUNCED[1:7]), PEER.identity)
    room().check_instance(peer(), 1, ANNOUNCED, None)
    room().check_instance(peer(), 2, ANNOUNCED, way)
    with pytest.raises(LocalProtocolError) as caught:
        room().check_instance(peer(), 2, ANNOUNCED, None)
    assert refused(caught) == "one link may announce 2 instances at most"


def test_one_subscription_too_many_is_refused_and_a_change_of_one_is_not() -> None:
    way = Subscription(PEER, PEER.make(1), WANTED)
    room().check_subscription(peer(), 1, WANTED, None)
    room().check_subscription(peer(), 2, WANTED, way)
    with pytest.raises(LocalProtocolError) as caught:
        room().check_subscription(peer(), 2, WANTED, None)
    assert refused(caught) == "one link may hold 2 subscriptions at most"


def test_of_subscriptions_to_the_directory_there_are_fewer() -> None:
    way = Subscription(PEER, PEER.make(1), WATCHED)
    room(Limits()).check_subscription(peer(watching=MOST_WATCHES - 1), 20, WATCHED, None)
    room(Limits()).check_subscription(peer(watching=MOST_WATCHES), 20, WATCHED, way)
    room(Limits()).check_subscription(peer(watching=MOST_WATCHES), 20, WANTED, None)
    with pytest.raises(LocalProtocolError) as caught:
        room(Limits()).check_subscription(peer(watching=MOST_WATCHES), 20, WATCHED, None)
    assert refused(caught) == "one link may hold 16 subscriptions to $exchange at most"


def test_what_is_kept_is_bounded_but_less_than_before_is_always_taken() -> None:
    heavy = ("feed", "x" * 200, "drop-oldest", 1)
    for keeping in (0, 100):
        with pytest.raises(LocalProtocolError) as caught:
            room().check_subscription(peer(keeping), 0, heavy, None)
        assert refused(caught).endswith("may take 100 bytes at most")
    room().check_subscription(peer(keeping=500), 1, WANTED, Subscription(PEER, PEER.make(1), heavy))
    with pytest.raises(LocalProtocolError) as caught:
        room().check_instance(peer(keeping=99), 0, ANNOUNCED, None)
    assert refused(caught).endswith("may take 100 bytes at most")


def test_the_services_of_this_process_have_as_much_as_they_like() -> None:
    nothing = Limits(max_instances=0, max_subscriptions=0, max_kept=0)
    room(nothing).check_instance(LOCAL, 9, ANNOUNCED, None)
    room(nothing).check_subscription(LOCAL, 9, WATCHED, None)
