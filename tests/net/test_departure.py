"""Leaving one link in good order, seen by whoever reads what is said."""

from __future__ import annotations

from collections.abc import Callable

from exchange import Hub, ServiceWithdrawn
from exchange.net.link import LinkProtocol
from exchange.testing import Network
from exchange.wire.frames import Frame, encode
from exchange.wire.layouts import Kind
from tests.net.stranger import Stranger
from tests.outcomes import Outcome
from tests.services.offered import Sleepy

Connect = Callable[..., Stranger]


def kinds(frames: list[Frame]) -> list[str]:
    return [Kind(frame[0]).name for frame in frames]


def link_of(hub: Hub) -> LinkProtocol:
    (link,) = hub._links.attached
    return link


def pong(leaving: list[Frame]) -> Frame:
    """Return the answer to the PING behind a LEAVING."""
    return encode(Kind.PONG, b"", next(frame[2] for frame in leaving if frame[0] == Kind.PING))


def request(peer: Stranger, number: int) -> Frame:
    return encode(Kind.REQUEST, peer.make(number), ("sleepy", "sleep", None), b"\x92\x90\x80")


def test_who_leaves_says_so_and_goes_when_the_answer_has_come(network: Network, hub: Hub, stranger: Connect) -> None:
    peer = stranger()
    peer.greet()
    link_of(hub).leave("moving house", 5)
    said = peer.heard()
    assert kinds(said) == ["LEAVING", "PING"]
    assert said[0][2] == ("moving house", 5)
    peer.say(pong(said))
    (bye,) = peer.heard()
    assert (bye[0], bye[2][0], bye[2][1]) == (Kind.BYE, "left", "moving house")
    network.clock.advance(1)


def test_what_still_comes_is_served_and_its_answer_is_the_last_word_before_bye(
    network: Network, hub: Hub, stranger: Connect
) -> None:
    hub.add(sleepy := Sleepy())
    peer = stranger()
    peer.greet()
    link_of(hub).leave("moving house", 5)
    said = peer.heard()
    peer.say(request(peer, 1), pong(said))
    assert peer.heard() == []
    sleepy.asleep[0].callback(7)
    network.settle()
    assert kinds(peer.heard()) == ["REPLY", "BYE"]
    network.clock.advance(1)


def test_to_leave_twice_is_to_leave_once(hub: Hub, stranger: Connect) -> None:
    peer = stranger()
    peer.greet()
    link = link_of(hub)
    link.leave("moving house", 5)
    link.leave("moving house again", 50)
    assert kinds(peer.heard()) == ["LEAVING", "PING"]


def test_when_the_time_is_over_calls_fail_and_their_methods_are_cancelled(
    network: Network, hub: Hub, stranger: Connect
) -> None:
    hub.add(sleepy := Sleepy())
    peer = stranger()
    peer.greet()
    peer.say(request(peer, 1))
    link_of(hub).leave("moving house", 5)
    peer.say(pong(peer.heard()))
    network.clock.advance(5)
    failure, bye = peer.heard()
    assert (failure[0], failure[1], failure[2]) == (Kind.FAILURE, peer.make(1), (57, None))
    assert (bye[0], bye[2][0]) == (Kind.BYE, "stopped")
    assert sleepy.cancelled == 1
    assert hub.outstanding().owed == 0
    network.clock.advance(1)


def test_who_leaves_and_waits_for_the_far_end_goes_only_after_it(network: Network, hub: Hub, stranger: Connect) -> None:
    peer = stranger()
    peer.greet()
    link_of(hub).leave("moving house", 5, waits=True)
    peer.say(pong(peer.heard()))
    assert peer.heard() == []
    peer.say(encode(Kind.LEAVING, b"", ("me too", 5)))
    assert kinds(peer.heard()) == ["BYE"]
    network.clock.advance(1)


def test_what_the_far_end_still_owes_when_the_time_is_over_is_lost(
    network: Network, hub: Hub, stranger: Connect
) -> None:
    caller, peer = network.peer(), stranger()
    peer.greet()
    peer.announce("press")
    answer = Outcome(caller.call("press", "go"))
    network.settle()
    next(link for link in hub._links.attached if link.identity == peer.identity).leave("moving house", 5)
    network.clock.advance(4.9)
    assert answer.is_open
    network.clock.advance(0.2)
    assert isinstance(answer.error, ServiceWithdrawn)
    assert answer.error.delivered is None
    network.clock.advance(1)
