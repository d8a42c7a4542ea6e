"""Several hubs are as one: calls, reports, watches and cancellation cross them."""

from __future__ import annotations

from typing import Any

import pytest

from exchange import Exchange, Hub, LinkRefused, PresenceChange, ServiceWithdrawn, WayGone
from exchange.memory import MemoryTransport, WayTo
from exchange.testing import Network
from exchange.wire.layouts import Kind
from exchange.wire.reader import FrameReader
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.offered import Math, Sleepy
from tests.services.reporting import Feed


class Mesh:
    """Hubs that are all joined, and a peer at each."""

    def __init__(self, network: Network, size: int, **settings: Any) -> None:
        self.network = network
        self.hubs: list[Hub] = []
        for number in range(size):
            self.hubs.append(network.hub(f"hub {number}", join=self.hubs, **settings))
        self.peers = [network.peer(hub, **settings) for hub in self.hubs]

    def offer(self, service: Any, at: int = -1) -> Any:
        """Offer a service at the peer of a hub, the last unless told otherwise."""
        self.peers[at].add(service)
        self.network.settle()
        return service

    def frames(self, hub: Hub, other: Hub, kind: Kind) -> list[int]:
        """Return a list that grows by one number for each frame of a kind that a hub sends to another."""
        (link,) = [link for link in hub._links.attached if link.identity == other.identity]
        transport: Any = link.transport
        counted: list[int] = []
        reader, write = FrameReader(1 << 24), transport.write

        def counting(data: bytes) -> None:
            counted.extend(1 for frame in reader.feed(data) if frame[0] == kind)
            write(data)

        assert isinstance(transport, MemoryTransport)
        transport.write = counting  # type: ignore[method-assign]
        return counted

    @property
    def is_at_rest(self) -> bool:
        """Whether no exchange owes, or waits for, anything."""
        self.network.settle()
        return not any(sum(each.outstanding()[:3]) for each in (*self.hubs, *self.peers))


@pytest.fixture(params=[2, 3])
def mesh(request: pytest.FixtureRequest, network: Network) -> Mesh:
    return Mesh(network, request.param)


def names(exchange: Exchange) -> list[str]:
    return sorted(instance.name for instance in exchange.instances())


# Knowledge


def test_what_is_offered_at_one_hub_is_known_at_all(mesh: Mesh) -> None:
    watches = [peer.watch() for peer in mesh.peers]
    math = mesh.offer(Math())
    for each in (*mesh.peers, *mesh.hubs):
        assert names(each) == ["math"]
    mesh.peers[-1].remove(math)
    mesh.network.settle()
    assert [watch.instances for watch in watches] == [[]] * len(watches)


def test_what_lives_in_a_hub_is_known_at_all(mesh: Mesh) -> None:
    mesh.hubs[0].add(Math())
    mesh.network.settle()
    assert [names(hub) for hub in mesh.hubs] == [["math"]] * len(mesh.hubs)
    assert mesh.network.result(mesh.peers[-1].call("math", "multiply", 6, 7)) == 42


def test_a_hub_that_joins_later_learns_what_there_is_and_tells_what_it_has(network: Network) -> None:
    mesh = Mesh(network, 2)
    mesh.offer(Math(), at=0)
    late = network.hub("late")
    peer = network.peer(late)
    peer.add(Sleepy())
    for hub in mesh.hubs:
        network.join(late, hub)
    assert names(late) == ["math", "sleepy"]
    assert [names(hub) for hub in mesh.hubs] == [["math", "sleepy"]] * 2


def test_nothing_is_passed_on_from_hub_to_hub(network: Network) -> None:
    """A mesh is complete, or it is none: of three in a row the two at the ends do not know each other (R1)."""
    first = network.hub("first")
    middle = network.hub("middle", join=[first])
    last = network.hub("last", join=[middle])
    network.peer(first).add(Math())
    network.settle()
    assert [names(hub) for hub in (first, middle, last)] == [["math"], ["math"], []]


def test_an_audience_is_decided_where_the_service_lives(network: Network) -> None:
    mesh = Mesh(network, 2, group="plant")

    class Private(Math):
        name = "private"
        audience = ""

    class Local(Math):
        name = "local"
        audience = "plant"

    class Foreign(Math):
        name = "foreign"
        audience = "store"

    for service in (Private(), Local(), Foreign()):
        mesh.offer(service)
    assert [names(hub) for hub in mesh.hubs] == [["local"], ["local"]]


