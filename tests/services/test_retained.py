"""What a publisher keeps for those who come late, and for how long."""

from __future__ import annotations

from twisted.internet.task import Clock

from exchange.services.retained import FEW, Retained


class Alone:
    """What is kept, under a clock that stands still."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.retained = Retained(self.clock.seconds)

    def keep(self, subject: str, lifetime: float, content: bytes = b"x") -> None:
        self.retained.keep(subject, content, 1, 1000.0, lifetime)

    def subjects(self, pattern: str = "*") -> list[str]:
        return [subject for subject, _ in self.retained.matching(pattern)]


def test_a_report_is_kept_as_long_as_its_lifetime_to_the_fraction_of_a_second() -> None:
    alone = Alone()
    alone.keep("a", 0.5)
    alone.clock.advance(0.49)
    assert alone.subjects() == ["a"]
    alone.clock.advance(0.01)
    assert alone.subjects() == []


def test_a_negative_lifetime_is_for_ever() -> None:
    alone = Alone()
    alone.keep("a", -0.1)
    alone.clock.advance(1e9)
    assert alone.subjects() == ["a"]
    assert [posting.remaining for _, posting in alone.retained.matching("a")] == [None]


def test_what_remains_of_the_lifetime_is_told() -> None:
    alone = Alone()
    alone.keep("a", 10)
    alone.clock.advance(4)
    assert [posting.remaining for _, posting in alone.retained.matching("a")] == [6]


def test_a_lifetime_of_zero_keeps_nothing_and_clears_what_was_kept() -> None:
    alone = Alone()
    alone.keep("a", -1)
    alone.keep("a", 0)
    assert alone.subjects() == []
    assert len(alone.retained) == 0


def test_one_is_kept_on_each_subject_the_last_and_the_oldest_is_shown_first() -> None:
    alone = Alone()
    alone.keep("a", -1, b"old")
    alone.keep("b", -1)
    alone.keep("a", -1, b"new")
    assert alone.subjects() == ["b", "a"]
    assert [posting.content for _, posting in alone.retained.matching("a")] == [b"new"]


def test_only_what_fits_the_pattern_is_shown() -> None:
    alone = Alone()
    for subject in ("a.x", "a.y", "b.x"):
        alone.keep(subject, -1)
    assert alone.subjects("a.*") == ["a.x", "a.y"]
    assert alone.subjects("?.x") == ["a.x", "b.x"]
    assert alone.subjects("a") == []


def test_expiring_forgets_what_is_old_enough_whatever_its_lifetime() -> None:
    alone = Alone()
    alone.keep("a.old", -1)
    alone.clock.advance(2)
    alone.keep("a.new", -1)
    alone.keep("b.new", -1)
    assert alone.retained.expire("a.*", 2) == 1
    assert alone.subjects() == ["a.new", "b.new"]


def test_expiring_at_age_zero_spares_not_even_what_was_posted_just_now() -> None:
    alone = Alone()
    alone.keep("a", -1)
    assert alone.retained.expire("*", 0) == 1
    assert alone.subjects() == []


def test_purging_gives_back_the_memory_of_what_is_over() -> None:
    alone = Alone()
    alone.keep("short", 1)
    alone.keep("long", 10)
    alone.keep("for ever", -1)
    alone.clock.advance(1)
    assert len(alone.retained) == 3
    assert alone.retained.purge() == 1
    assert alone.retained.purge() == 0
    assert alone.subjects() == ["long", "for ever"]


def test_what_is_over_is_dropped_without_being_asked_as_more_is_kept() -> None:
    alone = Alone()
    for number in range(1_000):
        alone.keep(f"short {number}", 1)
        alone.clock.advance(0.1)
        assert len(alone.retained) <= 2 * 11 + FEW
    alone.keep("for ever", -1)
    alone.clock.advance(2)
    assert alone.subjects("none of them") == []
    assert len(alone.retained) == 1


def test_what_is_kept_may_change_while_it_is_shown() -> None:
    alone = Alone()
    alone.keep("a", -1)
    alone.keep("b", -1)
    seen = []
    for subject, _ in alone.retained.matching("*"):
        seen.append(subject)
        alone.keep("b", 0)
        alone.keep("c", -1)
    assert seen == ["a", "b"]
