"""What bridges bring into an exchange group: who may bring it, which way is in use (R2, R3), and whom one hears."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.errors import LocalProtocolError
from exchange.routing.bridge_end import BridgeEnd
from exchange.routing.port import Port
from exchange.wire.layouts import Kind
from tests.routing.bridges import FAR, about
from tests.routing.recorder import Recorder, Story, a_hub, announce, identity, report, said, subscribe, withdraw

THING = FAR.make(1)


def bridged(port: Recorder, path: tuple[str, ...] = ("db",), name: str = "log", **other: Any) -> Any:
    """Return the ANNOUNCE by which a peer brings in an instance of another group."""
    return announce(THING, name, path=path, by=port.identity, **other)


def two_bridges(story: Story) -> tuple[Recorder, Recorder]:
    """Return two peers that each bring in the same instance; that with the lower identity first."""
    ports = sorted((story.attach("one bridge"), story.attach("other bridge")), key=lambda port: port.identity)
    for port in ports:
        story.receive(port, bridged(port))
    return ports[0], ports[1]


def way_in_use(story: Story) -> Port:
    instance = story.switch.registry.get(THING)
    assert instance is not None
    return instance.way.port


# R2: who may announce what others made


def test_a_bridge_may_announce_what_has_come_by_another_group_and_keeps_its_principal() -> None:
    story = a_hub("front")
    bridge, other = story.attach("bridge"), story.attach("other hub", is_hub=True)
    frame = bridged(bridge, principal="press")
    story.receive(bridge, frame)

    assert story.told == [("came", "log", "")]
    assert other.taken() == [frame]
    story.receive(bridge, withdraw(THING, "lost"))
    assert story.told[1:] == [("went", "log", "lost")]


FORGERIES: dict[str, dict[str, Any]] = {
    "that says it lives here": {"path": (), "by": identity("bridge")},
    "that has come through this group": {"path": ("db", "front"), "by": identity("bridge")},
    "brought by somebody else": {"path": ("db",), "by": identity("somebody else")},
    "brought by nobody": {"path": ("db",), "by": None},
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_nobody_may_announce_what_others_made(forgery: str) -> None:
    story = a_hub("front")
    bridge = story.attach("bridge")
    with pytest.raises(LocalProtocolError, match="was not made by") as caught:
        story.receive(bridge, announce(THING, "log", **FORGERIES[forgery]))

    assert caught.value.code == "forged"
    assert story.names() == []


def test_what_lives_in_this_group_no_bridge_may_announce() -> None:
    story = a_hub("front")
    owner, bridge = story.attach_with("far away", "log"), story.attach("bridge")
    with pytest.raises(LocalProtocolError):
        story.receive(bridge, bridged(bridge))
    assert way_in_use(story) is owner

    story.switch.note_leaving(owner)
    with pytest.raises(LocalProtocolError):
        story.receive(bridge, bridged(bridge))


@pytest.mark.parametrize("name", ["log", "trap"])
def test_who_has_announced_somebodys_instance_loses_it_when_its_owner_comes(name: str) -> None:
    story = a_hub("front")
    thief, other = story.attach("thief"), story.attach("other hub", is_hub=True)
    story.receive(thief, bridged(thief, name=name))
    owner = story.attach_with("far away", "log")

    assert way_in_use(story) is owner
    assert story.names() == ["log"]
    assert said(other.taken()) == [("ANNOUNCE", THING), ("WITHDRAW", THING), ("ANNOUNCE", THING)]
    with pytest.raises(LocalProtocolError):
        story.receive(thief, report(THING, name, None))


def test_what_another_hub_was_told_wrong_costs_no_link_between_hubs() -> None:
    story = a_hub("front")
    owner, other = story.attach_with("far away", "log"), story.attach("other hub", is_hub=True)
    story.receive(other, bridged(Recorder("thief"), name="trap"))
    assert (way_in_use(story), story.switch.counters.unexpected) == (owner, 1)

    story.receive(other, bridged(Recorder("bridge")))
    assert way_in_use(story) is owner, "as long as both are known, the shorter path is in use"


# R3: which way is in use


def test_the_shortest_path_is_in_use_then_the_lowest_by_then_the_newest_attachment() -> None:
    story = a_hub("front")
    first, second = two_bridges(story)
    assert way_in_use(story) is first

    story.receive(first, bridged(first, ("store", "db")))
    assert way_in_use(story) is second
    story.receive(second, bridged(second, ("plant", "store", "db")))
    assert way_in_use(story) is first

    newer = Recorder("", attachment=2)
    newer.identity = first.identity
    story.switch.attach(newer)
    story.receive(newer, bridged(newer, ("store", "db"), attachment=2))
    assert way_in_use(story) is newer


def test_a_watch_is_told_when_the_path_changes_and_not_when_one_of_two_bridges_goes() -> None:
    story = a_hub("front")
    first, second = two_bridges(story)
    assert story.told == [("came", "log", "")]

    story.switch.detach(first, "gone")
    assert (way_in_use(story), story.told[1:]) == (second, [])
    story.receive(second, bridged(second, ("store", "db")))
    assert story.told[1:] == [("changed", "log", "")]
    story.switch.detach(second, "gone")
    assert story.told[2:] == [("went", "log", "lost")]


def test_other_hubs_hear_of_the_best_of_two_bridges_and_of_the_other_when_it_goes() -> None:
    story = a_hub("front")
    other = story.attach("other hub", is_hub=True)
    first, second = two_bridges(story)
    story.switch.detach(first, "gone")

    assert [frame[2][7] for frame in other.taken()] == [first.identity, second.identity]
    story.switch.detach(second, "gone")
    assert said(other.taken()) == [("WITHDRAW", THING)]


# R6: whom one hears


def test_of_several_bridges_that_bring_one_instance_one_is_heard() -> None:
    story = a_hub("front")
    first, second = two_bridges(story)
    subscriber = story.attach("subscriber")
    story.receive(subscriber, subscribe(subscriber.make(1), "log", pattern="*"))
    story.receive(second, report(THING, "log", None, b"by another"))
    story.receive(first, report(THING, "log", None, b"1"))
    story.receive(second, report(THING, "log", None, b"by another"))

    assert subscriber.taken() == [report(THING, "log", None, b"1")]
    assert story.switch.counters.unexpected == 2


def test_the_bridge_that_was_in_use_is_heard_until_the_one_that_is_has_reported() -> None:
    story = a_hub("front")
    second, first = sorted((story.attach("one bridge"), story.attach("other bridge")), key=lambda p: p.identity)[::-1]
    subscriber = story.attach("subscriber")
    story.receive(subscriber, subscribe(subscriber.make(1), "log", pattern="*"))
    story.receive(second, bridged(second), report(THING, "log", None, b"1"))
    story.receive(first, bridged(first))
    story.receive(second, report(THING, "log", None, b"2"))
    story.receive(first, report(THING, "log", None, b"3"))
    story.receive(second, report(THING, "log", None, b"late"))
    assert subscriber.taken() == [report(THING, "log", None, body) for body in (b"1", b"2", b"3")]

    story.switch.detach(first, "gone")
    story.receive(second, report(THING, "log", None, b"4"))
    assert subscriber.taken() == [report(THING, "log", None, b"4")]


def test_a_report_goes_back_to_no_bridge_from_which_it_is_heard_now() -> None:
    story = a_hub("front")
    first, second = two_bridges(story)
    for port in (first, second):
        story.receive(port, subscribe(port.make(1), "log", pattern="*"))
    story.receive(first, report(THING, "log", None, b"1"))
    story.switch.detach(first, "gone")
    second.taken()
    story.receive(second, report(THING, "log", None, b"2"))

    assert [frame for frame in second.taken() if frame[0] == Kind.REPORT] == []


def test_a_bridge_that_was_not_heard_is_asked_again_when_it_is_the_way_in_use() -> None:
    story = a_hub("front")
    second, first = sorted((story.attach("one bridge"), story.attach("other bridge")), key=lambda p: p.identity)[::-1]
    subscriber, other = story.attach("subscriber"), story.attach("other")
    wanted = subscribe(subscriber.make(1), "log", pattern="*")
    story.receive(second, bridged(second))
    story.receive(subscriber, wanted)
    story.receive(other, subscribe(other.make(1), "something else"))
    story.receive(first, bridged(first))
    assert said(first.taken()) == said(second.taken()) == [("SUBSCRIBE", wanted[1])]

    # What the first brings on is lost with it, and what the second brought of it was not heard.
    story.receive(second, report(THING, "log", None, b"1"))
    story.receive(first, report(THING, "log", None, b"1"))
    story.receive(second, report(THING, "log", None, b"2"))
    story.switch.detach(first, "gone")
    assert said(second.taken()) == [("UNSUBSCRIBE", wanted[1]), ("SUBSCRIBE", wanted[1])]

    story.receive(second, bridged(second, groups=("g",)))
    assert second.taken() == [], "it is the same way"

    story.receive(second, announce(FAR.make(2), "log", path=("db",), by=second.identity))
    assert second.taken() == [], "a bridge subscribes by itself to what comes later"


# R1: where a bridge may pass


def test_a_bridge_passes_everywhere_but_back_and_nothing_of_this_process_passes_to_it() -> None:
    for is_hub in (True, False):
        story = Story("exchange", is_hub)
        first, second = (BridgeEnd(story.switch, lambda: b"", lambda: b"") for _ in range(2))
        hub = Recorder("hub", is_hub=True)
        table = {
            (hub, first): True,
            (first, hub): True,
            (first, second): True,
            (first, first): False,
            (first, story.local): True,
            (story.local, first): False,
        }
        assert {pair: story.switch.passes(*pair) for pair in table} == table


def test_an_ordinary_port_follows_no_path() -> None:
    with pytest.raises(AssertionError, match="only the end of a bridge"):
        Recorder("peer").follows(THING, about().path)
