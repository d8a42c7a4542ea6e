"""The selection: which services a gateway shows, and what it calls for a name."""

from __future__ import annotations

import pytest

from exchange import ConfigurationError, Exchange, Hub, Presence
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


def test_one_service_is_shown_by_its_name_and_has_none_in_the_path(network: Network, math: Math) -> None:
    math.leave("web-services")
    selection = Selection(network.peer(), name="math")
    offering(network, Math("other"))

    assert selection.names == ["math"]
    assert selection.find("") == "math"
    assert [selection.find(path) for path in ("math", "other", "math/")] == [None] * 3


def test_one_service_that_is_not_there_is_not_found(network: Network, hub: Hub) -> None:
    assert Selection(network.peer(), name="math").find("") is None


def test_by_audience_those_are_shown_that_have_just_this_one(network: Network) -> None:
    network.hub(group="plant")
    here, elsewhere = network.peer(group="plant"), network.peer(group="plant")
    for home, name, audience in [
        (here, "own", ""),
        (elsewhere, "confined", "plant"),
        (elsewhere, "everywhere", "*"),
        (elsewhere, "hidden", ""),
    ]:
        service = Math(name)
        service.audience = audience
        home.add(service)
    network.settle()

    def shown(audience: str) -> list[str]:
        selection = Selection(here, audience=audience)
        network.settle()
        return sorted(selection.names)

    assert shown("plant") == ["confined"]
    assert shown("*") == ["confined", "everywhere", "own"]
    assert shown("") == ["own"]
    assert shown("other") == []


@pytest.mark.parametrize(
    "given", [{}, {"groups": "a", "name": "b"}, {"name": "b", "audience": "*"}, {"groups": "a", "audience": ""}]
)
def test_a_selection_is_by_one_thing_alone(network: Network, given: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="by groups, by name or by audience, and by one of them alone"):
        Selection(network.hub(), **given)  # type: ignore[arg-type]


def test_observers_are_told_of_every_instance_and_whether_it_is_shown(network: Network, hub: Hub) -> None:
    selection = selecting(network)
    told: list[tuple[str, str, bool]] = []
    selection.observe(lambda change, is_shown: told.append((change.kind, change.instance.name, is_shown)))
    service = Math()
    home = offering(network, service)
    service.leave("web-services")
    network.settle()
    home.remove(service)
    network.settle()

    assert told == [("came", "math", True), ("changed", "math", False), ("went", "math", False)]

    selection.stop()
    offering(network, Math())
    assert len(told) == 3


def test_the_shown_instances_of_a_name_are_known_by_their_ids(network: Network, hub: Hub) -> None:
    selection, first, second = selecting(network), Math(), Math()
    second.groups = ("other",)
    home = offering(network, first)
    offering(network, second)

    assert selection.instances("math") == [home.id_of(first)]
    assert selection.instances("nobody") == []
