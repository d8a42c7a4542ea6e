"""Which of several links between two hubs is theirs."""

from __future__ import annotations

import pytest

from exchange.routing.joins import Joins
from exchange.wire.identities import Identity

LOW, HIGH, OTHER = Identity(b"\1" * 16), Identity(b"\2" * 16), Identity(b"\3" * 16)


class Link:
    """One link between our hub and another; notes what was decided about it.

    A dialling one is open as soon as it goes on; an accepting one when `read_ready` is called.
    """

    def __init__(self, joins: Joins, name: str, far: Identity, dialling: bool, told: list[str]) -> None:
        self.identity = far
        self.question = 0
        self._joins = joins
        self._name = name
        self._dialling = dialling
        self._told = told

    def go_on(self) -> None:
        self._told.append(f"{self._name} {'READY' if self._dialling else 'WELCOME'}")
        if self._dialling:
            self._joins.opened(self)

    def refuse(self) -> None:
        self._told.append(f"{self._name} BYE joined")
        self._joins.lost(self)

    def give_way(self) -> None:
        self._told.append(f"{self._name} BYE replaced")
        self._joins.lost(self)

    def ask(self, number: int, is_open: bool) -> None:
        self.question = number
        self._told.append(f"{self._name} {'PING' if is_open else 'is waited for'}")

    # What happens to it

    def come(self) -> None:
        self._joins.came(self)

    def read_ready(self) -> None:
        self._joins.opened(self)

    def pong(self) -> None:
        self._joins.answered(self, self.question)

    def stay_silent(self) -> None:
        self._joins.overdue(self, self.question)

    def end(self) -> None:
        self._joins.lost(self)


class Story:
    """The joins of one hub, and what was decided since the last time."""

    def __init__(self, own: Identity) -> None:
        self.joins = Joins(own)
        self._told: list[str] = []

    def accepts(self, name: str, far: Identity) -> Link:
        return self._came(Link(self.joins, name, far, False, self._told))

    def dials(self, name: str, far: Identity) -> Link:
        return self._came(Link(self.joins, name, far, True, self._told))

    def _came(self, link: Link) -> Link:
        link.come()
        return link

    def told(self) -> list[str]:
        told = list(self._told)
        self._told.clear()
        return told


@pytest.fixture
def low() -> Story:
    """The hub that decides about its links with `HIGH`."""
    return Story(LOW)


@pytest.fixture
def high() -> Story:
    """The hub that believes what `LOW` decides."""
    return Story(HIGH)


def test_of_two_hubs_exactly_one_decides() -> None:
    assert Joins(LOW).decides(HIGH)
    assert not Joins(HIGH).decides(LOW)


# The hub that decides


def test_the_first_link_goes_on_at_once(low: Story) -> None:
    low.accepts("first", HIGH).read_ready()
    low.dials("other", OTHER)
    assert low.told() == ["first WELCOME", "other READY"]


@pytest.mark.parametrize("dialled", [True, False])
def test_a_second_link_is_refused_once_the_first_has_given_a_sign_of_life(low: Story, dialled: bool) -> None:
    first = low.dials("first", HIGH)
    _ = low.dials("second", HIGH) if dialled else low.accepts("second", HIGH)
    assert low.told() == ["first READY", "first PING"]
    first.pong()
    assert low.told() == ["second BYE joined"]


@pytest.mark.parametrize(("dialled", "said"), [(True, "READY"), (False, "WELCOME")])
def test_a_second_link_takes_the_place_of_a_first_that_is_silent(low: Story, dialled: bool, said: str) -> None:
    first = low.dials("first", HIGH)
    _ = low.dials("second", HIGH) if dialled else low.accepts("second", HIGH)
    low.told()
    first.stay_silent()
    assert low.told() == ["first BYE replaced", f"second {said}"]


def test_a_second_link_goes_on_when_the_first_is_lost_meanwhile(low: Story) -> None:
    first = low.dials("first", HIGH)
    low.accepts("second", HIGH)
    low.told()
    first.end()
    assert low.told() == ["second WELCOME"]
    first.pong()
    first.stay_silent()
    assert low.told() == []


