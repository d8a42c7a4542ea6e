"""The last numbers of many subjects, in bounded memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange.services.numbers import EPOCH, MOST, Numbers, skipped_between

ONE, TWO = b"one", b"two"


def noted(numbers: Numbers, *subjects: str, instance: bytes = ONE) -> Numbers:
    """Count one report on each of these subjects, in this order."""
    for subject in subjects:
        numbers.note(instance, subject, numbers.following(instance, subject))
    return numbers


def test_each_subject_of_each_instance_counts_for_itself() -> None:
    numbers = noted(noted(Numbers(), "a", "a", "b"), "a", instance=TWO)
    assert [numbers.last(ONE, subject) for subject in "abc"] == [2, 1, None]
    assert [numbers.following(ONE, subject) for subject in "abc"] == [3, 2, 1]
    assert (numbers.last(TWO, "a"), len(numbers)) == (1, 3)


def test_those_in_use_are_known_and_the_others_are_forgotten() -> None:
    numbers = noted(Numbers(most=3), *"aaab")
    for subject in map(str, range(10)):
        noted(numbers, subject, "a")
    assert numbers.last(ONE, "a") == 13
    assert numbers.last(ONE, "b") is None
    assert len(numbers) <= 6


def test_one_that_was_forgotten_goes_on_higher_than_it_ever_was() -> None:
    numbers = noted(Numbers(most=2), *"aaa", *"bcdefgh")
    assert numbers.last(ONE, "a") is None
    again = numbers.following(ONE, "a")
    assert again > EPOCH
    assert again % EPOCH == 1
    assert skipped_between(3, again) == 0


def test_a_gap_is_told_only_where_nothing_was_forgotten() -> None:
    assert [skipped_between(1, 2), skipped_between(1, 5), skipped_between(EPOCH + 1, EPOCH + 4)] == [0, 3, 2]
    assert skipped_between(1, 3 * EPOCH + 7) == 0


def test_as_many_as_are_promised_are_known() -> None:
    numbers = noted(Numbers(), *map(str, range(MOST)))
    noted(numbers, *map(str, range(MOST, 2 * MOST - 1)))
    assert numbers.last(ONE, str(MOST - 1)) == 1
    assert len(numbers) < 2 * MOST
    noted(numbers, "x", "y")
    assert numbers.last(ONE, "0") is None


def test_an_instance_is_forgotten_with_all_its_subjects() -> None:
    numbers = noted(noted(Numbers(most=3), *"abcd"), "a", instance=TWO)
    numbers.forget(ONE)
    numbers.forget(b"nobody")
    assert ONE not in numbers
    assert TWO in numbers
    assert (numbers.last(ONE, "a"), numbers.last(ONE, "d"), numbers.last(TWO, "a")) == (None, None, 1)
    assert len(noted(numbers, *"xy")) == 3


def test_another_takes_over_all_and_each_counts_on_for_itself() -> None:
    first, second = noted(Numbers(most=2), *"abcde"), Numbers(most=2)
    second.take_over(first)
    noted(first, "e")
    assert second.following(ONE, "e") == first.following(ONE, "e") - 1
    assert second.following(ONE, "new") == first.following(ONE, "new")
    second.clear()
    assert (len(second), second.last(ONE, "e")) == (0, None)


@given(subjects=st.lists(st.sampled_from("abcdefgh"), max_size=200), most=st.integers(1, 5))
def test_numbers_of_a_subject_only_ever_grow(subjects: list[str], most: int) -> None:
    numbers, highest = Numbers(most), dict.fromkeys("abcdefgh", 0)
    for subject in subjects:
        number = numbers.following(ONE, subject)
        assert number > highest[subject]
        highest[subject] = number
        numbers.note(ONE, subject, number)
        assert len(numbers) <= 2 * most
