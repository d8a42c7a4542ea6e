"""Which instances there are, and the ways to them."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from exchange.errors import LocalProtocolError
from exchange.routing.registry import Change, Happening, Instance, Registry
from exchange.wire.identities import Id
from tests.routing.recorder import Recorder, announce, identity

HOME = Recorder("home")
THING = HOME.make(1)


def tell(registry: Registry, port: Recorder, thing: Id = THING, name: str = "math", **other: object) -> Change | None:
    return registry.announce(port, thing, announce(thing, name, **other)[2])


def port_in_use(registry: Registry) -> object:
    instance = registry.get(THING)
    assert instance is not None
    return instance.way.port


def test_the_first_way_makes_an_instance_known_by_id_name_and_port() -> None:
    registry, port = Registry(), Recorder("home")
    change = tell(registry, port, groups=("web-services",))

    assert change is not None
    assert (change.happening, change.instance.name, change.instance.about.groups) == (
        Happening.CAME,
        "math",
        ("web-services",),
    )
    assert registry.get(THING) is change.instance
    assert list(registry.named("math")) == [change.instance]
    assert registry.behind(port) == [change.instance]
    assert (len(registry), list(registry), registry.count_behind(port)) == (1, [change.instance], 1)
    assert registry.way(port, THING) is change.instance.way


def test_what_nobody_announced_is_not_known() -> None:
    registry, port = Registry(), Recorder("home")

    assert registry.get(THING) is None
    assert registry.way(port, THING) is None
    assert list(registry.named("math")) == []
    assert (registry.behind(port), registry.count_behind(port)) == ([], 0)
    assert registry.withdraw(port, THING, "withdrawn") is None


def test_an_instance_told_again_the_same_is_no_change() -> None:
    registry, port = Registry(), Recorder("home")
    tell(registry, port, attachment=1)

    assert tell(registry, port, attachment=2) is None
    assert len(registry) == 1


@pytest.mark.parametrize(
    "other",
    [{"groups": ("web-services",)}, {"audience": "plant"}, {"digest": b"1"}, {"principal": "p"}, {"path": ("plant",)}],
)
def test_a_watch_is_told_when_what_is_announced_changes(other: dict[str, Any]) -> None:
    registry, port = Registry(), Recorder("home")
    tell(registry, port)
    change = tell(registry, port, **other)

    assert change is not None
    assert change.happening is Happening.CHANGED


def test_an_instance_never_becomes_one_of_another_name() -> None:
    registry, port = Registry(), Recorder("home")
    tell(registry, port)

    with pytest.raises(LocalProtocolError, match="'math' cannot become one of 'history'"):
        tell(registry, port, name="history")
    assert list(registry.named("math")) == registry.behind(port)


def test_an_instance_goes_with_its_last_way_only() -> None:
    registry, older, newer = Registry(), Recorder("home"), Recorder("home")
    tell(registry, older, attachment=1)
    assert tell(registry, newer, attachment=2) is None

    assert registry.withdraw(older, THING, "lost") is None
    change = registry.withdraw(newer, THING, "lost")

    assert change is not None
    assert (change.happening, change.instance.name, change.reason) == (Happening.WENT, "math", "lost")
    assert len(registry) == 0
    assert list(registry.named("math")) == []


def test_a_way_that_differs_is_told_when_it_comes_into_use() -> None:
    registry, older, newer = Registry(), Recorder("home"), Recorder("home")
    tell(registry, newer, attachment=2, groups=("new",))
    assert tell(registry, older, attachment=1, groups=("old",)) is None

    change = registry.withdraw(newer, THING, "lost")

    assert change is not None
    assert (change.happening, change.instance.about.groups) == (Happening.CHANGED, ("old",))


def test_withdrawing_one_of_two_namesakes_leaves_the_other() -> None:
    registry, port = Registry(), Recorder("home")
    tell(registry, port)
    tell(registry, port, HOME.make(2))
    registry.withdraw(port, THING, "withdrawn")

    assert [instance.id for instance in registry.named("math")] == [HOME.make(2)]
    assert registry.count_behind(port) == 1


def test_of_two_ways_the_newer_attachment_is_in_use_in_whatever_order_they_came() -> None:
    for first, second in [(1, 2), (2, 1)]:
        registry, ports = Registry(), {1: Recorder("home"), 2: Recorder("home")}
        tell(registry, ports[first], attachment=first)
        tell(registry, ports[second], attachment=second)

        assert port_in_use(registry) is ports[2]


def test_attachments_are_compared_within_one_bringer_only() -> None:
    registry, low, high = Registry(), Recorder("bridge one"), Recorder("bridge two")
    bringers = sorted([identity("bridge one"), identity("bridge two")])
    tell(registry, high, by=bringers[1], attachment=9)
    tell(registry, low, by=bringers[0], attachment=1)

    assert port_in_use(registry) is low


def test_a_shorter_path_is_better_than_a_lower_bringer() -> None:
    registry, short, long = Registry(), Recorder("bridge one"), Recorder("bridge two")
    bringers = sorted([identity("bridge one"), identity("bridge two")])
    tell(registry, long, by=bringers[0], path=("a", "b"))
    tell(registry, short, by=bringers[1], path=("a",))

    assert port_in_use(registry) is short


def test_of_two_hubs_that_tell_the_same_the_lower_identity_is_in_use() -> None:
    registry, ports = Registry(), [Recorder("rome", is_hub=True), Recorder("oslo", is_hub=True)]
    for port in ports:
        tell(registry, port)

    assert port_in_use(registry) is min(ports, key=lambda port: port.identity)


def test_a_leaving_way_is_used_only_when_there_is_no_other() -> None:
    registry, older, newer = Registry(), Recorder("home"), Recorder("home")
    tell(registry, older, attachment=1, digest=b"old")
    tell(registry, newer, attachment=2, digest=b"new")
    newer.leaving = True

    changes = registry.reorder(newer)

    assert [change.happening for change in changes] == [Happening.CHANGED]
    assert port_in_use(registry) is older
    registry.withdraw(older, THING, "lost")
    assert port_in_use(registry) is newer


def test_a_way_that_is_suspected_or_is_not_is_told_when_it_comes_into_use() -> None:
    registry, older, newer = Registry(), Recorder("home"), Recorder("home")
    older.suspected = True
    tell(registry, older, attachment=1)

    change = tell(registry, newer, attachment=2)
    assert change is not None
    assert (change.happening, change.instance.suspected) == (Happening.CHANGED, False)
    assert registry.withdraw(older, THING, "lost") is None


def test_choosing_anew_tells_nothing_when_nothing_differs() -> None:
    registry, port = Registry(), Recorder("home")
    tell(registry, port)
    port.leaving = True

    assert registry.reorder(port) == []


def test_of_many_namesakes_each_has_its_turn_to_be_looked_at() -> None:
    registry, port = Registry(), Recorder("home")
    for number in range(5):
        tell(registry, port, HOME.make(number))

    looked_at = [[number_of(instance) for instance in registry.next_named("math", 2)] for _ in range(5)]

    assert looked_at == [
        [0, 1],
        [2, 3],
        [4, 0],
        [1, 2],
        [3, 4],
    ]
    assert {number_of(instance) for instance in registry.last_named("math", 2)} == {3, 4}
    assert len(registry.named("math")) == 5


def test_a_name_that_went_is_looked_at_from_the_start_when_it_comes_again() -> None:
    registry, port = Registry(), Recorder("home")
    for _ in range(2):
        for number in range(3):
            tell(registry, port, HOME.make(number))
        assert {number_of(instance) for instance in registry.next_named("math", 2)} == {0, 1}
        for number in (1, 2, 0):
            registry.withdraw(port, HOME.make(number), "withdrawn")


def test_namesakes_come_and_go_in_any_order() -> None:
    random, registry, port = Random(1), Registry(), Recorder("home")
    there: set[int] = set()
    for _ in range(500):
        number = random.randrange(20)
        if number in there:
            registry.withdraw(port, HOME.make(number), "withdrawn")
        else:
            tell(registry, port, HOME.make(number))
        there ^= {number}
        assert sorted(number_of(instance) for instance in registry.named("math")) == sorted(there)


def number_of(instance: Instance) -> int:
    return int.from_bytes(instance.id[16:], "big")


def test_what_is_kept_for_a_port_is_weighed_as_long_as_it_is_kept() -> None:
    registry, older, newer = Registry(), Recorder("home"), Recorder("home")
    tell(registry, older, groups=("web-services",))
    light = older.keeping
    tell(registry, newer, groups=("web-services",))
    tell(registry, newer, groups=("web-services", "x" * 100))
    assert 100 < newer.keeping - light < 200

    tell(registry, newer, groups=("web-services",))
    assert newer.keeping == older.keeping == light > len("math" + "web-services")
    for port in (older, newer):
        registry.withdraw(port, THING, "withdrawn")
    assert (older.keeping, newer.keeping) == (0, 0)


def test_what_only_hubs_announced_is_not_among_what_peers_announced() -> None:
    registry, hub, peer = Registry(), Recorder("hub", is_hub=True), Recorder("home")
    tell(registry, hub, HOME.make(1))
    tell(registry, hub, HOME.make(2))
    tell(registry, peer, HOME.make(2))
    tell(registry, Recorder("home", attachment=2), HOME.make(2))

    assert registry.ids_of_peers() == [HOME.make(2)]