def test_a_link_that_is_decided_for_counts_before_its_greeting_is_over(low: Story) -> None:
    """Both dial in the same moment: our own link is welcomed while theirs has not said READY."""
    theirs = low.accepts("theirs", HIGH)
    low.dials("ours", HIGH)
    assert low.told() == ["theirs WELCOME", "theirs is waited for"]
    theirs.read_ready()
    assert low.told() == ["theirs PING"]
    theirs.pong()
    assert low.told() == ["ours BYE joined"]


def test_a_link_that_does_not_end_its_greeting_in_time_makes_way(low: Story) -> None:
    theirs = low.accepts("theirs", HIGH)
    low.dials("ours", HIGH)
    low.told()
    theirs.stay_silent()
    assert low.told() == ["theirs BYE replaced", "ours READY"]


def test_a_link_that_is_lost_in_its_greeting_makes_way(low: Story) -> None:
    theirs = low.accepts("theirs", HIGH)
    low.dials("ours", HIGH)
    low.told()
    theirs.end()
    assert low.told() == ["ours READY"]


def test_the_time_for_a_sign_of_life_begins_anew_when_the_greeting_is_over(low: Story) -> None:
    theirs = low.accepts("theirs", HIGH)
    low.dials("ours", HIGH)
    before = theirs.question
    theirs.read_ready()
    low.told()
    low.joins.overdue(theirs, before)
    assert low.told() == []


def test_of_several_that_wait_the_first_takes_the_place_and_is_asked_for_the_others(low: Story) -> None:
    first = low.dials("first", HIGH)
    second, third = low.accepts("second", HIGH), low.dials("third", HIGH)
    assert low.told() == ["first READY", "first PING"]
    first.stay_silent()
    assert low.told() == ["first BYE replaced", "second WELCOME", "second is waited for"]
    second.end()
    assert low.told() == ["third READY"]
    third.end()
    assert len(low.joins) == 0


def test_a_link_that_waits_may_be_lost_itself(low: Story) -> None:
    first, second = low.dials("first", HIGH), low.accepts("second", HIGH)
    second.end()
    low.told()
    first.pong()
    first.end()
    assert low.told() == []
    assert len(low.joins) == 0


def test_all_that_wait_are_refused_by_one_sign_of_life(low: Story) -> None:
    first = low.dials("first", HIGH)
    low.accepts("second", HIGH)
    low.accepts("third", HIGH)
    low.told()
    first.pong()
    assert low.told() == ["second BYE joined", "third BYE joined"]
    first.stay_silent()
    low.accepts("fourth", HIGH)
    assert low.told() == ["first PING"]


def test_one_that_takes_the_place_by_dialling_is_asked_once_for_the_rest(low: Story) -> None:
    first = low.dials("first", HIGH)
    low.dials("second", HIGH)
    low.dials("third", HIGH)
    low.told()
    first.stay_silent()
    assert low.told() == ["first BYE replaced", "second READY", "second PING"]


# The hub that believes


def test_whoever_does_not_decide_goes_on_with_every_link(high: Story) -> None:
    high.accepts("first", LOW)
    high.accepts("second", LOW)
    assert high.told() == ["first WELCOME", "second WELCOME"]


def test_a_link_that_opens_takes_the_place_of_the_older_one(high: Story) -> None:
    high.accepts("first", LOW).read_ready()
    high.dials("second", LOW)
    assert high.told() == ["first WELCOME", "second READY", "first BYE replaced"]


def test_a_link_that_was_refused_before_it_opened_disturbs_nothing(high: Story) -> None:
    first, second = high.dials("first", LOW), high.accepts("second", LOW)
    second.end()
    assert high.told() == ["first READY", "second WELCOME"]
    first.end()
    assert len(high.joins) == 0


def test_the_loss_of_a_link_nobody_knew_of_is_nothing(high: Story) -> None:
    Link(high.joins, "stranger", LOW, False, []).end()
    assert high.told() == []
