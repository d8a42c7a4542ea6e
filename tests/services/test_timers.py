"""Timers of services: when they run, what they run, and when they end."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from weakref import ref

import pytest
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from exchange import Exchange, Service, Timer, current_call, method
from exchange.testing import Network
from tests.logbook import Logbook
from tests.outcomes import Outcome

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
HOWTO = Path(__file__).parents[2] / "docs/howto/timers.md"


class Diary(Service):
    """Notes when it was called, and with what."""

    name = "diary"

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.notes: list[tuple[float, str]] = []
        self.asleep: list[Deferred[None]] = []

    @property
    def times(self) -> list[float]:
        return [time for time, _ in self.notes]

    def note(self, what: str = "") -> None:
        self.notes.append((self.clock.seconds(), what))

    def fail(self, what: str = "ran out of ink") -> None:
        self.note()
        raise ValueError(what)

    def sleep(self) -> Deferred[None]:
        self.note()
        sleeping: Deferred[None] = Deferred()
        self.asleep.append(sleeping)
        return sleeping

    async def dream(self) -> None:
        try:
            await self.sleep()
        except CancelledError:
            self.note("woken")
            raise
        self.note("slept well")


@pytest.fixture
def exchange(clock: Clock, logbook: Logbook) -> Exchange:
    exchange = Exchange(clock)
    exchange.startService()
    return exchange


@pytest.fixture
def diary(exchange: Exchange, clock: Clock) -> Diary:
    diary = Diary(clock)
    exchange.add(diary)
    return diary


def pass_time(clock: Clock, seconds: float, step: float = 1) -> None:
    clock.pump([step] * int(seconds / step))


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def longest_sleep(clock: Clock) -> float:
    return max(call.getTime() for call in clock.getDelayedCalls()) - clock.seconds()


STARTERS: list[Callable[..., Timer]] = [
    lambda service, *work: service.call_later(30, *work),
    lambda service, *work: service.call_every(30, *work),
    lambda service, *work: service.call_at(at(service.clock.seconds() + 30), *work),
    lambda service, *work: service.schedule("* * * * *", *work, zone=UTC),
]
every_kind = pytest.mark.parametrize("start", STARTERS, ids=["later", "every", "at", "schedule"])


# When


def test_what_is_called_later_is_called_once_with_its_arguments(diary: Diary, clock: Clock) -> None:
    timer = diary.call_later(2.5, diary.note, "hello")
    clock.advance(2.4)
    assert diary.notes == []
    pass_time(clock, 10, step=0.1)
    assert [what for _, what in diary.notes] == ["hello"]
    assert diary.times == [pytest.approx(2.5)]
    assert not timer.is_active


def test_what_is_called_after_no_time_is_called_in_the_next_turn(diary: Diary, clock: Clock) -> None:
    diary.call_later(0, diary.note)
    assert diary.notes == []
    clock.advance(0)
    assert diary.times == [0]


def test_a_delay_of_years_is_no_longer_and_no_shorter(diary: Diary, clock: Clock) -> None:
    diary.call_later(100 * 365 * DAY, diary.note)
    clock.advance(100 * 365 * DAY - 1)
    assert diary.notes == []
    clock.advance(1)
    assert diary.times == [100 * 365 * DAY]


def test_what_is_called_every_so_often_is_called_first_after_that_time(diary: Diary, clock: Clock) -> None:
    timer = diary.call_every(10, diary.note, "tick")
    pass_time(clock, 35)
    assert diary.notes == [(10, "tick"), (20, "tick"), (30, "tick")]
    assert timer.is_active


def test_what_is_called_every_so_often_does_not_drift(diary: Diary, clock: Clock) -> None:
    diary.call_every(10, diary.note)
    pass_time(clock, 105, step=3.5)
    assert diary.times == [10.5, 21, 31.5, 42, 52.5, 63, 70, 80.5, 91, 101.5]


def test_what_a_busy_process_missed_is_not_made_up_for(diary: Diary, clock: Clock) -> None:
    diary.call_every(10, diary.note)
    clock.advance(55)
    pass_time(clock, 10)
    assert diary.times == [55, 60]


def test_no_multiple_of_a_fraction_is_taken_twice(diary: Diary, clock: Clock) -> None:
    diary.call_every(0.1, diary.note)
    for count in range(1, 1001):
        clock.advance(count * 0.1 - clock.seconds())
    assert len(diary.times) == len(set(diary.times))
    assert len(diary.times) == pytest.approx(1000, abs=1)


def test_a_run_that_is_due_while_the_last_one_goes_on_is_left_out(diary: Diary, clock: Clock) -> None:
    diary.call_every(10, diary.sleep)
    pass_time(clock, 35)
    assert diary.times == [10]
    diary.asleep.pop().callback(None)
    pass_time(clock, 10)
    assert diary.times == [10, 40]


def test_what_is_to_be_called_at_a_time_is_called_then_and_once(diary: Diary, clock: Clock) -> None:
    timer = diary.call_at(at(2.5 * HOUR), diary.note, "tea")
    pass_time(clock, 3 * HOUR, step=0.5 * MINUTE)
    assert diary.notes == [(2.5 * HOUR, "tea")]
    assert not timer.is_active


def test_a_time_counts_in_its_own_zone(diary: Diary, clock: Clock) -> None:
    diary.call_at(datetime(1970, 1, 1, 2, 0, tzinfo=timezone(timedelta(hours=1))), diary.note)
    pass_time(clock, 2 * HOUR, step=MINUTE)
    assert diary.times == [HOUR]


def test_a_time_that_is_past_is_now(diary: Diary, clock: Clock) -> None:
    clock.advance(HOUR)
    diary.call_at(at(HOUR - 1), diary.note)
    assert not diary.notes
    clock.advance(0)
    assert diary.times == [HOUR]


def test_what_is_scheduled_is_called_whenever_its_line_says(diary: Diary, clock: Clock) -> None:
    timer = diary.schedule("*/20 1,3 * * *", diary.note, zone=UTC)
    pass_time(clock, DAY + 1.5 * HOUR, step=MINUTE)
    hours = [1, 1 + 1 / 3, 1 + 2 / 3, 3, 3 + 1 / 3, 3 + 2 / 3, 25, 25 + 1 / 3]
    assert diary.times == pytest.approx([hour * HOUR for hour in hours])
    assert timer.is_active


def test_what_is_scheduled_in_a_zone_follows_the_clock_there(diary: Diary, clock: Clock) -> None:
    diary.schedule("0 12 * * *", diary.note, zone=timezone(timedelta(hours=9)))
    pass_time(clock, DAY, step=MINUTE)
    assert diary.times == [3 * HOUR]


def test_what_is_scheduled_and_still_runs_is_left_out(diary: Diary, clock: Clock) -> None:
    diary.schedule("* * * * *", diary.sleep, zone=UTC)
    pass_time(clock, 3 * MINUTE)
    assert diary.times == [MINUTE]


# Clocks that are put right


def test_those_who_wait_for_a_time_of_day_look_at_least_once_a_minute(diary: Diary, clock: Clock) -> None:
    diary.call_at(at(DAY), diary.note)
    diary.schedule("@daily", diary.note, zone=UTC)
    for _ in range(10):
        assert 0 < longest_sleep(clock) <= MINUTE
        clock.advance(longest_sleep(clock))
    assert diary.notes == []


def test_what_the_clock_was_put_forward_over_is_called_once(diary: Diary, clock: Clock) -> None:
    diary.call_at(at(1.25 * HOUR), diary.note, "tea")
    diary.schedule("*/10 * * * *", diary.note, "bell", zone=UTC)
    pass_time(clock, 15 * MINUTE, step=MINUTE)
    clock.rightNow += 2 * HOUR
    pass_time(clock, 6 * MINUTE, step=MINUTE)
    after = 2 * HOUR + 15 * MINUTE
    assert diary.notes[:1] == [(10 * MINUTE, "bell")]
    assert sorted(diary.notes[1:3]) == [(after + MINUTE, "bell"), (after + MINUTE, "tea")]
    assert diary.notes[3:] == [(after + 5 * MINUTE, "bell")]


def test_what_the_clock_shows_again_after_it_was_put_back_is_not_called_again(diary: Diary, clock: Clock) -> None:
    diary.schedule("*/10 * * * *", diary.note, zone=UTC)
    diary.call_at(at(25 * MINUTE), diary.note)
    pass_time(clock, 11 * MINUTE, step=MINUTE)
    clock.rightNow -= 5 * MINUTE
    pass_time(clock, 20 * MINUTE, step=MINUTE)
    assert diary.times == [10 * MINUTE, 20 * MINUTE, 25 * MINUTE]


# What


def test_a_coroutine_function_runs_to_its_end(diary: Diary, clock: Clock) -> None:
    diary.call_later(1, diary.dream)
    clock.advance(1)
    diary.asleep.pop().callback(None)
    assert diary.notes == [(1, ""), (1, "slept well")]


@every_kind
def test_an_error_is_logged_with_the_name_of_the_service(
    diary: Diary, clock: Clock, logbook: Logbook, start: Callable[..., Timer]
) -> None:
    start(diary, diary.fail, "blot")
    pass_time(clock, MINUTE)
    assert "Diary.fail, run by a timer of service 'diary', raised" in logbook.lines("timer")
    assert set(logbook.failures()) == {"ValueError: blot"}


@pytest.mark.parametrize("error", [ValueError("blot"), SystemExit(3)], ids=["error", "exit"])
def test_an_error_does_not_stop_those_that_come_again(
    diary: Diary, clock: Clock, logbook: Logbook, error: BaseException
) -> None:
    def fail() -> None:
        diary.note()
        raise error

    diary.call_every(30, fail)
    diary.schedule("* * * * *", fail, zone=UTC)
    pass_time(clock, 2 * MINUTE)
    assert sorted(diary.times) == [30, 60, 60, 90, 120, 120]
    assert len(logbook.failures()) == 6


def test_a_deferred_or_a_coroutine_that_fails_is_logged_and_done_with(
    diary: Diary, clock: Clock, logbook: Logbook
) -> None:
    diary.call_every(10, diary.sleep)
    diary.call_every(10, diary.dream)
    clock.advance(10)
    for sleeping in diary.asleep:
        sleeping.errback(ValueError("a nightmare"))
    assert logbook.failures() == ["ValueError: a nightmare", "ValueError: a nightmare"]
    clock.advance(10)
    assert diary.times == [10, 10, 20, 20]


def test_a_deferred_that_the_program_cancels_itself_is_logged(diary: Diary, clock: Clock, logbook: Logbook) -> None:
    diary.call_later(1, diary.sleep)
    clock.advance(1)
    diary.asleep.pop().cancel()
    assert logbook.failures() == ["CancelledError: "]


def test_what_a_timer_runs_answers_no_call_even_if_a_method_started_it(network: Network) -> None:
    class Reminder(Diary):
        @method
        def remind(self) -> None:
            self.call_later(5, self.look)

        def look(self) -> None:
            with pytest.raises(LookupError):
                current_call()
            self.note()

    network.hub()
    caller, callee = network.peer(), network.peer()
    reminder = Reminder(network.clock)
    callee.add(reminder)
    network.result(caller.call("diary", "remind", timeout=1))
    network.clock.advance(5)
    assert len(reminder.notes) == 1


def test_what_a_timer_runs_within_a_method_answers_no_call(network: Network) -> None:
    class Hasty(Diary):
        @method
        def hurry(self) -> None:
            self.call_later(0, self.look)
            network.clock.run_due()

        def look(self) -> None:
            with pytest.raises(LookupError):
                current_call()
            self.note()

    hasty, peer = Hasty(network.clock), network.peer()
    peer.add(hasty)
    network.result(peer.call("diary", "hurry"))
    assert len(hasty.notes) == 1


# The end


@every_kind
def test_a_timer_that_was_cancelled_is_not_called_and_can_be_cancelled_again(
    diary: Diary, clock: Clock, start: Callable[..., Timer]
) -> None:
    timer = start(diary, diary.note)
    timer.cancel()
    timer.cancel()
    assert not timer.is_active
    assert clock.getDelayedCalls() == []


@every_kind
def test_to_cancel_what_has_been_called_does_nothing(diary: Diary, clock: Clock, start: Callable[..., Timer]) -> None:
    timer = start(diary, diary.note)
    pass_time(clock, MINUTE)
    assert diary.notes
    timer.cancel()
    assert not timer.is_active
    assert clock.getDelayedCalls() == []


def test_what_comes_again_may_cancel_itself(diary: Diary, clock: Clock) -> None:
    def note_twice() -> None:
        diary.note()
        if len(diary.notes) == 2:
            timer.cancel()

    timer = diary.call_every(10, note_twice)
    pass_time(clock, 50)
    assert diary.times == [10, 20]


def test_to_cancel_a_timer_lets_what_runs_go_on(diary: Diary, clock: Clock) -> None:
    timer = diary.call_every(10, diary.dream)
    clock.advance(10)
    timer.cancel()
    assert not timer.is_active
    diary.asleep.pop().callback(None)
    assert [what for _, what in diary.notes] == ["", "slept well"]


@every_kind
@pytest.mark.parametrize(
    "end", [lambda diary: diary.exchange.remove(diary), lambda diary: diary.exchange.stopService()]
)
def test_timers_end_with_their_service_and_with_its_exchange(
    diary: Diary, clock: Clock, start: Callable[..., Timer], end: Callable[[Diary], Any]
) -> None:
    waiting, running = start(diary, diary.note), diary.call_later(1, diary.dream)
    clock.advance(1)
    end(diary)
    assert [what for _, what in diary.notes] == ["", "woken"]
    assert not waiting.is_active
    assert not running.is_active
    pass_time(clock, 2 * MINUTE)
    assert len(diary.notes) == 2
    assert clock.getDelayedCalls() == []


def test_the_timers_of_another_service_go_on(exchange: Exchange, diary: Diary, clock: Clock) -> None:
    other = Diary(clock)
    exchange.add(other)
    other.call_later(10, other.note)
    diary.call_later(10, diary.note)
    exchange.remove(diary)
    clock.advance(10)
    assert (diary.times, other.times) == ([], [10])


def test_a_timer_may_stop_its_own_exchange_and_see_that_it_did(network: Network) -> None:
    class Closing(Diary):
        name = "closing"

        async def close(self) -> None:
            await self.exchange.ping("closing")
            await self.exchange.stopService()
            self.note("closed")

    network.hub()
    peer = network.peer()
    closing = Closing(network.clock)
    peer.add(closing)
    closing.call_later(5, closing.close)
    network.clock.advance(10)
    assert [what for _, what in closing.notes] == ["closed"]
    assert not peer.running


def test_a_timer_may_remove_its_own_service_and_then_finish(exchange: Exchange, diary: Diary, clock: Clock) -> None:
    async def leave() -> None:
        await diary.sleep()
        exchange.remove(diary)
        await diary.dream()

    diary.call_later(1, leave)
    clock.advance(1)
    diary.asleep.pop(0).callback(None)
    diary.asleep.pop(0).callback(None)
    assert [what for _, what in diary.notes] == ["", "", "slept well"]


def test_so_may_one_whose_coroutines_are_run_by_asyncio(clock: Clock, logbook: Logbook) -> None:
    loop = asyncio.new_event_loop()
    exchange = Exchange(clock, run_coroutine=lambda work: Deferred.fromFuture(loop.create_task(work)))
    diary = Diary(clock)
    exchange.add(diary)
    finished = loop.create_future()

    async def leave() -> None:
        await asyncio.sleep(0)
        exchange.remove(diary)
        await asyncio.sleep(0)
        finished.set_result("slept well")

    diary.call_later(1, leave)
    clock.advance(1)
    assert loop.run_until_complete(asyncio.wait_for(finished, 5)) == "slept well"
    loop.close()


def test_what_cannot_be_cancelled_does_not_keep_the_others_from_ending(
    exchange: Exchange, diary: Diary, clock: Clock, logbook: Logbook
) -> None:
    def refuse(_: Deferred[None]) -> None:
        raise ValueError("not now")

    diary.call_later(1, lambda: Deferred(refuse))
    diary.call_later(1, diary.dream)
    clock.advance(1)
    exchange.remove(diary)
    assert logbook.failures() == ["ValueError: not now"]
    assert [what for _, what in diary.notes] == ["", "woken"]


@every_kind
def test_when_its_exchange_was_stopped_a_service_has_no_timers_until_it_is_started_again(
    exchange: Exchange, diary: Diary, clock: Clock, start: Callable[..., Timer]
) -> None:
    stopped = Outcome(exchange.stopService())
    assert stopped.count == 1
    with pytest.raises(RuntimeError, match=r"exchange .* was stopped"):
        start(diary, diary.note)
    exchange.startService()
    assert start(diary, diary.note).is_active


@every_kind
def test_of_a_timer_that_is_over_nothing_is_kept(diary: Diary, clock: Clock, start: Callable[..., Timer]) -> None:
    timers = [start(diary, diary.note), start(diary, diary.dream)]
    pass_time(clock, 5 * MINUTE)
    for timer in timers:
        timer.cancel()
    diary.asleep.pop().callback(None)
    kept = [ref(timer) for timer in timers]
    del timer, timers
    gc.collect()
    assert [each() for each in kept] == [None, None]


# Who may have one


@every_kind
def test_a_service_that_was_not_added_has_no_timers(clock: Clock, start: Callable[..., Timer]) -> None:
    with pytest.raises(RuntimeError, match=r"service 'diary' was not added .* in prepare\(\)"):
        start(Diary(clock), print)


def test_a_service_that_was_removed_has_no_timers(exchange: Exchange, diary: Diary) -> None:
    exchange.remove(diary)
    with pytest.raises(RuntimeError, match="was not added"):
        diary.call_later(1, diary.note)


def test_timers_can_be_started_when_the_service_is_prepared(clock: Clock, exchange: Exchange) -> None:
    class Early(Diary):
        def prepare(self) -> None:
            self.call_later(1, self.note, "early")

    early = Early(clock)
    exchange.add(early)
    clock.advance(1)
    assert early.notes == [(1, "early")]


@every_kind
def test_a_timer_is_active_while_it_waits_and_knows_whose_it_is(diary: Diary, start: Callable[..., Timer]) -> None:
    timer = start(diary, diary.note)
    assert timer.is_active
    assert timer.service is diary


# What is refused


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_a_delay_that_cannot_be_is_refused(diary: Diary, clock: Clock, seconds: float) -> None:
    with pytest.raises(ValueError, match="the delay of a timer must be"):
        diary.call_later(seconds, diary.note)
    assert clock.getDelayedCalls() == []


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 1e-320, 1e-300, 0.0009, 10**400])
def test_an_interval_that_cannot_be_is_refused(diary: Diary, clock: Clock, seconds: float) -> None:
    with pytest.raises(ValueError, match="the interval of a timer"):
        diary.call_every(seconds, diary.note)
    assert clock.getDelayedCalls() == []


def test_the_shortest_interval_is_a_millisecond(diary: Diary, clock: Clock) -> None:
    diary.call_every(0.001, diary.note)
    pass_time(clock, 0.01, step=0.0005)
    assert len(diary.notes) in (9, 10)


@pytest.mark.parametrize("given", ["a", None, timedelta(seconds=1)])
def test_what_is_no_number_is_refused_with_what_it_was_given_for(diary: Diary, clock: Clock, given: Any) -> None:
    with pytest.raises(TypeError, match="the delay of a timer must be a number of seconds"):
        diary.call_later(given, diary.note)
    with pytest.raises(TypeError, match="the interval of a timer must be a number of seconds"):
        diary.call_every(given, diary.note)
    with pytest.raises(TypeError, match="is not a time of day; give a datetime"):
        diary.call_at(given, diary.note)
    with pytest.raises(TypeError if given != "a" else ValueError, match="cron line"):
        diary.schedule(given, diary.note)
    assert clock.getDelayedCalls() == []


def test_a_time_without_a_zone_is_refused_with_the_mend(diary: Diary) -> None:
    with pytest.raises(ValueError, match=r"1970-01-02 12:00:00 has no time zone.*moment\.astimezone\(\)"):
        diary.call_at(datetime(1970, 1, 2, 12), diary.note)


def test_a_line_that_cannot_be_understood_is_refused(diary: Diary, clock: Clock) -> None:
    with pytest.raises(ValueError, match="minute '61'"):
        diary.schedule("61 * * * *", diary.note)
    assert clock.getDelayedCalls() == []


def test_the_name_of_a_zone_is_not_a_zone(diary: Diary) -> None:
    zone: Any = "Europe/Berlin"
    with pytest.raises(TypeError, match=r"give zoneinfo\.ZoneInfo\('Europe/Berlin'\)"):
        diary.schedule("@daily", diary.note, zone=zone)


@every_kind
def test_what_cannot_be_called_is_refused_at_once(diary: Diary, clock: Clock, start: Callable[..., Timer]) -> None:
    with pytest.raises(TypeError, match="None cannot be called by a timer"):
        start(diary, None)
    assert clock.getDelayedCalls() == []


# The document


def test_the_program_of_the_howto_runs() -> None:
    program = HOWTO.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    exec(compile(program, str(HOWTO), "exec"), {"__name__": "timers"})
