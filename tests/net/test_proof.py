"""Signs of life that a far end is asked for."""

from __future__ import annotations

from exchange.net.proof import Proof
from exchange.testing import Network
from tests.outcomes import Outcome


def test_an_answer_comes_as_soon_as_the_far_end_has_heard_the_question(network: Network) -> None:
    hub, peer = network.hub(), network.peer()
    (link,) = peer._links.attached
    proof = Proof(link, link._dialogue)
    first, second = Outcome(proof.ask()), Outcome(proof.ask())
    assert (first.is_open, second.is_open) == (True, True)
    network.settle()
    proof.heard()
    assert (first.is_open, second.is_open) == (False, False)
    assert hub.outstanding().links == 1


def test_a_link_that_answers_stays_however_often_it_is_in_doubt(network: Network) -> None:
    hub, peer = network.hub(), network.peer()
    (link,) = hub._links.attached
    for _ in range(5):
        link.prove_alive()
        network.clock.advance(0.4)
    network.clock.advance(3)
    assert peer.outstanding().links == 1


def test_a_link_that_does_not_answer_within_a_second_is_ended(network: Network) -> None:
    hub, peer = network.hub(), network.peer()
    (link,) = hub._links.attached
    network.freeze(peer)
    link.prove_alive()
    network.clock.advance(0.9)
    assert link in hub._links.attached
    network.clock.advance(0.2)
    assert link not in hub._links.attached


def test_one_that_is_in_doubt_again_while_it_is_asked_is_asked_again(network: Network) -> None:
    hub, peer = network.hub(), network.peer()
    (link,) = hub._links.attached
    link.prove_alive()
    network.settle()
    network.freeze(peer)
    link.prove_alive()
    network.clock.advance(1.5)
    assert link in hub._links.attached
    network.clock.advance(1)
    assert link not in hub._links.attached
