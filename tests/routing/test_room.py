"""How much one link may tell of."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.errors import LocalProtocolError
from exchange.routing.interest import BUILT_IN
from exchange.routing.registry import About, Way
from exchange.routing.role import Role
from exchange.routing.room import Room
from exchange.routing.subscriptions import Subscription
from exchange.wire.limits import MOST_WATCHES, Limits
from tests.routing.recorder import Recorder

ANNOUNCED: tuple[Any, ...] = (1, "math", (), "*", b"", None, (), None)
WANTED = ("feed", "nyse.*", "drop-oldest", 1)
WATCHED = (BUILT_IN, "instance.*", "disconnect", 1)
TIGHT = Limits(max_instances=2, max_subscriptions=2, max_kept=100)

LOCAL, PEER, HUB = Recorder("local"), Recorder("peer"), Recorder("hub", is_hub=True)
NONE = Limits(max_instances=0, max_subscriptions=0, max_kept=0)


def room(limits: Limits = TIGHT, is_hub: bool = True) -> Room:
    return Room(Role(LOCAL.identity, is_hub, limits=limits), LOCAL)


def room_at(*takes: Limits) -> Room:
    """Return the room of a peer whose hubs take this."""
    found, hubs = room(NONE, is_hub=False), [Recorder("hub", is_hub=True) for _ in takes]
    for hub, limits in zip(hubs, takes, strict=True):
        hub.takes = limits
    found.linked(hubs)
    return found


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


def test_the_services_in_the_process_of_a_hub_have_as_much_as_they_like() -> None:
    room(NONE).check_instance(LOCAL, 9, ANNOUNCED, None)
    room(NONE).check_subscription(LOCAL, 9, WATCHED, None)


@pytest.mark.parametrize("is_hub", [True, False])
def test_a_hub_is_believed_and_may_pass_on_what_all_its_links_tell(is_hub: bool) -> None:
    room(NONE, is_hub).check_instance(HUB, 9, ANNOUNCED, None)
    room(NONE, is_hub).check_subscription(HUB, 9, WATCHED, None)


def test_a_peer_makes_no_more_than_its_hub_takes_and_is_told_what_to_do() -> None:
    at = room_at(Limits(max_instances=2, max_subscriptions=3))
    at.check_instance(LOCAL, 1, ANNOUNCED, None)
    at.check_subscription(LOCAL, 2, WANTED, None)
    with pytest.raises(LocalProtocolError) as caught:
        at.check_instance(LOCAL, 2, ANNOUNCED, None)
    assert refused(caught).startswith("2 services are announced already")
    assert refused(caught).endswith("raise its max-instances, or offer fewer")
    with pytest.raises(LocalProtocolError) as caught:
        at.check_subscription(LOCAL, 3, WANTED, None)
    assert refused(caught).startswith("there are 3 subscriptions already")
    assert refused(caught).endswith("raise its max-subscriptions, or want several subjects by one pattern")
    with pytest.raises(LocalProtocolError) as caught:
        room_at(Limits(max_kept=10)).check_subscription(LOCAL, 0, WANTED, None)
    assert refused(caught).endswith("raise its max-kept, or make them fewer or shorter")


def test_of_several_hubs_the_one_that_takes_least_decides_and_the_last_word_of_a_lost_one_holds() -> None:
    at = room_at(Limits(max_subscriptions=3), Limits(max_subscriptions=2))
    for _ in range(2):
        with pytest.raises(LocalProtocolError, match="there are 2 subscriptions already"):
            at.check_subscription(LOCAL, 2, WANTED, None)
        at.linked([])


def test_what_was_never_linked_takes_what_hubs_usually_take() -> None:
    room(NONE, is_hub=False).check_subscription(LOCAL, 65_535, WANTED, None)
    with pytest.raises(LocalProtocolError, match="there are 65536 subscriptions already"):
        room(Limits(max_subscriptions=1_000_000), is_hub=False).check_subscription(LOCAL, 65_536, WANTED, None)
