"""Which of several instances of one name takes a call."""

from __future__ import annotations

from exchange.routing.choice import FAR_AWAY, LeftOut, choose, left_out
from exchange.routing.port import Port
from exchange.routing.registry import About, Instance, Way
from tests.routing.recorder import Recorder

CALLER = Recorder("caller")


def an_instance(name: str, owing: int = 0, turn: int = 0) -> Instance:
    port = Recorder(name)
    instance = Instance(port.make(1), Way(port, 1, About("math", (), "*", b"", None, ()), port.identity))
    instance.owing = owing
    instance.turn = turn
    return instance


def everywhere(source: Port, instance: Instance) -> bool:
    return True


def test_nobody_is_chosen_among_none() -> None:
    assert choose([], CALLER, everywhere) is None


def test_the_one_that_owes_fewest_answers_takes_the_call() -> None:
    busy, idle = an_instance("busy", owing=2), an_instance("idle", owing=1, turn=9)

    assert choose([busy, idle], CALLER, everywhere) is idle
    assert choose([idle, busy], CALLER, everywhere) is idle


def test_equals_take_turns() -> None:
    late, early = an_instance("late", turn=5), an_instance("early", turn=4)

    assert choose([late, early], CALLER, everywhere) is early


def test_one_behind_another_hub_counts_as_if_it_owed_four_more() -> None:
    far, near = an_instance("far"), an_instance("near", owing=FAR_AWAY)
    far.way.port.is_hub = True
    near.turn = -1

    assert choose([far, near], CALLER, everywhere) is near
    near.owing += 1
    assert choose([far, near], CALLER, everywhere) is far


def test_one_that_only_let_its_calls_be_cancelled_comes_last() -> None:
    silent, busy = an_instance("silent"), an_instance("busy", owing=1_000)
    silent.silent = True

    assert choose([silent, busy], CALLER, everywhere) is busy
    assert choose([silent], CALLER, everywhere) is silent


def test_those_behind_a_congested_or_a_leaving_port_are_left_out_and_told() -> None:
    congested, leaving, free = an_instance("congested"), an_instance("leaving"), an_instance("free", owing=50)
    congested.way.port.congested = True
    leaving.way.port.leaving = True

    assert choose([congested, leaving, free], CALLER, everywhere) is free
    assert choose([congested, leaving], CALLER, everywhere) is None
    assert left_out([congested, free], CALLER, everywhere) == LeftOut(congested=True, leaving=False)
    assert left_out([leaving, free], CALLER, everywhere) == LeftOut(congested=False, leaving=True)
    assert left_out([congested, leaving], CALLER, everywhere) == LeftOut(congested=True, leaving=True)
    assert left_out([free], CALLER, everywhere) == LeftOut(congested=False, leaving=False)


def test_those_that_the_request_does_not_reach_are_as_if_not_there() -> None:
    out_of_reach, within = an_instance("out of reach"), an_instance("within", owing=9)
    out_of_reach.way.port.congested = True

    def reaches(source: Port, instance: Instance) -> bool:
        return instance is within

    assert choose([out_of_reach, within], CALLER, reaches) is within
    assert left_out([out_of_reach, within], CALLER, reaches) == LeftOut(congested=False, leaving=False)
