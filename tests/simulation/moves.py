"""Moves: what a seed stands for, and how a list of them that fails is made shorter.

A move is a name and three numbers, which choose among what there is when it is made.
So a move is possible, or does nothing, in whatever situation, and any part of a list
of moves is a list of moves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

WEIGHTS = {
    "deliver": 900,
    "tell": 150,
    "start": 18,
    "kill": 5,
    "stop": 5,
    "hurry": 4,
    "add": 40,
    "change": 8,
    "remove": 16,
    "call": 150,
    "call_instance": 40,
    "finish": 60,
    "cancel": 20,
    "time_out": 15,
    "cut": 12,
    "see_loss": 18,
    "dial": 50,
    "move": 10,
    "lose_proof": 6,
    "leave": 4,
    "congest": 10,
    "watch": 12,
    "watch_no_more": 4,
    "publish": 120,
    "subscribe": 30,
    "subscribe_instance": 8,
    "unsubscribe": 10,
    "forge": 6,
    "pass_time": 6,
    "rest": 2,
    "restart_hub": 2,
    "start_hub": 3,
    "kill_hub": 2,
    "stop_hub": 2,
    "join": 60,
    "isolate": 3,
    "cut_one_way": 6,
    "pause": 12,
    "wait_in_vain": 6,
}
"""How often each is chosen, relative to the others."""

BRIDGED = WEIGHTS | {
    "start_bridge": 12,
    "stop_bridge": 5,
    "cut_bridge": 12,
    "deliver": 1600,
    "call": 250,
    "call_instance": 120,
    "cancel": 40,
    "time_out": 30,
}
"""The same for lives of several exchange groups, where all is farther away."""

CONGESTED = WEIGHTS | {
    "congest": 60,
    "publish": 800,
    "subscribe": 120,
    "unsubscribe": 30,
    "change": 60,
    "add": 80,
    "remove": 40,
    "watch": 40,
    "deliver": 600,
    "pass_time": 1,
}
"""Lives of links that cannot keep up, over which much is told."""

LIKINGS = (0.3, 1, 1, 3)
"""What a seed multiplies each weight by: what is rare in one life is common in another."""

HUBS = (1, 2, 3, 3, 4)

LIKED_SHAPES = (0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4)
"""Places of `SHAPES`; a seed chooses by its rest."""


class Move(NamedTuple):
    """One step of a simulation."""

    name: str
    first: int
    second: int
    third: int


def moves_of(
    seed: int, count: int, hubs: int = 0, weights: Mapping[str, int] = WEIGHTS, shape: int | None = None
) -> list[Move]:
    """Return the moves that a seed stands for; each seed has likings of its own.

    Args:
        hubs: How many there are at first; 0 is as many as the seed likes, from one to four.
        weights: How often each move is chosen, relative to the others.
        shape: The place of one of `SHAPES`; ``None`` is what the seed likes, and three in four like no bridges.
    """
    if shape is None:
        shape = LIKED_SHAPES[seed % len(LIKED_SHAPES)]
    random = Random(seed)
    beginning = _beginning(hubs or random.choice(HUBS), random)
    if shape:
        weights = BRIDGED if weights is WEIGHTS else weights
        beginning = ["lay_out", *beginning, *["start", "add", "subscribe"] * 3]
    names = list(weights)
    liked = [weight * random.choice(LIKINGS) for weight in weights.values()]
    moves = []
    for place in range(count):
        name = beginning[place] if place < len(beginning) else random.choices(names, liked)[0]
        moves.append(Move(name, *(random.randrange(1 << 16) for _ in range(3))))
    if shape and moves:
        moves[0] = moves[0]._replace(first=shape)
    return moves


def _beginning(hubs: int, random: Random) -> list[str]:
    """Return the names of the first moves; now and then all are linked before something happens."""
    rest = ["rest"] * random.choice((0, 1))
    others = ["start_hub"] * (hubs - 1) + ["join"] * (2 * hubs - 2)
    return [*others, *rest, *["start", "add"] * (hubs + 1), "watch", *["subscribe"] * hubs, *rest]


def shorten(moves: list[Move], fails: Callable[[list[Move]], bool]) -> list[Move]:
    """Return a part of ``moves`` that still fails, and of which no move can be left out."""
    size = len(moves) // 2
    while size:
        start, before = 0, len(moves)
        while start < len(moves):
            shorter = moves[:start] + moves[start + size :]
            if fails(shorter):
                moves = shorter
            else:
                start += size
        # What was needed at first may not be any more.
        size = size // 2 if size > 1 or len(moves) == before else 1
    return moves
