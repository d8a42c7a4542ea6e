"""Who calls what, as a hub counts it."""

from __future__ import annotations

import pytest

from exchange.errors import CallError, ServiceUnavailable, ServiceWithdrawn
from exchange.routing.usage import (
    CANCELLED,
    MOST_ERRORS,
    MOST_GONE,
    MOST_NAMES,
    MOST_SERVICES,
    OTHER_ERRORS,
    OTHERS,
    Caller,
    accounts_of,
)
from exchange.wire.failures import failure_of
from tests.routing.recorder import Recorder, Story, a_hub, a_peer, announce, cancel, reply, request


def a_story() -> tuple[Story, Recorder, Recorder]:
    story = a_hub()
    return story, story.attach("caller"), story.attach_with("callee", "math")


def counted(port: Recorder) -> list[tuple[str, int]]:
    return [(account.service, account.calls) for account in accounts_of(port)]


def test_a_call_is_counted_for_its_caller_and_its_service_with_the_time_that_it_took() -> None:
    story, caller, callee = a_story()
    story.now = 10.0
    story.receive(caller, request(caller.make(1), "math"))
    story.now = 10.3
    story.receive(callee, reply(caller.make(1)))

    (account,) = accounts_of(caller)
    assert (account.service, account.calls, account.failures, account.last) == ("math", 1, {}, 10.0)
    assert round(account.seconds, 6) == 0.3
    assert accounts_of(callee) == []
    assert story.switch.usage.services["math"].buckets.index(1) == 11  # up to half a second


def test_failures_are_counted_by_their_numbers_and_cancelled_calls_too() -> None:
    story, caller, callee = a_story()
    for number in (1, 2, 3):
        story.receive(caller, request(caller.make(number), "math"))
    story.receive(callee, failure_of(caller.make(1), ServiceWithdrawn("gone")))
    story.receive(caller, cancel(caller.make(2)))
    story.switch.detach(callee, "lost")

    (account,) = accounts_of(caller)
    assert account.calls == 3
    assert account.failures == {ServiceWithdrawn.number: 2, CANCELLED: 1}
    assert story.switch.usage.services["math"].failures == account.failures
    assert sum(story.switch.usage.services["math"].buckets) == 2


def test_whoever_makes_up_numbers_of_errors_has_so_many_counted_apart_and_the_rest_together() -> None:
    story, caller, callee = a_story()
    for number in range(1, 2 * MOST_ERRORS + 1):
        story.receive(caller, request(caller.make(number), "math"))
        story.receive(callee, failure_of(caller.make(number), CallError("no", number=1000 + number)))
    story.receive(caller, request(caller.make(9999), "math"), cancel(caller.make(9999)))
    answers = story.switch.usage.services["math"]
    (account,) = accounts_of(caller)
    for failures in (answers.failures, account.failures):
        assert len(failures) == MOST_ERRORS + 2
        assert (failures[OTHER_ERRORS], failures[CANCELLED], failures[1001]) == (MOST_ERRORS, 1, 1)
    assert answers.replies == 0

    story.switch.detach(caller, "left")
    again = story.attach("caller")
    story.receive(again, request(again.make(1), "math"))
    story.receive(callee, failure_of(again.make(1), CallError("no", number=5)))
    story.switch.detach(again, "left")
    (gone,) = story.switch.usage.gone.values()
    assert len(gone.failures) == MOST_ERRORS + 2
    assert sum(gone.failures.values()) == gone.calls == 2 * MOST_ERRORS + 2


@pytest.mark.parametrize("is_lost", [False, True])
def test_when_the_clock_is_set_back_no_answer_takes_less_than_no_time(is_lost: bool) -> None:
    story, caller, callee = a_story()
    story.now = 100.0
    story.receive(caller, request(caller.make(1), "math"))
    story.now = 10.0
    story.receive(callee, announce(callee.make(2), "other"))
    if is_lost:
        story.switch.detach(callee, "lost")
    else:
        story.receive(callee, reply(caller.make(1)))

    (account,) = accounts_of(caller)
    assert account.seconds == 0.0
    assert account.buckets[0] == 1


def test_a_call_by_id_is_counted_under_the_name() -> None:
    story, caller, callee = a_story()
    story.receive(caller, request(caller.make(1), callee.make(1)))
    story.receive(caller, request(caller.make(2), "math"))

    assert counted(caller) == [("math", 2)]


