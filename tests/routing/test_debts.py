"""Calls passed on and not yet answered."""

from __future__ import annotations

from exchange.routing.debts import Debts
from exchange.routing.registry import About, Instance, Way
from tests.routing.recorder import Recorder


def an_instance(port: Recorder) -> Instance:
    about = About("math", (), "*", b"", None, ())
    return Instance(port.make(1), Way(port, 1, about, port.identity))


def test_a_debt_is_counted_at_both_ports_and_at_the_instance() -> None:
    debts, caller, callee = Debts(), Recorder("caller"), Recorder("callee")
    math = an_instance(callee)
    debts.incur(caller.make(1), caller, callee, math)
    debts.incur(caller.make(2), caller, callee, None)

    assert (caller.asking, caller.owing, callee.asking, callee.owing, math.owing) == (2, 0, 0, 2, 1)


def test_a_settled_debt_is_counted_nowhere() -> None:
    debts, caller, callee = Debts(), Recorder("caller"), Recorder("callee")
    math = an_instance(callee)
    debts.incur(caller.make(1), caller, callee, math)
    debts.incur(caller.make(2), caller, callee, None)

    assert debts.settle(caller.make(1)) == (caller, callee, math, None, 0.0)
    assert debts.settle(caller.make(2)) == (caller, callee, None, None, 0.0)
    assert not debts.owed
    assert (caller.asking, callee.owing, math.owing) == (0, 0, 0)


def test_the_debts_about_a_port_are_those_it_has_and_those_it_is_owed() -> None:
    debts, one, two, three = Debts(), Recorder("one"), Recorder("two"), Recorder("three")
    debts.incur(one.make(1), one, two, None)
    debts.incur(two.make(1), two, three, None)
    debts.incur(three.make(1), three, one, None)

    assert [call for call, _ in debts.about(two)] == [one.make(1), two.make(1)]
    assert [call for call, _ in debts.about(three)] == [two.make(1), three.make(1)]


def test_a_call_from_a_port_to_itself_is_one_debt() -> None:
    debts, local, other = Debts(), Recorder("local"), Recorder("other")
    debts.incur(local.make(1), local, local, None)
    debts.incur(other.make(1), other, local, None)

    assert [call for call, _ in debts.about(local)] == [local.make(1), other.make(1)]


def test_a_port_without_debts_has_none() -> None:
    debts, one, two = Debts(), Recorder("one"), Recorder("two")
    debts.incur(one.make(1), one, one, None)

    assert debts.about(two) == []
