"""Simulations of hubs and their peers: ``python -m tests.simulation.simulate --seeds 1000``.

A simulation is a list of moves; a seed stands for one. When a promise is broken, the
moves are made fewer until none can be left out, and shown with what makes them again.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from tests.simulation.checks import check_quiet, check_settled, check_step
from tests.simulation.moves import Move, moves_of, shorten
from tests.simulation.world import MOST_HUBS, MOST_PEERS, World

USUAL_MOVES = 500


def simulate(moves: Sequence[Move], hubs: int = MOST_HUBS, peers: int = MOST_PEERS) -> World:
    """Make all moves, then let everything come to rest.

    Args:
        hubs, peers: How many there may be at one time.

    Raises:
        Broken: A promise was not kept.
    """
    world = World(hubs, peers)
    world.look = check_step
    for move in moves:
        world.step(move)
        if move.name == "rest":
            check_quiet(world)
    # The same for all, so that a list of moves can be made shorter and ends alike.
    random = Random(0)
    _settle_all(world, random)
    check_settled(world)
    for begin in (world.ask_everybody, world.publish_everything):
        begin()
        world.come_to_rest(random)
        check_quiet(world)
        check_settled(world)
    while world.has_several_processes:
        world.kill_hub(0, 0, 0)
        world.kill(0, 0, 0)
        world.come_to_rest(random)
        check_quiet(world)
    if len(world.exchanges) == 1:
        check_settled(world)
    return world


class Size(NamedTuple):
    """How large the lives are.

    Attributes:
        moves: How many moves each has.
        hubs: How many hubs each begins with; 0 is as many as the seed likes.
        peers: How many there may be at one time.
    """

    moves: int = USUAL_MOVES
    hubs: int = 0
    peers: int = MOST_PEERS

    def life(self, seed: int) -> list[Move]:
        """Return the moves that a seed stands for."""
        return moves_of(seed, self.moves, self.hubs)

    def live(self, moves: Sequence[Move]) -> World:
        """Make the moves."""
        return simulate(moves, max(self.hubs, MOST_HUBS), self.peers)

    def again(self, seed: int) -> str:
        """Return how a seed is run again."""
        line = f"make simulate FIRST={seed} SEEDS=1 MOVES={self.moves}"
        return line if self == Size(self.moves) else f"{line} HUBS={self.hubs} PEERS={self.peers}"


def what_fails(moves: Sequence[Move], size: Size) -> str:
    """Return what goes wrong with these moves; empty, if nothing does."""
    try:
        size.live(moves)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def describe_failure(seed: int, size: Size, error: Exception) -> str:
    """Return what to tell of a seed that fails: the fewest moves, and how to make them again."""
    moves = shorten(size.life(seed), lambda moves: bool(what_fails(moves, size)))
    lines = [f"seed {seed} with {size.moves} moves: {error}", f"with {len(moves)} of them: {what_fails(moves, size)}"]
    lines += [f"    {move.name} {move.first} {move.second} {move.third}" for move in moves]
    return "\n".join([*lines, f"again: {size.again(seed)}"])


def _settle_all(world: World, random: Random) -> None:
    """Let those who stop go in good order, all who stay be linked, and every method answer."""
    is_busy = True
    while is_busy:
        world.come_to_rest(random)
        check_quiet(world)
        for group in world.groups:
            if not world.staying_hubs(group):
                world.start_hub_in(group)
        for peer in world.staying_peers():
            if not peer.ends:
                peer.dial(random.choice(world.staying_hubs(peer.group)))
            elif peer.must_move():
                peer.move(random.choice(world.staying_hubs(peer.group)))
        for near, far in world.pairs():
            if not near.ends_to(far.terms.identity):
                near.dial(far)
        running = [(exchange, call) for exchange in world.exchanges for call in exchange.callee.running]
        for exchange, call in running:
            exchange.callee.finish(call, True)
        world.settle()
        is_busy = bool(running or world.ends(lambda end: end.is_telling or end.can_deliver or end.can_see_loss))


def main(arguments: Sequence[str]) -> int:
    """Run many seeds; return 1 if one fails."""
    parser = ArgumentParser(prog="make simulate")
    parser.add_argument("--seeds", type=int, default=1_000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--moves", type=int, default=USUAL_MOVES, help="how many moves each")
    parser.add_argument("--hubs", type=int, default=0, help="how many hubs each begins with; 0: as many as it likes")
    parser.add_argument("--peers", type=int, default=MOST_PEERS, help="how many peers each has at most")
    options = parser.parse_args(arguments)
    size = Size(options.moves, options.hubs, options.peers)
    ended: Counter[str] = Counter()
    for seed in range(options.first, options.first + options.seeds):
        try:
            world = size.live(size.life(seed))
        except Exception as error:
            print(describe_failure(seed, size, error))
            return 1
        ended.update(world.ledger.ended)
    print(f"{options.seeds} seeds, {ended.total()} calls: every promise was kept")
    print(", ".join(f"{how} {number}" for how, number in ended.most_common()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
