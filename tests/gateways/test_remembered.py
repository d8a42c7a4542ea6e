"""What was checked a while ago: kept sealed, for a time, and not too much of it."""

from __future__ import annotations

from twisted.internet.task import Clock

from exchange.gateways.remembered import Remembered, Seal


def test_what_was_kept_is_recalled_until_its_time_is_over() -> None:
    clock = Clock()
    known = Remembered(clock.seconds, lifetime=300)
    known.keep(b"ann", b"ann", b"secret")

    clock.advance(299)
    assert known.recall(b"ann", b"secret") == b"ann"
    clock.advance(1)
    assert known.recall(b"ann", b"secret") is None
    assert len(known) == 0


def test_asking_does_not_make_it_last_longer() -> None:
    clock = Clock()
    known = Remembered(clock.seconds, lifetime=300)
    known.keep(b"ann", b"secret")

    for _ in range(3):
        clock.advance(100)
        found = known.recall(b"secret")

    assert found is None


def test_a_clock_that_is_set_back_makes_nothing_last_longer() -> None:
    clock = Clock()
    clock.advance(10_000)
    known = Remembered(clock.seconds, lifetime=300)
    known.keep(b"ann", b"secret")

    clock.rightNow -= 5000

    assert known.recall(b"secret") is None


def test_of_too_much_what_was_not_asked_for_longest_is_forgotten() -> None:
    known = Remembered(Clock().seconds, most=2)
    known.keep(b"1", b"one")
    known.keep(b"2", b"two")
    assert known.recall(b"one") == b"1"

    known.keep(b"3", b"three")

    assert [known.recall(said) for said in (b"one", b"two", b"three")] == [b"1", None, b"3"]


def test_all_can_be_forgotten() -> None:
    known = Remembered(Clock().seconds)
    known.keep(b"ann", b"secret")

    known.forget()

    assert known.recall(b"secret") is None


def test_a_seal_shows_nothing_and_minds_where_one_part_ends() -> None:
    seal, other = Seal(), Seal()

    assert seal.of(b"ann", b"secret") == seal.of(b"ann", b"secret")
    assert len({seal.of(b"ab", b"c"), seal.of(b"a", b"bc"), seal.of(b"abc"), seal.of(b"abc", b"")}) == 4
    assert seal.of(b"ann") != other.of(b"ann")
    assert b"secret" not in seal.of(b"secret")
