"""What the links of one exchange share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exchange import Hub, Limits
from exchange.net.links import MOST_OF_ONE, MOST_UNFINISHED
from exchange.testing import Network
from exchange.wire.frames import encode
from exchange.wire.layouts import Kind
from exchange.wire.limits import SMALLEST_FRAME
from tests.net.stranger import Door, Stranger
from tests.services.offered import Math

Connect = Callable[..., Stranger]


def test_all_links_are_told_bye_and_waited_for(network: Network, hub: Hub, stranger: Connect) -> None:
    first, second, greeting = stranger("first"), stranger("second"), stranger("greeting")
    first.greet()
    second.greet()
    stopped: list[Any] = []
    hub.stopService().addCallback(stopped.append)
    for each in (first, second, greeting):
        assert each.bye() == ("stopped", f"{hub.title} is stopping")
    first.leave()
    greeting.leave()
    assert stopped == []
    second.leave()
    assert stopped == [None]


def test_the_clock_is_looked_at_only_while_there_are_links(network: Network, hub: Hub, stranger: Connect) -> None:
    assert network.clock.getDelayedCalls() == []
    peer = stranger()
    assert len(network.clock.getDelayedCalls()) == 1
    peer.leave()
    assert network.clock.getDelayedCalls() == []


def test_the_clock_is_looked_at_four_times_in_a_short_heartbeat(network: Network) -> None:
    network.hub(heartbeat=0.4, dead_after=0.8)
    network.peer(heartbeat=0.4, dead_after=0.8)
    times = {round(call.getTime() - network.clock.seconds(), 3) for call in network.clock.getDelayedCalls()}
    assert times == {0.1}


def test_each_link_that_is_dialled_has_a_higher_attachment(network: Network, hub: Hub) -> None:
    peer = network.peer()
    numbers = []
    for _ in range(3):
        (port,) = peer._switch.hubs
        numbers.append(port.attachment)
        network.cut(peer)
        network.restore(peer)
        network.clock.advance(2)
    assert numbers == sorted(set(numbers))


def test_an_exchange_that_stops_twice_stops_once(network: Network, hub: Hub, stranger: Connect) -> None:
    peer = stranger()
    peer.greet()
    stopped: list[Any] = []
    hub.stopService().addCallback(stopped.append)
    hub.stopService().addCallback(stopped.append)
    assert [Kind(frame[0]).name for frame in peer.heard()] == ["BYE"]
    peer.leave()
    assert stopped == [None, None]


def test_a_far_end_that_stays_after_our_bye_does_not_hold_up_the_stop(
    network: Network, hub: Hub, stranger: Connect
) -> None:
    peer = stranger()
    peer.greet()
    hub.stopService()
    peer.say(encode(Kind.PING, b"", (1,)))
    network.clock.advance(1)
    assert peer.is_aborted


# Many links of one exchange


def test_one_exchange_may_have_so_many_links_and_no_more(hub: Hub, stranger: Connect) -> None:
    links = [stranger("plant") for _ in range(MOST_OF_ONE)]
    for number, link in enumerate(links):
        assert [Kind(frame[0]) for frame in link.greet(attachment=number)] == [Kind.WELCOME]
    one_more = stranger("plant")
    one_more.greet(attachment=9)
    assert one_more.bye() == ("limit", f"you have {MOST_OF_ONE} links to this hub already")
    other = stranger("other")
    assert [Kind(frame[0]) for frame in other.greet()] == [Kind.WELCOME]


def test_an_exchange_whose_link_is_gone_may_have_another(hub: Hub, stranger: Connect) -> None:
    links = [stranger("plant") for _ in range(MOST_OF_ONE)]
    for number, link in enumerate(links):
        link.say(link.hello(attachment=number))
    links[0].leave()
    assert [Kind(frame[0]) for frame in stranger("plant").greet(attachment=9)] == [Kind.WELCOME]
    for link in links:
        link.leave()


def test_nothing_is_kept_of_an_exchange_whose_links_are_all_gone(hub: Hub, stranger: Connect) -> None:
    links = [stranger("plant"), stranger("plant"), stranger("silent")]
    for number, link in enumerate(links[:2]):
        link.greet(attachment=number)
    for link in links:
        link.leave()
    assert hub._links._accepted == {}


# Frames that have not wholly come


def most_of_a_frame(peer: Stranger) -> bytes:
    return encode(Kind.REPLY, peer.make(1), (), bytes(SMALLEST_FRAME - 100))[3][:-1]


def test_links_that_leave_their_frames_unfinished_hold_so_much_together_and_the_oldest_goes(network: Network) -> None:
    hub = network.hub(limits=Limits(max_frame=SMALLEST_FRAME))
    door = Door(hub)
    first, *others = (Stranger(door, f"peer {number}") for number in range(MOST_UNFINISHED + 1))
    for peer in (first, *others):
        peer.greet()
        peer.say(most_of_a_frame(peer))
    code, text = first.bye()
    assert (code, text[-17:]) == ("limit", "yours for longest")
    assert not any(peer.heard() for peer in others)
    for peer in (first, *others):
        peer.leave()
    assert hub._links.unfinished.size == 0


def test_whoever_finishes_its_frames_stays_while_others_do_not(network: Network) -> None:
    hub = network.hub(limits=Limits(max_frame=SMALLEST_FRAME))
    hub.add(Math())
    door = Door(hub)
    busy, *idle = (Stranger(door, f"peer {number}") for number in range(MOST_UNFINISHED + 3))
    busy.greet()
    call = encode(Kind.REQUEST, busy.make(1), ("math", "multiply", None), b"\x92\x92\x06\x07\x80")[3]
    busy.say(call[:-1])
    for peer in idle:
        peer.greet()
        peer.say(most_of_a_frame(peer))
        busy.say(call[-1:] + call[:-1])
        assert [Kind(frame[0]).name for frame in busy.heard()] == ["REPLY"]
    assert idle[0].bye()[0] == "limit"
    for peer in (busy, *idle):
        peer.leave()