# Calls


def test_a_call_crosses_the_mesh_and_back(mesh: Mesh) -> None:
    mesh.offer(Math())
    assert mesh.network.result(mesh.peers[0].call("math", "multiply", 6, 7)) == 42
    assert mesh.network.result(mesh.hubs[0].call("math", "multiply", 6, 7)) == 42
    assert mesh.is_at_rest


def test_a_call_that_is_cancelled_is_cancelled_at_the_far_end_of_the_mesh(mesh: Mesh) -> None:
    sleepy = mesh.offer(Sleepy())
    answer = mesh.peers[0].call("sleepy", "sleep", timeout=None)
    outcome = Outcome(answer)
    mesh.network.settle()
    assert mesh.peers[-1].outstanding().running == 1
    answer.cancel()
    mesh.network.settle()
    assert not outcome.is_open
    assert sleepy.cancelled == 1
    assert mesh.is_at_rest


def test_a_call_ends_when_the_far_hub_is_lost_and_nobody_knows_how_far_it_came(mesh: Mesh) -> None:
    mesh.offer(Sleepy())
    answer = mesh.peers[0].call("sleepy", "sleep", timeout=None)
    mesh.network.settle()
    mesh.network.cut(mesh.hubs[-1])
    with pytest.raises(ServiceWithdrawn) as caught:
        mesh.network.result(answer)
    assert caught.value.delivered is None


def test_an_instance_at_home_is_called_first(mesh: Mesh) -> None:
    far = mesh.offer(Sleepy())
    near = mesh.offer(Sleepy(), at=0)
    caller = mesh.network.peer(mesh.hubs[0])
    for _ in range(4):
        Outcome(caller.call("sleepy", "sleep", timeout=None))
        mesh.network.settle()
    assert (len(near.asleep), len(far.asleep)) == (4, 0)
    Outcome(caller.call("sleepy", "sleep", timeout=None))
    Outcome(caller.call("sleepy", "sleep", timeout=None))
    mesh.network.settle()
    assert len(far.asleep) == 1
    for service in (near, far):
        while service.asleep:
            service.asleep.pop().callback(None)
    assert mesh.is_at_rest


def test_losing_a_hub_hurts_only_those_who_were_at_it(network: Network) -> None:
    mesh = Mesh(network, 3)
    mesh.offer(Math(), at=0)
    mesh.offer(Sleepy(), at=1)
    mesh.network.cut(mesh.hubs[1])
    assert network.result(mesh.peers[2].call("math", "multiply", 6, 7)) == 42
    answer = Outcome(mesh.peers[2].call("sleepy", "sleep"))
    network.clock.advance(10)
    assert isinstance(answer.error, WayGone)
    network.restore(mesh.hubs[1])
    network.clock.advance(35)
    assert names(mesh.hubs[2]) == ["math", "sleepy"]


# Reports


def test_a_report_crosses_each_link_once_however_many_hear_it(network: Network) -> None:
    mesh = Mesh(network, 3)
    feed = mesh.offer(Feed(), at=0)
    heard: list[Any] = []
    for hub in mesh.hubs[1:]:
        for _ in range(3):
            network.peer(hub).subscribe("feed", "nyse.*", heard.append)
    mesh.peers[0].subscribe("feed", "nyse.*", heard.append)
    network.settle()
    counted = [mesh.frames(mesh.hubs[0], other, Kind.REPORT) for other in mesh.hubs[1:]]

    feed.publish("nyse.ibm", 101)
    network.settle()

    assert heard == [101] * 7
    assert [sum(frames) for frames in counted] == [1, 1]


def test_a_report_that_nobody_wants_at_a_hub_does_not_go_there(network: Network) -> None:
    mesh = Mesh(network, 3)
    feed = mesh.offer(Feed(), at=0)
    mesh.peers[1].subscribe("feed", "nyse.*", lambda content: None)
    network.settle()
    counted = [mesh.frames(mesh.hubs[0], other, Kind.REPORT) for other in mesh.hubs[1:]]
    feed.publish("nyse.ibm", 101)
    feed.publish("ftse.bp", 5)
    network.settle()
    assert [sum(frames) for frames in counted] == [1, 0]


