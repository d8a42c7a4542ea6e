"""How a hub answers HELLO: whom it takes in, and what it says to the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.address import IPv4Address
from twisted.internet.testing import StringTransport

from exchange import Certificate, Exchange, Hub, Password, PlainPassword, Token
from exchange.net.examination import Challenge, Examination, Granted, Newcomer, Verdict
from exchange.net.link import LinkProtocol
from exchange.testing import Network
from exchange.wire.dialogue import MOST_ROUNDS
from exchange.wire.frames import encode
from exchange.wire.identities import identity_of
from exchange.wire.layouts import Kind
from tests.net.stranger import Door, Stranger

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


class Lax:
    """An authenticator that does not know the secret, and lets everybody in who names its mechanism."""

    proves_hubs = True

    def __init__(self, mechanism: str, *challenges: bytes) -> None:
        self.mechanism = mechanism
        self._challenges = challenges

    def examine(self, newcomer: Newcomer) -> Examination:
        verdicts: list[Verdict] = [*map(Challenge, self._challenges), Granted("press")]
        steps = iter(verdicts)

        class Examining:
            def step(self, told: bytes | None) -> Verdict:
                return next(steps)

        return Examining()


PRESS, ANN = Token("press", "a-token-of-the-press"), Password("ann", "pencil")


def joined_by(network: Network, hub: Hub, credentials: Any, is_hub: bool) -> Exchange:
    """Return an exchange that has dialled a hub, and was answered or not."""
    if not is_hub:
        return network.peer(hub, credentials=credentials)
    other = network.hub(credentials=credentials)
    network.join(other, hub)
    return other


@pytest.mark.parametrize("is_hub", [False, True])
@pytest.mark.parametrize(("credentials", "challenges"), [(PRESS, []), (PRESS, [bytes(32)]), (ANN, []), (ANN, [b""])])
def test_a_hub_that_lets_us_in_without_having_proved_that_it_knows_our_secret_is_left(
    network: Network, credentials: Any, challenges: list[bytes], is_hub: bool
) -> None:
    lax = network.hub(authenticators=[Lax(credentials.mechanism, *challenges)], hubs=["*"])
    exchange = joined_by(network, lax, credentials, is_hub)
    network.settle()

    assert not exchange._links.attached
    assert "has not proved" in exchange._dialers()[0].why_not_linked()


@pytest.mark.parametrize("credentials", [Certificate(), PlainPassword("bob", "pen")])
def test_a_hub_that_has_nothing_to_prove_need_not(network: Network, credentials: Any) -> None:
    network.hub(authenticators=[Lax(credentials.mechanism)])
    peer = network.peer(credentials=credentials)
    network.settle()

    assert len(peer._links.attached) == 1


@pytest.mark.parametrize("credentials", [Certificate(), PlainPassword("bob", "pen")])
@pytest.mark.parametrize("address", ["192.0.2.1", "127.0.0.1"])
def test_a_hub_of_which_only_tls_could_tell_who_it_is_is_not_believed_without(
    network: Network, credentials: Any, address: str
) -> None:
    peer = network.peer(credentials=credentials)
    link = LinkProtocol(peer._links, dialling=True, attachment=1)
    link.opened.addErrback(lambda failure: None)
    transport = StringTransport(peerAddress=IPv4Address("TCP", address, 11111))
    link.makeConnection(transport)
    link.dataReceived(encode(Kind.WELCOME, b"", (1, identity_of(b"m" * 32), None, {}, ()))[3])

    is_believed = link.is_attached
    link.connectionLost()
    assert is_believed is (address == "127.0.0.1")
    if not is_believed:
        assert b"use an endpoint of TLS" in transport.value()


@pytest.mark.parametrize("rounds", [MOST_ROUNDS, MOST_ROUNDS + 1])
def test_a_mechanism_may_ask_so_often_and_no_more(network: Network, rounds: int) -> None:
    hub = network.hub(authenticators=[Lax("riddles", *[b"what am I?"] * rounds)])
    guest = Stranger(Door(hub), "guest")
    guest.say(guest.hello(mechanism="riddles"))
    for _ in range(MOST_ROUNDS):
        assert [frame[0] for frame in guest.heard()] == [Kind.CHALLENGE]
        guest.say(encode(Kind.PROOF, b"", (b"a riddle",)))
    network.clock.advance(2)

    if rounds == MOST_ROUNDS:
        assert [frame[0] for frame in guest.heard()] == [Kind.WELCOME]
    else:
        assert guest.bye() == ("denied", "this mechanism asks more than there is room for")
    guest.leave()
