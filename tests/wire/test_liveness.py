"""Whether the far end still lives, by what is heard of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange.wire.liveness import LONGEST_TICK, Liveness, Verdict, tick_every


def silence(liveness: Liveness, start: float, end: float) -> list[tuple[float, Verdict]]:
    """Let time pass without a sign of life, in ticks of a second; return what was to be done."""
    done: list[tuple[float, Verdict]] = []
    now = start
    while now <= end:
        verdict = liveness.tick(now)
        if verdict is not Verdict.FINE:
            done.append((now, verdict))
        if verdict is Verdict.DEAD:
            break
        now += 1.0
    return done


def test_a_silent_far_end_is_asked_once_and_is_dead_in_time() -> None:
    assert silence(Liveness(10, 30, 0), 1, 60) == [(10, Verdict.ASK), (29, Verdict.DEAD)]


def test_whoever_speaks_is_not_asked() -> None:
    liveness = Liveness(10, 30, 0)
    for now in range(1, 100):
        liveness.heard = True
        assert liveness.tick(now) is Verdict.FINE


def test_an_answer_ends_the_doubt_and_the_next_silence_is_asked_about_again() -> None:
    liveness = Liveness(10, 30, 0)
    assert silence(liveness, 1, 25) == [(10, Verdict.ASK)]

    liveness.heard = True

    assert silence(liveness, 26, 100) == [(36, Verdict.ASK), (55, Verdict.DEAD)]


def test_time_in_which_we_were_held_up_is_not_counted_against_the_far_end() -> None:
    liveness = Liveness(10, 30, 0)
    assert silence(liveness, 1, 12) == [(10, Verdict.ASK)]

    assert liveness.tick(500) is Verdict.FINE

    assert silence(liveness, 501, 600) == [(516, Verdict.DEAD)]


def test_held_up_before_it_asked_it_asks_before_it_gives_up() -> None:
    liveness = Liveness(10, 30, 0)

    assert liveness.tick(500) is Verdict.ASK
    assert silence(liveness, 501, 600) == [(519, Verdict.DEAD)]


def suspected_at(liveness: Liveness, ticks: list[float]) -> list[float]:
    """Let time pass without a sign of life; return at which ticks the far end was suspected."""
    suspected = []
    for now in ticks:
        liveness.tick(now)
        if liveness.suspected:
            suspected.append(now)
    return suspected


def test_a_far_end_that_was_asked_is_suspected_when_a_third_of_its_time_is_over() -> None:
    assert suspected_at(Liveness(10, 30, 0), [*range(1, 29)]) == [*range(17, 29)]


def test_a_suspicion_ends_with_a_sign_of_life_and_begins_anew_with_the_next_silence() -> None:
    liveness = Liveness(10, 30, 0)
    assert suspected_at(liveness, [*range(1, 21)]) == [17, 18, 19, 20]

    liveness.heard = True

    assert suspected_at(liveness, [*range(21, 40)]) == [38, 39]


def test_nobody_is_suspected_because_we_were_held_up() -> None:
    assert suspected_at(Liveness(10, 30, 0), [*range(1, 13), 500]) == []


@given(st.floats(0.1, 60), st.floats(2, 10))
def test_no_far_end_is_suspected_before_it_was_asked_and_each_is_before_it_is_dead(
    heartbeat: float, times: float
) -> None:
    liveness = Liveness(heartbeat, heartbeat * times, 0)
    now = 0.0
    seen: list[Verdict] = []
    while not seen or seen[-1] is not Verdict.DEAD:
        now += liveness.tick_every
        seen.append(liveness.tick(now))
        assert not liveness.suspected or Verdict.ASK in seen[:-1]
    assert liveness.suspected


def test_time_in_which_we_did_not_read_is_excused() -> None:
    liveness = Liveness(10, 30, 0)
    assert silence(liveness, 1, 25) == [(10, Verdict.ASK)]

    liveness.excuse(25)

    assert silence(liveness, 26, 34) == []


def test_links_are_looked_at_four_times_a_heartbeat_and_at_least_every_second() -> None:
    assert tick_every(10) == LONGEST_TICK
    assert tick_every(0.4) == 0.1
    assert Liveness(0.4, 1, 0).tick_every == 0.1


@given(st.floats(0.1, 60), st.floats(2, 10), st.floats(0, 1))
def test_no_far_end_is_dead_before_it_was_asked_nor_later_than_agreed(
    heartbeat: float, times: float, offset: float
) -> None:
    dead_after = heartbeat * times
    liveness = Liveness(heartbeat, dead_after, 0)
    step = liveness.tick_every
    now, asked = offset * step, False
    while (verdict := liveness.tick(now)) is not Verdict.DEAD:
        asked = asked or verdict is Verdict.ASK
        now += step
        assert now <= dead_after + step
    assert asked
