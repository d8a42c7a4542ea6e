"""How a hub answers HELLO: whom it takes in, and what it says to the others."""

from __future__ import annotations

from collections.abc import Callable

from exchange import Hub
from exchange.testing import Network
from exchange.wire.frames import encode
from exchange.wire.identities import identity_of
from exchange.wire.layouts import Kind
from tests.net.stranger import Stranger

Connect = Callable[..., Stranger]


def test_a_peer_is_welcomed_and_is_linked_once_it_is_ready(hub: Hub, stranger: Connect) -> None:
    peer = stranger()
    peer.say(peer.hello())
    assert [frame[0] for frame in peer.heard()] == [Kind.WELCOME]
    assert len(hub._links.attached) == 0
    peer.say(encode(Kind.READY))
    assert len(hub._links.attached) == 1


def test_whoever_would_prove_something_is_told_that_nothing_can_be_proved_here(hub: Hub, stranger: Connect) -> None:
    peer = stranger()
    peer.greet(mechanism="magic")
    assert peer.bye() == ("mechanism", "this hub knows the mechanism 'open' only, not 'magic'")


def test_a_hub_is_welcomed_as_a_peer_is(hub: Hub, stranger: Connect) -> None:
    other = stranger("oslo")
    other.greet(role="hub")
    assert [port.is_hub for port in hub._switch.hubs] == [True]
    assert [port.identity for port in hub._switch.hubs] == [other.identity]


def test_a_hub_that_is_decided_about_is_not_answered_again_whatever_part_of_a_frame_it_sends(
    network: Network, hub: Hub, stranger: Connect
) -> None:
    name = next(name for name in map(str, range(100)) if identity_of(name.encode().ljust(32)) > hub.identity)
    first, second = stranger(name), stranger(name)
    first.greet(role="hub")
    second.say(second.hello(role="hub"))
    for byte in encode(Kind.BYE, b"", ("stopped", "the end", None))[3][:5]:
        second.say(bytes([byte]))
    assert second.heard() == []
    network.clock.advance(1.1)  # the first, which is a stranger, gave no sign of life
    assert [frame[0] for frame in second.heard()] == [Kind.WELCOME]
    assert first.bye()[0] == "replaced"
