"""The simulation can fail: each of these small faults, put into the switch on purpose, is noticed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from exchange.errors import CallError, LocalProtocolError, ServiceWithdrawn
from exchange.routing import directions, forwarding, switch
from exchange.routing.announcements import Announcements
from exchange.routing.bridge_end import BridgeEnd
from exchange.routing.bridged_subscriptions import BridgedSubscriptions
from exchange.routing.crossing import crossing
from exchange.routing.debts import Debt, Debts
from exchange.routing.directions import Directions
from exchange.routing.excess import Excess
from exchange.routing.fanout import Fanout
from exchange.routing.forwarding import Forwarding
from exchange.routing.interest import BUILT_IN, Interest
from exchange.routing.joins import Joins
from exchange.routing.leaving import Leaving, Step
from exchange.routing.port import Port
from exchange.routing.registry import About, Change, Happening, Instance, Way
from exchange.routing.reports import Reports
from exchange.routing.role import Role
from exchange.routing.subscriptions import Subscription, Subscriptions
from exchange.routing.switch import Switch
from exchange.routing.wishes import About as WaitingAbout
from exchange.services import bridge
from exchange.services.bridge import Side
from exchange.services.publisher import Publisher
from exchange.services.subscription import Subscription as Reading
from exchange.wire.failures import failure_of
from exchange.wire.frames import Frame, encode
from exchange.wire.layouts import Kind
from tests.simulation.bridges import SHAPES
from tests.simulation.end import End
from tests.simulation.ledger import Broken
from tests.simulation.moves import BRIDGED, CONGESTED, WEIGHTS, moves_of
from tests.simulation.simulate import simulate

pytestmark = pytest.mark.heavy

SEEDS = range(10, 600)
MOVES = 400

RESTLESS = WEIGHTS | {"move": 100, "publish": 400, "subscribe": 60, "call": 0, "call_instance": 0, "cut": 3, "stop": 1}
"""Lives of peers that move all the time and publish meanwhile."""

LINGERING = WEIGHTS | {
    "move": 60,
    "call": 300,
    "finish": 5,
    "rest": 20,
    "start_hub": 30,
    "restart_hub": 20,
    "join": 200,
}
"""Lives of peers that stay attached to two hubs for long, because answers are owed; new hubs come."""

ENDING = WEIGHTS | {
    "stop": 60,
    "hurry": 120,
    "start": 120,
    "call": 400,
    "finish": 5,
    "cancel": 1,
    "time_out": 1,
    "kill": 0,
}
"""Lives of peers whose time for leaving is over while answers are owed."""

CALLING = WEIGHTS | {"move": 100, "call": 300, "add": 100, "remove": 80, "publish": 0}
"""Lives of peers that move all the time, and call what has gone meanwhile."""

CHANGING = BRIDGED | {"subscribe": 60, "stop_bridge": 30, "start_bridge": 60, "publish": 300}
"""Lives of bridges that come and go."""

ROUND = dict(CHANGING)
"""The same, in a ring with two bridges between each two groups."""

WANDERING = BRIDGED | {"move": 300, "subscribe": 100, "publish": 300}
"""Lives of many hubs, and of bridges that move from one to another."""

BRIDGES_OF = {id(BRIDGED): (0, 0), id(CHANGING): (0, 0), id(ROUND): (0, SHAPES.index("double ring"))}
BRIDGES_OF[id(WANDERING)] = (6, 0)
"""How many hubs such lives begin with, and the place of their shape; 0 is what the seed likes."""

Patch = pytest.MonkeyPatch
Fault = Callable[[Patch], None]
FAULTS: dict[str, tuple[Fault, Mapping[str, int], int]] = {}


def fault(put: Fault, lives: Mapping[str, int] = WEIGHTS, first: int = SEEDS[0]) -> Fault:
    FAULTS[put.__name__.replace("_", " ")] = put, lives, first
    return put


def fault_in(lives: Mapping[str, int], first: int = SEEDS[0]) -> Callable[[Fault], Fault]:
    """Register a fault; what is noticed late in the seeds is looked for from ``first`` on, to save time."""
    return lambda put: fault(put, lives, first)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_noticed(name: str, monkeypatch: Patch) -> None:
    put, lives, first = FAULTS[name]
    put(monkeypatch)

    assert any(breaks(seed, lives) for seed in SEEDS if seed >= first)


def breaks(seed: int, lives: Mapping[str, int]) -> bool:
    hubs, shape = BRIDGES_OF.get(id(lives), (0 if lives is WEIGHTS else 3, 0))
    try:
        simulate(moves_of(seed, MOVES, hubs, lives, shape or (1 + seed % 4 if id(lives) in BRIDGES_OF else 0)))
    except Broken:
        return True
    return False


@fault
def a_cancelled_call_stays_owed(patch: Patch) -> None:
    def cancel(self: Forwarding, call: bytes, frame: Frame) -> None:
        self._owed[call][1].send(frame)

    patch.setattr(Forwarding, "_cancel", cancel)


@fault
def a_cancel_goes_nowhere(patch: Patch) -> None:
    patch.setattr(Forwarding, "_cancel", lambda self, call, frame: self._debts.settle(call))


@fault
def a_strangers_answer_is_believed(patch: Patch) -> None:
    def on_answer(self: Forwarding, port: Port, frame: Frame) -> None:
        if frame[1] in self._owed:
            self._debts.settle(frame[1])[0].send(frame)

    patch.setattr(Forwarding, "answer", on_answer)


@fault
def what_was_lost_is_told_as_not_delivered(patch: Patch) -> None:
    patch.setattr(forwarding, "lost", lambda *about: ServiceWithdrawn("lost", delivered=False))


@fault
def what_was_lost_is_told_as_delivered(patch: Patch) -> None:
    patch.setattr(forwarding, "lost", lambda *about: ServiceWithdrawn("lost", delivered=True))


@fault
def every_loss_is_taken_for_a_leaving_in_good_order(patch: Patch) -> None:
    detach = Switch.detach
    patch.setattr(Switch, "detach", lambda self, port, text, left: detach(self, port, text, True))


@fault
def an_older_link_is_not_detached_while_there_is_a_newer(patch: Patch) -> None:
    detach = Switch.detach

    def keep(self: Switch, port: Port, text: str, left: bool) -> None:
        if port.attachment == max(each.attachment for each in self._ports[port.identity]):
            detach(self, port, text, left)

    patch.setattr(Switch, "detach", keep)


@fault
def the_instances_behind_a_lost_port_stay(patch: Patch) -> None:
    withdraw = Switch._withdraw

    def keep(self: Switch, port: Port, thing: bytes, reason: str) -> Change | None:
        return None if reason == "lost" else withdraw(self, port, thing, reason)

    patch.setattr(Switch, "_withdraw", keep)


@fault
def the_subscriptions_of_a_lost_port_stay(patch: Patch) -> None:
    patch.setattr(Switch, "_unsubscribe", lambda self, port, thing: None)


@fault
def nobody_is_told_when_an_instance_goes(patch: Patch) -> None:
    def tell(self: Switch, change: Change | None) -> None:
        if change and change.happening is not Happening.WENT:
            self.watcher(change)

    patch.setattr(Switch, "_tell_watcher", tell)


@fault
def a_new_link_is_told_nothing(patch: Patch) -> None:
    patch.setattr(Announcements, "tell_everything", lambda self, hub: None)


@fault
def the_attachment_is_not_told(patch: Patch) -> None:
    patch.setattr(Switch, "_signed", lambda self, source, hub, frame: frame)


@fault
def the_calls_of_a_lost_caller_run_on(patch: Patch) -> None:
    settle = Forwarding._settle_lost

    def run_on(self: Forwarding, port: Port, call: bytes, text: str, left: bool) -> None:
        if self._owed[call][0] is port:
            self._debts.settle(call)
        else:
            settle(self, port, call, text, left)

    patch.setattr(Forwarding, "_settle_lost", run_on)


@fault
def the_calls_of_a_lost_callee_are_forgotten(patch: Patch) -> None:
    settle = Forwarding._settle_lost

    def forget(self: Forwarding, port: Port, call: bytes, text: str, left: bool) -> None:
        if self._owed[call][1] is port:
            self._debts.settle(call)
        else:
            settle(self, port, call, text, left)

    patch.setattr(Forwarding, "_settle_lost", forget)


@fault
def a_hub_sends_a_request_again_when_its_callee_is_lost(patch: Patch) -> None:
    settle, on_request = Forwarding._settle_lost, Forwarding.request
    kept: dict[bytes, Frame] = {}

    def keep(self: Forwarding, port: Port, frame: Frame) -> None:
        kept[frame[1]] = frame
        on_request(self, port, frame)

    def repeat(self: Forwarding, port: Port, call: bytes, text: str, left: bool) -> None:
        if self._role.is_hub and self._owed[call][1] is port:
            source = self._debts.settle(call)[0]
            on_request(self, source, kept[call])
        else:
            settle(self, port, call, text, left)

    patch.setattr(Forwarding, "request", keep)
    patch.setattr(Forwarding, "_settle_lost", repeat)


@fault
def a_refused_request_is_passed_on_all_the_same(patch: Patch) -> None:
    incur = Debts.incur

    def refuse(self: Debts, call: bytes, source: Port, target: Port, *more: Any) -> None:
        incur(self, call, source, target, *more)
        if call[-1] % 16 == 0:
            source.send(failure_of(call, CallError("refused", delivered=False)))

    patch.setattr(Debts, "incur", refuse)


@fault
def leaving_and_congested_ports_get_requests(patch: Patch) -> None:
    patch.setattr(directions, "choose", lambda instances, source, reaches: next(iter(instances), None))


@fault
def what_is_for_one_process_only_is_called_from_others(patch: Patch) -> None:
    patch.setattr(Directions, "_reaches", lambda self, source, instance: self._passes(source, instance.way.port))


@fault
def what_is_settled_is_still_counted(patch: Patch) -> None:
    def settle(self: Debts, call: bytes) -> Debt:
        return self.owed.pop(call)

    patch.setattr(Debts, "settle", settle)


@fault
def reports_go_along_the_first_way(patch: Patch) -> None:
    def in_use(self: Subscriptions, thing: bytes | None) -> Subscription | None:
        return next(iter(self._ways.get(thing or b"", {}).values()), None)

    patch.setattr(Subscriptions, "in_use", in_use)


@fault_in(CALLING)
def a_call_that_comes_back_to_its_maker_ends_the_link(patch: Patch) -> None:
    request = Forwarding.request

    def strict(self: Forwarding, port: Port, frame: Frame) -> None:
        if frame[1] in self._debts.owed:
            raise LocalProtocolError("in progress already")
        request(self, port, frame)

    patch.setattr(Forwarding, "request", strict)


@fault
def who_comes_later_is_not_subscribed_to(patch: Patch) -> None:
    patch.setattr(Interest, "meet", lambda self, instance, is_new: None)


@fault
def a_newer_way_of_a_subscription_is_not_told(patch: Patch) -> None:
    patch.setattr(Interest, "renew", lambda self, thing: None)


@fault
def the_end_of_a_subscription_is_not_told(patch: Patch) -> None:
    patch.setattr(Interest, "end", lambda self, thing: None)


@fault
def what_a_lost_port_was_told_is_remembered(patch: Patch) -> None:
    patch.setattr(Interest, "lose", lambda self, port: None)


@fault
def who_wants_a_report_is_never_worked_out_again(patch: Patch) -> None:
    patch.setattr(Fanout, "forget", lambda self, name: None)


@fault
def a_report_is_told_as_often_as_it_comes(patch: Patch) -> None:
    patch.setattr(Reading, "deliver", lambda self, content, report: self._seen(content, report))


@fault
def a_service_for_its_process_only_is_heard_by_all(patch: Patch) -> None:
    patch.setattr(Reports, "_reaches", lambda self, source, thing, target: self._passes(source, target))


@fault
def what_is_kept_is_not_shown(patch: Patch) -> None:
    patch.setattr(Publisher, "_answer", lambda self, thing, publication, subscriber: None)


@fault
def numbers_begin_again(patch: Patch) -> None:
    publish = Publisher.publish

    def forgetful(self: Publisher, thing: bytes, subject: str, content: Any, lifetime: float) -> None:
        if content % 4 == 0:
            self._publications[thing].numbers.clear()
        publish(self, thing, subject, content, lifetime)

    patch.setattr(Publisher, "publish", forgetful)


# The mesh


@fault
def reports_and_requests_pass_from_hub_to_hub(patch: Patch) -> None:
    patch.setattr(Switch, "passes", lambda self, source, target: target is not source or target is self.local)


@fault
def the_first_way_to_an_instance_stays_in_use(patch: Patch) -> None:
    patch.setattr(Way, "order", lambda self: (self.port.leaving, len(self.about.path), self.by, self.attachment))


@fault_in(RESTLESS)
def an_older_link_is_not_tested_when_another_hub_tells_of_a_newer(patch: Patch) -> None:
    patch.setattr(Switch, "_doubt", lambda self, identity, attachment: None)


@fault_in(LINGERING)
def a_way_that_another_hub_told_hides_our_own_from_a_third(patch: Patch) -> None:
    patch.setattr(Instance, "way_of_peers", lambda self: None if self.way.port.is_hub or not self.ways else self.way)


@fault_in(RESTLESS)
def hubs_hear_of_the_end_of_one_of_two_ways_as_the_end_of_both(patch: Patch) -> None:
    withdraw = Switch._withdraw

    def end(self: Switch, port: Port, thing: bytes, reason: str) -> Change | None:
        change = withdraw(self, port, thing, reason)
        for hub in self.hubs if self.role.is_hub and not port.is_hub else ():
            hub.send(encode(Kind.WITHDRAW, thing, (reason,)))
        return change

    patch.setattr(Switch, "_withdraw", end)


@fault
def what_is_for_one_process_only_is_announced(patch: Patch) -> None:
    patch.setattr(Role, "tells", lambda self, audience: True)


@fault
def a_subscription_is_not_taken_back_from_where_its_new_way_may_not_go(patch: Patch) -> None:
    def renew(self: Interest, thing: bytes) -> None:
        way = self._subscriptions.in_use(thing)
        for port in self._local_last(self._sent.get(thing, ())) if way else ():
            if way and self._passes(way.port, port):
                port.tell(self._sign(way.port, port, way.frame))
        self.begin(thing)

    patch.setattr(Interest, "renew", renew)


@fault_in(RESTLESS)
def where_a_report_came_from_is_not_remembered(patch: Patch) -> None:
    give = Fanout.give

    def forget_source(self: Fanout, source: Port, frame: Frame) -> None:
        found = self._found.get(frame[2][0], {}).get((frame[1], frame[2][1]))
        give(self, found[0] if found else source, frame)

    patch.setattr(Fanout, "give", forget_source)


@fault
def of_two_hubs_both_decide_which_link_stays(patch: Patch) -> None:
    patch.setattr(Joins, "decides", lambda self, far: True)


@fault
def of_two_hubs_none_decides_which_link_stays(patch: Patch) -> None:
    patch.setattr(Joins, "decides", lambda self, far: False)
    patch.setattr(Joins, "opened", lambda self, link: None)


@fault
def an_older_link_between_two_hubs_does_not_give_way(patch: Patch) -> None:
    patch.setattr(End, "give_way", lambda self: None)


@fault_in(ENDING)
def a_call_that_is_given_up_is_told_as_not_delivered(patch: Patch) -> None:
    patch.setattr(forwarding, "withdrawn", lambda *about: ServiceWithdrawn("given up", delivered=False))


@fault
def a_hub_leaves_before_its_peers_have(patch: Patch) -> None:
    patch.setattr(Leaving, "step", lambda self, now, last_pong, far_is_leaving: Step.LEFT)


# Bridges


@fault_in(BRIDGED)
def the_path_is_not_told(patch: Patch) -> None:

    def forgetful(about: About, origin: str, goal: str) -> About | None:
        return crossing(about._replace(path=()), origin, goal)

    patch.setattr(bridge, "crossing", forgetful)


@fault_in(BRIDGED)
def the_path_is_not_checked(patch: Patch) -> None:
    def unchecked(about: About, origin: str, goal: str) -> About | None:
        may_enter = about.audience == "*" or (about.audience != "" and about.audience == goal)
        return about._replace(path=(*about.path, origin)) if may_enter else None

    patch.setattr(bridge, "crossing", unchecked)
    patch.setattr(switch, "check_announcer", lambda role, port, thing, array, known: None)


@fault_in(BRIDGED)
def the_audience_is_not_checked(patch: Patch) -> None:

    def careless(about: About, origin: str, goal: str) -> About | None:
        entering = crossing(about._replace(audience="*"), origin, goal)
        return entering and entering._replace(audience=about.audience)

    patch.setattr(bridge, "crossing", careless)


@fault_in(BRIDGED)
def the_audience_of_a_group_is_taken_for_that_of_all(patch: Patch) -> None:
    patch.setattr(Role, "tells", lambda self, audience: audience != "")


@fault_in(ROUND, first=13)
def all_bridges_are_heard(patch: Patch) -> None:
    patch.setattr(Reports, "_is_heard", lambda self, port, thing: True)


@fault_in(ROUND, first=45)
def the_way_before_is_heard_for_ever(patch: Patch) -> None:
    def is_heard(self: Reports, port: Port, thing: bytes) -> bool:
        instance = self._registry.get(thing) if self._role.is_hub else None
        if instance is None or not instance.about.path:
            return True
        if instance.heard not in instance.ways:
            instance.heard = port
        return port is instance.heard

    patch.setattr(Reports, "_is_heard", is_heard)


@fault_in(BRIDGED)
def what_lives_in_its_process_is_offered_without_a_link(patch: Patch) -> None:
    patch.setattr(Side, "_is_linked", True)


@fault_in(BRIDGED)
def what_went_is_offered_on(patch: Patch) -> None:
    patch.setattr(BridgeEnd, "withdraw", lambda self, thing, reason: None)


@fault_in(BRIDGED)
def a_cancel_does_not_cross(patch: Patch) -> None:
    patch.setattr(BridgeEnd, "_cancel", lambda self, frame: None)


@fault_in(BRIDGED)
def a_cancelled_call_is_forgotten_on_one_side_alone(patch: Patch) -> None:
    patch.setattr(BridgeEnd, "_cancel", lambda self, frame: self._forget(frame[1]) and None)


@fault_in(BRIDGED)
def a_call_crosses_twice(patch: Patch) -> None:
    request = BridgeEnd._request

    def repeat(self: BridgeEnd, frame: Frame) -> None:
        request(self, frame)
        request(self, frame)

    patch.setattr(BridgeEnd, "_request", repeat)


@fault_in(BRIDGED)
def a_bridge_that_stops_stays_on_one_side(patch: Patch) -> None:
    patch.setattr(BridgeEnd, "part", lambda self, text: self._switch.detach(self, text))


@fault_in(WANDERING, first=60)
def a_bridge_that_moves_leaves_its_subscriptions_behind(patch: Patch) -> None:
    def greet(self: Interest, hub: Port) -> None:
        if not self._role.is_hub:
            for way in self._subscriptions.from_port(self._local):
                self._tell(way.id, way, hub)

    patch.setattr(Interest, "greet", greet)


@fault_in(BRIDGED)
def what_comes_later_is_not_subscribed_to_over_a_bridge(patch: Patch) -> None:
    patch.setattr(BridgedSubscriptions, "add", lambda self, thing, name: None)


@fault_in(BRIDGED)
def a_subscription_over_a_bridge_does_not_end(patch: Patch) -> None:
    patch.setattr(BridgedSubscriptions, "end", lambda self, wanted: None)


@fault_in(BRIDGED)
def what_is_kept_does_not_cross(patch: Patch) -> None:
    report = BridgeEnd._report
    patch.setattr(BridgeEnd, "_report", lambda self, frame: None if frame[2][2] else report(self, frame))


@fault_in(BRIDGED)
def a_hub_shows_what_is_not_for_others(patch: Patch) -> None:
    patch.setattr(Switch, "shows", lambda self, instance: True)


def test_that_a_bridge_that_was_not_heard_is_not_asked_again_is_noticed_in_a_rare_life(monkeypatch: Patch) -> None:
    meet = Interest.meet

    def asked(self: Interest, instance: Instance, is_new: bool) -> None:
        instance.asked = instance.way.port
        meet(self, instance, is_new)

    life = moves_of(2090, 500, shape=SHAPES.index("parallel"))
    simulate(life)
    monkeypatch.setattr(Interest, "meet", asked)

    with pytest.raises(Broken, match="and peer 6 keeps"):
        simulate(life)


# Links that cannot keep up


@fault_in(CONGESTED, first=40)
def what_is_kept_is_dropped_like_all_else(patch: Patch) -> None:
    def passing(excess: Excess, about: Any, raw: bytes) -> bool:
        excess._skip(about)
        return True

    def report(excess: Excess, frame: Frame) -> bool:
        _, thing, (name, subject, to, _, _), raw = frame
        is_dropped = to is None and name != BUILT_IN
        return passing(excess, WaitingAbout(thing, name, subject, to), raw) if is_dropped else honest(excess, frame)

    honest = Excess._report
    patch.setattr(Excess, "_report", report)


@fault_in(CONGESTED)
def of_what_went_while_it_waited_nothing_is_told(patch: Patch) -> None:
    def end(excess: Excess, frame: Frame) -> bool:
        begun = excess._last.get((Kind.ANNOUNCE, frame[1]))
        return honest(excess, frame) if begun is None else bool(excess._remove(begun))

    honest = Excess._end
    patch.setattr(Excess, "_end", end)


@fault_in(CONGESTED)
def of_an_instance_the_first_word_is_told(patch: Patch) -> None:
    patch.setattr(Excess, "_replace", lambda excess, key, raw: None)


@fault_in(CONGESTED)
def what_the_directory_tells_is_dropped_when_too_much_waits(patch: Patch) -> None:
    def report(excess: Excess, frame: Frame) -> bool:
        return frame[2][0] == BUILT_IN or honest(excess, frame)

    honest = Excess._report
    patch.setattr(Excess, "_report", report)


@fault_in(CONGESTED)
def what_waits_longest_goes_out_last(patch: Patch) -> None:
    def take(excess: Excess) -> bytes:
        number, entry = excess._entries.popitem()
        excess._forget(number, entry)
        return entry.raw

    patch.setattr(Excess, "take", take)
