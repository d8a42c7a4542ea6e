"""What each link takes of memory."""

from __future__ import annotations

from exchange.testing import Network

SHARED = 30
"""Attributes of which Python shares the names among instances."""


def test_a_link_has_few_enough_attributes_in_its_dictionary_for_the_names_to_be_shared(network: Network) -> None:
    hub, _ = network.hub(), network.peer()
    (link,) = hub._links.attached

    assert 0 < len(vars(link)) <= SHARED
