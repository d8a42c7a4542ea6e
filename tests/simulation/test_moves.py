"""What a seed stands for, and how a failure is made short."""

from __future__ import annotations

import pytest

from tests.simulation.moves import Move, moves_of, shorten

pytestmark = pytest.mark.heavy


def test_a_seed_always_stands_for_the_same_moves() -> None:
    assert moves_of(7, 50) == moves_of(7, 50)
    assert moves_of(7, 50) != moves_of(8, 50)
    assert moves_of(7, 50)[:20] == moves_of(7, 20)


def test_what_does_not_matter_is_left_out() -> None:
    moves = moves_of(1, 200)
    guilty = [moves[17], moves[150]]

    def fails(some: list[Move]) -> bool:
        return all(move in some for move in guilty)

    assert shorten(moves, fails) == guilty