def test_what_is_called_in_vain_is_counted_for_its_caller_and_taken_over_when_it_comes() -> None:
    story, caller, _ = a_story()
    story.receive(caller, request(caller.make(1), "history"))
    story.receive(caller, request(caller.make(2), "history"))
    assert counted(caller) == [("history", 2)]
    assert "history" not in story.switch.usage.services

    story.attach_with("archive", "history")
    story.receive(caller, request(caller.make(3), "history"))

    (account,) = accounts_of(caller)
    assert (account.calls, account.failures) == (3, {ServiceUnavailable.number: 2})
    assert account.answers is story.switch.usage.services["history"]


def test_what_is_refused_of_a_name_that_is_there_is_counted_with_the_rest() -> None:
    story, caller, callee = a_story()
    story.receive(caller, request(caller.make(1), "math"))
    callee.congested = True
    story.receive(caller, request(caller.make(2), "math"))

    assert counted(caller) == [("math", 2)]


def test_what_is_asked_of_the_hub_itself_is_not_counted() -> None:
    story, caller, _ = a_story()
    story.receive(caller, request(caller.make(1), "$exchange"))
    story.receive(caller, request(caller.make(2), story.local.make(0)))
    story.receive(caller, request(caller.make(3), caller.make(0)))
    assert counted(caller) == []


def test_calls_to_ids_that_nobody_has_are_counted_together() -> None:
    story, caller, _ = a_story()
    story.receive(caller, request(caller.make(1), caller.make(99)))
    story.receive(caller, request(caller.make(2), caller.make(98)))

    assert counted(caller) == [(OTHERS, 2)]


def test_what_comes_from_another_hub_is_counted_there() -> None:
    story, _, callee = a_story()
    other = story.attach("other hub", is_hub=True)
    story.receive(other, request(callee.make(7)[:16] + bytes([0, 0, 1, 0]), "math"))
    story.receive(other, request(other.make(1), "nothing"))

    assert accounts_of(other) == []


def test_a_peer_counts_nothing() -> None:
    story = a_peer()
    story.receive(story.local, announce(story.local.make(1), "math"), request(story.local.make(1), "math"))
    story.receive(story.local, request(story.local.make(2), "nothing"))

    assert accounts_of(story.local) == []


def test_a_caller_has_as_many_accounts_as_there_is_room_for_and_one_for_the_rest() -> None:
    story, caller = a_hub(), None
    callee, caller = story.attach("callee"), story.attach("caller")
    for number in range(2 * MOST_NAMES):
        story.receive(callee, announce(callee.make(number), f"s{number}"))
        story.receive(caller, request(caller.make(2 * number), callee.make(number)))
        story.receive(caller, request(caller.make(2 * number + 1), f"missing {number}"))

    accounts = accounts_of(caller)
    assert len(accounts) <= MOST_NAMES
    assert sum(account.calls for account in accounts) == 4 * MOST_NAMES
    assert len(caller.accounts or ()) <= MOST_NAMES + 2
    assert {account.service for account in accounts} >= {OTHERS, "s0"}


def test_a_caller_that_is_gone_is_remembered_by_what_it_was() -> None:
    story, _, callee = a_story()
    for _ in range(2):
        cron = story.attach_with("cron", "nightly")
        story.receive(cron, request(cron.make(1), "math"))
        story.receive(callee, failure_of(cron.make(1), ServiceWithdrawn("gone")))
        story.switch.detach(cron, "left")

    (caller,), (account,) = story.switch.usage.gone.keys(), story.switch.usage.gone.values()
    assert caller == Caller(None, ("nightly",), "math")
    assert (account.calls, account.failures) == (2, {ServiceWithdrawn.number: 2})


def test_no_more_are_remembered_than_there_is_room_for() -> None:
    story, *_ = a_story()
    for number in range(MOST_GONE + 1):
        gone = story.attach_with("gone", f"s{number}")
        story.receive(gone, request(gone.make(1), "math"))
        story.switch.detach(gone, "left")

    assert len(story.switch.usage.gone) == MOST_GONE
    assert next(iter(story.switch.usage.gone)).offers == ("s1",)


def test_services_beyond_many_are_counted_together() -> None:
    story, callee = a_hub(), Recorder("callee")
    story.switch.attach(callee)
    for number in range(MOST_SERVICES + 5):
        story.receive(callee, announce(callee.make(number), f"s{number}"))
        caller = Recorder("caller")
        caller.accounts = {}
        story.switch.usage.account(caller, f"s{number}", None)

    assert len(story.switch.usage.services) == MOST_SERVICES + 1
    assert OTHERS in story.switch.usage.services
