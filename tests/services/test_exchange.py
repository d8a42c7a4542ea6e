"""Exchanges: their services, their links, their life."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.application.service import MultiService
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactorClock

from exchange import (
    ConfigurationError,
    Exchange,
    Limits,
    LinkLost,
    RemoteError,
    Service,
    ServiceUnavailable,
    ServiceWithdrawn,
)
from exchange.testing import Network
from exchange.wire.identities import IDENTITY_SIZE, readable
from exchange.wire.layouts import Kind
from tests.logbook import Logbook
from tests.outcomes import Outcome
from tests.services.offered import Math, Passing, Sleepy

# Settings


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"group": "two\nlines"}, "exchange group 'two\\nlines' cannot be one"),
        ({"group": "$built-in"}, "exchange group '$built-in' cannot be one"),
        ({"group": 5}, "exchange group 5 cannot be one"),
        ({"heartbeat": 0}, "heartbeat must be more than 0 seconds, not 0"),
        ({"heartbeat": -1}, "heartbeat must be more than 0 seconds, not -1"),
        ({"heartbeat": float("nan")}, "heartbeat must be more than 0 seconds, not nan"),
        ({"heartbeat": "10"}, "heartbeat must be a number of seconds, not '10'"),
        ({"dead_after": None}, "dead-after must be a number of seconds, not None"),
        ({"heartbeat": 20, "dead_after": 25}, "dead-after (25 seconds) must be at least 1.5 times heartbeat (20"),
        ({"limits": Limits(max_frame=1)}, "max-frame must be at least 131072 bytes, not 1"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_the_users_words(settings: dict[str, Any], text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Exchange(Clock(), **settings)
    assert text in str(caught.value)


@pytest.mark.parametrize("endpoint", ["", "nonsense", "tcp:localhost:port:x=", "quic:localhost:1", "11111"])
def test_an_endpoint_that_cannot_be_dialled_is_refused_in_the_users_words(endpoint: str) -> None:
    exchange = Exchange(MemoryReactorClock())
    with pytest.raises(ConfigurationError, match=r"cannot be dialled: .*; write it as in 'tcp:localhost:11111'"):
        exchange.connect(endpoint)
    assert list(exchange) == [], "and nothing is dialled"


def test_a_twisted_endpoint_description_is_dialled() -> None:
    reactor = MemoryReactorClock()
    exchange = Exchange(reactor)
    exchange.connect("tcp:127.0.0.1:4711")
    assert reactor.tcpClients == []
    exchange.startService()
    assert [client[:2] for client in reactor.tcpClients] == [("127.0.0.1", 4711)]
    exchange.stopService()


def test_each_exchange_has_an_identity_of_its_own_and_people_see_its_beginning() -> None:
    one, other = Exchange(Clock()), Exchange(Clock())
    assert len(one.identity) == IDENTITY_SIZE
    assert one.identity != other.identity
    assert one.title == f"exchange {readable(one.identity)}"


def test_an_exchange_knows_its_group() -> None:
    assert Exchange(Clock(), group="plant").group == "plant"


# Services


def test_a_service_can_be_called_in_its_process_before_anything_was_started(network: Network) -> None:
    exchange = Exchange(network.clock)
    exchange.add(Math())
    assert network.result(exchange.call("math", "multiply", 6, 7)) == 42
    network.result(exchange.stopService())


def test_a_service_is_added_once_and_removed_once(network: Network) -> None:
    peer, math = network.peer(), Math()
    peer.add(math)
    with pytest.raises(ValueError, match=r"service 'math' was added to exchange \S{8} already"):
        peer.add(math)
    peer.remove(math)
    with pytest.raises(ValueError, match=r"service 'math' is not at exchange \S{8}"):
        peer.remove(math)


def test_a_service_that_comes_again_is_a_new_instance(network: Network) -> None:
    hub, peer, math = network.hub(), network.peer(), Math()
    peer.add(math)
    first = peer.id_of(math)
    peer.remove(math)
    peer.add(math)
    network.settle()
    assert peer.id_of(math) != first
    assert [presence.id for presence in hub.instances()] == [peer.id_of(math)]


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({"name": "two\nlines"}, "'name' of ANNOUNCE must be text"),
        ({"name": "$built-in"}, "'name' of ANNOUNCE must be text"),
        ({"name": 5}, "'name' of ANNOUNCE must be text"),
        ({"name": "m" * 256}, "at most 255 bytes"),
        ({"groups": "web-services"}, "the groups of service 'math' must be a list of names, not 'web-services'"),
        ({"groups": None}, "the groups of service 'math' must be a list of names, not None"),
        ({"groups": ["fine", ""] + ["g"] * 300}, "'groups' of ANNOUNCE must be an array of at most 256 names"),
        ({"groups": ["fine", ""]}, "the name of a service group must not be empty"),
        ({"audience": "\x00"}, "'audience' of ANNOUNCE"),
    ],
)
def test_a_service_that_cannot_be_announced_is_refused_and_nothing_is_added(
    network: Network, attributes: dict[str, Any], text: str
) -> None:
    hub, peer, math = network.hub(), network.peer(), Math()
    for name, value in attributes.items():
        setattr(math, name, value)
    with pytest.raises(ValueError, match="service") as caught:
        peer.add(math)
    assert text in str(caught.value)
    network.settle()
    assert hub.instances() == peer.instances() == []
    with pytest.raises(ServiceUnavailable):
        network.result(peer.call("math", "multiply", 6, 7))


def test_a_service_cannot_change_its_name_while_it_is_there(network: Network) -> None:
    peer, math = network.peer(), Math()
    peer.add(math)
    math.name = "maths"
    with pytest.raises(ValueError, match="service 'maths' cannot be announced: an instance of 'math' cannot become"):
        math.join("tools")
    assert tuple(math.groups) == ("web-services",)
    assert network.result(peer.call("math", "multiply", 6, 7)) == 42


def test_a_service_added_to_two_exchanges_is_an_instance_of_each(network: Network) -> None:
    plant, office = network.hub(group="plant"), network.hub(group="office")
    in_plant, in_office = network.peer(plant, group="plant"), network.peer(office, group="office")
    math = Math()
    for peer in (in_plant, in_office):
        peer.add(math)
    for hub, group in ((plant, "plant"), (office, "office")):
        caller = network.peer(hub, group=group)
        assert network.result(caller.call("math", "multiply", 6, 7)) == 42
    in_plant.remove(math)
    network.settle()
    assert plant.instances() == []
    assert len(office.instances()) == 1
    math.join("tools")
    network.settle()
    assert office.instances()[0].groups == ("web-services", "tools")


def test_a_service_removed_from_one_exchange_keeps_running_what_the_other_asked(network: Network) -> None:
    first, second, sleepy = network.peer(), network.peer(), Sleepy()
    first.add(sleepy)
    second.add(sleepy)
    one, other = Outcome(first.call("sleepy", "sleep")), Outcome(second.call("sleepy", "sleep"))
    first.remove(sleepy)
    assert isinstance(one.error, ServiceWithdrawn)
    sleepy.asleep[1].callback("the sun")
    assert other.value == "the sun"


def test_only_those_in_its_audience_hear_of_a_service(network: Network) -> None:
    hub = network.hub(group="plant")
    peer, asker = network.peer(hub, group="plant"), network.peer(hub, group="plant")
    for audience in ("*", "plant", "office", ""):
        math = Math()
        math.name, math.audience = f"for {audience or 'home'}", audience
        peer.add(math)
    network.settle()
    assert sorted(presence.name for presence in hub.instances()) == ["for *", "for plant"]
    with pytest.raises(ServiceUnavailable):
        network.result(asker.call("for home", "multiply", 6, 7))
    assert network.result(asker.call("for plant", "multiply", 6, 7)) == 42
    assert network.result(peer.call("for office", "multiply", 6, 7)) == 42


def test_nobody_beyond_its_process_can_call_a_private_service_by_its_id(network: Network) -> None:
    network.hub()
    peer, asker, math = network.peer(), network.peer(), Math()
    math.audience = ""
    peer.add(math)
    with pytest.raises(ServiceUnavailable):
        network.result(asker.call(peer.id_of(math), "multiply", 6, 7))


def test_a_hidden_service_can_call_and_not_be_called(network: Network) -> None:
    hub, peer, passing = network.hub(), network.peer(), Passing()
    hub.add(Math())
    passing.hidden = True
    peer.add(passing)
    assert network.result(passing.exchange.call("math", "multiply", 6, 7)) == 42
    with pytest.raises(ServiceUnavailable):
        network.result(peer.call("passing", "on", "math", "multiply", 6, 7))


# Its life


def test_an_exchange_may_have_a_parent(network: Network) -> None:
    hub, parent = network.hub(), MultiService()
    network.result(hub.stopService())
    hub.setServiceParent(parent)
    parent.startService()
    peer = network.peer()
    assert network.result(peer.when_linked()) is None
    network.result(parent.stopService())
    assert not hub.running


def test_what_is_not_finished_can_be_seen(network: Network) -> None:
    hub, caller, callee = network.hub(), network.peer(), network.peer()
    callee.add(Sleepy())
    network.settle()
    Outcome(caller.call("sleepy", "sleep"))
    Outcome(caller.call("math", "multiply", wait=5))
    network.settle()
    assert caller.outstanding() == (2, 0, 1, 1)
    assert hub.outstanding() == (0, 0, 1, 2)
    assert callee.outstanding() == (0, 1, 1, 1)


def spoken(network: Network, exchange: Exchange) -> list[str]:
    """Return what a hub hears from now on, kind by kind."""
    heard: list[str] = []
    switch = exchange._switch
    receive_all = switch.receive_all

    def listen(port: Any, frames: Any) -> None:
        heard.extend(Kind(frame[0]).name for frame in frames)
        receive_all(port, frames)

    switch.receive_all = listen  # type: ignore[method-assign]
    return heard


def test_who_stops_withdraws_first_tells_its_callers_and_says_bye(network: Network, logbook: Logbook) -> None:
    hub, caller, callee = network.hub(), network.peer(), network.peer()
    heard = spoken(network, hub)
    callee.add(Sleepy())
    answer = Outcome(caller.call("sleepy", "sleep", wait=1))
    network.settle()
    heard.clear()
    network.result(callee.stopService())
    assert heard == ["WITHDRAW", "FAILURE"]
    assert isinstance(answer.error, ServiceWithdrawn)
    assert answer.error.delivered is True
    (closed,) = logbook.lines(f"closed: {callee.title} is stopping (stopped)")[-1:]
    assert readable(callee.identity) in closed or readable(hub.identity) in closed


def test_a_hub_that_stops_ends_the_calls_of_its_peers_at_once(network: Network) -> None:
    hub, caller, callee = network.hub("rome"), network.peer(), network.peer()
    callee.add(Sleepy())
    network.settle()
    answer = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    network.result(hub.stopService())
    assert isinstance(answer.error, LinkLost | ServiceWithdrawn)
    assert answer.error.delivered is None
    assert f"{hub.title} is stopping" in str(answer.error)


def test_a_local_call_ends_when_its_exchange_stops(network: Network) -> None:
    peer, sleepy = network.peer(), Sleepy()
    peer.add(sleepy)
    answer = Outcome(peer.call("sleepy", "sleep", timeout=None))
    network.stop(peer)
    assert isinstance(answer.error, ServiceWithdrawn)
    assert sleepy.cancelled == 1


def test_a_call_after_the_stop_fails_at_once(network: Network) -> None:
    network.hub()
    peer = network.peer()
    peer.add(Math())
    network.stop(peer)
    with pytest.raises(ServiceUnavailable) as caught:
        network.result(peer.call("math", "multiply", 6, 7))
    assert caught.value.delivered is False


def test_an_exchange_starts_again_after_a_stop(network: Network) -> None:
    hub, caller, callee = network.hub(), network.peer(), network.peer()
    callee.add(Math())
    for _ in range(3):
        network.stop(callee)
        assert hub.instances() == []
        callee.startService()
        network.settle()
        assert network.result(caller.call("math", "multiply", 6, 7)) == 42
    network.stop(hub)
    hub.startService()
    network.clock.advance(3)
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42


def test_what_was_changed_while_it_was_stopped_is_announced_at_the_start(network: Network) -> None:
    hub, callee, math = network.hub(), network.peer(), Math()
    callee.add(math)
    network.stop(callee)
    math.join("tools")
    other = Sleepy()
    callee.add(other)
    callee.remove(other)
    callee.startService()
    network.settle()
    assert [(presence.name, presence.groups) for presence in hub.instances()] == [("math", ("web-services", "tools"))]


def test_to_stop_what_was_never_started_does_nothing(network: Network) -> None:
    exchange = Exchange(network.clock)
    exchange.add(Math())
    assert network.result(exchange.stopService()) is None


# Links that are lost


def test_services_are_announced_again_over_a_new_link(network: Network) -> None:
    hub, caller, callee = network.hub(), network.peer(), network.peer()
    callee.add(Math())
    network.settle()
    thing = hub.instances()[0].id
    network.cut(callee)
    assert hub.instances() == []
    network.restore(callee)
    network.clock.advance(1.25)
    assert [presence.id for presence in hub.instances()] == [thing], "under the same id"
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42


def test_what_was_added_while_there_was_no_link_is_announced_with_it(network: Network) -> None:
    hub, callee = network.hub(), network.peer()
    network.cut(callee)
    callee.add(Math())
    network.restore(callee)
    network.clock.advance(1.25)
    assert len(hub.instances()) == 1


def test_calls_in_flight_end_at_once_with_the_right_word_on_delivery(network: Network, logbook: Logbook) -> None:
    hub, caller, callee = network.hub(), network.peer(), network.peer()
    callee.add(Sleepy())
    network.settle()
    delivered = Outcome(caller.call("sleepy", "sleep"))
    network.settle()
    on_its_way = Outcome(caller.call("sleepy", "sleep"))
    network.cut(hub)
    never_sent = Outcome(caller.call("sleepy", "sleep"))
    assert never_sent.is_open
    network.clock.advance(6)
    assert [type(each.error) for each in (delivered, on_its_way, never_sent)] == [
        LinkLost,
        LinkLost,
        ServiceUnavailable,
    ]
    assert [each.error.delivered for each in (delivered, on_its_way, never_sent)] == [None, None, False]


def test_the_call_of_a_method_whose_callers_link_is_lost_is_cancelled(network: Network, logbook: Logbook) -> None:
    network.hub()
    caller, passing, sleeping = network.peer(), network.peer(), network.peer()
    sleepy = Sleepy()
    passing.add(Passing())
    sleeping.add(sleepy)
    network.settle()
    answer = Outcome(caller.call("passing", "on", "sleepy", "sleep"))
    network.settle()
    network.cut(caller)
    assert isinstance(answer.error, LinkLost)
    assert sleepy.cancelled == 1


def test_a_method_whose_own_link_is_lost_tells_a_local_caller_that_it_had_started(
    network: Network, logbook: Logbook
) -> None:
    network.hub()
    peer, far = network.peer(), network.peer()
    peer.add(Passing())
    far.add(Sleepy())
    network.settle()
    answer = Outcome(peer.call("passing", "on", "sleepy", "sleep"))
    network.settle()
    network.cut(peer)
    assert isinstance(answer.error, RemoteError)
    assert answer.error.delivered is True
    assert str(answer.error).startswith("LinkLost: ")
    assert len(logbook.failures()) == 1


def test_an_exchange_that_comes_back_before_its_old_link_was_noticed_dead_replaces_it(
    network: Network, logbook: Logbook
) -> None:
    """The link dies without a word; the peer notices within seconds, the hub would in five minutes."""
    hub = network.hub(heartbeat=100, dead_after=300)
    watcher = network.peer()
    callee = network.peer(heartbeat=1, dead_after=3)
    callee.add(Math())
    seen: list[str] = []
    watch = watcher.watch(name="math", changed=lambda change: seen.append(change.kind))
    network.settle()
    network.freeze(callee)
    network.restore(callee)
    network.clock.advance(4.25)

    assert hub.outstanding().links == 3, "the old link is still there"
    assert network.result(callee.when_linked()) is None
    assert len(watch.instances) == 1
    assert seen == ["came"]
    assert network.result(watcher.call("math", "multiply", 6, 7, timeout=1)) == 42, "by the new link"
    network.clock.advance(1)
    assert len(logbook.lines("gave no sign of life over this one (replaced)")) == 1
    network.clock.advance(1)
    assert hub.outstanding().links == 2, "and its connection is closed a second after the BYE"
    assert len(watch.instances) == 1
    assert seen == ["came"]
    assert network.result(watcher.call("math", "multiply", 6, 7)) == 42


def test_a_dead_far_end_is_noticed_at_both_ends_within_thirty_seconds(network: Network) -> None:
    hub, caller, callee = network.hub(), network.peer(), network.peer()
    callee.add(Sleepy())
    network.settle()
    answer = Outcome(caller.call("sleepy", "sleep", timeout=None))
    network.settle()
    network.freeze(callee)
    network.clock.advance(20)
    assert answer.is_open
    network.clock.advance(10)
    assert isinstance(answer.error, ServiceWithdrawn)
    assert "nothing was heard for 30 seconds" in str(answer.error)
    assert answer.error.delivered is None
    assert hub.outstanding().links == 1
    assert callee.outstanding().links == 0
    assert callee.outstanding().running == 0, "and nobody waits for what ran there"


def test_links_that_live_last_for_ever(network: Network, logbook: Logbook) -> None:
    network.hub()
    caller, callee = network.peer(), network.peer(heartbeat=3, dead_after=9)
    callee.add(Math())
    network.clock.advance(600)
    assert logbook.lines("closed") == []
    assert network.result(caller.call("math", "multiply", 6, 7)) == 42


def test_more_instances_than_a_hub_takes_are_refused_where_they_are_added(network: Network, logbook: Logbook) -> None:
    hub = network.hub(limits=Limits(max_instances=2))
    peer = network.peer()
    services = [Math() for _ in range(3)]
    for service in services[:2]:
        peer.add(service)
    with pytest.raises(ValueError, match="a hub takes no more of one process: raise its max-instances, or offer fewer"):
        peer.add(services[2])
    network.settle()
    assert (len(hub.instances()), logbook.lines("closed")) == (2, [])

    with pytest.raises(ValueError, match="is not at"):
        peer.id_of(services[2])
    peer.remove(services[0])
    peer.add(services[2])
    network.settle()
    assert len(hub.instances()) == 2


def test_a_service_that_is_prepared_when_there_is_no_room_is_not_announced(network: Network, logbook: Logbook) -> None:
    class Slow(Math):
        def prepare(self) -> Deferred[None]:
            self.prepared: Deferred[None] = Deferred()
            return self.prepared

    hub = network.hub(limits=Limits(max_instances=1))
    peer, slow = network.peer(), Slow()
    peer.add(slow)
    peer.add(Math())
    slow.prepared.callback(None)
    network.settle()
    assert len(hub.instances()) == 1
    assert logbook.lines("could not be prepared, and is not announced") != []
    (failure,) = logbook.failures()
    assert "raise its max-instances" in failure


def test_a_hub_that_takes_less_is_told_the_rest_when_there_is_room(network: Network, logbook: Logbook) -> None:
    big, small = network.hub(), network.hub(limits=Limits(max_instances=1, max_subscriptions=2))
    peer = network.peer(big, small)
    first, second = Math(), Math()
    for service in (first, second):
        peer.add(service)
    network.settle()
    network.cut(big)
    network.clock.advance(2)
    assert [presence.id for presence in small.instances()] == [peer.id_of(first)]
    assert logbook.lines("takes {'max-frame'") != []

    peer.remove(first)
    network.settle()
    assert [presence.id for presence in small.instances()] == [peer.id_of(second)]
    assert logbook.lines("(limit)") == []


class Counted(Service):
    """A service with no methods at all."""

    name = "counted"


def test_a_service_without_methods_is_seen_all_the_same(network: Network) -> None:
    hub, peer = network.hub(), network.peer()
    peer.add(Counted())
    network.settle()
    assert [presence.name for presence in hub.instances()] == ["counted"]
