"""The simulation can fail: each of these small faults, put into the switch on purpose, is noticed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exchange.errors import CallError, ServiceWithdrawn
from exchange.routing import directions, switch
from exchange.routing.debts import Debt, Debts
from exchange.routing.directions import Directions
from exchange.routing.fanout import Fanout
from exchange.routing.interest import Interest
from exchange.routing.port import Port
from exchange.routing.registry import Change, Happening, Instance
from exchange.routing.reports import Reports
from exchange.routing.subscriptions import Subscription, Subscriptions
from exchange.routing.switch import Switch
from exchange.services.publisher import Publisher
from exchange.services.subscription import Subscription as Reading
from exchange.wire.failures import failure_of
from exchange.wire.frames import Frame
from tests.simulation.ledger import Broken
from tests.simulation.moves import moves_of
from tests.simulation.simulate import simulate

SEEDS = range(10, 600)
MOVES = 400

Patch = pytest.MonkeyPatch
Fault = Callable[[Patch], None]
FAULTS: dict[str, Fault] = {}


def fault(put: Fault) -> Fault:
    FAULTS[put.__name__.replace("_", " ")] = put
    return put


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_noticed(name: str, monkeypatch: Patch) -> None:
    FAULTS[name](monkeypatch)

    assert any(breaks(seed) for seed in SEEDS)


def breaks(seed: int) -> bool:
    try:
        simulate(moves_of(seed, MOVES))
    except Broken:
        return True
    return False


@fault
def a_cancelled_call_stays_owed(patch: Patch) -> None:
    def cancel(self: Switch, call: bytes, frame: Frame) -> None:
        self._owed[call][1].send(frame)

    patch.setattr(Switch, "_cancel", cancel)


@fault
def a_cancel_goes_nowhere(patch: Patch) -> None:
    patch.setattr(Switch, "_cancel", lambda self, call, frame: self.debts.settle(call))


@fault
def a_strangers_answer_is_believed(patch: Patch) -> None:
    def on_answer(self: Switch, port: Port, frame: Frame) -> None:
        if frame[1] in self._owed:
            self.debts.settle(frame[1])[0].send(frame)

    patch.setattr(Switch, "_on_answer", on_answer)


@fault
def what_was_lost_is_told_as_not_delivered(patch: Patch) -> None:
    patch.setattr(switch, "lost", lambda *about: ServiceWithdrawn("lost", delivered=False))


@fault
def what_was_lost_is_told_as_delivered(patch: Patch) -> None:
    patch.setattr(switch, "lost", lambda *about: ServiceWithdrawn("lost", delivered=True))


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
    patch.setattr(Switch, "_tell_everything", lambda self, hub: None)


@fault
def the_attachment_is_not_told(patch: Patch) -> None:
    patch.setattr(Switch, "_signed", lambda self, source, hub, frame: frame)


@fault
def the_calls_of_a_lost_caller_run_on(patch: Patch) -> None:
    settle = Switch._settle_lost

    def run_on(self: Switch, port: Port, call: bytes, text: str, left: bool) -> None:
        if self._owed[call][0] is port:
            self.debts.settle(call)
        else:
            settle(self, port, call, text, left)

    patch.setattr(Switch, "_settle_lost", run_on)


@fault
def the_calls_of_a_lost_callee_are_forgotten(patch: Patch) -> None:
    settle = Switch._settle_lost

    def forget(self: Switch, port: Port, call: bytes, text: str, left: bool) -> None:
        if self._owed[call][1] is port:
            self.debts.settle(call)
        else:
            settle(self, port, call, text, left)

    patch.setattr(Switch, "_settle_lost", forget)


@fault
def a_hub_sends_a_request_again_when_its_callee_is_lost(patch: Patch) -> None:
    settle, on_request = Switch._settle_lost, Switch._on_request
    kept: dict[bytes, Frame] = {}

    def keep(self: Switch, port: Port, frame: Frame) -> None:
        kept[frame[1]] = frame
        on_request(self, port, frame)

    def repeat(self: Switch, port: Port, call: bytes, text: str, left: bool) -> None:
        if self.role.is_hub and self._owed[call][1] is port:
            source = self.debts.settle(call)[0]
            on_request(self, source, kept[call])
        else:
            settle(self, port, call, text, left)

    patch.setattr(Switch, "_on_request", keep)
    patch.setattr(Switch, "_settle_lost", repeat)


@fault
def a_refused_request_is_passed_on_all_the_same(patch: Patch) -> None:
    incur = Debts.incur

    def refuse(self: Debts, call: bytes, source: Port, target: Port, instance: Instance | None) -> None:
        incur(self, call, source, target, instance)
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


@fault
def a_call_that_comes_back_to_its_maker_is_taken_for_a_number_in_use(patch: Patch) -> None:
    patch.setattr(Switch, "_came_back", lambda self, port, call: False)


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
