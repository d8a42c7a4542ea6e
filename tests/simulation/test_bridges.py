"""Bridges in the simulation: what is reckoned of paths, and lines of groups that are longer than a path may be."""

from __future__ import annotations

from random import Random

import pytest

from tests.simulation.bridges import edges
from tests.simulation.checks import check_quiet, check_settled
from tests.simulation.moves import Move
from tests.simulation.reach import LONGEST, paths
from tests.simulation.simulate import simulate
from tests.simulation.world import World

pytestmark = pytest.mark.heavy


def line(groups: int, shape: str = "line") -> World:
    """Return so many groups, each with a hub, and bridges between them; all of it has come to rest."""
    world = World(most_hubs=groups)
    world.lay_out_groups(shape, groups)
    for place in range(len(edges(shape, groups))):
        world.start_bridge(place, 2, 2)
    world.come_to_rest(Random(1))
    return world


def test_nothing_crosses_more_than_eight_bridges_one_behind_another() -> None:
    world = line(LONGEST + 3)
    world.hubs[0].add("math", "*")
    world.come_to_rest(Random(2))

    known = [len(hub.switch.registry) for hub in world.hubs]
    assert known == [1] * (LONGEST + 1) + [0, 0]
    check_quiet(world)
    check_settled(world)


def test_paths_enter_no_group_twice() -> None:
    world = line(3, "ring")
    found = paths(world.hubs[0], "*", world.roads())

    assert found == {
        "": {()},
        "group 1": {("",), ("", "group 2")},
        "group 2": {("",), ("", "group 1")},
    }


def test_what_is_for_one_group_is_seen_there_and_in_another_only_over_a_bridge_of_its_own_process() -> None:
    world = line(3)
    (first, far), _ = world.roads()

    assert paths(world.hubs[0], "", world.roads()) == {}
    assert paths(world.hubs[0], "group 1", world.roads()) == {}
    assert paths(first, "group 1", world.roads()) == {"group 1": {("",)}}
    assert paths(far, "group 1", world.roads()) == {"group 1": {()}}


@pytest.mark.parametrize("shape", ["line", "ring", "parallel", "double ring"])
def test_groups_are_bridged_as_their_shape_says(shape: str) -> None:
    expected = {
        "line": [(0, 1), (1, 2)],
        "ring": [(0, 1), (1, 2), (2, 0)],
        "parallel": [(0, 1), (1, 2)] * 2,
        "double ring": [(0, 1), (1, 2), (2, 0)] * 2,
    }
    assert edges(shape, 3) == expected[shape]


def test_a_call_that_crosses_runs_once_and_is_told_of_as_it_is_in_the_ledger() -> None:
    world = simulate([Move("lay_out", 1, 1, 0), *[Move("add", 0, 0, 9)] * 2])

    assert world.ledger.ended.keys() == {"reply"}
    assert all(entry.has_run for entry in world.ledger.entries.values())
