"""What comes and goes can be walked along by many, from wherever they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange.routing.succession import FEW, Succession


def test_whoever_walks_goes_on_from_where_they_are() -> None:
    succession: Succession[str] = Succession()
    numbers = [succession.append(name) for name in "abcd"]
    assert list(succession.after(0, numbers[2])) == ["a", "b", "c"]
    succession.remove(numbers[1])
    succession.append("e")
    assert list(succession.after(numbers[0], numbers[3])) == ["c", "d"]
    assert list(succession.after(numbers[3], succession.newest)) == ["e"]
    assert len(succession) == 4


def test_nothing_is_there_of_an_empty_one() -> None:
    succession: Succession[str] = Succession()
    assert (succession.newest, list(succession.after(0, succession.newest))) == (0, [])


def test_it_takes_no_more_room_than_twice_what_is_there() -> None:
    succession: Succession[int] = Succession()
    for turn in range(100 * FEW):
        succession.remove(succession.append(turn))
        assert len(succession._things) <= FEW + 1
    kept = [succession.append(number) for number in range(3 * FEW)]
    for number in kept[: 2 * FEW]:
        succession.remove(number)
    assert list(succession.after(0, succession.newest)) == list(range(2 * FEW, 3 * FEW))
    assert len(succession._things) <= 2 * FEW + FEW


@given(st.lists(st.integers(0, 9), max_size=300))
def test_it_is_always_what_there_is_in_the_order_in_which_it_came(moves: list[int]) -> None:
    succession: Succession[int] = Succession()
    there: list[int] = []
    for move in moves:
        if move < 5 or not there:
            there.append(succession.append(succession.newest + 1))
        else:
            succession.remove(there.pop(move % len(there)))
        middle = there[len(there) // 2] if there else 0
        assert list(succession.after(0, succession.newest)) == there
        assert list(succession.after(middle, succession.newest)) == [each for each in there if each > middle]
