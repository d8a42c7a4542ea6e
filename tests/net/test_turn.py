"""When touched links are written."""

from __future__ import annotations

from twisted.internet.task import Clock

from exchange.net.turn import Turn


class Recorder:
    """Notes at what time it was written."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.written: list[float] = []

    def flush(self) -> None:
        self.written.append(self._clock.seconds())


def test_what_application_code_touched_is_written_in_the_next_round(clock: Clock) -> None:
    turn, link = Turn(clock), Recorder(clock)
    turn.touch(link)
    assert link.written == []
    clock.advance(0)
    assert link.written == [0.0]


def test_many_links_touched_in_one_round_cost_one_timer(clock: Clock) -> None:
    turn, links = Turn(clock), [Recorder(clock) for _ in range(3)]
    for link in links:
        turn.touch(link)
    assert len(clock.getDelayedCalls()) == 1
    clock.advance(0)
    assert [link.written for link in links] == [[0.0], [0.0], [0.0]]
    assert clock.getDelayedCalls() == []


def test_what_a_read_touched_is_written_when_the_read_is_over(clock: Clock) -> None:
    turn, link = Turn(clock), Recorder(clock)
    turn.begin()
    turn.touch(link)
    assert link.written == []
    turn.end()
    assert link.written == [0.0]
    assert clock.getDelayedCalls() == []


def test_the_end_of_a_read_also_writes_what_waited_for_the_next_round(clock: Clock) -> None:
    turn, link = Turn(clock), Recorder(clock)
    turn.touch(link)
    turn.begin()
    turn.end()
    assert link.written == [0.0]
    clock.advance(0)
    assert link.written == [0.0], "and it is not written again"


def test_a_link_touched_while_others_are_written_has_its_own_round(clock: Clock) -> None:
    turn, late = Turn(clock), Recorder(clock)

    class Touching(Recorder):
        def flush(self) -> None:
            turn.touch(late)

    turn.begin()
    turn.touch(Touching(clock))
    turn.end()
    assert late.written == []
    clock.advance(0)
    assert late.written == [0.0]
