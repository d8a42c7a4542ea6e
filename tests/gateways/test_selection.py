"""The selection: which services a gateway shows, and what it calls for a name."""

from __future__ import annotations

import pytest

from exchange import Exchange, Hub, Presence
from exchange.gateways.selection import Selection
from exchange.testing import Network
from tests.gateways.conftest import Math, offering


def selecting(network: Network, *groups: str, sticky: bool = False) -> Selection:
    """Return a selection at a peer of its own, which knows what is there."""
    selection = Selection(network.peer(), groups or ("web-services",), "sticky" if sticky else "least-owing")
    network.settle()
    return selection


def test_a_service_in_the_group_is_called_by_its_name(network: Network, math: Math) -> None:
    selection = selecting(network)

    assert selection.find("math") == "math"
    assert selection.names == ["math"]


@pytest.mark.parametrize("name", ["", "maths", "$exchange"])
def test_what_is_not_shown_is_not_found(network: Network, math: Math, name: str) -> None:
    assert selecting(network).find(name) is None


def test_a_service_of_another_group_is_not_found(network: Network, math: Math) -> None:
    assert selecting(network, "other").find("math") is None


def test_a_service_that_is_in_two_of_the_groups_is_shown_until_it_has_left_both(network: Network, math: Math) -> None:
    math.join("second")
    selection = selecting(network, "web-services", "second")

    math.leave("web-services")
    network.settle()
    assert selection.find("math") == "math"

    math.leave("second")
    network.settle()
    assert selection.find("math") is None


def test_a_sticky_choice_is_the_first_instance_seen_until_it_goes(network: Network, hub: Hub) -> None:
    selection = selecting(network, sticky=True)
    services = [Math() for _ in range(3)]
    homes = [offering(network, service) for service in services]
    first, second, third = (home.id_of(service) for home, service in zip(homes, services, strict=True))

    assert [selection.find("math") for _ in range(3)] == [first] * 3

    homes[1].remove(services[1])
    network.settle()
    assert selection.find("math") == first

    network.cut(homes[0])
    assert selection.find("math") == third
    assert second not in (first, third)


def test_a_change_that_does_not_concern_the_group_leaves_the_sticky_choice_as_it_is(network: Network, hub: Hub) -> None:
    first, second = Math(), Math()
    home = offering(network, first)
    offering(network, second)
    selection = selecting(network, sticky=True)
    chosen = selection.find("math")

    first.join("elsewhere")
    second.join("elsewhere")
    network.settle()

    assert chosen == selection.find("math")
    assert chosen == home.id_of(first)


def test_beside_an_instance_that_is_not_shown_the_shown_ones_take_turns(network: Network, hub: Hub) -> None:
    outside, shown = Math(), [Math(), Math()]
    outside.groups = ("other",)
    homes = [offering(network, service) for service in shown]
    ids = {home.id_of(service) for home, service in zip(homes, shown, strict=True)}
    home = offering(network, outside)
    selection = selecting(network)

    found = [selection.find("math") for _ in range(4)]
    assert set(found) == ids
    assert found[:2] == found[2:]

    home.remove(outside)
    network.settle()
    assert selection.find("math") == "math"


def test_a_selection_tells_when_a_service_is_shown(network: Network, hub: Hub) -> None:
    selection, told = selecting(network), list[str]()
    for name in ("math", "other"):
        selection.when_shown(name).addCallback(lambda _, said: told.append(said), name)
    assert told == []

    offering(network, Math())
    assert told == ["math"]

    selection.when_shown("math").addCallback(lambda _: told.append("at once"))
    assert told == ["math", "at once"]


def test_to_wait_for_a_service_can_be_given_up(network: Network, hub: Hub) -> None:
    selection, told = selecting(network), list[str]()
    waiting = selection.when_shown("math")
    waiting.addCallbacks(lambda _: told.append("shown"), lambda failure: told.append(failure.type.__name__))

    waiting.cancel()
    offering(network, Math())

    assert told == ["CancelledError"]


def test_a_selection_tells_when_it_knows_all_that_was_there(network: Network, math: Math) -> None:
    selection, told = Selection(network.peer(), "web-services"), list[str]()
    for word in ("first", "second"):
        selection.when_complete().addCallback(lambda _, said: told.append(said), word)
    assert told == []

    network.settle()
    assert told == ["first", "second"]

    selection.when_complete().addCallback(lambda _: told.append("at once"))
    assert told[2:] == ["at once"]


def test_a_selection_that_was_stopped_shows_nothing(network: Network, math: Math) -> None:
    selection = selecting(network)

    selection.stop()
    offering(network, Math("late"))

    assert selection.names == []
    assert selection.find("math") is None


def test_a_subclass_may_show_by_something_else_than_groups(network: Network, math: Math) -> None:
    class Public(Selection):
        def shows(self, presence: Presence) -> bool:
            return presence.name.startswith("public.")

    peer: Exchange = network.peer()
    selection = Public(peer, ())
    offering(network, Math("public.math"))

    assert selection.names == ["public.math"]
