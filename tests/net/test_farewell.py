"""How the connection of a link is closed once BYE is said."""

from __future__ import annotations

from exchange.testing import Network
from tests.net.stranger import Door, Stranger


def test_a_far_end_that_reads_our_bye_and_closes_has_closed(network: Network) -> None:
    hub = network.hub()
    network.peer(hub)
    network.result(hub._links.say_bye("stopped", "good night"))
    assert network.clock.seconds() == 0
    assert hub.outstanding().links == 0


def test_a_far_end_that_does_not_close_is_waited_for_no_longer_than_the_farewell(network: Network) -> None:
    hub = network.hub()
    stranger = Stranger(Door(hub), "stayer")
    stranger.greet()
    hub._links.say_bye("stopped", "good night")
    closed = []
    for _ in range(3):
        closed.append(stranger.transport.disconnected)
        network.clock.advance(0.5)
    assert [*closed, stranger.transport.disconnected] == [False, False, True, True]
    stranger.leave()
