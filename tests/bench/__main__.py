"""The bench: ``python -m tests.bench`` measures `exchange` beside AMP and beside a bare relay.

Every load is run on every system, one right after the other, and that several times
over, because a machine is never as quiet as it seems; each system is run with its
processes left to the kernel and spread over two processors, and the faster counts.
What is compared are ratios within a round, and medians of them. Nothing is written but
the table.
"""

from __future__ import annotations

import argparse
import sys

from tests.bench.amp_direct import LARGEST
from tests.bench.loads import LOADS
from tests.bench.system import System
from tests.bench.table import AMP, OURS, RELAY, Round, lines_of, verdicts_on


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured (3)")
    parser.add_argument("--seconds", type=float, default=0.8, help="how long each load is measured (0.8)")
    options = parser.parse_args()
    systems = [
        System(OURS, "exchange_site", ["hub", "callee", "caller"]),
        System(AMP, "amp_direct", ["callee", "caller"], LARGEST),
        System(RELAY, "bare_relay", ["callee", "relay", "caller"]),
    ]
    try:
        rounds = [_round(systems, options.seconds, number + 1) for number in range(options.rounds)]
    finally:
        for system in systems:
            system.end()
    print(*lines_of(rounds), "", *verdicts_on(rounds), sep="\n")


def _round(systems: list[System], seconds: float, number: int) -> Round:
    figures: Round = {}
    for load in LOADS:
        for system in systems:
            if system.takes(load):
                print(f"round {number}: {load.name}, {load.outstanding} outstanding, {system.name}", file=sys.stderr)
                figures[system.name, load] = system.measure_best(load, seconds)
    return figures


if __name__ == "__main__":
    main()
