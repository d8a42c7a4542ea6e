"""The table: medians of several rounds, and the targets of the product beside what was reached."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from tests.bench.loads import CROWD, ECHO_1K, ECHO_1M, ECHO_64K, SMALL_64, SMALL_1000, SMALL_ONE, Load
from tests.bench.system import Figures
from tests.bench.target import Target, verdict_on

OURS, FAST, TWO_HUBS, AMP, PB = "exchange", "with uvloop", "two hubs", "AMP direct", "PB direct"
RELAY, NATS = "bare relay", "NATS"

Round = dict[tuple[str, Load], Figures]
"""Of each system and load, what one round measured."""


def _rate(text: str, load: Load, bound: float, ours: str = OURS) -> Target:
    """Return the target that so many calls are made for each that is made over NATS."""

    def figure(each: Round) -> float:
        return each[ours, load].rate / each[NATS, load].rate

    return Target(f"{text}, in those of NATS", figure, bound, True)


def _median(text: str, bound: float, ours: str = OURS) -> Target:
    return Target(f"{text}, in that of NATS", lambda each: each[ours, SMALL_ONE].p50 / each[NATS, SMALL_ONE].p50, bound)


TARGETS = [
    Target(
        "calls/s with 64 outstanding, in those of AMP direct",
        lambda each: each[OURS, SMALL_64].rate / each[AMP, SMALL_64].rate,
        4.0,
        True,
    ),
    Target(
        "microseconds of the hub per small call, 64 outstanding",
        lambda each: each[OURS, SMALL_64].used["hub"],
        6.0,
    ),
    Target(
        "p50 with one outstanding, in that of the bare relay",
        lambda each: each[OURS, SMALL_ONE].p50 / each[RELAY, SMALL_ONE].p50,
        1.5,
    ),
]

HOP_TARGETS = [
    Target(
        "calls/s through two hubs with 64 outstanding, in those through one",
        lambda each: each[TWO_HUBS, SMALL_64].rate / each[OURS, SMALL_64].rate,
        0.7,
        True,
    ),
    Target(
        "p50 through two hubs with 64 outstanding, in that through one",
        lambda each: each[TWO_HUBS, SMALL_64].p50 / each[OURS, SMALL_64].p50,
        1.6,
    ),
    Target(
        "p50 through two hubs with one outstanding, in that through one",
        lambda each: each[TWO_HUBS, SMALL_ONE].p50 / each[OURS, SMALL_ONE].p50,
        1.6,
    ),
]


NATS_TARGETS = [
    _rate("calls/s with 64 outstanding", SMALL_64, 3.0),
    _rate("calls/s with 1,000 outstanding", SMALL_1000, 2.5),
    _rate("calls/s over 200 connections with one outstanding each", CROWD, 2.3),
    _median("p50 with one outstanding", 0.65),
    _rate("MB/s of echoes of 1 KiB", ECHO_1K, 2.5),
    _rate("MB/s of echoes of 64 KiB", ECHO_64K, 2.5),
    _rate("MB/s of echoes of 1 MiB", ECHO_1M, 2.0),
    Target(
        "processor time of the hub per small call with 64 outstanding, in that of NATS",
        lambda each: each[OURS, SMALL_64].used["hub"] / each[NATS, SMALL_64].used["server"],
        0.8,
    ),
]

FAST_TARGETS = [
    _rate("calls/s with 64 outstanding, with uvloop", SMALL_64, 4.0, FAST),
    _median("p50 with one outstanding, with uvloop", 0.45, FAST),
]


def targets_of(rounds: list[Round]) -> list[Target]:
    """Return those targets for which everything was measured."""
    asked = [(AMP, TARGETS), (TWO_HUBS, HOP_TARGETS), (NATS, NATS_TARGETS)]
    asked += [(FAST, FAST_TARGETS)] if (NATS, SMALL_64) in rounds[0] else []
    return [target for system, targets in asked if (system, SMALL_64) in rounds[0] for target in targets]


def lines_of(rounds: list[Round]) -> Iterator[str]:
    """Yield the table, line by line."""
    yield (
        f"{'load':<21}{'outstanding':>11}  {'system':<11}{'calls/s':>9}{'p50 us':>9}{'p99 us':>9}"
        f"{'caller':>9}{'between':>9}{'callee':>9}{'x AMP':>8}{'x relay':>9}{'x NATS':>8}"
    )
    for name, load in rounds[0]:
        if name == OURS:
            yield ""
        yield _row(rounds, name, load)


def verdicts_on(rounds: list[Round]) -> Iterator[str]:
    """Yield one line for each target of what was measured."""
    for target in targets_of(rounds):
        yield verdict_on(rounds, target)


def _row(rounds: list[Round], name: str, load: Load) -> str:
    mine = [each[name, load] for each in rounds]
    used = {role: median(figures.used[role] for figures in mine) for role in mine[0].used}
    between = [spent for role, spent in used.items() if role not in ("caller", "callee")]
    return (
        f"{load.title:<21}{load.outstanding:>11}  {name:<11}{median(f.rate for f in mine):>9,.0f}"
        f"{median(f.p50 for f in mine):>9,.0f}{median(f.p99 for f in mine):>9,.0f}"
        f"{used['caller']:>9.1f}{_or_dash(sum(between) if between else None, 9, 1)}{used['callee']:>9.1f}"
        f"{_or_dash(_ratio(rounds, name, AMP, load), 8, 2)}{_or_dash(_ratio(rounds, name, RELAY, load), 9, 2)}"
        f"{_or_dash(_ratio(rounds, name, NATS, load), 8, 2)}"
    )


def _ratio(rounds: list[Round], name: str, other: str, load: Load) -> float | None:
    """Return calls/s in those of another system in the same round, which a busy machine disturbs less."""
    ratios = [each[name, load].rate / each[other, load].rate for each in rounds if (other, load) in each]
    return median(ratios) if ratios else None


def _or_dash(figure: float | None, width: int, digits: int) -> str:
    return f"{'-':>{width}}" if figure is None else f"{figure:>{width}.{digits}f}"
