"""Where a request goes, and if nowhere, why not."""

from __future__ import annotations

import pytest

from exchange.errors import ServiceUnavailable
from exchange.routing import directions
from exchange.routing.directions import MOST_CANDIDATES, RECENTLY
from exchange.routing.interest import BUILT_IN
from exchange.wire.failures import error_of
from tests.routing.recorder import Recorder, Story, a_hub, a_peer, announce, failure, request, said, withdraw

NUMBERS = iter(range(1, 1_000))


def ask(story: Story, caller: Recorder, to: str | bytes) -> bytes:
    call = caller.make(next(NUMBERS))
    story.receive(caller, request(call, to))
    return call


def refused(story: Story, caller: Recorder, to: str | bytes) -> tuple[str, bool | None]:
    ask(story, caller, to)
    return failure(caller.taken())


def text_of(story: Story, caller: Recorder, to: str) -> str:
    ask(story, caller, to)
    return str(error_of(caller.taken()[0]))


# Where to


def test_a_hub_takes_a_request_by_name_to_the_instance_that_owes_least() -> None:
    story = a_hub()
    busy, idle, caller = story.attach_with("busy", "math"), story.attach_with("idle", "math"), story.attach("caller")
    ask(story, caller, busy.make(1))
    busy.taken()

    call = ask(story, caller, "math")

    assert said(idle.taken()) == [("REQUEST", call)]
    assert busy.taken() == []


def test_what_is_for_every_hub_is_answered_by_the_first_and_a_peer_passes_it_on() -> None:
    hub = a_hub()
    caller, other = hub.attach("caller"), hub.attach("other", is_hub=True)
    call = ask(hub, caller, BUILT_IN)
    assert said(hub.local.taken()) == [("REQUEST", call)]
    assert other.taken() == []

    peer = a_peer()
    uplink = peer.attach("hub", is_hub=True)
    uplink.taken()
    call = ask(peer, peer.local, BUILT_IN)
    assert said(uplink.taken()) == [("REQUEST", call)]


def test_equals_are_called_in_turn() -> None:
    story = a_hub()
    callees = [story.attach_with(name, "math") for name in ("one", "two", "three")]
    caller = story.attach("caller")
    for _ in range(6):
        ask(story, caller, "math")

    assert [callee.owing for callee in callees] == [2, 2, 2]


def test_a_request_by_id_goes_to_that_instance_however_much_it_owes() -> None:
    story = a_hub()
    one, two, caller = story.attach_with("one", "math"), story.attach_with("two", "math"), story.attach("caller")
    for _ in range(3):
        ask(story, caller, one.make(1))

    assert (one.owing, two.owing) == (3, 0)


def test_a_peer_takes_an_instance_of_its_own_before_it_asks_its_hub() -> None:
    story = a_peer()
    hub = story.attach("hub", is_hub=True)
    story.receive(story.local, announce(story.local.make(1), "math"))
    hub.taken()

    own, other = ask(story, story.local, "math"), ask(story, story.local, "history")

    assert said(story.local.taken()) == [("REQUEST", own)]
    assert said(hub.taken()) == [("REQUEST", other)]


def test_a_peer_asks_its_hub_for_an_id_that_it_does_not_have() -> None:
    story = a_peer()
    hub = story.attach("hub", is_hub=True)
    call = ask(story, story.local, Recorder("elsewhere").make(1))

    assert said(hub.taken()) == [("REQUEST", call)]


def test_of_two_hubs_a_peer_asks_the_one_that_it_attached_to_last() -> None:
    story = a_peer()
    newer = story.attach("rome", is_hub=True, attachment=2)
    older = story.attach("oslo", is_hub=True, attachment=1)
    ask(story, story.local, "math")

    assert (newer.owing, older.owing) == (1, 0)


def test_a_leaving_or_congested_hub_is_passed_over_for_another() -> None:
    story = a_peer()
    leaving = story.attach("rome", is_hub=True, attachment=3)
    congested = story.attach("oslo", is_hub=True, attachment=2)
    free = story.attach("bonn", is_hub=True, attachment=1)
    story.switch.note_leaving(leaving)
    congested.congested = True
    ask(story, story.local, "math")

    assert (leaving.owing, congested.owing, free.owing) == (0, 0, 1)