def test_whoever_subscribes_across_the_mesh_gets_what_is_retained(mesh: Mesh) -> None:
    feed = mesh.offer(Feed())
    feed.publish("nyse.ibm", 101, lifetime=60)
    mesh.network.settle()
    heard: list[Any] = []
    subscription = mesh.peers[0].subscribe("feed", "nyse.*", heard.append)
    mesh.network.settle()
    assert heard == [101]
    assert mesh.network.result(subscription.ready) is None
    subscription.cancel()
    mesh.network.settle()
    feed.publish("nyse.ibm", 102)
    mesh.network.settle()
    assert heard == [101]
    # At the first hub there is the watch that goes with subscribing, and nothing anywhere else.
    assert [len(hub._switch._interest) for hub in mesh.hubs] == [1, *[0] * (len(mesh.hubs) - 1)]


def test_whoever_subscribed_first_hears_a_publisher_that_comes_later_elsewhere(mesh: Mesh) -> None:
    heard: list[Any] = []
    mesh.peers[0].subscribe("feed", "*", heard.append)
    mesh.network.settle()
    feed = mesh.offer(Feed())
    feed.publish("nyse.ibm", 101)
    mesh.network.settle()
    assert heard == [101]


def test_a_subscription_is_told_again_when_the_link_between_the_hubs_comes_back(mesh: Mesh) -> None:
    heard: list[Any] = []
    feed = mesh.offer(Feed())
    mesh.peers[0].subscribe("feed", "*", heard.append)
    feed.publish("nyse.ibm", 101, lifetime=600)
    mesh.network.settle()
    (first, last) = (mesh.network._places[hub] for hub in (mesh.hubs[0], mesh.hubs[-1]))
    for transport in mesh.network._living(first):
        if transport.far in last.transports:
            transport.lose(ConnectionError("the cable is cut"))
    mesh.network.settle()
    feed.publish("nyse.ibm", 102, lifetime=600)
    mesh.network.clock.advance(5)
    feed.publish("nyse.ibm", 103, lifetime=600)
    mesh.network.settle()
    assert heard == [101, 102, 103]


# Identity


def test_two_of_one_name_on_one_host_are_two(mesh: Mesh) -> None:
    """Nothing is named by where it is: two containers may have one host name, and the same program."""
    mesh.offer(Math(), at=0)
    mesh.offer(Math(), at=-1)
    assert names(mesh.hubs[0]) == ["math", "math"]
    assert len({instance.id for instance in mesh.hubs[0].instances()}) == 2


def test_a_process_that_was_started_again_is_another(mesh: Mesh) -> None:
    mesh.offer(Math())
    (before,) = mesh.hubs[0].instances()
    mesh.network.freeze(mesh.peers[-1])  # it is gone, and nobody has noticed
    again = mesh.network.peer(mesh.hubs[-1])
    again.add(Math())
    mesh.network.settle()
    assert {instance.identity for instance in mesh.hubs[0].instances()} == {before.identity, again.identity}
    mesh.network.clock.advance(31)
    assert [instance.identity for instance in mesh.hubs[0].instances()] == [again.identity]


def coming_and_going(hub: Exchange) -> list[str]:
    """Return a list that grows by what a watch is told."""
    told: list[str] = []

    def seen(change: PresenceChange) -> None:
        told.append(f"{change.kind} {change.reason}".strip())

    hub.watch(changed=seen)
    return told


def test_a_process_that_comes_back_at_another_hub_is_one_before_its_old_link_is_missed(network: Network) -> None:
    """Its cable was cut, and the hub that it was at notices nothing but that another hub tells of it (R3)."""
    mesh = Mesh(network, 3, heartbeat=100, dead_after=300)
    math = mesh.offer(Math(), at=0)
    told = [coming_and_going(hub) for hub in mesh.hubs]
    mover = mesh.peers[0]
    network.freeze(mover)
    network.restore(mover)
    (link,) = mover._links.attached
    mover.connect(WayTo(network._places[mover], network._places[mesh.hubs[1]]))
    network.settle()

    for hub in mesh.hubs:
        assert [instance.id for instance in hub.instances()] == [mover.id_of(math)]
    assert len(mesh.hubs[0]._links.attached) == 3  # two hubs, and the old link, which is being asked
    network.clock.advance(1.1)
    assert len(mesh.hubs[0]._links.attached) == 2
    assert told == [["came"]] * 3
    assert network.result(mesh.peers[2].call("math", "multiply", 6, 7)) == 42
    link.say_bye("stopped", "the story is over")


