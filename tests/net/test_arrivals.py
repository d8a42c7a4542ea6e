"""So many links are accepted, in all and from one address; one more is told why not."""

from __future__ import annotations

from exchange import Limits
from exchange.net.arrivals import MOST_TOLD, Arrivals
from exchange.testing import Network
from exchange.wire.layouts import Kind
from tests.net.stranger import Door, Stranger

HERE, THERE = b"192.0.2.1", b"192.0.2.2"


class Link:
    """A link that was accepted."""

    def __init__(self, address: bytes) -> None:
        self.address = address


def test_one_more_than_there_may_be_of_an_address_is_refused_and_of_another_it_is_not() -> None:
    arrivals = Arrivals(Limits(max_links_per_address=2))
    first = Link(HERE)
    assert [arrivals.come(link) for link in (first, Link(HERE), Link(THERE))] == [None, None, None]
    text = "this hub takes 2 links of one address at one time; raise its max-links-per-address"
    assert arrivals.come(Link(HERE)) == arrivals.refusal_of(HERE) == text
    arrivals.go(first)
    assert arrivals.come(Link(HERE)) is None


def test_one_more_than_there_may_be_in_all_is_refused_wherever_it_comes_from() -> None:
    arrivals = Arrivals(Limits(max_links=2))
    arrivals.come(Link(HERE))
    arrivals.come(Link(THERE))
    refusal = arrivals.come(Link(b""))
    assert refusal is not None
    assert refusal.startswith("this hub takes 2 links at one time")
    assert len(arrivals) == 2


def test_without_an_address_none_are_counted_of_one() -> None:
    arrivals = Arrivals(Limits(max_links_per_address=1))
    assert [arrivals.come(Link(b"")) for _ in range(5)] == [None] * 5


def test_nothing_is_kept_of_those_that_are_gone() -> None:
    arrivals = Arrivals(Limits(max_links_per_address=1))
    taken, refused = Link(HERE), Link(HERE)
    arrivals.come(taken)
    arrivals.refuse(refused)
    for link in (taken, refused, refused, Link(THERE)):
        arrivals.go(link)
    assert (len(arrivals), arrivals.is_pressing, dict(arrivals._of_each)) == (0, False, {})


def test_of_those_that_are_refused_so_many_are_told_why() -> None:
    arrivals = Arrivals(Limits())
    for _ in range(MOST_TOLD):
        assert not arrivals.is_pressing
        arrivals.refuse(Link(HERE))
    assert arrivals.is_pressing


def test_a_link_too_many_hears_so_and_its_place_is_free_again_when_one_goes(network: Network) -> None:
    door = Door(network.hub("rome", limits=Limits(max_links_per_address=1, max_links=5)))
    first, rival = Stranger(door, "first"), Stranger(door, "rival")
    assert first.greet()[-1][0] == Kind.WELCOME
    rival.greet()
    assert rival.bye()[1].startswith("this hub takes 1 links of one address"), "it came while there was room"
    second = Stranger(door, "second")
    code, text = second.bye()
    assert code == "limit"
    assert text.startswith("this hub takes 1 links of one address")
    network.clock.advance(2)
    assert second.is_aborted
    for each in (first, rival, second):
        each.leave()
    third = Stranger(door, "third")
    assert third.greet()[-1][0] == Kind.WELCOME
    third.leave()


def test_a_flood_of_links_too_many_is_closed_without_a_word(network: Network) -> None:
    hub = network.hub("rome", limits=Limits(max_links=1))
    door = Door(hub)
    member = Stranger(door, "member")
    member.greet()
    told = [Stranger(door, f"flood {number}") for number in range(MOST_TOLD)]
    assert all(each.bye()[0] == "limit" for each in told)
    assert door.factory.buildProtocol(None) is None
    for each in (member, *told):
        each.leave()
    assert (len(hub._links.arrivals), hub._links.arrivals.is_pressing) == (0, False)


def test_those_that_say_nothing_keep_nobody_out_of_their_address(network: Network) -> None:
    door = Door(network.hub("rome", limits=Limits(max_links_per_address=2, max_greetings=5)))
    silent = [Stranger(door, f"silent {number}") for number in range(5)]
    guest = Stranger(door, "guest")
    assert guest.greet()[-1][0] == Kind.WELCOME
    for each in (guest, *silent):
        each.leave()
