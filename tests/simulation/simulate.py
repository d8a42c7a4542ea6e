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

from tests.simulation.checks import check_quiet, check_settled, check_step
from tests.simulation.moves import Move, moves_of, shorten
from tests.simulation.world import World

USUAL_MOVES = 500


def simulate(moves: Sequence[Move]) -> World:
    """Make all moves, then let everything come to rest.

    Raises:
        Broken: A promise was not kept.
    """
    world = World()
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
    while len(world.exchanges) > 1:
        world.kill_hub(0, 0, 0)
        world.kill(0, 0, 0)
        world.come_to_rest(random)
        check_quiet(world)
    check_settled(world)
    return world


def what_fails(moves: Sequence[Move]) -> str:
    """Return what goes wrong with these moves; empty, if nothing does."""
    try:
        simulate(moves)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def describe_failure(seed: int, count: int, error: Exception) -> str:
    """Return what to tell of a seed that fails: the fewest moves, and how to make them again."""
    moves = shorten(moves_of(seed, count), lambda moves: bool(what_fails(moves)))
    lines = [f"seed {seed} with {count} moves: {error}", f"with {len(moves)} of them: {what_fails(moves)}"]
    lines += [f"    {move.name} {move.first} {move.second} {move.third}" for move in moves]
    return "\n".join([*lines, f"again: make simulate FIRST={seed} SEEDS=1 MOVES={count}"])


def _settle_all(world: World, random: Random) -> None:
    """Let those who stop go in good order, all who stay be linked, and every method answer."""
    is_busy = True
    while is_busy:
        world.come_to_rest(random)
        check_quiet(world)
        if not world.staying_hubs():
            world.start_hub(0, 0, 0)
        for peer in world.staying_peers():
            if not peer.ends:
                peer.dial(random.choice(world.staying_hubs()))
            elif peer.must_move():
                peer.move(random.choice(world.staying_hubs()))
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
    options = parser.parse_args(arguments)
    ended: Counter[str] = Counter()
    for seed in range(options.first, options.first + options.seeds):
        try:
            world = simulate(moves_of(seed, options.moves))
        except Exception as error:
            print(describe_failure(seed, options.moves, error))
            return 1
        ended.update(world.ledger.ended)
    print(f"{options.seeds} seeds, {ended.total()} calls: every promise was kept")
    print(", ".join(f"{how} {number}" for how, number in ended.most_common()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