def test_a_process_that_moves_is_not_seen_as_going_and_coming(network: Network) -> None:
    """The hub that it left says *moved* before the third hub has read what the new one says."""
    mesh = Mesh(network, 3)
    mesh.offer(Math(), at=0)
    told, watched = coming_and_going(mesh.hubs[2]), coming_and_going(mesh.peers[2])
    there = network._places[mesh.hubs[1]].transports
    (late,) = [each for each in network._living(network._places[mesh.hubs[2]]) if each.far in there]
    late.reading = False
    mover = mesh.peers[0]
    (old,) = mover._links.attached
    mover.connect(WayTo(network._places[mover], network._places[mesh.hubs[1]]))
    network.settle()
    old.say_bye("stopped", "I am elsewhere")
    network.clock.advance(0.4)
    assert len(mesh.hubs[2]._switch.registry) == 0
    late.read_again()
    network.clock.advance(5)
    assert told == watched == ["came"]
    assert names(mesh.hubs[2]) == ["math"]


def test_what_is_said_to_have_moved_and_does_not_come_is_lost_a_second_later(network: Network) -> None:
    mesh = Mesh(network, 3)
    mesh.offer(Math(), at=0)
    told, watched = coming_and_going(mesh.hubs[2]), coming_and_going(mesh.peers[2])
    network.settle()
    mover = mesh.peers[0]
    mover.connect(WayTo(network._places[mover], network._places[mesh.hubs[1]]))
    network.settle()
    # The third hub is cut off from where it moved to.
    (far,) = [link for link in mesh.hubs[2]._links.attached if link.identity == mesh.hubs[1].identity]
    network.freeze(mesh.hubs[1])
    far.say_bye("stopped", "for the story")
    network.cut(mover)
    assert told == watched == ["came"]
    network.clock.advance(1)
    assert told == watched == ["came", "went lost"]


# Exchange groups


@pytest.fixture
def strangers(network: Network) -> tuple[Hub, Hub]:
    """Two hubs of different groups, of which the one joins the other."""
    plant = network.hub("plant", group="plant")
    return plant, network.hub("store", group="store", join=[plant])


def test_a_hub_of_another_group_is_refused_and_both_say_so(
    network: Network, strangers: tuple[Hub, Hub], logbook: Logbook
) -> None:
    plant, store = strangers
    text = "this hub is in exchange group 'plant', not 'store'"
    assert len(logbook.lines(text)) == 3  # the accepting end, the dialling end, and the dialer, which tries again
    assert [len(hub._switch.hubs) for hub in strangers] == [0, 0]
    linked = Outcome(store.when_linked(attempts=1))
    network.clock.advance(29)
    assert linked.is_open, "it tries again at its slowest pace"
    network.clock.advance(2)
    assert isinstance(linked.error, LinkRefused)
    assert linked.error.code == "group"
    assert plant.outstanding().links == 0


def test_one_process_may_be_in_several_groups(network: Network) -> None:
    """It holds an exchange for each; a service may be added to both, and nothing passes from one to the other."""
    plants = Mesh(network, 2, group="plant")
    stores = Mesh(network, 2, group="store")
    math = Math()
    plants.offer(math, at=1)
    stores.offer(math, at=1)
    stores.offer(Sleepy(), at=1)
    assert [names(hub) for hub in plants.hubs] == [["math"]] * 2
    assert [names(hub) for hub in stores.hubs] == [["math", "sleepy"]] * 2
    for caller in (plants.peers[0], stores.peers[0]):
        assert network.result(caller.call("math", "multiply", 6, 7)) == 42


def test_a_refused_endpoint_does_not_slow_down_the_others(network: Network) -> None:
    plant, store = network.hub(group="plant"), network.hub(group="store")
    network.cut(store)
    peer = network.peer(plant, store, group="store")
    network.restore(store)
    network.clock.advance(4)
    assert network.result(peer.when_linked()) is None