def test_a_peer_never_passes_a_request_of_its_hub_on_to_another_hub() -> None:
    story = a_peer()
    asked, other = story.attach("rome", is_hub=True), story.attach("oslo", is_hub=True)
    caller = Recorder("caller")
    story.receive(asked, request(caller.make(1), "math"))

    assert failure(asked.taken()) == ("WayGone", False)
    assert other.taken() == []


# Why not


def test_a_peer_without_a_hub_says_so() -> None:
    story = a_peer()

    assert "no hub is linked" in text_of(story, story.local, "math")
    assert refused(story, story.local, "math") == ("ServiceUnavailable", False)
    assert refused(story, story.local, Recorder("elsewhere").make(1)) == ("ServiceUnavailable", False)


def test_a_name_that_was_never_known_is_unavailable_and_the_hub_says_which_it_is() -> None:
    story = a_hub(group="plant")
    caller = story.attach("caller")
    ask(story, caller, "math")
    error = error_of(caller.taken()[0])

    assert (type(error), error.number, error.delivered) == (ServiceUnavailable, 46, False)
    assert str(error) == ("no service named 'math' is known at hub hub; is it running, and in exchange group 'plant'?")
    elsewhere = a_hub()
    assert text_of(elsewhere, elsewhere.attach("caller"), "math").endswith("at hub hub; is it running?")


def test_when_all_instances_are_congested_the_caller_hears_overloaded() -> None:
    story = a_hub()
    one, two, caller = story.attach_with("one", "math"), story.attach_with("two", "math"), story.attach("caller")
    one.congested = two.congested = True

    assert refused(story, caller, "math") == ("Overloaded", False)
    assert refused(story, caller, one.make(1)) == ("Overloaded", False)
    two.congested = False
    ask(story, caller, "math")
    assert (one.owing, two.owing) == (0, 1)


def test_a_peer_whose_link_to_the_hub_is_congested_hears_overloaded() -> None:
    story = a_peer()
    story.attach("hub", is_hub=True).congested = True

    assert refused(story, story.local, "math") == ("Overloaded", False)


def test_a_peer_whose_hub_is_leaving_hears_that_the_way_is_gone() -> None:
    story = a_peer()
    story.switch.note_leaving(story.attach("hub", is_hub=True))

    assert refused(story, story.local, "math") == ("WayGone", False)


def test_when_there_is_only_a_leaving_way_the_way_is_gone() -> None:
    story = a_hub()
    callee, caller = story.attach_with("callee", "math"), story.attach("caller")
    story.switch.note_leaving(callee)

    assert refused(story, caller, "math") == ("WayGone", False)
    assert refused(story, caller, callee.make(1)) == ("WayGone", False)
    assert callee.taken() == []


def test_what_a_hub_asked_for_and_is_no_longer_here_is_a_way_gone() -> None:
    story = a_peer()
    hub = story.attach("hub", is_hub=True)
    caller = Recorder("caller")
    story.receive(hub, request(caller.make(1), "math"))

    assert failure(hub.taken()) == ("WayGone", False)


def test_an_id_that_is_not_known_is_a_way_gone() -> None:
    story = a_hub()

    assert refused(story, story.attach("caller"), Recorder("elsewhere").make(1)) == ("WayGone", False)


def test_a_name_that_was_lost_is_expected_back_for_ten_seconds() -> None:
    story = a_hub()
    story.now = 100.0
    callee, caller = story.attach_with("callee", "math"), story.attach("caller")
    story.switch.detach(callee, "connection reset")

    story.now += RECENTLY - 0.1
    assert refused(story, caller, "math") == ("WayGone", False)
    story.now += 0.2
    assert refused(story, caller, "math") == ("ServiceUnavailable", False)


def test_a_name_that_its_owner_withdrew_is_not_expected_back() -> None:
    story = a_hub()
    callee, caller = story.attach_with("callee", "math"), story.attach("caller")
    story.receive(callee, withdraw(callee.make(1)))

    assert refused(story, caller, "math") == ("ServiceUnavailable", False)


def test_a_name_of_which_another_instance_is_left_is_not_lost() -> None:
    story = a_hub()
    lost, left, caller = story.attach_with("lost", "math"), story.attach_with("left", "math"), story.attach("caller")
    story.switch.detach(lost, "connection reset")
    story.receive(left, withdraw(left.make(1)))

    assert refused(story, caller, "math") == ("ServiceUnavailable", False)


