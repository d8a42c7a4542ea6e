"""Watching: who comes, who goes, and what changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exchange import Exchange, PresenceChange, Service, Watch
from exchange.services.watch import Wanted
from exchange.testing import Network
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.offered import Math, Sleepy


class Diary(list[str]):
    """Notes changes as a line each."""

    def __call__(self, change: PresenceChange) -> None:
        groups = " ".join(change.instance.groups)
        self.append(f"{change.instance.name} {change.kind} {change.reason or f'[{groups}]'}")

    def read(self) -> list[str]:
        lines, self[:] = list(self), []
        return lines


@pytest.fixture(params=["in another process", "in the same process", "at the hub"])
def seen_from(request: pytest.FixtureRequest, network: Network) -> Callable[[Exchange], Exchange]:
    """From where the watch looks at what happens in a peer."""
    hub = network.hub()
    match request.param:
        case "in another process":
            other = network.peer()
            return lambda peer: other
        case "in the same process":
            return lambda peer: peer
        case _:
            return lambda peer: hub


def test_comings_and_goings_are_told_with_the_reason(network: Network, seen_from: Any) -> None:
    peer, diary, math = network.peer(), Diary(), Math()
    watch = seen_from(peer).watch(changed=diary)
    network.settle()
    peer.add(math)
    network.settle()
    assert diary.read() == ["math came [web-services]"]
    assert [presence.name for presence in watch.instances] == ["math"]
    peer.remove(math)
    network.settle()
    assert diary.read() == ["math went withdrawn"]
    assert watch.instances == []


def test_what_is_there_already_is_told_first(network: Network, seen_from: Any) -> None:
    peer, diary = network.peer(), Diary()
    peer.add(Math())
    peer.add(Sleepy())
    network.settle()
    seen_from(peer).watch(changed=diary)
    network.settle()
    assert diary == ["math came [web-services]", "sleepy came []"]


def test_changed_groups_are_told(network: Network, seen_from: Any) -> None:
    peer, diary, math = network.peer(), Diary(), Math()
    peer.add(math)
    seen_from(peer).watch(name="math", changed=diary)
    network.settle()
    math.join("tools")
    network.settle()
    math.leave("web-services")
    network.settle()
    assert diary == ["math came [web-services]", "math changed [web-services tools]", "math changed [tools]"]


def test_an_instance_that_joins_the_watched_group_came_and_one_that_leaves_it_went(
    network: Network, seen_from: Any
) -> None:
    peer, diary, sleepy = network.peer(), Diary(), Sleepy()
    peer.add(sleepy)
    peer.add(Math())
    seen_from(peer).watch(group="beds", changed=diary)
    network.settle()
    assert diary.read() == []
    sleepy.join("beds")
    sleepy.join("sofas")
    network.settle()
    assert diary.read() == ["sleepy came [beds]", "sleepy changed [beds sofas]"]
    sleepy.leave("beds")
    network.settle()
    assert diary.read() == ["sleepy went left"]
    peer.remove(sleepy)
    network.settle()
    assert diary.read() == []


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, ["math", "sleepy"]),
        ({"name": "math"}, ["math"]),
        ({"group": "web-services"}, ["math"]),
        ({"pattern": "s*y"}, ["sleepy"]),
        ({"pattern": "m?th"}, ["math"]),
        ({"pattern": "x*"}, []),
        ({"name": "sleepy", "group": "web-services"}, []),
        ({"group": "web-services", "pattern": "*"}, ["math"]),
    ],
)
def test_only_what_fits_is_watched(network: Network, seen_from: Any, wanted: dict[str, str], names: list[str]) -> None:
    peer = network.peer()
    peer.add(Math())
    peer.add(Sleepy())
    watch = seen_from(peer).watch(**wanted)
    network.settle()
    assert sorted(presence.name for presence in watch.instances) == names


def test_an_instance_whose_link_is_lost_went_lost(network: Network) -> None:
    hub, watcher, peer = network.hub(), network.peer(), network.peer()
    peer.add(Math())
    diaries = [Diary(), Diary()]
    hub.watch(changed=diaries[0])
    watcher.watch(changed=diaries[1])
    network.settle()
    network.cut(peer)
    for diary in diaries:
        assert diary == ["math came [web-services]", "math went lost"]
    assert [presence.name for presence in peer.instances()] == ["math"], "at home it is there all the time"


def test_all_that_a_lost_hub_told_went_lost_and_comes_again_with_it(network: Network) -> None:
    hub, watcher, peer, diary = network.hub(), network.peer(), network.peer(), Diary()
    peer.add(Math())
    watcher.add(Sleepy())
    network.settle()
    watcher.watch(changed=diary)
    network.settle()
    diary.read()
    network.cut(watcher)
    assert diary.read() == ["math went lost"]
    network.restore(watcher)
    network.clock.advance(2)
    assert diary.read() == ["math came [web-services]"]
    assert hub.outstanding().links == 2


def test_an_instance_that_loses_its_link_and_has_another_goes_and_comes_once_and_stays_what_it_is(
    network: Network,
) -> None:
    network.hub()
    watcher, peer, math = network.peer(), network.peer(), Math()
    peer.add(math)
    told: list[PresenceChange] = []
    watch = watcher.watch(name="math", changed=told.append)
    network.settle()
    for _ in range(3):
        network.cut(peer)
        network.restore(peer)
        network.clock.advance(40)
    assert [change.kind for change in told] == ["came"] + ["went", "came"] * 3
    assert {change.instance.id for change in told} == {peer.id_of(math)}
    assert [presence.id for presence in watch.instances] == [peer.id_of(math)]


def test_the_name_of_a_silent_process_is_free_when_it_is_dead_and_that_of_a_killed_one_at_once(
    network: Network,
) -> None:
    network.hub(dead_after=30)
    watcher, silent, killed = network.peer(), network.peer(), network.peer()
    for peer in (silent, killed):
        peer.add(Math())
    watch = watcher.watch(name="math")
    network.settle()
    network.cut(killed)
    assert [presence.identity for presence in watch.instances] == [silent.identity]
    network.freeze(silent)
    network.clock.advance(31)
    assert watch.instances == []


@pytest.mark.parametrize("place", ["linked", "not linked yet", "no hub is dialled"])
def test_what_lives_in_this_process_is_seen_at_once(network: Network, place: str) -> None:
    hub = network.hub()
    if place == "not linked yet":
        network.cut(hub)
    peer, diary, math = network.peer() if place != "no hub is dialled" else Exchange(network.clock), Diary(), Math()
    peer.watch(changed=diary)
    network.settle()
    peer.add(math)
    assert diary.read() == ["math came [web-services]"]
    math.join("toys")
    assert diary.read() == ["math changed [web-services toys]"]
    peer.remove(math)
    assert diary.read() == ["math went withdrawn"]


def test_what_went_while_the_hub_was_away_is_not_there_afterwards(network: Network) -> None:
    network.hub()
    watcher, peer, math = network.peer(), network.peer(), Math()
    peer.add(math)
    watch = watcher.watch()
    network.settle()
    network.cut(watcher)
    peer.remove(math)
    network.restore(watcher)
    network.clock.advance(2)
    assert watch.instances == []
    assert network.result(watch.complete) is None


# Completeness


def test_the_first_picture_is_complete_when_the_hub_has_shown_all(network: Network) -> None:
    hub = network.hub()
    peer = network.peer()
    peer.add(Math())
    network.cut(hub)
    watcher = network.peer()
    watch = watcher.watch()
    complete = Outcome(watch.complete)
    network.clock.advance(5)
    assert complete.is_open, "a hub is dialled and has not been heard"
    network.restore(hub)
    network.clock.advance(10)
    assert complete.count == 1
    assert len(watch.instances) == 1


def test_at_a_hub_and_without_one_the_picture_is_complete_at_once(network: Network) -> None:
    alone = network.peer()
    assert network.result(alone.watch().complete) is None
    assert alone.watch().is_current
    assert network.result(network.hub().watch().complete) is None


def test_a_watch_is_not_current_while_its_hub_is_away(network: Network) -> None:
    hub, watcher = network.hub(), network.peer()
    watch = watcher.watch()
    network.settle()
    seen = [watch.is_current]
    network.cut(hub)
    seen.append(watch.is_current)
    network.restore(hub)
    network.clock.advance(3)
    assert [*seen, watch.is_current] == [True, False, True]


def test_completeness_is_told_once(network: Network) -> None:
    hub, watcher = network.hub(), network.peer()
    complete = Outcome(watcher.watch().complete)
    network.settle()
    network.cut(hub)
    network.restore(hub)
    network.clock.advance(3)
    assert complete.count == 1


def test_a_second_watch_is_complete_at_once_if_the_first_was(network: Network) -> None:
    network.hub()
    watcher, peer = network.peer(), network.peer()
    peer.add(Math())
    watcher.watch()
    network.settle()
    diary = Diary()
    second = watcher.watch(changed=diary)
    assert not Outcome(second.complete).is_open
    assert diary == ["math came [web-services]"]


# Callbacks


def test_a_cancelled_watch_tells_nothing_more(network: Network) -> None:
    peer, diary = network.peer(), Diary()
    watch = peer.watch(changed=diary)
    peer.add(Math())
    watch.cancel()
    watch.cancel()
    peer.add(Sleepy())
    assert diary == ["math came [web-services]"]
    assert watch.instances == []


def test_a_watch_cancelled_by_another_tells_nothing_of_the_change_at_hand(network: Network) -> None:
    peer, diary = network.peer(), Diary()
    watches: list[Watch] = []
    peer.watch(changed=lambda change: watches[0].cancel())
    watches.append(peer.watch(changed=diary))
    peer.add(Math())
    assert diary == []


def test_a_callback_that_raises_is_logged_and_the_others_are_told(network: Network, logbook: Logbook) -> None:
    peer, diary = network.peer(), Diary()

    def stumble(change: PresenceChange) -> None:
        raise ValueError("stumbled")

    first = peer.watch(changed=stumble)
    peer.watch(changed=diary)
    peer.add(Math())
    assert diary == ["math came [web-services]"]
    assert logbook.failures() == ["ValueError: stumbled"]
    assert len(first.instances) == 1
    first.cancel()


def test_what_a_callback_causes_is_told_after_what_it_was_told(network: Network) -> None:
    """Else those who are told later would hear of the going before the coming, and keep what is gone."""
    peer, diary = network.peer(), Diary()
    maths: list[Service] = [Math()]

    def remove(change: PresenceChange) -> None:
        if change.kind == "came":
            peer.remove(maths[0])

    peer.watch(changed=remove)
    watch = peer.watch(changed=diary)
    peer.add(maths[0])
    assert diary == ["math came [web-services]", "math went withdrawn"]
    assert watch.instances == []


def test_a_watch_begun_in_a_callback_hears_of_nothing_twice(network: Network) -> None:
    peer, diary = network.peer(), Diary()
    peer.watch(changed=lambda change: peer.watch(changed=diary) if not diary else None)
    peer.add(Math())
    assert diary == ["math came [web-services]"]


def test_a_service_can_be_called_in_the_callback_that_tells_of_it(network: Network) -> None:
    network.hub()
    watcher, peer = network.peer(), network.peer()
    answers: list[Outcome] = []
    watcher.watch(name="math", changed=lambda change: answers.append(Outcome(watcher.call("math", "multiply", 6, 7))))
    network.settle()
    peer.add(Math())
    network.settle()
    assert [answer.value for answer in answers] == [42]


# What is known now


def test_before_anything_is_watched_only_what_is_here_is_known(network: Network) -> None:
    hub, asker, peer = network.hub(), network.peer(), network.peer()
    peer.add(Math())
    asker.add(Sleepy())
    network.settle()
    assert [presence.name for presence in asker.instances()] == ["sleepy"]
    assert sorted(presence.name for presence in hub.instances()) == ["math", "sleepy"]
    asker.watch(name="nothing in particular")
    network.settle()
    assert sorted(presence.name for presence in asker.instances()) == ["math", "sleepy"]
    assert [presence.name for presence in asker.instances(group="web-services")] == ["math"]
    assert asker.instances(name="math", group="none") == []


def test_services_that_are_hidden_or_have_no_name_are_not_seen(network: Network) -> None:
    hub, peer = network.hub(), network.peer()

    class Hidden(Math):
        hidden = True

    peer.add(Hidden())
    peer.add(Service())
    network.settle()
    assert hub.instances() == peer.instances() == []


def test_a_service_for_its_process_only_is_seen_there_only(network: Network) -> None:
    hub, peer = network.hub(), network.peer()

    class Private(Math):
        audience = ""

    peer.add(Private())
    network.settle()
    assert hub.instances() == []
    assert [presence.name for presence in peer.instances()] == ["math"]
    assert network.result(peer.call("math", "multiply", 6, 7)) == 42


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ({"pattern": "a" * 1025}, "the pattern of a watch must be text of at most 1024 bytes"),
        ({"pattern": "\u00e4" * 513}, "the pattern of a watch"),
        ({"pattern": "a\x00"}, "without control characters, not 'a.x00'"),
        ({"pattern": 7}, "the pattern of a watch"),
        ({"name": "f" * 256}, "no service can be named"),
        ({"name": "fe\x07ed"}, "no service can be named 'fe.x07ed'"),
        ({"name": "$exchange"}, "not begun with"),
        ({"name": b"math"}, "no service can be named"),
        ({"group": "a\x1b"}, "no service group can be named 'a.x1b'"),
    ],
)
def test_what_cannot_be_wanted_is_refused_and_nothing_is_watched(
    network: Network, wanted: dict[str, Any], text: str
) -> None:
    network.hub()
    peer = network.peer()
    with pytest.raises(ValueError, match=text):
        peer.watch(**wanted)
    if "pattern" not in wanted:
        with pytest.raises(ValueError, match=text):
            peer.instances(**wanted)
    assert peer._picture.observers == []


def test_a_watch_says_what_it_is_of() -> None:
    assert str(Wanted("math", None, "m*")) == "name 'math', pattern 'm*'"
    assert str(Wanted(None, "web", None)) == "group 'web'"
    assert str(Wanted(None, None, None)) == "all instances"
