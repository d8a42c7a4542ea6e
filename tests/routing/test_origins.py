"""What a peer may say: about what it made itself, in its own name, and of others only what a bridge brings."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.errors import LocalProtocolError
from exchange.routing.origins import check_announcer, check_maker, check_request
from exchange.routing.registry import Registry
from tests.routing.bridges import Pair
from tests.routing.recorder import Recorder, a_hub, announce

PEER, HUB = Recorder("peer"), Recorder("hub", is_hub=True)
OTHERS = Recorder("somebody else").make(1)


def test_a_peer_speaks_of_what_it_made_and_a_hub_of_anything() -> None:
    check_maker(PEER, PEER.make(1))
    check_maker(HUB, OTHERS)
    with pytest.raises(LocalProtocolError, match="was not made by") as caught:
        check_maker(PEER, OTHERS)
    assert caught.value.code == "forged"


def test_a_peer_asks_in_its_own_name_and_a_bridge_of_this_process_for_those_who_asked_it() -> None:
    check_request(PEER, PEER.make(1), None)
    with pytest.raises(LocalProtocolError, match="was not made by"):
        check_request(PEER, OTHERS, None)
    with pytest.raises(LocalProtocolError, match="principal of a request"):
        check_request(PEER, PEER.make(1), "alice")
    end = Pair().inner.end
    check_request(end, end.identity + b"\0\0\0\1", "alice")


def bridged(**other: Any) -> tuple[Any, ...]:
    """Return what is announced of an instance that has come by a bridge."""
    return announce(OTHERS, "math", **{"path": ("db",), "by": PEER.identity} | other)[2]


def test_a_bridge_may_announce_what_has_come_by_another_group_whoever_is_its_principal() -> None:
    role = a_hub("front").switch.role
    check_announcer(role, PEER, OTHERS, bridged(), None)
    check_announcer(role, PEER, OTHERS, bridged(principal="alice"), None)
    for wrong in ({"path": ()}, {"path": ("db", "front")}, {"by": None}, {"by": HUB.identity}):
        with pytest.raises(LocalProtocolError, match="was not made by"):
            check_announcer(role, PEER, OTHERS, bridged(**wrong), None)


def test_what_lives_in_this_group_nobody_else_may_announce() -> None:
    role, registry, thing = a_hub("front").switch.role, Registry(), OTHERS
    registry.announce(Recorder("bridge"), thing, bridged())
    check_announcer(role, PEER, thing, bridged(), registry.get(thing))
    registry.announce(Recorder("somebody else"), thing, announce(thing, "math")[2])
    with pytest.raises(LocalProtocolError, match="was not made by"):
        check_announcer(role, PEER, thing, bridged(), registry.get(thing))


def test_what_a_peer_made_it_announces_under_its_own_principal() -> None:
    role, own = a_hub().switch.role, PEER.make(1)
    check_announcer(role, PEER, own, announce(own, "math")[2], None)
    with pytest.raises(LocalProtocolError, match="principal of an instance"):
        check_announcer(role, PEER, own, announce(own, "math", principal="boss")[2], None)


def test_what_a_peer_made_nobody_else_brings() -> None:
    # Who is named as bringing it is put to the test everywhere, and would lose a link for it.
    role, own = a_hub().switch.role, PEER.make(1)
    check_announcer(role, PEER, own, announce(own, "math", by=PEER.identity)[2], None)
    with pytest.raises(LocalProtocolError, match="is brought by itself alone") as caught:
        check_announcer(role, PEER, own, announce(own, "math", path=("db",), by=HUB.identity)[2], None)
    assert caught.value.code == "forged"