def test_a_name_that_came_back_and_was_withdrawn_is_not_lost_any_more() -> None:
    story = a_hub()
    caller = story.attach("caller")
    story.switch.detach(story.attach_with("callee", "math"), "connection reset")
    again = story.attach_with("callee", "math")
    story.receive(again, withdraw(again.make(1)))

    assert refused(story, caller, "math") == ("ServiceUnavailable", False)


def test_only_so_many_lost_names_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directions, "MOST_LOST", 2)
    story = a_hub()
    caller = story.attach("caller")
    for name in ("one", "two", "three"):
        story.switch.detach(story.attach_with(name, name), "connection reset")

    assert [refused(story, caller, name)[0] for name in ("one", "two", "three")] == [
        "ServiceUnavailable",
        "WayGone",
        "WayGone",
    ]


# Audience


def test_what_is_for_this_process_only_is_called_from_this_process_only() -> None:
    for story in (a_hub(), a_peer()):
        story.receive(story.local, announce(story.local.make(1), "private", audience=""))
        other = story.attach("other", is_hub=not story.switch.role.is_hub)
        caller = Recorder("other") if story.switch.role.is_hub else Recorder("caller")
        for to in ("private", story.local.make(1)):
            refused_call = caller.make(next(NUMBERS))
            story.receive(other, request(refused_call, to))
            assert said(other.taken()) == [("FAILURE", refused_call)]
            call = ask(story, story.local, to)
            assert said(story.local.taken()) == [("REQUEST", call)]


# Many namesakes


class Counting(Recorder):
    """Counts how often it is looked at."""

    looks = 0

    @property
    def leaving(self) -> bool:  # type: ignore[override]
        self.looks += 1
        return False


def many_namesakes(story: Story, number: int) -> Counting:
    many = Counting("many", attachment=1)
    story.switch.attach(many)
    story.receive(many, *(announce(many.make(each), "math") for each in range(number)))
    return many


def test_of_many_namesakes_only_some_are_looked_at_for_one_call_and_all_have_their_turn() -> None:
    story = a_hub()
    many, caller = many_namesakes(story, 3 * MOST_CANDIDATES), story.attach("caller")
    many.looks = 0
    ask(story, caller, "math")
    assert many.looks == MOST_CANDIDATES

    honest = story.attach_with("honest", "math")
    for _ in range(4 * MOST_CANDIDATES):
        ask(story, caller, "math")
    assert 0 < len(honest.taken()) <= 4


def test_a_refusal_looks_only_at_those_that_the_call_could_have_gone_to() -> None:
    story = a_hub()
    many, caller = many_namesakes(story, 3 * MOST_CANDIDATES), story.attach("caller")
    many.congested = True
    many.looks = 0

    assert refused(story, caller, "math") == ("Overloaded", False)
    assert many.looks <= 4 * MOST_CANDIDATES


def test_a_hub_answers_by_itself_what_is_asked_of_its_number_0() -> None:
    story = a_hub()
    caller, rome, left = story.attach("caller"), story.attach("rome", is_hub=True), story.attach("left", is_hub=True)
    left.leaving = True
    story.receive(caller, request(caller.make(1), story.local.make(0)))
    story.receive(caller, request(caller.make(2), rome.make(0)))
    story.receive(rome, request(rome.make(1), story.local.make(0)))

    assert said(story.local.taken()) == [("REQUEST", caller.make(1)), ("REQUEST", rome.make(1))]
    assert said(rome.taken()) == [("REQUEST", caller.make(2))]


def test_the_number_0_of_a_hub_is_found_over_one_hop_and_only_while_it_stays() -> None:
    story = a_hub()
    caller, rome, paris = story.attach("caller"), story.attach("rome", is_hub=True), story.attach("paris", is_hub=True)
    story.receive(rome, request(rome.make(1), paris.make(0)))
    assert failure(rome.taken()) == ("WayGone", False)

    paris.leaving = True
    for number, there in enumerate((paris.make(0), caller.make(0), rome.make(1))):
        story.receive(caller, request(caller.make(number), there))
        assert failure(caller.taken()) == ("WayGone", False)


def test_a_peer_asks_its_hub_for_the_number_0_of_any() -> None:
    story = a_peer()
    rome, paris = story.attach("rome", is_hub=True), Recorder("paris")
    story.receive(story.local, request(story.local.make(1), paris.make(0)))

    assert said(rome.taken()) == [("REQUEST", story.local.make(1))]
